"""Which area of law a message is about, by the points of its words."""

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import folder
from app.services.intake.listening.areas import areas_of, features
from app.services.intake.listening.shares import NONE, shares_in
from app.services.intake.listening.utterance import Utterance


def _likeliest(text: str, code: str = "en") -> str:
    areas = areas_of(Utterance(text, LANGUAGES[code], first=False))
    return max(areas, key=areas.__getitem__)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("he won't bring the kids back on sundays", "Family Law"),
        ("they let me go right after I told them I'm pregnant", "Employment Law"),
        (
            "black mold all over the bedroom and the apartment office ignores me",
            "Tenant Rights Law",
        ),
        ("a lady ran the red light and my neck has been hurting since", "Personal Injury"),
        ("mom passed and my brother is already selling her things", "Probate and Estate Planning"),
        ("the school suspended my autistic son again", "Special Education and IEP Advocacy"),
        ("they want to know when I first heard back", NONE),
        ("Dana Cole", NONE),
    ],
)
def test_a_matter_in_words_of_no_phrase_has_its_area(text: str, area: str) -> None:
    assert _likeliest(text) == area


def test_a_matter_in_spanish_has_its_area() -> None:
    assert _likeliest("mi patron me corrio por pedir mis horas", "es") == "Employment Law"


def test_phrases_are_evidence() -> None:
    said = Utterance("I was fired", LANGUAGES["en"], first=False)
    assert "!matter.3.Employment Law" in features(said, 0, len(said.words))


@pytest.mark.parametrize("code", LANGUAGES)
def test_an_area_has_the_name_that_phrases_give_it(code: str) -> None:
    """So that an area found by points belongs to the same service as one found by phrases."""
    labels = (label for one in LANGUAGES for label in folder(one).phrases)
    phrases = {label.split(".", 2)[2] for label in labels if label.startswith("matter.")}
    assert set(shares_in(code, "areas").labels) - {NONE} <= phrases
