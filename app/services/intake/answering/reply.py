"""The whole response: danger first, then answers, acknowledgement, and the next question."""

from dataclasses import dataclass

from app.domain.team import Team
from app.services.intake.answering.answers import Answers
from app.services.intake.answering.asking import greeting, question, refusal, supposed_town
from app.services.intake.answering.closing import afterwards, created
from app.services.intake.answering.feeling import acknowledgement
from app.services.intake.answering.firm import Firm
from app.services.intake.answering.voice import Voice
from app.services.intake.answering.warning import warned_of, warning
from app.services.intake.assistance import NO_ASSISTANCE, Assistance
from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import says_something
from app.services.intake.safety import danger_in

_LEAVING = ("cancel", "bye")
_AT_A_LOSS = frozenset({"advice", "unknown"})
"""How "what should I do?" is answered, unless it follows a warning: then it is asked in danger,
like "I can't call"."""
_MERE_GREETING = frozenset({"hello", "thanks", "ok", "yes", "needs"})


@dataclass(frozen=True, slots=True)
class Reply:
    """`answers` are the answered topics; `pays`: the words about payment follow; `warning`: the
    part of `words` for a client in danger."""

    words: str
    answers: tuple[str, ...]
    warning: str
    pays: bool


def reply(
    facts: Facts,
    said: Utterance,
    team: Team,
    *,
    opening: str,
    before: str,
    first: bool,
    aid: Assistance = NO_ASSISTANCE,
) -> Reply:
    """The next response. `opening` is the client's first message; `before`: the agent's last one;
    `first`: it has said nothing before; `aid`: an acknowledgement and the topic of a question,
    where ours has none."""
    firm = Firm(team, Voice(facts.language, opening, facts.heard))
    danger = danger_in(said)
    answers = Answers(facts, said, firm, aid.topic)
    answered = [] if danger else answers()
    if said.has("said.helpless") or not _AT_A_LOSS.isdisjoint(answers.given):
        danger = danger or warned_of(before, facts, said)
    if danger:
        words = urgent = warning(danger, facts, said, firm)
        if facts.completes_now:
            words = f"{words} {created(facts, firm)}"
        return Reply(words, (), urgent, facts.completes_now)
    rest = _rest(facts, said, firm, aid.words, first=first, answered=bool(answered))
    pays = facts.completes_now or (facts.settled and "pay" in answers.given)
    words = _joined(*answered, rest)
    return Reply(words, tuple(answers.given), "", pays and facts.refused is None)


def _is_mere_greeting(facts: Facts, said: Utterance) -> bool:
    """Whether the client has not told anything yet, so that a cheerful greeting is appropriate."""
    if facts.news or not said.labels("said") <= _MERE_GREETING:
        return False
    return not says_something(said.text, said.language.code)


def _rest(
    facts: Facts, said: Utterance, firm: Firm, words: str, *, first: bool, answered: bool
) -> str:
    """What follows the answers. `words` are said instead of our acknowledgement."""
    if facts.refused:
        thanks = "thanks" in said.labels("said")
        return firm.say("scope.thanks") if thanks and not facts.news else refusal(facts, firm)
    if facts.completes_now:
        feeling = words or acknowledgement(facts, said, firm, answered=True)
        return _joined(feeling, supposed_town(facts, firm), created(facts, firm))
    if facts.settled:
        return afterwards(facts, said, firm, answered=answered)
    return _onwards(facts, said, firm, words, first=first, answered=answered)


def _onwards(
    facts: Facts, said: Utterance, firm: Firm, words: str, *, first: bool, answered: bool
) -> str:
    """The next question, or a goodbye to a client who leaves before the end."""
    asked = facts.missing[0]
    leaving = next((one for one in _LEAVING if one in said.labels("said")), None)
    if leaving and not answered and (not facts.news or said.has("said.ends")):
        return firm.say(f"leave.{leaving}", next=firm.voice.say(f"word.{asked}"))
    if first and not answered and _is_mere_greeting(facts, said):
        hello, asks = greeting(firm)
        if asks and asked == "name":
            return hello
        return f"{hello} {question(facts, firm, asked, fresh=True)}"
    feeling = words or acknowledgement(facts, said, firm, answered=answered)
    fresh = bool(facts.news or facts.dropped or facts.noted) or answered or said.has("said.keep")
    following = question(facts, firm, asked, fresh=fresh)
    return _joined(feeling, supposed_town(facts, firm), following)


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
