"""What a message of ours asks for, whoever worded it: the last sentence decides."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.questions import ORDER, asked_in

ENGLISH = LANGUAGES["en"]


@pytest.mark.parametrize(
    ("content", "asked"),
    [
        ("May I have your email?", "email"),
        ("Thank you for your email. May I have your phone?", "phone"),
        ("Thank you for your phone. May I have your email?", "email"),
        ("Is this your phone? Good.", "phone"),
        ("Is this your phone? Good. Fine. Thanks.", "phone"),
        ("Your name, please? Then your city? And your email?", "email"),
        ("Good morning.", None),
        ("", None),
    ],
)
def test_the_last_sentence_decides_if_it_asks(content: str, asked: str | None) -> None:
    assert asked_in(content, ORDER, ENGLISH) == asked


def test_of_several_facts_the_first_missing_one_is_asked() -> None:
    content = "May I have your phone and your email?"
    asked = {missing: asked_in(content, (missing,), ENGLISH) for missing in ORDER}
    assert asked["email"] == "email"
    assert asked["phone"] == "phone"
    first = next(field for field in ORDER if field in ("phone", "email"))
    assert asked_in(content, ORDER, ENGLISH) == asked_in(content, (), ENGLISH) == first
