"""`TeamRegistry` and `TeamSource`: the same suite on the fake and on Vault."""

from dataclasses import replace

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import TeamConfig
from app.domain.team_secret import SecretLabel
from app.errors import (
    Forbidden,
    SecretUnusable,
    SlugTaken,
    TeamNotFound,
    TeamUnusable,
    Unauthenticated,
    VersionConflict,
)
from app.ports import TeamRegistry
from tests.contract.vaults import NOBODY, Parts, new_team
from tests.rig import new_ulid


@pytest.fixture
def registry(parts: Parts) -> TeamRegistry:
    return parts.registries.open(parts.operator)


# --- the registry -----------------------------------------------------------------------------


def test_a_team_is_read_as_it_was_registered(registry: TeamRegistry) -> None:
    team = new_team(consultationFee=75.5, jurisdiction={"type": "state"}, names=["ä", None])
    assert registry.read(team.team_id) is None
    assert registry.register(team) is True
    assert registry.read(team.team_id) == team


def test_registering_again_replaces(registry: TeamRegistry) -> None:
    team = new_team(a=1)
    registry.register(team)
    changed = replace(team, name="B", config=TeamConfig({"b": 2}))
    assert registry.register(changed) is False
    assert registry.read(team.team_id) == changed


def test_an_older_version_does_not_replace_a_newer_one(registry: TeamRegistry) -> None:
    team = new_team(a=1)
    registry.register(team)
    read = registry.read(team.team_id)
    assert read
    newer = replace(read, name="B")
    registry.register(newer)
    with pytest.raises(VersionConflict):
        registry.register(replace(read, name="C"))
    assert registry.read(read.team_id) == newer
    registry.remove(read.team_id)
    with pytest.raises(VersionConflict):
        registry.register(newer)
    assert registry.read(read.team_id) is None


def test_a_slug_is_one_teams(registry: TeamRegistry) -> None:
    team, other = new_team(), new_team()
    registry.register(team)
    with pytest.raises(SlugTaken):
        registry.register(replace(other, slug=team.slug))
    assert registry.read(other.team_id) is None
    registry.register(other)
    with pytest.raises(SlugTaken):
        registry.register(replace(other, slug=team.slug))
    assert registry.read(other.team_id) == other


def test_a_slug_that_was_left_is_free(registry: TeamRegistry, parts: Parts) -> None:
    team, other = new_team(), new_team()
    registry.register(team)
    registry.register(replace(team, slug=Slug(f"{team.slug}-moved")))
    assert parts.source.find_slug(team.slug) is None
    registry.register(replace(other, slug=team.slug))
    assert parts.source.find_slug(team.slug) == other.team_id
    registry.remove(other.team_id)
    assert parts.source.find_slug(team.slug) is None
    registry.register(replace(team, slug=team.slug))
    assert parts.source.find_slug(team.slug) == team.team_id


def test_pages_are_in_order_and_go_on_behind_their_last(registry: TeamRegistry) -> None:
    first = new_ulid()[:-1]
    ids = [TeamId(f"{first}{digit}") for digit in "135"]
    for team_id in reversed(ids):
        registry.register(new_team(team_id))
    before = TeamId(f"{first}0")
    assert list(registry.page(before, 2)) == ids[:2]
    assert list(registry.page(ids[1], 1)) == ids[2:]
    assert list(registry.page(TeamId(f"{first}2"), 1)) == ids[1:2]
    assert list(registry.page(TeamId("7" + "z" * 25), 5)) == []


def test_a_removed_team_is_gone(registry: TeamRegistry, parts: Parts) -> None:
    team = parts.team()
    member = parts.member(team.team_id)
    parts.stores.open(member, team.team_id).write(KEY, LABEL, 0)
    assert registry.remove(team.team_id) is True
    assert registry.read(team.team_id) is None
    assert registry.remove(team.team_id) is False
    with pytest.raises(Unauthenticated):
        parts.registries.open(member).read(team.team_id)
    registry.register(team)
    assert parts.stores.open(parts.operator, team.team_id).history().version == 0


def test_credentials_are_for_teams_that_exist(registry: TeamRegistry, parts: Parts) -> None:
    team = parts.team()
    issued = registry.issue_credentials(team.team_id)
    assert issued.role_id
    assert issued.expires_in > 0
    registry.revoke_credentials(team.team_id)
    registry.revoke_credentials(team.team_id)
    for call in (registry.issue_credentials, registry.revoke_credentials):
        with pytest.raises(TeamNotFound):
            call(TeamId(new_ulid()))


def test_what_is_no_team_is_told_apart_and_replaced(registry: TeamRegistry, parts: Parts) -> None:
    team = parts.team()
    parts.spoil_team(team.team_id)
    for read in (registry.read, parts.source.read_team):
        with pytest.raises(TeamUnusable):
            read(team.team_id)
    assert registry.register(team) is False
    assert registry.read(team.team_id) == team
    parts.spoil_team(team.team_id)
    assert registry.remove(team.team_id) is True
    assert registry.read(team.team_id) is None


def test_own_is_the_members_team(registry: TeamRegistry, parts: Parts) -> None:
    team = parts.team()
    assert parts.registries.open(parts.member(team.team_id)).own() == team.team_id
    assert registry.own() is None
    with pytest.raises(Unauthenticated):
        parts.registries.open(NOBODY).own()


def test_a_member_reads_its_own_team_and_nothing_else(parts: Parts) -> None:
    team, other = parts.team(), parts.team()
    member = parts.registries.open(parts.member(team.team_id))
    assert member.read(team.team_id) == team
    for call in (
        lambda: member.read(other.team_id),
        lambda: member.read(TeamId(new_ulid())),
        lambda: member.page(None, 1),
        lambda: member.register(team),
        lambda: member.remove(team.team_id),
        lambda: member.issue_credentials(team.team_id),
        lambda: member.revoke_credentials(team.team_id),
    ):
        with pytest.raises(Forbidden):
            call()


# --- what resolution reads --------------------------------------------------------------------


KEY = SecretString("a-contract-key")
LABEL = SecretLabel(TeamUlid(new_ulid().upper()), "0123456789ab", "write-1")


def test_a_team_is_found_by_its_slug(parts: Parts) -> None:
    team = parts.team()
    assert parts.source.find_slug(team.slug) == team.team_id
    assert parts.source.find_slug(Slug("no-such-slug")) is None
    assert parts.source.read_team(team.team_id) == team
    with pytest.raises(TeamNotFound):
        parts.source.read_team(TeamId(new_ulid()))


def test_the_key_is_its_newest_version_if_that_lives(parts: Parts) -> None:
    team_id = parts.team().team_id
    assert parts.source.read_key(team_id) is None
    store = parts.stores.open(parts.operator, team_id)
    store.write(KEY, LABEL, 0)
    key = parts.source.read_key(team_id)
    assert key
    assert (key.api_key, key.team_ulid, key.version) == (KEY, LABEL.team_ulid, 1)
    newer = SecretString("a-newer-key")
    store.write(newer, replace(LABEL, write_id="write-2"), 1)
    key = parts.source.read_key(team_id)
    assert key
    assert (key.api_key, key.version) == (newer, 2)
    store.delete(2)
    assert parts.source.read_key(team_id) is None


def test_an_older_version_is_read_while_it_lives(parts: Parts) -> None:
    team_id = parts.team().team_id
    store = parts.stores.open(parts.operator, team_id)
    store.write(KEY, LABEL, 0)
    store.write(SecretString("a-newer-key"), replace(LABEL, write_id="write-2"), 1)
    key = parts.source.read_key(team_id, 1)
    assert key
    assert key.api_key == KEY
    assert parts.source.read_key(team_id, 3) is None
    store.destroy([1])
    assert parts.source.read_key(team_id, 1) is None


def test_what_is_no_key_is_told_apart(parts: Parts) -> None:
    team_id = parts.team().team_id
    store = parts.stores.open(parts.operator, team_id)
    store.write(KEY, LABEL, 0)
    parts.spoil_secret(team_id)
    with pytest.raises(SecretUnusable):
        store.shown()
    with pytest.raises(SecretUnusable):
        parts.source.read_key(team_id)
    assert parts.source.read_key(team_id, 1)
    assert store.write(KEY, replace(LABEL, write_id="write-3"), 2) == 3
    assert store.shown()
