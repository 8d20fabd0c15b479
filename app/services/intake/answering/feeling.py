"""Acknowledgement of the client's message, in proportion."""

from app.services.intake.answering.firm import Firm
from app.services.intake.facts import Facts
from app.services.intake.listening.names.shape import bare
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import says_something
from app.services.intake.notes import REACH


def first_name(name: str, titles: frozenset[str]) -> str:
    """How one thanks a client: without title, "Dr. Jane Doe" is Jane; "Dr. Doe" stays, and so do
    "J. R. Huang", "Ma. del Carmen Ruiz" and "Smith, John"."""
    words = name.split()
    if words[0].endswith(",") and len(words) > 1:
        return words[-1]
    if bare(words[0]) in titles:
        return words[1] if len(words) > 2 else name
    return name if len(bare(words[0])) == 1 or words[0].endswith(".") else words[0]


def client(facts: Facts) -> str:
    """How the client is thanked; "" while there is no name."""
    lists = facts.language.lists
    return first_name(facts.name, lists["titles"] | lists["titles_here"]) if facts.name else ""


def acknowledgement(facts: Facts, said: Utterance, firm: Firm, *, answered: bool) -> str:
    """Text before the next question: sympathy for hardship, that it is noted how the
    client can be reached, thanks for a fact, nothing otherwise."""
    voice = firm.voice
    felt = _feeling(facts, said.labels("said"))
    if felt:
        return voice.say(f"feel.{felt}")
    if answered:
        return ""
    if said.has(REACH):
        return firm.say("thanks.reach")
    if not facts.news:
        return _thanks_for_words(facts, said, firm)
    if facts.name and facts.news != {"matterType"}:
        return voice.say("thanks.named", first=client(facts))
    return voice.say("thanks.matter" if "matterType" in facts.news else "thanks.plain")


def _thanks_for_words(facts: Facts, said: Utterance, firm: Firm) -> str:
    """For a message without a fact that we ask for."""
    if facts.heard > 1:
        return firm.voice.say("thanks.matter") if facts.noted else ""
    told = says_something(said.text, facts.language.code)
    return firm.say("thanks.writing") if told else ""


def _feeling(facts: Facts, labels: frozenset[str]) -> str | None:
    told_matter = "matterType" in facts.news
    if "sad" in labels and (told_matter or facts.asked == "matterType"):
        return "loss"
    if "sad" in labels or ("hard" in labels and told_matter):
        return "hard"
    if facts.news:
        return None
    if facts.dropped:
        return "dropped"
    return next((label for label in ("told", "angry", "refuses") if label in labels), None)
