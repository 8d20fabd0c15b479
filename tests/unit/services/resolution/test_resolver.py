"""Resolution on fakes, with a clock that the test moves: fresh, stale, absent, rotated, refused."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import ResolvedTeam, Team, TeamConfig, TeamKey
from app.domain.team_secret import SecretLabel
from app.errors import Forbidden, TeamNotFound, TeamUnusable, VaultUnavailable
from app.services.resolution.resolver import Resolution
from tests.fakes.clock import FakeClock
from tests.fakes.generations import FakeGenerations, FakeValues
from tests.fakes.vault import OPERATOR, FakeSecretStores, FakeTeamSource, FakeVault

TEAM = Team(TeamId("0" * 26), Slug("a-firm"), "A Firm", TeamConfig({}))
ULID = TeamUlid("0" * 26)
TTL, STALE = 300, 900
FRESH = TTL * 0.89


class World:
    """A worker's resolution, and the hands that change what it reads."""

    def __init__(self) -> None:
        self.vault = FakeVault()
        self.vault.teams[TEAM.team_id] = TEAM
        self.generations = FakeGenerations()
        self.clock = FakeClock()
        self.source = FakeTeamSource(self.vault)
        self.stores = FakeSecretStores(self.vault)
        self.operator = self.vault.login(OPERATOR)
        self.resolution = self.worker()

    def worker(self, source: FakeTeamSource | None = None) -> Resolution:
        clock = self.clock
        return Resolution(
            source or self.source,
            self.generations,
            FakeValues(),
            TTL,
            STALE,
            clock=lambda: clock.seconds,
        )

    def rotate(self, key: str = "key", announce: bool = True) -> None:
        store = self.stores.open(self.operator, TEAM.team_id)
        version = store.history().version
        store.write(SecretString(key), SecretLabel(ULID, "f", f"write-{version}"), version)
        if announce:
            self.generations.renew(TEAM.team_id)

    def resolve(self) -> ResolvedTeam:
        return self.resolution.resolve(TEAM.team_id)

    def key(self) -> str | None:
        key = self.resolve().key
        return key.api_key.reveal() if key else None

    def loads(self) -> int:
        return self.vault.script.count(["read_team"])

    def away(self, times: int = 1) -> None:
        self.vault.script.add("read_team", *["away"] * times)


@pytest.fixture
def world() -> World:
    return World()


# --- what somebody wrote by hand ---------------------------------------------------------------


def test_what_is_no_team_is_an_answer_and_remembered_for_a_moment(world: World) -> None:
    world.rotate("one")
    assert world.key() == "one"
    world.vault.spoil_team(TEAM.team_id)
    world.generations.renew(TEAM.team_id)
    before = world.loads()
    for _ in range(3):
        with pytest.raises(TeamUnusable):
            world.resolve()
    assert world.loads() == before + 1
    world.vault.spoilt_teams.clear()
    world.clock.sleep(1)
    assert world.key() == "one"


def test_what_is_no_key_counts_as_none_and_is_no_outage(world: World) -> None:
    world.rotate("one")
    world.vault.spoil_secret(TEAM.team_id)
    resolved = world.resolve()
    assert (resolved.key, resolved.key_unavailable, resolved.degraded) == (None, False, False)


# --- loading and keeping ----------------------------------------------------------------------


def test_a_value_is_loaded_once_while_it_is_fresh(world: World) -> None:
    world.rotate("one")
    assert [world.key() for _ in range(3)] == ["one"] * 3
    world.clock.sleep(FRESH)
    world.resolve()
    assert world.loads() == 1


def test_a_value_is_loaded_again_when_its_time_is_over(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.rotate("two", announce=False)
    assert world.key() == "two"
    assert world.loads() == 2


def test_a_write_ends_a_value_at_once(world: World) -> None:
    other = world.worker()
    world.rotate("one")
    assert world.key() == "one"
    other.resolve(TEAM.team_id)
    world.rotate("two")
    assert world.key() == "two"
    found = other.resolve(TEAM.team_id).key
    assert found
    assert found.api_key == SecretString("two")


def test_the_first_load_begins_a_generation(world: World) -> None:
    world.resolve()
    assert TEAM.team_id in world.generations.stamps


def test_a_team_without_a_key_is_asked_for_it_again_soon(world: World) -> None:
    """Its first key may come by another way than ours; what it has is kept for long."""
    world.resolve()
    world.clock.sleep(10)
    world.rotate("first", announce=False)
    assert world.key() == "first"


def test_a_team_that_does_not_exist_is_remembered_for_seconds(world: World) -> None:
    unknown = TeamId("1" + "0" * 25)
    for _ in range(3):
        with pytest.raises(TeamNotFound):
            world.resolution.resolve(unknown)
    assert world.loads() == 1
    assert world.generations.stamps == {}
    world.clock.sleep(10)
    world.vault.teams[unknown] = replace(TEAM, team_id=unknown, slug=Slug("other"))
    assert world.resolution.resolve(unknown).team.team_id == unknown


def test_a_team_that_is_registered_is_known_at_once(world: World) -> None:
    unknown = TeamId("1" + "0" * 25)
    with pytest.raises(TeamNotFound):
        world.resolution.resolve(unknown)
    world.vault.teams[unknown] = replace(TEAM, team_id=unknown, slug=Slug("other"))
    assert world.resolution.renew(unknown) is True
    assert world.resolution.resolve(unknown).team.team_id == unknown


# --- a write while a load is under way --------------------------------------------------------


class Slow(FakeTeamSource):
    """Reads, and then something happens before it answers."""

    def __init__(self, vault: FakeVault, meanwhile: Callable[[], None]) -> None:
        super().__init__(vault)
        self.meanwhile = [meanwhile]

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        key = super().read_key(team_id, version)
        while self.meanwhile:
            self.meanwhile.pop()()
        return key


class SlowToFind(FakeTeamSource):
    """Finds a slug, and then something happens before it answers."""

    def __init__(self, vault: FakeVault, meanwhile: Callable[[], None]) -> None:
        super().__init__(vault)
        self._meanwhile = meanwhile

    def find_slug(self, slug: Slug) -> TeamId | None:
        found = super().find_slug(slug)
        self._meanwhile()
        return found


def test_a_slow_load_does_not_put_the_old_key_back(world: World) -> None:
    world.rotate("old")
    worker = world.worker(Slow(world.vault, lambda: world.rotate("new")))
    worker.resolve(TEAM.team_id)
    found = worker.resolve(TEAM.team_id).key
    assert found
    assert found.api_key == SecretString("new")


def test_neither_does_the_first_load_of_all(world: World) -> None:
    """There was no generation when it began: the write's is not taken for its own."""
    world.rotate("old", announce=False)
    worker = world.worker(Slow(world.vault, lambda: world.rotate("new")))
    found = worker.resolve(TEAM.team_id).key
    assert found
    assert found.api_key == SecretString("new")


def test_two_that_load_first_load_once_each(world: World) -> None:
    """The one that comes second finds the other's generation, which no write has made."""
    world.rotate("one", announce=False)
    other = world.worker()

    def load() -> None:
        other.resolve(TEAM.team_id)

    worker = world.worker(Slow(world.vault, load))
    for _ in range(3):
        found = worker.resolve(TEAM.team_id).key
        assert found
        assert found.api_key == SecretString("one")
    assert world.loads() == 2


def test_who_comes_before_the_first_load_ends_does_not_load_again(world: World) -> None:
    """Between its look for a generation and its own load, another's load begins one."""
    world.rotate("one", announce=False)

    class Late(FakeGenerations):
        is_first = True

        def read(self, name: str) -> str | None:
            stamp = super().read(name)
            if self.is_first:
                self.is_first = False
                worker.resolve(TEAM.team_id)
            return stamp

    world.generations = Late()
    worker = world.worker()
    assert worker.resolve(TEAM.team_id).key
    assert world.loads() == 1


def test_a_write_behind_anothers_first_load_is_not_missed(world: World) -> None:
    world.rotate("old", announce=False)
    other = world.worker()

    def load_and_write() -> None:
        other.resolve(TEAM.team_id)
        world.rotate("new")

    worker = world.worker(Slow(world.vault, load_and_write))
    found = worker.resolve(TEAM.team_id).key
    assert found
    assert found.api_key == SecretString("new")


def test_a_first_load_whose_generation_cannot_be_begun_is_not_kept(world: World) -> None:
    world.rotate("old", announce=False)

    def gone() -> None:
        world.generations.away = True

    worker = world.worker(Slow(world.vault, gone))
    assert worker.resolve(TEAM.team_id).key
    world.rotate("new", announce=False)
    world.generations.away = False
    found = worker.resolve(TEAM.team_id).key
    assert found
    assert found.api_key == SecretString("new")


# --- Vault away -------------------------------------------------------------------------------


def test_an_outage_is_served_with_what_was_there(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.away(9)
    stale = world.resolve()
    assert stale.degraded
    assert stale.key
    assert stale.key.api_key == SecretString("one")


def test_vault_is_not_asked_by_each_request_of_an_outage(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.away(9)
    for _ in range(5):
        assert world.resolve().degraded
    assert world.loads() == 2
    world.clock.sleep(3)
    world.resolve()
    assert world.loads() == 3


def test_after_an_outage_all_is_fresh(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.away()
    assert world.resolve().degraded
    world.clock.sleep(3)
    assert not world.resolve().degraded


def test_staleness_has_its_bound(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.away(9)
    world.clock.sleep(TTL + STALE + 1)
    with pytest.raises(VaultUnavailable):
        world.resolve()


@pytest.mark.parametrize("slow", [Slow, SlowToFind])
def test_who_may_not_wait_for_anothers_load_is_told_so(
    world: World, slow: type[Slow] | type[SlowToFind]
) -> None:
    def come() -> None:
        with pytest.raises(VaultUnavailable):
            worker.resolve(TEAM.slug)

    source = slow(world.vault, come)
    source.is_crowded = True
    worker = world.worker(source)
    assert worker.resolve(TEAM.slug).team == TEAM
    assert world.loads() == 1


def test_who_may_not_wait_for_anothers_load_has_the_older_value(world: World) -> None:
    world.rotate("one")
    seen = []
    source = Slow(world.vault, lambda: None)
    source.is_crowded = True
    worker = world.worker(source)
    assert not worker.resolve(TEAM.team_id).degraded
    world.clock.sleep(TTL)
    source.meanwhile.append(lambda: seen.append(worker.resolve(TEAM.team_id)))
    assert not worker.resolve(TEAM.team_id).degraded
    [older] = seen
    assert older.degraded
    assert older.key
    assert older.key.api_key == SecretString("one")
    assert world.loads() == 2


def test_an_outage_of_a_cold_team_is_said(world: World) -> None:
    world.away()
    with pytest.raises(VaultUnavailable):
        world.resolve()
    assert world.resolve().team == TEAM


def test_an_outage_between_the_two_reads_serves_what_was_there(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.vault.script.add("read_key", "away")
    assert world.key() == "one"


def test_an_outage_between_the_two_reads_of_a_cold_team_is_told(world: World) -> None:
    world.rotate("one")
    world.vault.script.add("read_key", "away")
    found = world.resolve()
    assert (found.key, found.key_unavailable, found.degraded) == (None, True, True)
    world.clock.sleep(3)
    assert world.key() == "one"


def test_a_policys_no_is_an_answer_and_no_outage(world: World) -> None:
    """Never served stale: somebody took the right away."""

    def refuse() -> None:
        raise Forbidden

    world.rotate("one")
    world.resolve()
    world.clock.sleep(TTL)
    world.vault.script.add("read_key", refuse)
    found = world.resolve()
    assert (found.key, found.key_unavailable, found.degraded) == (None, True, False)


def test_a_removed_team_is_not_served_stale(world: World) -> None:
    world.resolve()
    del world.vault.teams[TEAM.team_id]
    world.clock.sleep(TTL)
    with pytest.raises(TeamNotFound):
        world.resolve()


# --- the shared cache away --------------------------------------------------------------------


def test_without_generations_nothing_kept_is_believed(world: World) -> None:
    world.rotate("one")
    world.resolve()
    world.generations.away = True
    world.rotate("two", announce=False)
    assert [world.key(), world.key()] == ["two", "two"]
    assert world.loads() == 3
    assert world.resolution.renew(TEAM.team_id) is False


# --- slugs ------------------------------------------------------------------------------------


def test_a_slug_leads_to_its_team_and_is_remembered(world: World) -> None:
    for _ in range(3):
        assert world.resolution.resolve(TEAM.slug).team == TEAM
    assert world.vault.script.count(["find_slug"]) == 1


def test_an_unknown_slug_is_remembered_for_as_long_as_nobody_takes_it(world: World) -> None:
    slug = Slug("nobody-has-this")
    for _ in range(3):
        with pytest.raises(TeamNotFound):
            world.resolution.resolve(slug)
    assert world.vault.script.count(["find_slug"]) == 1
    world.vault.teams[TEAM.team_id] = replace(TEAM, slug=slug)
    world.resolution.renew(slug)
    world.resolution.renew(TEAM.team_id)
    assert world.resolution.resolve(slug).team.team_id == TEAM.team_id
    with pytest.raises(TeamNotFound):
        world.resolution.resolve(TEAM.slug)


def test_a_slug_follows_its_team_when_it_moves(world: World) -> None:
    world.resolution.resolve(TEAM.slug)
    other = TeamId("1" + "0" * 25)
    world.vault.teams[TEAM.team_id] = replace(TEAM, slug=Slug("moved"))
    world.vault.teams[other] = replace(TEAM, team_id=other)
    for name in (TEAM.team_id, other):
        world.resolution.renew(name)
    assert world.resolution.resolve(TEAM.slug).team.team_id == other


def test_the_slug_of_a_removed_team_is_unknown(world: World) -> None:
    world.resolution.resolve(TEAM.slug)
    del world.vault.teams[TEAM.team_id]
    world.resolution.renew(TEAM.team_id)
    with pytest.raises(TeamNotFound):
        world.resolution.resolve(TEAM.slug)


def test_a_slug_that_points_to_a_team_with_another_is_unknown(world: World) -> None:
    """A registration that was broken off claimed it."""

    class Claimed(FakeTeamSource):
        def find_slug(self, slug: Slug) -> TeamId | None:
            return TEAM.team_id

    with pytest.raises(TeamNotFound):
        world.worker(Claimed(world.vault)).resolve(Slug("claimed"))


def test_without_generations_a_slug_is_found_all_the_same(world: World) -> None:
    world.generations.away = True
    assert world.resolution.resolve(TEAM.slug).team == TEAM
    with pytest.raises(TeamNotFound):
        world.resolution.resolve(Slug("nobody-has-this"))


# --- a key that Blawby refused ----------------------------------------------------------------


def test_a_newer_key_is_found_by_reading_again(world: World) -> None:
    world.rotate("old")
    refused = world.resolve()
    world.rotate("new", announce=False)
    found = world.resolution.reread(refused)
    assert found
    assert found.key
    assert found.key.api_key == SecretString("new")
    assert not world.resolution.is_rejected(found)
    assert world.key() == "new"


def test_a_refused_key_is_tried_again_and_heals_by_itself(world: World) -> None:
    """Row 61: Blawby refuses for a minute; intakes get invoices again within minutes."""
    world.rotate("good")
    resolved = world.resolve()
    trials: list[float] = []
    began = world.clock.seconds
    while (now := world.clock.seconds - began) < 3600:
        if not world.resolution.is_rejected(resolved):
            trials.append(now)
            if now > 60:
                world.resolution.accepted(resolved)
                break
            assert world.resolution.reread(resolved) is None
        world.clock.sleep(1)
    assert trials == [0, 30, 90]
    assert not world.resolution.is_rejected(resolved)


def test_the_same_key_is_remembered_as_rejected_until_a_write(world: World) -> None:
    world.rotate("old")
    refused = world.resolve()
    assert not world.resolution.is_rejected(refused)
    assert world.resolution.reread(refused) is None
    assert world.resolution.is_rejected(refused)
    world.rotate("new")
    assert not world.resolution.is_rejected(world.resolve())


def test_a_key_that_is_gone_by_now_is_not_rejected(world: World) -> None:
    world.rotate("old")
    refused = world.resolve()
    world.stores.open(world.operator, TEAM.team_id).delete(1)
    assert world.resolution.reread(refused) is None
    assert not world.resolution.is_rejected(world.resolve())
    assert world.key() is None


def test_without_generations_a_rejection_is_remembered_by_version(world: World) -> None:
    world.rotate("old")
    refused = world.resolve()
    world.generations.away = True
    assert world.resolution.reread(refused) is None
    assert world.resolution.is_rejected(refused)
    world.rotate("new", announce=False)
    assert not world.resolution.is_rejected(world.resolve())


def test_a_team_without_a_key_has_none_that_was_rejected(world: World) -> None:
    assert not world.resolution.is_rejected(world.resolve())


# --- a node that lags ---------------------------------------------------------------------------


def announce(world: World, version: int) -> None:
    world.generations.renew(TEAM.team_id, version)


def test_a_key_that_is_older_than_was_written_is_read_again_once(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.rotate("old", announce=False)
    announce(world, 2)
    world.vault.script.add("read_key", "ok", lambda: world.rotate("new", announce=False))
    assert world.key() == "new"
    assert world.vault.script.count(["read_key"]) == 2
    (line,) = caplog.records
    assert line.__dict__["team_id"] == TEAM.team_id


@pytest.mark.parametrize("written", [1, 2])
def test_a_key_of_the_announced_version_is_read_once(world: World, written: int) -> None:
    for _ in range(written):
        world.rotate("key", announce=False)
    announce(world, 1)
    assert world.key() == "key"
    assert world.vault.script.count(["read_key"]) == 1


def test_a_key_that_stays_too_old_is_kept_for_a_second(world: World) -> None:
    world.rotate("old", announce=False)
    announce(world, 2)
    assert world.key() == "old"
    world.clock.sleep(0.85)
    world.resolve()
    assert world.loads() == 1
    world.clock.sleep(0.2)
    world.rotate("new", announce=False)
    assert world.key() == "new"


def test_a_team_whose_key_may_not_be_read_is_asked_again_after_two_seconds(world: World) -> None:
    world.rotate("key")
    world.vault.script.add("read_key", forbid)
    assert world.resolve().key_unavailable
    world.clock.sleep(1.75)
    assert world.resolve().key_unavailable
    world.clock.sleep(0.3)
    assert world.key() == "key"


def forbid() -> None:
    raise Forbidden


@pytest.mark.parametrize(("seconds", "loads"), [(4.4, 1), (5.1, 2)])
def test_a_team_that_never_was_is_looked_for_again_after_five_seconds(
    world: World, seconds: float, loads: int
) -> None:
    unknown = TeamId("1" + "0" * 25)
    for pause in (seconds, 0.0):
        with pytest.raises(TeamNotFound):
            world.resolution.resolve(unknown)
        world.clock.sleep(pause)
    assert world.loads() == loads


@pytest.mark.parametrize(("seconds", "loads"), [(0.85, 2), (1.1, 3)])
def test_a_team_that_is_gone_is_looked_for_again_after_a_second(
    world: World, seconds: float, loads: int
) -> None:
    """It has a generation, so that it may be a node that lags."""
    world.resolve()
    del world.vault.teams[TEAM.team_id]
    world.generations.renew(TEAM.team_id)
    for pause in (seconds, 0.0):
        with pytest.raises(TeamNotFound):
            world.resolve()
        world.clock.sleep(pause)
    assert world.loads() == loads


@pytest.mark.parametrize(("seconds", "tries"), [(1.9, 2), (2.1, 3)])
def test_in_an_outage_vault_is_tried_again_after_two_seconds(
    world: World, seconds: float, tries: int
) -> None:
    world.rotate("key")
    world.resolve()
    world.clock.sleep(TTL + 1)
    world.away(3)
    for pause in (seconds, 0.0):
        assert world.resolve().degraded
        world.clock.sleep(pause)
    assert world.loads() == tries


class Noted(FakeValues):
    """It notes for how long it was to keep each value."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, int] = {}

    def set(self, key: str, value: object, timeout: int) -> None:
        super().set(key, value, timeout)
        self.seconds[key] = timeout


def test_the_cache_keeps_a_value_for_as_long_as_it_may_be_used(world: World) -> None:
    """To the next whole second; a slug for as long as its team may be used at most."""
    values, clock = Noted(), world.clock
    resolution = Resolution(
        world.source, world.generations, values, TTL, STALE, clock=lambda: clock.seconds
    )
    world.rotate("key")
    resolution.resolve(TEAM.slug)
    longest = TTL + STALE
    assert longest - 0.1 * TTL <= values.seconds[TEAM.team_id] <= longest + 1
    assert values.seconds[f"slug:{TEAM.slug}"] == longest
    kept = values.kept[TEAM.team_id]
    assert 0 < values.seconds[TEAM.team_id] - (kept.usable_until - clock.seconds) <= 1
    clock.sleep(TTL + 1)
    world.away()
    assert resolution.resolve(TEAM.team_id).degraded
    left = kept.usable_until - clock.seconds
    assert 0 < values.seconds[TEAM.team_id] - left <= 1
    unknown = Slug("nobody-has-this")
    with pytest.raises(TeamNotFound):
        resolution.resolve(unknown)
    assert values.seconds[f"no-slug:{unknown}:None"] == 5
    world.generations.renew(unknown)
    with pytest.raises(TeamNotFound):
        resolution.resolve(unknown)
    assert sorted(s for name, s in values.seconds.items() if name.startswith("no-slug")) == [1, 5]


def test_each_resolution_is_observed_and_only_a_load_has_seconds(world: World) -> None:
    seen: list[tuple[str, float]] = []
    clock = world.clock
    world.vault.script.add("read_team", lambda: clock.sleep(3))
    resolution = Resolution(
        world.source,
        world.generations,
        FakeValues(),
        TTL,
        STALE,
        clock=lambda: clock.seconds,
        observe=lambda outcome, seconds: seen.append((outcome, seconds)),
    )
    world.rotate("key")
    for _ in range(2):
        resolution.resolve(TEAM.team_id)
    clock.sleep(TTL)
    world.away()
    for _ in range(2):
        resolution.resolve(TEAM.team_id)
    world.generations.away = True
    resolved = resolution.resolve(TEAM.team_id)
    assert seen == [
        *(("miss", 0.0), ("load", 3.0), ("hit", 0.0)),
        *(("miss", 0.0), ("stale", 0.0), ("uncached", 0.0)),
    ]
    world.generations.away = False
    resolution.reread(resolved)
    resolution.accepted(resolved)
    assert seen[-2:] == [("key_rejected", 0.0), ("key_accepted", 0.0)]
