"""Lists page by page: each team once, whatever comes and goes meanwhile, however many there are."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import hvac
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.teams import VaultTeamRegistry
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.ports import TeamRegistry
from app.schemas.stored_config import read_config
from tests.http.answers import data_of
from tests.rig import Caller, Stage, new_ulid
from vault.embedded import EmbeddedVault

MANY = 10_000
# What may lie beside the teams, and is none.
STRAYS = ("README", "00000000000000000000000000", "zz/", "01JQ70JNSTYFZEVC6423CZH50E/", "8" * 26)


class AllAtOnce(VaultTransport):
    """A server that ignores `after` and `limit`, as HashiCorp's does."""

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self.asked = 0

    def request(self, *_: Any, **__: Any) -> dict[str, Any]:
        self.asked += 1
        return {"data": {"keys": list(self._names)}}


def walk(registry: TeamRegistry, limit: int) -> Iterator[TeamId]:
    """All pages, one after the other; one shorter than the limit is the last."""
    after = None
    while True:
        page = registry.page(after, limit)
        yield from page
        if len(page) < limit:
            return
        after = page[-1]


def ids(number: int) -> list[TeamId]:
    return sorted({TeamId(new_ulid()) for _ in range(number)})


@pytest.fixture(scope="module")
def crowd(vault: EmbeddedVault) -> tuple[TeamRegistry, list[TeamId]]:
    """Ten thousand teams, as far as a list sees them, on a KV mount of their own."""
    root = hvac.Client(vault.address, token=vault.root_token)
    root.sys.enable_secrets_engine("kv", path="crowd", options={"version": "2"})
    addresses = VaultAddresses((vault.address,), 5.0, None)
    transport = VaultTransport(addresses, SecretString(vault.root_token))
    teams = ids(MANY)
    strays = [f"{name}config" if name.endswith("/") else name for name in STRAYS]

    def put(path: str) -> None:
        # An empty document would not be kept.
        transport.put(f"/v1/crowd/metadata/{path}", json={"max_versions": 1})

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(put, [*(f"{team}/config" for team in teams), *strays]))
    return VaultTeamRegistry(transport, "crowd", read_config), teams


@pytest.mark.timeout(300)
@pytest.mark.parametrize("limit", [1000, 701])
def test_ten_thousand_on_openbao(crowd: tuple[TeamRegistry, list[TeamId]], limit: int) -> None:
    registry, teams = crowd
    assert list(walk(registry, limit)) == teams


def test_ten_thousand_where_the_server_ignores_the_cursor() -> None:
    teams = ids(MANY)
    names = [*(f"{team}/" for team in teams), *STRAYS]
    random.shuffle(names)
    assert list(walk(VaultTeamRegistry(AllAtOnce(names), "teams", read_config), 1000)) == teams


@given(st.integers(0, 12), st.integers(1, 5), st.randoms(use_true_random=False))
def test_pages_of_any_size_with_anything_in_between(
    number: int, limit: int, shuffled: random.Random
) -> None:
    teams = ids(number)
    names = [*(f"{team}/" for team in teams), *STRAYS]
    shuffled.shuffle(names)
    assert list(walk(VaultTeamRegistry(AllAtOnce(names), "teams", read_config), limit)) == teams


@pytest.mark.parametrize("path", ["/api/teams", "/api/team-secrets"])
def test_a_cursor_bears_that_teams_come_and_go(stage: Stage, operator: Caller, path: str) -> None:
    """Whoever stays is listed once; the team that the cursor names may be gone."""
    first, staying, leaving = "7" + new_ulid()[1:10], [], []
    for digit in "123456789abc":
        team = stage.team(team_id=(first + digit).ljust(26, "0")).with_key()
        (leaving if digit in "369c" else staying).append(team)
    seen: list[str] = []
    after, coming = first.ljust(26, "0"), iter("ghjkmn")
    while after is not None:
        page = data_of(operator.get(f"{path}?after={after}&limit=2"))
        assert page["count"] == len(page["teams"]) <= 2
        seen += [team["teamId"] for team in page["teams"]]
        after = page["next"]
        if leaving:
            data_of(operator.delete(leaving.pop(0).path))
        if suffix := next(coming, None):
            stage.team(team_id=f"{first}0{suffix}".ljust(26, "0")).with_key()
            stage.team(team_id=f"{first}z{suffix}".ljust(26, "0")).with_key()
    ours = [team_id for team_id in seen if team_id.startswith(first)]
    assert ours == sorted(set(ours))
    assert {team.team_id for team in staying} <= set(ours)


def test_a_team_without_a_key_takes_no_place(stage: Stage, operator: Caller) -> None:
    """A page of secrets may be short and still have a next one; none is left out."""
    first = "7z" + new_ulid()[1:10]
    teams = [stage.team(team_id=(first + digit).ljust(26, "0")) for digit in "123456"]
    with_key = [team.with_key().team_id for team in teams[1::2]]
    data_of(operator.delete(teams[5].secret))
    seen, after = [], first.ljust(26, "0")
    while after is not None:
        page = data_of(operator.get(f"/api/team-secrets?after={after}&limit=1"))
        seen += [team["teamId"] for team in page["teams"] if team["teamId"].startswith(first)]
        after = page["next"]
    assert seen == with_key[:2]


def test_what_lies_beside_the_teams_breaks_no_list(stage: Stage, operator: Caller) -> None:
    """Somebody wrote to the mount by hand, in the Vault UI."""
    vault = stage.service.vault
    root = hvac.Client(vault.address, token=vault.root_token)
    team = stage.team(team_id=f"7zz{new_ulid()[3:-1]}1").with_key()
    before = team.team_id[:-1]
    for stray in (f"{team.team_id}-copy/config", "7zzz/config", "7ZZ/blawby_api", "7zzy"):
        root.adapter.post(f"/v1/teams/data/{stray}", json={"data": {"by": "hand"}})
    for path in ("/api/teams", "/api/team-secrets"):
        page = data_of(operator.get(f"{path}?after={before}0"))
        assert team.team_id in [listed["teamId"] for listed in page["teams"]]
        assert page["next"] is None
