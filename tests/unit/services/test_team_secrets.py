"""The life of a team's secret on fakes: races, lost answers, and who is told."""

from datetime import UTC, datetime

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import NewSecret, SecretLabel
from app.domain.worklist import Kind
from app.errors import (
    BlawbyUnavailable,
    Forbidden,
    KeyRejected,
    SecretExists,
    SecretNotFound,
    SecretUnusable,
    TeamNotFound,
    VersionConflict,
    VersionNotFound,
    WriteUnconfirmed,
)
from app.services.payments.refused_keys import RefusedKeys
from app.services.resolution.resolver import Resolution
from app.services.secret_views import SecretViews
from app.services.team_secrets import TeamSecrets
from tests.fakes.background import AtOnce
from tests.fakes.blawby import FakeBlawby
from tests.fakes.clock import FakeClock
from tests.fakes.generations import FakeGenerations, FakeValues
from tests.fakes.matters import FakeWorklist
from tests.fakes.vault import (
    OPERATOR,
    FakeSecretStores,
    FakeTeamRegistries,
    FakeTeamSource,
    FakeVault,
)

TEAM = Team(TeamId("0" * 26), Slug("a-firm"), "A Firm", TeamConfig({}))
ULID = TeamUlid("0" * 25 + "A")


def new(key: str = "a-good-key") -> NewSecret:
    return NewSecret(SecretString(key), ULID, datetime(2031, 5, 1, tzinfo=UTC))


class World:
    def __init__(self) -> None:
        self.vault = FakeVault()
        self.vault.teams[TEAM.team_id] = TEAM
        self.blawby = FakeBlawby()
        self.generations = FakeGenerations()
        source = FakeTeamSource(self.vault)
        resolution = Resolution(source, self.generations, FakeValues(), 300, 900)
        stores = FakeSecretStores(self.vault)
        registries = FakeTeamRegistries(self.vault)
        clock, self.worklist = FakeClock(), FakeWorklist()
        refused = RefusedKeys(
            resolution, resolution, self.blawby, self.worklist, AtOnce(clock), clock.now
        )
        self.secrets = TeamSecrets(stores, registries, source, self.blawby, resolution, refused)
        self.views = SecretViews(stores, registries, source)
        self.operator = self.vault.login(OPERATOR)
        self.member = self.vault.login(TEAM.team_id)
        self.stranger = self.vault.login(TeamId("1" + "0" * 25))

    def store(self, key: str = "a-good-key") -> int:
        return self.secrets.replace(self.operator, TEAM.team_id, new(key)).version

    def overtaken(self, times: int = 1) -> None:
        """Somebody else writes just before each of the next writes."""

        def overtake() -> None:
            versions = self.vault.secrets[TEAM.team_id]
            self.vault.script.add("write", "ok")
            others = FakeSecretStores(self.vault).open(self.operator, TEAM.team_id)
            label = versions[-1].label if versions else None
            assert label
            others.write(SecretString("the-others-key"), label, len(versions))

        waiting = [overtake] * times
        self.vault.script.add("fingerprint", *waiting)

    def listed(self) -> list[int]:
        """The versions of refused keys that operators see."""
        return [item.key_version for item in self.worklist.page(Kind.KEY, None, 10).items]

    def stamp(self) -> str | None:
        return self.generations.stamps.get(TEAM.team_id)


@pytest.fixture
def world() -> World:
    return World()


# --- races ------------------------------------------------------------------------------------


def test_the_last_writer_wins_without_a_guard(world: World) -> None:
    world.store()
    world.overtaken(2)
    written = world.secrets.replace(world.operator, TEAM.team_id, new("mine"))
    assert (written.version, written.created) == (4, False)


def test_a_guard_that_matched_before_the_race_does_not_match_behind_it(world: World) -> None:
    world.store()
    world.overtaken()
    with pytest.raises(VersionConflict):
        world.secrets.replace(
            world.operator, TEAM.team_id, new(), matches=lambda version: version == 1
        )


def test_a_rollback_that_matched_before_the_race_does_not_match_behind_it(world: World) -> None:
    world.store()
    world.overtaken()
    with pytest.raises(VersionConflict):
        world.secrets.rollback(
            world.operator, TEAM.team_id, 1, matches=lambda version: version == 1
        )


def test_a_race_that_never_ends_is_given_up(world: World) -> None:
    world.store()
    world.overtaken(30)
    with pytest.raises(VersionConflict):
        world.secrets.replace(world.operator, TEAM.team_id, new())


def test_twelve_writers_without_a_guard_all_write(world: World) -> None:
    world.store()
    world.overtaken(11)
    assert world.secrets.replace(world.operator, TEAM.team_id, new("mine")).version == 13


@pytest.mark.parametrize("write", ["store", "replace", "over a key", "rollback"])
def test_no_key_outlives_a_team_that_is_removed_meanwhile(world: World, write: str) -> None:
    """The team is gone behind the look at it and before the write."""
    secrets, caller, team_id = world.secrets, world.operator, TEAM.team_id
    if write in ("over a key", "rollback"):
        world.store()
    registry = FakeTeamRegistries(world.vault).open(caller)
    world.vault.script.add("fingerprint", lambda: registry.remove(team_id))
    writes = {
        "store": lambda: secrets.store(caller, team_id, new()),
        "rollback": lambda: secrets.rollback(caller, team_id, 1),
    }
    with pytest.raises(TeamNotFound):
        writes.get(write, lambda: secrets.replace(caller, team_id, new()))()
    assert not any(version.told.lives for version in world.vault.secrets[team_id])


def test_a_write_stands_when_its_team_cannot_be_looked_at_behind_it(world: World) -> None:
    world.store()
    world.vault.script.add("read", "unavailable")
    assert world.store("another") == 2
    assert world.views.status(world.operator, TEAM.team_id)


def test_of_two_first_secrets_one_is_stored(world: World) -> None:
    world.store()
    world.secrets.delete(world.operator, TEAM.team_id)
    world.overtaken()
    with pytest.raises(SecretExists):
        world.secrets.store(world.operator, TEAM.team_id, new())


def test_a_rollback_goes_upon_the_newest_version(world: World) -> None:
    world.store("first")
    world.store("second")
    world.overtaken()
    assert world.secrets.rollback(world.operator, TEAM.team_id, 1).version == 4
    newest = world.vault.secrets[TEAM.team_id][-1]
    assert newest.api_key == SecretString("first")


def test_a_version_that_went_while_it_was_rolled_back_to(world: World) -> None:
    world.store("first")
    world.store("second")
    store = FakeSecretStores(world.vault).open(world.operator, TEAM.team_id)
    world.vault.script.add("read_key", lambda: store.destroy([1]))
    with pytest.raises(VersionNotFound):
        world.secrets.rollback(world.operator, TEAM.team_id, 1)


def test_a_key_that_went_while_it_was_verified(world: World) -> None:
    world.store()
    store = FakeSecretStores(world.vault).open(world.operator, TEAM.team_id)
    world.vault.script.add("read_key", lambda: store.delete(1))
    with pytest.raises(SecretNotFound):
        world.secrets.verify(world.operator, TEAM.team_id)


# --- who is told ------------------------------------------------------------------------------


def test_every_write_renews_the_generation(world: World) -> None:
    seen = {world.stamp()}
    secrets, caller, team_id = world.secrets, world.operator, TEAM.team_id
    for write in (
        lambda: secrets.store(caller, team_id, new()),
        lambda: secrets.replace(caller, team_id, new()),
        lambda: secrets.rollback(caller, team_id, 1),
        lambda: secrets.delete(caller, team_id),
        lambda: secrets.undelete(caller, team_id),
        lambda: secrets.destroy(caller, team_id),
    ):
        written = write()
        assert written.delayed is False
        assert world.stamp() not in seen
        seen.add(world.stamp())


def test_a_write_stands_when_nobody_can_be_told(world: World) -> None:
    world.generations.away = True
    assert world.secrets.store(world.operator, TEAM.team_id, new()).delayed is True
    assert world.views.status(world.operator, TEAM.team_id)


@pytest.mark.parametrize("effect", ["unconfirmed", "after_unconfirmed"])
def test_what_may_have_been_written_is_announced_too(world: World, effect: str) -> None:
    secrets, caller, team_id = world.secrets, world.operator, TEAM.team_id
    world.store()
    for step, write in (
        ("write", lambda: secrets.replace(caller, team_id, new())),
        ("delete", lambda: secrets.delete(caller, team_id)),
        ("undelete", lambda: secrets.undelete(caller, team_id)),
        ("destroy", lambda: secrets.destroy(caller, team_id)),
    ):
        before = world.stamp()
        world.vault.script.add(step, effect)
        if step == "delete":
            secrets.undelete(caller, team_id)
            before = world.stamp()
        with pytest.raises(WriteUnconfirmed):
            write()
        assert world.stamp() != before


def test_a_refusal_is_announced_to_nobody(world: World) -> None:
    """Renewing empties caches, and strangers must not be able to."""
    world.store()
    before = world.stamp()
    secrets, team_id = world.secrets, TEAM.team_id
    for call in (
        lambda: secrets.store(world.stranger, team_id, new()),
        lambda: secrets.replace(world.stranger, team_id, new()),
        lambda: secrets.delete(world.stranger, team_id),
        lambda: secrets.destroy(world.stranger, team_id),
        lambda: secrets.undelete(world.stranger, team_id),
        lambda: secrets.rollback(world.stranger, team_id, 1),
        lambda: secrets.verify(world.stranger, team_id),
        lambda: world.views.status(world.stranger, team_id),
        lambda: world.views.versions(world.stranger, team_id),
    ):
        with pytest.raises(Forbidden):
            call()
    assert world.stamp() == before
    assert "read_key" not in world.vault.script.steps


# --- trying keys ------------------------------------------------------------------------------


def test_a_refused_key_is_not_stored(world: World) -> None:
    for write in (world.secrets.store, world.secrets.replace):
        with pytest.raises(KeyRejected):
            write(world.operator, TEAM.team_id, new("revoked-key"), verify=True)
    assert world.views.status(world.operator, TEAM.team_id) is None


def test_a_key_that_could_not_be_tried_is_not_stored(world: World) -> None:
    world.blawby.script.add("verify", "unavailable")
    with pytest.raises(BlawbyUnavailable):
        world.secrets.store(world.operator, TEAM.team_id, new(), verify=True)
    assert world.views.status(world.operator, TEAM.team_id) is None


def test_verify_tries_the_key_for_the_ulid_that_was_stored_with_it(world: World) -> None:
    world.store()
    before = world.stamp()
    verdict = world.secrets.verify(world.member, TEAM.team_id)
    assert verdict.valid
    assert world.blawby.used == [(TEAM.team_id, ULID)]
    assert world.stamp() != before


def test_a_key_that_is_still_refused_stays_rejected(world: World) -> None:
    world.store("bad-from-the-start")
    before = world.stamp()
    assert not world.secrets.verify(world.member, TEAM.team_id).valid
    assert world.stamp() == before


def test_a_key_that_verify_sees_refused_is_listed_until_it_sees_it_taken(world: World) -> None:
    world.store()
    for _ in range(2):
        world.blawby.script.add("verify", "rejected")
        assert not world.secrets.verify(world.member, TEAM.team_id).valid
        assert world.listed() == [1]
    assert world.secrets.verify(world.member, TEAM.team_id).valid
    assert world.listed() == []


def test_a_verdict_stands_where_it_cannot_be_listed(world: World) -> None:
    world.store()
    world.blawby.script.add("verify", "rejected")
    world.worklist.script.add(f"list {Kind.KEY}", "away")
    assert not world.secrets.verify(world.member, TEAM.team_id).valid
    assert world.listed() == []


def test_a_key_that_is_only_tried_before_it_is_stored_is_not_listed(world: World) -> None:
    world.store()
    world.blawby.script.add("verify", "rejected")
    with pytest.raises(KeyRejected):
        world.secrets.replace(world.operator, TEAM.team_id, new(), verify=True)
    assert world.listed() == []


# --- what is not there ------------------------------------------------------------------------


def test_a_team_that_is_not_registered_gets_no_key(world: World) -> None:
    unknown = TeamId("2" + "0" * 25)
    for write in (world.secrets.store, world.secrets.replace):
        with pytest.raises(TeamNotFound):
            write(world.operator, unknown, new())


def test_what_was_never_there_is_not_found(world: World) -> None:
    secrets, caller, team_id = world.secrets, world.operator, TEAM.team_id
    assert world.views.status(caller, team_id) is None
    for call in (
        lambda: world.views.versions(caller, team_id),
        lambda: secrets.delete(caller, team_id),
        lambda: secrets.destroy(caller, team_id),
        lambda: secrets.undelete(caller, team_id),
        lambda: secrets.rollback(caller, team_id, 1),
        lambda: secrets.verify(caller, team_id),
    ):
        with pytest.raises(SecretNotFound):
            call()


def test_a_secrets_beginning_is_kept_through_its_versions(world: World) -> None:
    world.store()
    first = world.views.status(world.member, TEAM.team_id)
    world.store()
    second = world.views.status(world.member, TEAM.team_id)
    assert first
    assert second
    assert second.created_at == first.created_at <= second.updated_at


# --- Teams that are not registered, keys that are none


def test_who_may_see_it_is_told_that_there_is_no_such_team(world: World) -> None:
    nowhere = TeamId("2" * 26)
    for look in (world.views.status, world.views.versions):
        with pytest.raises(TeamNotFound):
            look(world.operator, nowhere)
        with pytest.raises(Forbidden):
            look(world.stranger, nowhere)
    assert world.views.status(world.operator, TEAM.team_id) is None


def test_a_key_of_a_team_whose_document_is_spoilt_is_shown(world: World) -> None:
    assert world.store() == 1
    world.vault.spoil_team(TEAM.team_id)
    assert world.views.status(world.operator, TEAM.team_id)
    world.secrets.delete(world.operator, TEAM.team_id)
    assert world.views.status(world.operator, TEAM.team_id) is None


def test_what_is_no_key_is_replaced_and_not_used(world: World) -> None:
    world.vault.spoil_secret(TEAM.team_id)
    for call in (world.views.status, world.secrets.verify):
        with pytest.raises(SecretUnusable):
            call(world.operator, TEAM.team_id)
    with pytest.raises(SecretUnusable):
        world.secrets.rollback(world.operator, TEAM.team_id, 1)
    assert world.store() == 2
    assert world.views.status(world.operator, TEAM.team_id)


def test_a_key_written_by_hand_is_looked_at_by_the_agent(world: World) -> None:
    """Its names show nothing of its value, which only the agent may read."""
    store = FakeSecretStores(world.vault).open(world.operator, TEAM.team_id)
    store.write(SecretString("by-hand-1"), SecretLabel(ULID, None, None), 0)
    shown = world.views.status(world.operator, TEAM.team_id)
    assert shown
    assert shown.by_hand
    assert world.vault.script.count(["read_key"]) == 1
    world.vault.script.add("read_key", unusable)
    with pytest.raises(SecretUnusable):
        world.views.status(world.operator, TEAM.team_id)
    world.vault.spoil_team(TEAM.team_id)
    assert world.views.status(world.operator, TEAM.team_id) == shown


def unusable() -> None:
    raise SecretUnusable


def test_a_version_without_a_key_has_no_fingerprint(world: World) -> None:
    store = FakeSecretStores(world.vault).open(world.operator, TEAM.team_id)
    for number in range(3):
        store.write(SecretString(f"key-{number}"), SecretLabel(ULID, f"f{number}", "w"), number)
    world.vault.spoil_secret(TEAM.team_id)
    store.delete(2)
    versions = world.views.versions(world.operator, TEAM.team_id)
    found = world.views.fingerprints(world.operator, TEAM.team_id, versions)
    assert list(found) == ["f0", None, "f2", None]


def test_what_is_written_says_whether_there_was_a_key_before(world: World) -> None:
    caller, team_id = world.operator, TEAM.team_id
    assert world.secrets.store(caller, team_id, new()).created
    assert not world.secrets.replace(caller, team_id, new()).created
    world.secrets.delete(caller, team_id)
    assert not world.secrets.undelete(caller, team_id).created
    world.secrets.delete(caller, team_id)
    assert world.secrets.replace(caller, team_id, new()).created
