"""Who is admitted to Vault: clients by their budget, tokens by what Vault said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import parse

from app.domain.ids import Slug, TeamId
from app.domain.login import Login
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.errors import RateLimited, TeamNotFound, Unauthenticated
from app.services.admission import Admission
from app.services.rate_limits import RateLimit
from app.services.resolution.resolver import Resolution
from app.services.sessions import Sessions
from app.services.token_memory import TokenMemory
from app.services.visits import Visits
from tests.fakes.clock import FakeClock
from tests.fakes.counter import FakeCounter
from tests.fakes.generations import FakeGenerations, FakeValues
from tests.fakes.vault import FakeTeamSource, FakeVault

HERE, THERE = "192.0.2.1", "192.0.2.2"
GOOD, BAD, WRAPPING = (SecretString(text) for text in ("good", "bad", "wrapping"))
BUDGET = 100


class FakeLogins:
    """Implements `Logins`: one login is right, and one token is a wrapping token."""

    def __init__(self) -> None:
        self.looked_at: list[SecretString] = []

    def login(self, role_id: str, _secret_id: SecretString) -> Login:
        if role_id != "right":
            raise Unauthenticated
        return Login(GOOD, 3600, None)

    def unwrap(self, _wrapping_token: SecretString) -> SecretString:
        raise Unauthenticated

    def renew(self, token: SecretString) -> int:
        if token == BAD:
            raise Unauthenticated
        return 3600

    def logout(self, token: SecretString) -> None:
        if token == BAD:
            raise Unauthenticated

    def is_wrapping_token(self, token: SecretString) -> bool:
        self.looked_at.append(token)
        return token == WRAPPING


class World:
    def __init__(self) -> None:
        self.counter = FakeCounter()
        self.clock = FakeClock()
        self.logins = FakeLogins()
        self.admission = Admission(
            self.counter, parse(f"{BUDGET}/minute"), self.logins, lambda: self.clock.seconds
        )

    @property
    def taken(self) -> int:
        return self.counter.counts[(HERE,)]

    def exhaust(self) -> None:
        while self.taken <= BUDGET:
            self.admission.was_in_vain(HERE)

    def refuse(self, token: SecretString = BAD) -> None:
        """What the guard does where Vault does not know the token."""
        self.admission.admit_token(HERE, token)
        self.admission.token_refused(HERE, token)


@pytest.fixture
def world() -> World:
    return World()


def test_a_client_has_one_budget_and_others_have_theirs(world: World) -> None:
    for _ in range(BUDGET):
        world.admission.admit_client(HERE)
    with pytest.raises(RateLimited) as refusal:
        world.admission.admit_client(HERE)
    assert refusal.value.retry_after == 60
    world.admission.admit_client(THERE)


def test_what_was_in_vain_takes_ten(world: World) -> None:
    world.admission.admit_client(HERE)
    world.admission.was_in_vain(HERE)
    assert world.taken == 10
    world.refuse()
    assert world.taken == 20


def test_a_refused_token_is_not_tried_again_for_some_seconds(world: World) -> None:
    world.refuse()
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            world.admission.admit_token(THERE, BAD)
    assert len(world.logins.looked_at) == 1
    world.clock.sleep(5)
    world.admission.admit_token(THERE, BAD)


def test_a_flood_of_bad_tokens_is_stopped_and_a_good_one_gets_through(world: World) -> None:
    world.admission.token_accepted(GOOD)
    refused = 0
    for number in range(100):
        try:
            world.refuse(SecretString(f"bad-{number}"))
        except RateLimited:
            refused += 1
    assert refused == 100 - BUDGET // 10 - 1
    world.admission.admit_token(HERE, GOOD)
    world.admission.admit_token(THERE, SecretString("new"))


def test_a_token_that_vault_took_is_never_remembered_as_refused(world: World) -> None:
    """A cluster that loses its leader may not know a good token for a moment."""
    world.admission.token_accepted(GOOD)
    world.admission.token_refused(HERE, GOOD)
    world.admission.admit_token(HERE, GOOD)


def test_a_wrapping_token_goes_no_further(world: World) -> None:
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            world.admission.admit_token(HERE, WRAPPING)
    assert world.logins.looked_at == [WRAPPING]


def test_a_login_makes_its_token_known(world: World) -> None:
    sessions = Sessions(world.logins, RateLimit(world.counter, parse("3/minute")), world.admission)
    sessions.login(HERE, "right", SecretString("s"))
    world.exhaust()
    world.admission.admit_token(HERE, GOOD)


def test_refused_logins_of_all_roles_share_a_budget(world: World) -> None:
    sessions = Sessions(world.logins, RateLimit(world.counter, parse("3/minute")), world.admission)
    for number in range(BUDGET // 9 + 1):
        with pytest.raises(Unauthenticated):
            sessions.login(HERE, f"invented-{number}", SecretString("s"))
    with pytest.raises(RateLimited):
        world.admission.admit_client(HERE)


def test_so_do_unwrapping_and_logout(world: World) -> None:
    sessions = Sessions(world.logins, RateLimit(world.counter, parse("3/minute")), world.admission)
    with pytest.raises(Unauthenticated):
        sessions.unwrap(HERE, BAD)
    with pytest.raises(Unauthenticated):
        sessions.logout(HERE, BAD)
    sessions.logout(HERE, GOOD)
    assert world.taken == 19
    assert sessions.renew(HERE, GOOD) == 3600
    with pytest.raises(Unauthenticated):
        sessions.renew(HERE, SecretString("bad"))


def test_a_teams_slug_and_its_id_share_a_budget(world: World) -> None:
    vault = FakeVault()
    team = Team(TeamId("0" * 26), Slug("a-firm"), "A Firm", TeamConfig({}))
    vault.teams[team.team_id] = team
    resolution = Resolution(FakeTeamSource(vault), FakeGenerations(), FakeValues(), 300, 900)
    visits = Visits(resolution, RateLimit(world.counter, parse("4/minute")), world.admission)
    for _ in range(2):
        assert visits.resolve(team.slug, HERE).team == team
        assert visits.resolve(team.team_id, HERE).team == team
    for reference in (team.slug, team.team_id):
        with pytest.raises(RateLimited):
            visits.resolve(reference, HERE)
        visits.resolve(reference, THERE)
    assert world.taken == 0
    with pytest.raises(TeamNotFound):
        visits.resolve(Slug("invented"), HERE)
    assert world.taken == 9


@given(st.lists(st.tuples(st.sampled_from(["add", "forget"]), st.integers(0, 5)), max_size=30))
def test_what_is_remembered_is_what_was_added_last(steps: list[tuple[str, int]]) -> None:
    clock = FakeClock()
    memory, model = TokenMemory(3, lambda: clock.seconds), dict[int, float]()
    for step, number in steps:
        token = SecretString(str(number))
        if step == "add":
            memory.add(token)
            model[number] = clock.seconds + 3
        else:
            memory.forget(token)
            model.pop(number, None)
        clock.sleep(1)
        for known in range(6):
            assert (SecretString(str(known)) in memory) == (model.get(known, 0) > clock.seconds)


def test_a_token_is_not_kept_as_it_is() -> None:
    memory = TokenMemory(3, lambda: 0.0)
    memory.add(SecretString("canary-token"))
    assert "canary" not in repr(vars(memory))
