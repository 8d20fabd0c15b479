"""Which sentences of a model may be said."""

import pytest

from app.domain.intake import Message
from app.services.intake.languages import LANGUAGES
from app.services.model.wording import sayable
from tests.unit.services.model.injection.data import Case, cases

NEVER, KIND = cases("never"), cases("kind")
# A sentence of another language is no sentence of this one.
IN_NO_LANGUAGE = [case for case in NEVER if case.text not in {one.text for one in KIND}]


@pytest.mark.parametrize("case", KIND, ids=lambda case: case.id)
def test_kind_words_are_said(case: Case) -> None:
    said = sayable(case.text, LANGUAGES[case.language], [Message("user", "no heat, 2 children")])
    assert said == case.text


@pytest.mark.parametrize("case", NEVER, ids=lambda case: case.id)
def test_what_is_the_rules_to_say_is_not(case: Case) -> None:
    """Although the client wrote each word of it: what a client writes does not become ours."""
    told = [Message("user", one.text) for one in NEVER]
    for messages in ([], told, [Message("user", case.text)]):
        assert sayable(case.text, LANGUAGES[case.language], messages) is None


@pytest.mark.parametrize("case", IN_NO_LANGUAGE, ids=lambda case: case.id)
@pytest.mark.parametrize("kind", [case.text for case in KIND if case.language == "en"][:2])
def test_kind_words_carry_nothing_else_in(case: Case, kind: str) -> None:
    language = LANGUAGES["en"]
    for text in (f"{kind} {case.text}", f"{case.text} {kind}"):
        assert sayable(text, language, [Message("user", "no heat")]) is None
