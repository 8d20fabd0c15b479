"""Which state a ZIP code is in, by its first three digits."""

from pathlib import Path
from typing import Final


def _prefixes() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in (Path(__file__).parent / "zips.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        span, state = line.split()
        first, _, last = span.partition("-")
        found |= {f"{number:03}": state for number in range(int(first), int(last or first) + 1)}
    return found


_STATES: Final = _prefixes()


def state_of_zip(code: str) -> str | None:
    """The state's postal code; None for military codes and prefixes that are not assigned."""
    return _STATES.get(code[:3])
