"""A team's own questions and answers: `faq` in its configuration."""

from app.services.intake.answering.firm import Firm, faq_of
from app.services.intake.listening.utterance import Utterance

_ALIKE = 0.5
"""The share of a question's own words that the client has to say."""
_STEM = 5
_SHORTEST = 4
_ENDINGS = ("ing", "ed", "es", "s")
_DOUBT = 0.2
_VAGUE = frozenset({"handle", "can_help", "areas"})


def _words(said: Utterance) -> frozenset[str]:
    """The words that carry a question, without their endings: "parking" is "park" as well."""
    filler = said.language.lists["filler"]
    told = [word for word in said.words if word not in filler and len(word) > 2]
    return frozenset(_stem(word) for word in told)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            return word.removesuffix(ending)[:_STEM]
    return word[:_STEM]


def _is_question(said: Utterance) -> bool:
    begins = {said.words[end] for end in said.ends if end < len(said.words)} | set(said.words[:1])
    asking = said.language.lists["asking"]
    return bool(said.asks) or "ask" in said.found or not asking.isdisjoint(begins)


def faq_answer(firm: Firm, said: Utterance) -> str | None:
    """The answer to the question that is most like the client's, if one is. Where the client asks
    for nothing that we know, the words of the answer count as well."""
    entries = faq_of(firm.team.config.document)
    if not entries or not _is_question(said):
        return None
    asked = _words(said)
    vague = said.labels("ask") <= _VAGUE
    best, answer = 0.0, None
    for question, text in entries:
        words = _words(Utterance(question, said.language, first=False))
        alike = len(words & asked) / len(words) if words else 0.0
        if vague and asked:
            words |= _words(Utterance(text, said.language, first=False))
            alike = max(alike, len(words & asked) / len(asked) - _DOUBT)
        if alike > best:
            best, answer = alike, text
    return answer if best >= _ALIKE else None
