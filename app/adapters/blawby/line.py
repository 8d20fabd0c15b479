"""Places for a bounded number of callers, and a line in which others wait for one."""

import threading
import time
from collections import deque
from collections.abc import Callable

from app.observability.upstreams import places_waited_for


class Line:
    """`places` callers are in at once; `waiting` more stand in line, first come, first served.

    `spare` more may stand behind them for as long as Blawby answers: they hold the threads that are
    kept for other requests, so they leave when no answer came for `stall` seconds.
    """

    def __init__(
        self,
        places: int,
        waiting: int,
        spare: int,
        stall: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = self._free = places
        self._waiting, self._spare, self._stall = waiting, spare, stall
        self._line: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._clock = clock
        self._answered_at = clock()

    def enter(self, seconds: float) -> bool:
        """Takes a place, after at most `seconds` in line; False where none came free in time, and
        at once where there is no room in the line."""
        until = self._clock() + seconds
        with self._lock:
            if self._free:
                if self._free == self._places:
                    self.answered()
                self._free -= 1
                return True
            if seconds <= 0 or not self._may_stay(len(self._line)):
                return False
            turn = threading.Event()
            self._line.append(turn)
        with places_waited_for.track_inprogress():
            return self._wait(turn, until)

    @property
    def callers(self) -> int:
        """Those who hold a place, and those who wait for one."""
        with self._lock:
            return self._places - self._free + len(self._line)

    @property
    def is_stalled(self) -> bool:
        """Whether no answer came for too long, also because nobody asked."""
        return self._clock() - self._answered_at > self._stall

    def leave(self) -> None:
        """Gives the place to the caller who has waited longest."""
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._free += 1

    def answered(self) -> None:
        """Blawby has answered some call: those behind the line may stay."""
        self._answered_at = self._clock()

    def _wait(self, turn: threading.Event, until: float) -> bool:
        """Looks up once a stall, so that a caller behind the line leaves when it has to."""
        while not turn.wait(max(min(until - self._clock(), self._stall), 0)):
            with self._lock:
                if turn.is_set():
                    return True  # The place was given while this thread woke up.
                late = self._clock() >= until
                if late or not self._may_stay(self._line.index(turn)):
                    self._line.remove(turn)
                    return False
        return True

    def _may_stay(self, ahead: int) -> bool:
        if ahead < self._waiting:
            return True
        return ahead < self._waiting + self._spare and not self.is_stalled
