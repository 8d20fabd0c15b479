"""Whether the app can do its work now: a real read of what it needs, not a look at its manners."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "unavailable"]


@dataclass(frozen=True, slots=True)
class Report:
    """Blawby's state is told and makes nothing unready: the agent has its fallbacks."""

    vault: State
    cache: State
    blawby: State

    @property
    def ready(self) -> bool:
        return self.vault == "ok" and self.cache == "ok"


class Readiness:
    """Each probe reads something for real and raises when it cannot."""

    def __init__(
        self,
        vault: Callable[[], object],
        cache: Callable[[], object],
        blawby_well: Callable[[], bool],
    ) -> None:
        self._vault = vault
        self._cache = cache
        self._blawby_well = blawby_well

    def check(self) -> Report:
        return Report(
            _state(self._vault), _state(self._cache), "ok" if self._blawby_well() else "unavailable"
        )


def _state(probe: Callable[[], object]) -> State:
    try:
        probe()
    except Exception:
        return "unavailable"
    return "ok"
