"""Points for danger: in words that no phrase knows, and none for a firm's ordinary matters."""

import pytest

from app.services.intake.languages import DEFAULT, LANGUAGES
from app.services.intake.languages.loading import folder, points_file
from app.services.intake.listening.utterance import Utterance
from app.services.intake.safety.danger import danger_in, signs_in
from app.services.intake.safety.points import BIAS, Points, features, points_of


def kind_of(text: str) -> str | None:
    said = Utterance(text, DEFAULT, first=True)
    signs = {sign for told in signs_in(said).values() for sign in told}
    return points_of("en").kind(features(said.words, signs, said.language))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my husband hits me and says he will shoot me", "violence"),
        ("i want to die and i took all my pills", "suicide"),
        ("I need a contract reviewed for my bakery", None),
        ("", None),
    ],
)
def test_a_text_has_the_kind_that_its_words_have(text: str, kind: str | None) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("suicide", "kind"), [(500, "suicide"), (50, "unclear"), (-50, "unclear"), (-500, "violence")]
)
def test_near_even_odds_it_is_unclear_who_is_the_danger(suicide: int, kind: str) -> None:
    assert Points({BIAS: 500}, {BIAS: suicide}, 0).kind(set()) == kind


def test_a_text_needs_more_than_enough() -> None:
    assert Points({BIAS: 500}, {}, 500).kind(set()) is None
    assert Points({BIAS: 501}, {}, 500).kind(set()) == "unclear"


def test_danger_is_found_in_a_language_that_the_message_does_not_seem_to_be_in() -> None:
    """The first word of this Spanish sentence is an English one."""
    found = danger_in(Utterance("he pensado en quitarme la vida", DEFAULT, first=True))
    assert found is not None
    assert found.suicide


def test_points_find_what_no_phrase_finds() -> None:
    said = Utterance(
        "he says the basement is my new home and no one will hear", DEFAULT, first=True
    )
    assert "danger" not in said.found
    assert danger_in(said) is not None


def test_a_sentence_counts_with_the_one_before_it_alone() -> None:
    """A long story does not gather points until it is danger."""
    story = "My tenant broke the lease. " * 60
    assert danger_in(Utterance(story, DEFAULT, first=True)) is None


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_table_knows_only_signs_that_exist(code: str) -> None:
    """A sign that was renamed would lose its points silently: run tests.conversations.weigh."""
    rows = {feature for feature, _, _ in points_file(code)}
    signs = {label[5:] for label in folder(code).phrases if label.startswith("sign.")}
    assert BIAS in rows
    assert {row[1:] for row in rows if row.startswith("!") and " " not in row} <= signs
