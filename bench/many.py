"""What a page of a list takes when there is much on it.

`python -m bench.many [COUNT]` files so many matters for one team (100,000 unless told), as an
attack does: all within a quarter of an hour. Then each list is asked for pages. Takes minutes.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import hvac

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import KvMount
from app.adapters.vault.matter_documents import matter_folders
from app.adapters.vault.transport import VaultTransport
from app.adapters.vault.worklist import item_folders
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from bench.world import new_team_id
from vault.bootstrap import bootstrap
from vault.embedded import EmbeddedVault

_CLIENTS = 8
_MINUTES = 15
_TIMES = 5


def main(count: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as place, EmbeddedVault(Path(place)) as vault:
        bootstrap(hvac.Client(vault.address, token=vault.root_token))
        addresses = VaultAddresses((vault.address,), 60.0, None)
        transport = VaultTransport(addresses, SecretString(vault.root_token))
        teams, platform = KvMount(transport, "teams"), KvMount(transport, "platform")
        team_id, now = new_team_id(), datetime.now(UTC)
        matters, items = matter_folders(team_id), item_folders(Kind.MATTER)

        def file(number: int) -> None:
            # Spread like the hashes that ids are.
            key = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}{number:016x}"
            at = now + timedelta(minutes=_MINUTES) * number / count
            teams.write(matters.path(key), {"label": {}})
            platform.write(items.path(WorkItem(at, team_id, key).name), {"tries": 0})

        with ThreadPoolExecutor(_CLIENTS) as threads:
            list(threads.map(file, range(count)))
        print(f"| of {count:,} | ms |\n|---|---|")
        _row("the first 50 of a team's matters", lambda: list(islice(matters.names(teams), 50)))
        _row("50 in the middle", lambda: list(islice(matters.names(teams, "80"), 50)))
        _row("1,000 of the worklist", lambda: list(islice(items.names(platform), 1000)))


def _row(what: str, ask: Callable[[], object]) -> None:
    taken = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    print(f"| {what} | {statistics.median(taken) * 1000:.0f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
