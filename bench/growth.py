"""What a team, a turn and a paid intake leave behind, in bytes of storage and of the audit log.

`python -m bench.growth` prints a table. The figures are counts, not times: a busy machine does not
change them.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.bursts import blawby
from bench.paid import Turn
from bench.world import World
from vault.embedded import EmbeddedVault

_TEAMS = 200
_INTAKES = 200


class Meter:
    """Bytes that were added since it was made."""

    def __init__(self, vault: EmbeddedVault) -> None:
        self._audit = vault.audit_log
        self._start = self._size()
        self._lines = self._count()

    def _size(self) -> int:
        return self._audit.stat().st_size

    def _count(self) -> int:
        with self._audit.open("rb") as file:
            return sum(1 for _ in file)

    def told(self, times: int) -> str:
        size, lines = self._size() - self._start, self._count() - self._lines
        return f"{size / times / 1000:.1f} KB in {lines / times:.1f} lines"


def storage(directory: Path) -> int:
    """Bytes of Raft's database and log, as the disk has them."""
    return sum(
        file.stat().st_blocks * 512
        for file in directory.rglob("*")
        if file.name in {"vault.db", "raft.db"}
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as place, EmbeddedVault(Path(place) / "vault") as vault:
        world = World(vault, Path(place))
        row("registering a team and its key", _TEAMS, vault, lambda: world.teams(_TEAMS))
        [team] = world.teams(1)
        with blawby() as stand_in:
            turn = Turn(world, stand_in)
            row("the first paid intake of a team", 1, vault, lambda: turn(team))
            row("a paid intake of a warm team", _INTAKES, vault, lambda: repeated(turn, team))


def repeated(turn: Turn, team: object) -> None:
    for _ in range(_INTAKES):
        turn(team)  # type: ignore[arg-type]


def row(what: str, times: int, vault: EmbeddedVault, work: Callable[[], object]) -> None:
    meter, before = Meter(vault), storage(vault.data)
    work()
    grown = (storage(vault.data) - before) / times / 1000
    print(f"| {what} | {meter.told(times)} | {grown:.1f} KB |", flush=True)


if __name__ == "__main__":
    main()
