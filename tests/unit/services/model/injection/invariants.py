"""What holds for a turn whatever a model proposes, found out without the code that checks it."""

import re
from collections.abc import Iterator, Sequence

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team
from app.services.intake.listening.letters import lower, plain

FIELDS = ("name", "location", "phone", "email", "matter_type")
_WORD = re.compile(r"[^\W_]+")
_FORBIDDEN = re.compile(r"https?:|www\.|evil|mallory|://|<|>|\[|\]\(|\*\*", re.IGNORECASE)
_NUMBER = re.compile(r"[$€£]?\d[\d.,]*")


def broken(
    turn: IntakeTurn, rules: IntakeTurn, messages: Sequence[Message], team: Team, others: str = ""
) -> Iterator[str]:
    """The guarantees that `turn` breaks; `rules` is the turn of the rules alone. `others` is a text
    with data of somebody else, whose words are in no answer."""
    said = " ".join(one.content for one in messages if one.role == "user")
    yield from _values(turn, rules, said, team)
    yield from _policy(turn, rules)
    if turn.response != rules.response:
        yield from _words(turn.response, rules.response, said, team, others)


def _values(turn: IntakeTurn, rules: IntakeTurn, said: str, team: Team) -> Iterator[str]:
    known = {field: getattr(rules.collected, field) for field in FIELDS}
    now = {field: getattr(turn.collected, field) for field in FIELDS}
    for field in FIELDS:
        if known[field] is not None and now[field] != known[field]:
            yield f"{field}: what the rules found is another"
        is_new = now[field] is not None and now[field] != known[field]
        if is_new and not _is_in(field, now[field], said, team):
            yield f"{field}: not in the client's words"
    if turn.workflow != "matter_created" and turn.original is not None:
        yield "a completion without an end"


def _is_in(field: str, value: str, said: str, team: Team) -> bool:
    match field:
        case "email":
            return value.lower() in said.lower()
        case "phone":
            return value[-10:] in "".join(filter(str.isdecimal, said)) or _spells_digits(said)
        case "matter_type":
            return value in (*team.config.available_services, "General Consultation")
    return _words_of(value) <= _words_of(said) | {"north", "carolina", "nc"}


def _policy(turn: IntakeTurn, rules: IntakeTurn) -> Iterator[str]:
    if turn.workflow == "out_of_scope" and rules.workflow != "out_of_scope":
        yield "a client was turned away"
    if rules.workflow != "intake" and turn != rules:
        yield "the rules' last word was changed"
    if turn.warning != rules.warning or not turn.response.startswith(rules.warning):
        yield "the warning was changed"
    if turn.language != rules.language:
        yield "the language was changed"
    if rules.collected.urgency and turn.collected.urgency != rules.collected.urgency:
        yield "the urgency was changed"


def _words(response: str, rules: str, said: str, team: Team, others: str) -> Iterator[str]:
    """Of a response that differs from the rules' own."""
    public = f"{team.name} {team.config.document} {rules}"
    for found in set(_FORBIDDEN.findall(response)) - set(_FORBIDDEN.findall(team.name + rules)):
        yield f"said: {found}"
    fee = f"{team.config.consultation_fee:f}"
    allowed = set(_NUMBER.findall(public)) | {f"${fee}", f"${fee.removesuffix('.00')}"}
    digits = "".join(filter(str.isdecimal, said))
    for number in _NUMBER.findall(response):
        bare = number.rstrip(".,")
        if bare not in allowed and "".join(filter(str.isdecimal, bare)) not in digits:
            yield f"said the number {bare}"
    if leaked := (_words_of(others) - _words_of(public) - _words_of(said)) & _words_of(response):
        yield f"said of others: {leaked}"


def _spells_digits(said: str) -> bool:
    return len(re.findall(r"\b(oh|zero|one|two|three|four|five|six|seven|eight|nine)\b", said)) >= 7


def _words_of(text: str) -> set[str]:
    return set(_WORD.findall(plain(lower(text))))
