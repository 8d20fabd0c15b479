"""What is read out of Vault is used only if it is what the app wrote there, for that team."""

import logging
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.adapters.vault.documents import (
    key_from,
    label_from,
    secret_fields,
    team_fields,
    team_from,
)
from app.adapters.vault.kv_answers import KvRecord
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from app.errors import SecretUnusable, TeamUnusable
from app.schemas.stored_config import read_config

TEAM = Team(TeamId("0" * 26), Slug("a-firm"), "A Firm", TeamConfig({"a": 1}))
OTHER = TeamId("1" + "0" * 25)
KEY = SecretString("a-good-key")
GOOD_LABEL: dict[str, Any] = {
    "team_ulid": {"0" * 26: 1},
    "fingerprint": {"0123456789ab": 1},
    "write_id": {"a": 1},
}
# The last two are outside the years 1 to 9999 in UTC.
NO_MOMENTS = ("", "x", "2031-05-01", "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-12:00")
LABEL = SecretLabel(
    TeamUlid("0" * 25 + "A"), "0123456789ab", "write", datetime(2031, 5, 1, tzinfo=UTC)
)


def without(fields: dict[str, Any], *names: str) -> KvRecord:
    return KvRecord({name: value for name, value in fields.items() if name not in names}, 3)


def read(team_id: TeamId, record: KvRecord) -> Team:
    return team_from(team_id, record, read_config)


def test_a_team_comes_back() -> None:
    assert read(TEAM.team_id, KvRecord(team_fields(TEAM), 1)) == TEAM


def test_a_key_comes_back_with_its_label() -> None:
    fields = secret_fields(TEAM.team_id, KEY, LABEL)
    key = key_from(TEAM.team_id, KvRecord(fields, 3))
    assert (key.api_key, key.team_ulid, key.version) == (KEY, LABEL.team_ulid, 3)
    assert key.expires_at == LABEL.expires_at
    assert label_from(TEAM.team_id, fields) == LABEL


def names_of(value: Any) -> Any:
    """As Vault's `subkeys` gives them: every value null."""
    return {n: names_of(v) for n, v in value.items()} if isinstance(value, dict) else None


def test_a_label_is_in_the_names_alone() -> None:
    names = names_of(secret_fields(TEAM.team_id, KEY, LABEL))
    assert label_from(TEAM.team_id, names) == LABEL


def test_a_document_of_another_team_is_not_used() -> None:
    """Whoever moved it there: the agent acts for nobody with another's key."""
    with pytest.raises(TeamUnusable):
        read(OTHER, KvRecord(team_fields(TEAM), 1))
    with pytest.raises(SecretUnusable):
        key_from(OTHER, KvRecord(secret_fields(TEAM.team_id, KEY, LABEL), 1))
    by_hand = {"team_id": TEAM.team_id, "api_key": KEY.reveal()}
    with pytest.raises(SecretUnusable):
        key_from(OTHER, KvRecord(by_hand, 1))


@pytest.mark.parametrize("missing", ["team_id", "slug", "name", "config"])
def test_a_team_that_lacks_something_is_not_used(missing: str) -> None:
    with pytest.raises(TeamUnusable):
        read(TEAM.team_id, without(team_fields(TEAM), missing))


@pytest.mark.parametrize(
    ("name", "used"),
    [("", False), ("F", True), ("F" * 200, True), ("F" * 201, False), (7, False), (None, False)],
)
def test_a_teams_name_is_a_text_of_a_sensible_length(name: Any, used: bool) -> None:
    record = KvRecord(team_fields(TEAM) | {"name": name}, 1)
    with nullcontext() if used else pytest.raises(TeamUnusable):
        assert read(TEAM.team_id, record).name == name


def test_malformed_parts_of_a_configuration_are_left_out_and_logged_by_their_place(
    caplog: pytest.LogCaptureFixture,
) -> None:
    config = {"consultationFee": "a-private-word", "requiresPayment": True}
    record = KvRecord(team_fields(TEAM) | {"config": config}, 1)
    with caplog.at_level(logging.WARNING):
        team = read(TEAM.team_id, record)
    assert "consultationFee" not in team.config.document
    assert team.config.requires_payment
    (line,) = caplog.records
    assert line.__dict__["places"] == list(team.ignored) != []
    assert "a-private-word" not in str(line.__dict__)


def test_the_id_counts_in_either_case() -> None:
    ulid = TeamId("01jq70jnstyfzevc6423czh50e")
    team = replace(TEAM, team_id=ulid)
    shouted = team_fields(team) | {"team_id": ulid.upper()}
    assert read(ulid, KvRecord(shouted, 1)) == team


@pytest.mark.parametrize("missing", ["team_id", "api_key"])
def test_a_key_of_ours_that_lacks_something_is_not_used(missing: str) -> None:
    with pytest.raises(SecretUnusable):
        key_from(TEAM.team_id, without(secret_fields(TEAM.team_id, KEY, LABEL), missing))


# --- Keys written by hand


@pytest.mark.parametrize(
    "fields",
    [
        {"api_key": "a-good-key"},
        {"apiKey": "a-good-key"},
        {"api_key": "Bearer a-good-key"},
        {"api_key": "a-good-key", "team_id": TEAM.team_id},
        {"api_key": "a-good-key", "note": "from Terraform"},
    ],
)
def test_a_key_written_by_hand_is_used(fields: dict[str, Any]) -> None:
    key = key_from(TEAM.team_id, KvRecord(fields, 3))
    assert (key.api_key, key.team_ulid, key.version) == (KEY, TEAM.team_id, 3)
    label = label_from(TEAM.team_id, names_of(fields))
    assert label == SecretLabel(TeamUlid(TEAM.team_id), None, None)


@pytest.mark.parametrize(
    "fields",
    [
        *({}, {"key": "a-good-key"}, {"API_KEY": "a-good-key"}),
        *({"api_key": value} for value in (None, 12345678, ["a-good-key"], {"a": "b"}, True)),
        *({"api_key": text} for text in ("", "short", "two words", "a-good-key\n", "k" * 513)),
        {"api_key": "ümlaut-key"},
        {"api_key": None, "apiKey": "a-good-key"},
        {"api_key": "a-good-key", "team_id": OTHER},
        {"api_key": "a-good-key", "team_id": None},
    ],
)
def test_what_is_no_key_is_not_used(fields: dict[str, Any]) -> None:
    with pytest.raises(SecretUnusable):
        key_from(TEAM.team_id, KvRecord(fields, 3))


def test_a_good_label_is_used() -> None:
    found = label_from(TEAM.team_id, {"api_key": None, "label": GOOD_LABEL})
    assert found == SecretLabel(TeamUlid("0" * 26), "0123456789ab", "a")


@pytest.mark.parametrize(
    "label",
    [
        *(None, "text", [], {}, {"team_ulid": {"x": True}}, {"team_ulid": {}, "fingerprint": {}}),
        {"team_ulid": None, "fingerprint": {"a": 1}, "write_id": {"a": 1}},
        {"team_ulid": {"0" * 26: 1}, "fingerprint": {"\x1b]0;a\x07": 1}, "write_id": {"a": 1}},
        {"team_ulid": {"0" * 26: 1}, "fingerprint": {"0123456789ab\n": 1}, "write_id": {"a": 1}},
        {n: {"a": 1} for n in ("team_ulid", "fingerprint", "write_id", "expires_at")},
        {"team_ulid": {"0" * 26: 1}, "fingerprint": {"a": 1}, "write_id": "text"},
        {"team_ulid": {"0" * 26: 1, "1" * 26: 1}, "fingerprint": {"a": 1}, "write_id": {"a": 1}},
        {
            "team_ulid": {"0" * 26: 1},
            "fingerprint": {"a": 1},
            "write_id": {"a": 1},
            "expires_at": {"2031-05-01": 1},
        },
        *(
            GOOD_LABEL | {name: {at: 1}}
            for name in ("expires_at", "created_at")
            for at in NO_MOMENTS
        ),
    ],
)
def test_a_label_that_is_none_is_not_used(label: object) -> None:
    with pytest.raises(SecretUnusable):
        label_from(TEAM.team_id, {"api_key": None, "label": label})
