"""Every sentence that the intake says to a client."""

from collections.abc import Sequence

from app.domain.team import Team
from app.services.intake.facts import Facts, Trouble
from app.services.intake.name_words import first_name
from app.services.intake.questions import Field

_GREETING = "Hello! I'm here to help you on behalf of {team}."
_ASK: dict[Field, str] = {
    "name": "May I have your full name, please?",
    "location": "Now I need your location. Which city and state are you in?",
    "phone": "Now I need your phone number.",
    "email": "Now I need your email address.",
    "matterType": "Finally, what do you need help with?",
}
_ASK_AGAIN: dict[tuple[Field, Trouble], str] = {
    ("name", "absent"): "I'm sorry, I didn't catch your name. May I have your full name, please?",
    ("location", "absent"): (
        "I'm sorry, I didn't recognize that location. Could you give me your city and state, "
        "for example Raleigh, NC?"
    ),
    ("location", "state"): "Thank you! Which state is that city in?",
    ("phone", "absent"): (
        "I'm sorry, I didn't find a phone number in that. Could you give me your phone number, "
        "with the area code?"
    ),
    ("phone", "invalid"): (
        "I'm sorry, that phone number doesn't look valid. Could you give me your phone number "
        "again, with the area code (and the country code, if it is not a US number)?"
    ),
    ("email", "absent"): (
        "I'm sorry, I didn't find an email address in that. Could you give me your email address?"
    ),
    ("email", "invalid"): (
        "I'm sorry, that email address doesn't look valid. Could you give me your email address "
        "again?"
    ),
    ("matterType", "vague"): (
        "Could you tell me a little more? For example, what has happened, and what do you need "
        "help with?"
    ),
    ("matterType", "unclear"): (
        "Thank you. I'm not sure which of our services fits: {services}. "
        "Which one is closest to what you need help with?"
    ),
}
_ELSEWHERE = (
    "I'm sorry, {team} can only help clients in {places}. If you are located there, "
    "please tell me your city and state."
)
_NOT_OFFERED = (
    "I'm sorry, {team} doesn't take matters of that kind. We can help with: {services}. "
    "Is there one of these that I can help you with?"
)
_CREATED = (
    "Thank you {first}! I have everything I need and have created your {matter} matter for {team}."
)
_OWN_QUESTIONS: tuple[tuple[str, Field], ...] = (
    *((sentence, field) for field, sentence in _ASK.items()),
    *((sentence, field) for (field, _), sentence in _ASK_AGAIN.items() if "{" not in sentence),
)
_AFTER_MATTER = "Thank you for telling me about it."
_MANY = 6


def own_question(content: str) -> Field | None:
    """What a message of ours asks for."""
    for sentence, field in _OWN_QUESTIONS:
        if content.endswith(sentence):
            return field
    return None


def listed(names: Sequence[str], word: str) -> str:
    """Names as one says them: "a, b and c"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def _places(names: Sequence[str]) -> str:
    return listed(names, "and") if len(names) <= _MANY else "the places it is licensed for"


def _refusal(facts: Facts, team: Team) -> str:
    if facts.refused == "location":
        return _ELSEWHERE.format(team=team.name, places=_places(facts.scope.names()))
    return _NOT_OFFERED.format(team=team.name, services=listed(facts.offer.services, "or"))


def _greeting(team: Team) -> str:
    return team.config.intro_message or _GREETING.format(team=team.name)


def _question(facts: Facts, team: Team, field: Field, first: bool) -> str:
    trouble = facts.trouble.get(field)
    if trouble and not (trouble == "absent" and facts.news):
        return _ASK_AGAIN[field, trouble].format(services=listed(facts.offer.services, "or"))
    if facts.name:
        return f"Thank you {first_name(facts.name)}! {_ASK[field]}"
    if first and not facts.news:
        return f"{_greeting(team)} {_ASK[field]}"
    thanks = _AFTER_MATTER if facts.matter else "Thank you!"
    return f"{thanks} {_ASK[field]}"


def reply(facts: Facts, team: Team, *, first: bool) -> str:
    """What to say next. `first`: nothing was said to the client before."""
    if facts.refused:
        return _refusal(facts, team)
    if facts.missing or facts.name is None or facts.matter is None:
        return _question(facts, team, facts.missing[0], first)
    return _CREATED.format(
        first=first_name(facts.name), matter=facts.matter.service, team=team.name
    )
