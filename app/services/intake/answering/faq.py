"""A team's own questions and answers: `faq` in its configuration."""

from app.services.intake.answering.firm import Firm, faq_of
from app.services.intake.listening.features import stem
from app.services.intake.listening.utterance import Utterance

_ALIKE = 0.5
"""The share of a question's own words that the client must use."""
_STEM, _ENDINGS = 5, ("ing", "ed", "es", "s")
"""Fewer than for points, so that "located" asks for the location, and "child" for children."""
_DOUBT = 0.2
_IDEA = "idea_"
_VAGUE = frozenset({"handle", "can_help", "areas"})


def _words(said: Utterance) -> frozenset[str]:
    """The words that carry a question, without their endings: "parking" is "park" as well. Words of
    one idea ("zoom", "online") are the same word."""
    lists = said.language.lists
    told = {word for word in said.words if word not in lists["filler"] and len(word) > 2}
    ideas = {name for name in lists if name.startswith(_IDEA) and not told.isdisjoint(lists[name])}
    known = {word for name in ideas for word in lists[name]}
    return frozenset({stem(word, _STEM, _ENDINGS) for word in told - known} | ideas)


def is_question(said: Utterance) -> bool:
    """Whether the message asks something: with a question mark, a question's first word, or the
    words of a question after a remark."""
    if said.asks or said.asked or "queries" in said.found:
        return True
    lead = said.language.lists["question_lead"]  # "so", "ok", "well"
    return any(
        _begins_question(said, said.past(first, lead, behind - 1))
        for first, behind in said.sentences()
    )


def _begins_question(said: Utterance, number: int) -> bool:
    """ "Do you", "don't you", but not "don't have that one anymore"."""
    lists, behind = said.language.lists, said.words[number + 1 : number + 3]
    denies = bool(behind) and behind[0] in lists["denying"] and len(behind) > 1
    return said.words[number] in lists["asking"] and not (
        denies and behind[1] not in lists["subjects"]
    )


def faq_answer(firm: Firm, said: Utterance) -> str | None:
    """The answer to the question most similar to the client's, if any. If no topic matches the
    client's question, the words of the answer count as well."""
    entries = faq_of(firm.team.config.document)
    if not entries or not is_question(said):
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
