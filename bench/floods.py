"""`python -m bench.floods`: an anonymous client with eight connections, and what Vault pays for it.

The limits are the defaults. The figure is the growth of Vault's audit log: a full one stops Vault.
A client's budget is for a minute, so what a run of some seconds writes is all that a minute writes.
`/readyz` has no budget: it asks Vault once a second and worker.
"""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import load
from bench.world import World, serving
from vault.embedded import EmbeddedVault

_SECONDS = 10.0
_CONNECTIONS = 4
_SETTINGS = {
    "AGENT_RATE_LIMIT": "60/minute",
    "LOGIN_RATE_LIMIT": "10/minute",
    "ADDRESS_RATE_LIMIT": "600/minute",
    # Rounds over what other rows of the bench have left are not the flood's.
    "SWEEP_SECONDS": "0",
}
_TARGET = 600
"""Kilobytes a minute, from one address."""


def _chat(team: str) -> bytes:
    said = [{"role": "user", "content": "Hello"}]
    return load.request("POST", "/api/agent", {"teamId": team, "messages": said})


def _login() -> bytes:
    login = {"roleId": secrets.token_hex(16), "secretId": "x"}
    return load.request("POST", "/api/auth/login", login)


_READINESS = "/readyz"
FLOODS: dict[str, Callable[[], bytes]] = {
    _READINESS: lambda: load.request("GET", "/readyz"),
    "invented team ids": lambda: _chat("0" + secrets.token_hex(12) + "0"),
    "invented slugs": lambda: _chat(f"invented-{secrets.token_hex(8)}"),
    "invented role ids": _login,
    "bad tokens": lambda: load.request("GET", "/api/teams", token=f"s.{secrets.token_hex(12)}"),
}


def measured(world: World) -> Iterator[tuple[str, float, float]]:
    """Each flood: its requests a second, and the audit log's kilobytes a minute."""
    for number, (name, make) in enumerate(FLOODS.items()):
        with serving(world, "wsgi:app", f"flood-{number}", **_SETTINGS) as served:
            requests = [make() for _ in range(20_000)]
            connections = served.connections(_CONNECTIONS)
            before, began = world.vault.audit_log.stat().st_size, time.monotonic()
            result = load.run(connections, requests, _SECONDS)
            spent = time.monotonic() - began
            grown = (world.vault.audit_log.stat().st_size - before) / 1000
            a_minute = grown * 60 / spent if name == _READINESS else grown
            yield name, result.per_second + result.failures / spent, a_minute


def floods(world: World, row: Callable[[str, str, str, bool], None]) -> None:
    for name, rate, grown in measured(world):
        value = f"{rate:,.0f} requests/s, {grown:,.0f} kB of audit log a minute"
        row(f"flood: {name}", value, f"≤ {_TARGET} kB", grown <= _TARGET)


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as directory,
        EmbeddedVault(Path(directory) / "vault") as vault,
    ):
        world = World(vault, Path(directory) / "credentials")
        print("| what | measured | target | met |\n|---|---|---|---|")
        floods(world, lambda *cells: print(f"| {' | '.join(map(str, cells))} |", flush=True))


if __name__ == "__main__":
    main()
