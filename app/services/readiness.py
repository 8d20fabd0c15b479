"""Whether the app can work now, by a real read of each dependency."""

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "unavailable", "unknown"]

_FRESH_SECONDS = 1.0
_STALE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Report:
    """Blawby's state is shown but never causes 503, because the agent has fallbacks."""

    vault: State
    cache: State
    blawby: State

    @property
    def ready(self) -> bool:
        return self.vault == "ok" and self.cache == "ok"

    @property
    def failing(self) -> list[str]:
        """The names of what is unavailable."""
        return [name for name, state in asdict(self).items() if state == "unavailable"]


class Readiness:
    """Checks at most once a second for all callers, so that nobody can flood Vault through it.

    `vault` and `cache` make real reads and raise if they fail. `blawby` reports the result of
    earlier calls, without a new call. `clock` is in seconds.
    """

    def __init__(
        self,
        vault: Callable[[], object],
        cache: Callable[[], object],
        blawby: Callable[[], State],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._cache = cache
        self._blawby = blawby
        self._clock = clock
        self._looking = threading.Lock()
        self._last: tuple[float, Report] | None = None

    def check(self) -> Report:
        """The last report while it is fresh, else a new one.

        One caller checks at a time. The others get the last report meanwhile, so that a hanging
        Vault blocks one thread and not all of them; they wait if the last report is too old.
        """
        if report := self._not_older_than(_FRESH_SECONDS):
            return report
        if not self._looking.acquire(blocking=False):
            if report := self._not_older_than(_STALE_SECONDS):
                return report
            self._looking.acquire()
        try:
            return self._not_older_than(_FRESH_SECONDS) or self._look()
        finally:
            self._looking.release()

    def _not_older_than(self, seconds: float) -> Report | None:
        last = self._last
        return last[1] if last and self._clock() - last[0] < seconds else None

    def _look(self) -> Report:
        report = Report(_state(self._vault), _state(self._cache), self._blawby())
        self._last = self._clock(), report
        return report


def _state(probe: Callable[[], object]) -> State:
    try:
        probe()
    except Exception:
        return "unavailable"
    return "ok"
