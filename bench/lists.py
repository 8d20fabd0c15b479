"""What a page of a list costs with 100, 1,000 and 10,000 teams: `python -m bench.lists`.

The same pages are asked for at the beginning, in the middle and at the end of the list; a row shows
the fastest of some rounds, in milliseconds: the others tell of the machine.
"""

import secrets
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import config_path, secret_fields, secret_path, team_fields
from app.adapters.vault.kv import KvMount
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from bench.world import Served, World, serving
from vault.embedded import EmbeddedVault

_SIZES = (100, 1_000, 10_000)
_LISTS = ("/api/teams", "/api/team-secrets")
_LIMITS = (100, 1_000)
_ROUNDS = 7
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class Documents:
    """Teams as lists see them: a configuration and a key each, written straight into Vault."""

    def __init__(self, vault: EmbeddedVault) -> None:
        addresses = VaultAddresses(tuple(vault.addresses), 30.0, None)
        transport = VaultTransport(addresses, SecretString(vault.root_token))
        self._kv = KvMount(transport, "teams")
        self.ids: list[TeamId] = []

    def grow_to(self, size: int) -> float:
        """Documents a second."""
        more = [_new_id() for _ in range(size - len(self.ids))]
        began = time.perf_counter()
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._write, more))
        self.ids = sorted([*self.ids, *more])
        return 2 * len(more) / (time.perf_counter() - began)

    def _write(self, team_id: TeamId) -> None:
        team = Team(team_id, Slug(f"team-{team_id}"), "A Team", TeamConfig({}))
        self._kv.write(config_path(team_id), team_fields(team))
        label = SecretLabel(TeamUlid(team_id), secrets.token_hex(6), secrets.token_hex(8))
        key = SecretString(f"bench-{secrets.token_hex(12)}")
        self._kv.write(secret_path(team_id), secret_fields(team_id, key, label))


def _new_id() -> TeamId:
    return TeamId("0" + "".join(secrets.choice(_CROCKFORD) for _ in range(25)))


def page_cost(served: Served, token: str, path: str, limit: int, cursors: Sequence[TeamId]) -> str:
    """The fastest page from each cursor."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    url = f"http://127.0.0.1:{served.port}{path}"
    costs = []
    for cursor in cursors:
        rounds = []
        for _ in range(_ROUNDS if limit < 1000 else 3):
            began = time.perf_counter()
            page = session.get(url, params={"after": cursor, "limit": limit}, timeout=60)
            rounds.append((time.perf_counter() - began) * 1000)
            page.raise_for_status()
        costs.append(min(rounds))
    return " / ".join(f"{cost:.0f}" for cost in costs)


def listed(served: Served, token: str, path: str) -> tuple[int, float]:
    """How many different teams all pages of a list hold, and the seconds for all of them."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {token}"
    seen: list[str] = []
    after, began = None, time.perf_counter()
    while True:
        asked = {"after": after, "limit": 1000}
        url = f"http://127.0.0.1:{served.port}{path}"
        page = session.get(url, params=asked, timeout=60).json()["data"]
        seen += [team["teamId"] for team in page["teams"]]
        after = page["next"]
        if after is None:
            assert len(seen) == len(set(seen)), "a team was listed twice"
            return len(seen), time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as state, EmbeddedVault(Path(state) / "vault") as vault:
        world, documents = World(vault, Path(state)), Documents(vault)
        print("| teams | list | limit | first / middle / last page, ms |\n|---|---|---|---|")
        totals = []
        with serving(world, "wsgi:app") as served:
            for size in _SIZES:
                written = documents.grow_to(size)
                for path in _LISTS:
                    for limit in (limit for limit in _LIMITS if limit <= size):
                        cursors = [TeamId("0" * 26), documents.ids[(size - limit) // 2]]
                        cursors.append(documents.ids[max(size - limit - 1, 0)])
                        costs = page_cost(served, world.operator, path, limit, cursors)
                        print(f"| {size:,} | `{path}` | {limit:,} | {costs} |", flush=True)
                    count, seconds = listed(served, world.operator, path)
                    assert count == size
                    totals.append(f"{size:,} by `{path}`: {seconds:.1f} s")
                print(f"| | | | ({written:,.0f} documents written a second) |", flush=True)
        print("\nAll teams, page by page of 1,000, each once: " + "; ".join(totals))


if __name__ == "__main__":
    main()
