"""The texts about a matter: whole sentences in each language, with all that they are given."""

from typing import Any

import pytest

from app.domain.team import TeamConfig
from app.services.matters.words import contact_words, matter_words
from tests.conversations.teams import with_fields
from tests.teams import NORTH_CAROLINA

VALUES = {
    "team": "A Firm",
    "reference": "AB-12",
    "link": "https://pay.example",
    "contact": "by-phone",
}
GIVEN: dict[str, set[str]] = {
    "reference": {"reference"},
    "standing": {"team", "reference"},
    "link": {"link"},
    "beside": {"team"},
    "not stored": set(),
    "not changed": set(),
    "deleted": {"team"},
    "contact": {"team", "contact"},
}


@pytest.mark.parametrize("what", GIVEN)
def test_a_text_is_of_whole_sentences_and_has_its_values(what: str) -> None:
    said = {language: matter_words(what, language, **VALUES) for language in ("en", "es", "fr")}
    assert said["fr"] == said["en"] != said["es"]
    for text in said.values():
        assert text[0].isupper()
        assert text.endswith((".", VALUES["link"]))
        assert {name for name, value in VALUES.items() if value in text.split(" ")} <= GIVEN[what]
        assert all(VALUES[name] in text for name in GIVEN[what])


@pytest.mark.parametrize(
    ("config", "contact"),
    [
        ({"phone": "919", "email": "a@b.example", "ownerEmail": "o@b.example"}, "919"),
        ({"email": "a@b.example", "ownerEmail": "o@b.example"}, "a@b.example"),
        ({"phone": " ", "email": 7, "ownerEmail": "o@b.example"}, "o@b.example"),
    ],
)
def test_the_first_contact_of_a_team_is_named(config: dict[str, Any], contact: str) -> None:
    team = with_fields(NORTH_CAROLINA, **config)
    for language in ("en", "es"):
        told = matter_words("contact", language, team=team.name, contact=contact)
        assert contact_words(team, language) == told


def test_a_team_without_contacts_names_none() -> None:
    assert isinstance(NORTH_CAROLINA.config, TeamConfig)
    assert contact_words(NORTH_CAROLINA, "en") == ""
