"""Whether a client asks for a further matter after the intake is complete, or remarks on one.

A further matter costs the client money. So only a request, or an own problem told as one more,
opens it; where an own problem is only mentioned, the agent asks. What is denied, past, possible,
somebody else's or an explanation of the known matter is a remark.
"""

from collections.abc import Collection
from typing import Literal

from app.services.intake.further_sentence import Sentence, sentences
from app.services.intake.listening.utterance import Utterance
from app.services.intake.offers import Offer

Wish = Literal["opens", "asks"]
_FEW_MORE = 3
"""Words behind a "yes" that take nothing of it back."""
_HELP = frozenset({"request", "can_you"})


def wish_for_further(said: Utterance, offer: Offer, known: Collection[str]) -> Wish | None:
    """What a message after the end asks for; `known` are the services of the conversation's
    matters."""
    told = [one for one in sentences(said, offer, known) if not one.denied]
    marks = frozenset[str]().union(*(one.marks for one in told))
    wishes = [_wish(one) for one in told]
    opens = "opens" in wishes or any("second" in one.marks and not one.asks for one in told)
    if not opens and "heading" in marks:
        opens = any(one.words for one in told)
        wishes.append("asks")
    if not opens and _helps_with_that(told):
        opens = any(any(map(one.own, one.acts)) for one in told)
    if opens and not said.topics.isdisjoint({"price", "areas"}):
        return "asks"
    return "opens" if opens else "asks" if "asks" in wishes else None


def _helps_with_that(told: list[Sentence]) -> bool:
    """Whether a sentence asks for help with what another sentence tells."""
    return any(
        not one.words and ("request" in one.marks or {"can_you", "strong"} <= one.marks)
        for one in told
    )


def _wish(one: Sentence) -> Wish | None:
    marks = one.marks
    if not one.words:
        also = {"request", "strong"} <= marks and not one.mixed
        return "asks" if also or "for_other" in marks else None
    if "if" in marks or "for_other" in marks:
        certain = "for_other" in marks or (marks & _HELP and not one.asks)
        return "asks" if certain else None
    if marks & _HELP:
        return _requested(one)
    if not one.acts or (one.asks and "wish" not in marks):
        return None
    return _wished(one) if "wish" in marks else _mentioned(one)


def _requested(one: Sentence) -> Wish:
    also = "strong" in one.marks
    clear = also or ("request" in one.marks and not all(map(one.explains, one.words)))
    return "opens" if clear and not one.mixed and all(map(one.for_client, one.words)) else "asks"


def _wished(one: Sentence) -> Wish:
    also = not one.marks.isdisjoint({"strong", "weak"})
    return "opens" if also and not one.mixed and all(map(one.for_client, one.acts)) else "asks"


def _mentioned(one: Sentence) -> Wish | None:
    told = [act for act in one.acts if one.about_client(act) and not one.explains(act)]
    if not told or one.is_past():
        return None
    if one.mixed:
        return "asks" if "strong" in one.marks else None
    return "opens" if "strong" in one.marks and any(map(one.own, told)) else "asks"


def agrees(said: Utterance) -> bool:
    """Whether the message says yes to our question, and nothing that takes it back."""
    lists = said.language.lists
    if said.asks or not lists["denials"].isdisjoint(said.words):
        return False
    if not {"if", "later"}.isdisjoint(said.labels("further")):
        return False
    yes = [one for one in said.spans("said.yes") if not one.first]
    if not yes:
        return False
    behind = max(one.behind for one in yes)
    rest = said.low[said.behinds[behind - 1] :].lstrip(" ")
    return not rest or rest[0] in ",.;!" or len(said.words) <= behind + _FEW_MORE
