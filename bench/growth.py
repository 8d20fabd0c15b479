"""What teams and paid intakes leave behind: bytes in Vault's audit log and in its snapshot.

`python -m bench.growth` prints a table. The figures are sizes, not times: a busy machine does not
change them. docs/scaling.md calculates with them.
"""

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import requests

from app.domain.ids import TeamId
from bench.bursts import blawby
from bench.paid import Turn
from bench.world import World, new_team_id
from vault.embedded import EmbeddedVault

_TEAMS = 500
_INTAKES = 500


def main() -> None:
    print("| what | audit log | snapshot |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as place, EmbeddedVault(Path(place) / "vault") as vault:
        world = World(vault, Path(place))
        with blawby() as stand_in:
            turn = Turn(world, stand_in)
            teams = [new_team_id() for _ in range(_TEAMS)]
            operator = {"Authorization": f"Bearer {world.operator}"}
            _row("a team with its key", _TEAMS, vault, lambda: turn.register(teams, operator))
            _row("a cold team's paid intake", 100, vault, lambda: _intakes(turn, teams[:100]))
            warm = [teams[0]] * _INTAKES
            _row("a warm team's paid intake", _INTAKES, vault, lambda: _intakes(turn, warm))


def _intakes(turn: Turn, teams: Sequence[TeamId]) -> None:
    for team in teams:
        turn(team)


def _row(what: str, times: int, vault: EmbeddedVault, work: Callable[[], object]) -> None:
    written, lines, stored = _audited(vault), _lines(vault), _snapshot(vault)
    work()
    size, count = (_audited(vault) - written) / times / 1000, (_lines(vault) - lines) / times
    grown = (_snapshot(vault) - stored) / times / 1000
    print(f"| {what} | {size:.1f} KB in {count:.1f} lines | {grown:.2f} KB |", flush=True)


def _audited(vault: EmbeddedVault) -> int:
    return vault.audit_log.stat().st_size


def _lines(vault: EmbeddedVault) -> int:
    with vault.audit_log.open("rb") as file:
        return sum(1 for _ in file)


def _snapshot(vault: EmbeddedVault) -> int:
    """Compressed, but what is in it is encrypted and cannot be made smaller."""
    answer = requests.get(
        f"{vault.address}/v1/sys/storage/raft/snapshot",
        headers={"X-Vault-Token": vault.root_token},
        timeout=60,
    )
    answer.raise_for_status()
    return len(answer.content)


if __name__ == "__main__":
    main()
