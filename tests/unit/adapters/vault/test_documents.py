"""What is read out of Vault is used only if it is what the app wrote there, for that team."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.adapters.vault.documents import (
    UnusableDocument,
    key_from,
    label_from,
    secret_fields,
    team_fields,
    team_from,
)
from app.adapters.vault.kv import KvRecord
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel

TEAM = Team(TeamId("0" * 26), Slug("a-firm"), "A Firm", TeamConfig({"a": 1}))
OTHER = TeamId("1" + "0" * 25)
KEY = SecretString("a-good-key")
LABEL = SecretLabel(
    TeamUlid("0" * 25 + "A"), "0123456789ab", "write", datetime(2031, 5, 1, tzinfo=UTC)
)


def without(fields: dict[str, Any], *names: str) -> KvRecord:
    return KvRecord({name: value for name, value in fields.items() if name not in names}, 3)


def test_a_team_comes_back() -> None:
    assert team_from(TEAM.team_id, KvRecord(team_fields(TEAM), 1)) == TEAM


def test_a_key_comes_back_with_its_label() -> None:
    fields = secret_fields(TEAM.team_id, KEY, LABEL)
    key = key_from(TEAM.team_id, KvRecord(fields, 3))
    assert (key.api_key, key.team_ulid, key.version) == (KEY, LABEL.team_ulid, 3)
    assert key.expires_at == LABEL.expires_at
    assert label_from(fields) == LABEL


def test_a_label_is_in_the_names_alone() -> None:
    """As Vault's `subkeys` gives them: every value null."""
    names = secret_fields(TEAM.team_id, KEY, LABEL)["label"]
    nulled = {name: dict.fromkeys(text) for name, text in names.items()}
    assert label_from({"label": nulled, "api_key": None}) == LABEL


def test_a_document_of_another_team_is_not_used() -> None:
    """Whoever moved it there: the agent acts for nobody with another's key."""
    with pytest.raises(UnusableDocument):
        team_from(OTHER, KvRecord(team_fields(TEAM), 1))
    with pytest.raises(UnusableDocument):
        key_from(OTHER, KvRecord(secret_fields(TEAM.team_id, KEY, LABEL), 1))


@pytest.mark.parametrize("missing", ["team_id", "slug", "name", "config"])
def test_a_team_that_lacks_something_is_not_used(missing: str) -> None:
    with pytest.raises(UnusableDocument):
        team_from(TEAM.team_id, without(team_fields(TEAM), missing))


@pytest.mark.parametrize("missing", ["team_id", "api_key", "label"])
def test_a_key_that_lacks_something_is_not_used(missing: str) -> None:
    with pytest.raises(UnusableDocument):
        key_from(TEAM.team_id, without(secret_fields(TEAM.team_id, KEY, LABEL), missing))


@pytest.mark.parametrize(
    "label",
    [
        *(None, "text", [], {}, {"team_ulid": {"x": True}}, {"team_ulid": {}, "fingerprint": {}}),
        {"team_ulid": None, "fingerprint": {"a": 1}, "write_id": {"a": 1}},
        {n: {"a": 1} for n in ("team_ulid", "fingerprint", "write_id", "expires_at")},
    ],
)
def test_a_label_that_is_none_is_not_used(label: object) -> None:
    with pytest.raises(UnusableDocument):
        label_from({"label": label})
