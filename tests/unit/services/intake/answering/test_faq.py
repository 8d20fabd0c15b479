"""A team's own answers: which question of the client's is alike enough to one of theirs."""

import pytest

from app.domain.intake import Message
from app.services.intake import RulesEngine
from app.services.intake.answering.firm import faq_of
from tests.conversations.teams import with_fields
from tests.teams import NORTH_CAROLINA

PARKING, WHEELS, KAYAKS = "Behind the mill.", "Use the side ramp.", "We take kayak permits gladly."
TEAM = with_fields(
    NORTH_CAROLINA,
    faq=[
        {"question": "Where is visitor parking downtown?", "answer": PARKING},
        {"question": "Is the upstairs lounge wheelchair friendly?", "answer": WHEELS},
        {"question": "Do you know boats?", "answer": KAYAKS},
    ],
)


def answer(text: str) -> set[str]:
    response = RulesEngine().turn([Message("user", text)], TEAM).response
    return {one for one in (PARKING, WHEELS, KAYAKS) if one in response}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Where is visitor parking downtown?", PARKING),
        ("where do visitors park downtown?", PARKING),
        ("Is there visitor parking?", PARKING),
        ("is the lounge wheelchair friendly", WHEELS),
        ("Is it wheelchair friendly?", WHEELS),
        ("Is it friendly?", WHEELS),
        ("Is it friendly, tidy and sunny?", None),
        ("The visitor parking downtown was full.", None),
        ("Do you take kayak permits?", KAYAKS),
        ("Do you handle kayak permits?", None),
        ("Do you take kayak permits, rafts, canoes and floats?", None),
    ],
)
def test_enough_words_are_alike(text: str, told: str | None) -> None:
    assert answer(text) == ({told} if told else set())


def test_the_most_alike_of_two_is_given() -> None:
    assert answer("Is visitor parking downtown wheelchair friendly?") == {PARKING}
    assert answer("Is parking by the lounge wheelchair friendly?") == {WHEELS}


@pytest.mark.parametrize("faq", [None, 7, {"question": "Why?", "answer": "So."}, "Why?"])
def test_what_is_no_list_of_answers_is_none(faq: object) -> None:
    assert faq_of({"faq": faq}) == faq_of({}) == []


def test_what_is_no_answer_is_passed_over() -> None:
    good = {"question": "Why?", "answer": "So."}
    odd = [7, {}, {"question": "Why?"}, {"answer": "So."}, {"question": 7, "answer": "So."}]
    empty = [{"question": "Why?", "answer": answer} for answer in ("", " ", 7, None)]
    assert faq_of({"faq": [*odd, good, *empty]}) == [("Why?", "So.")]
