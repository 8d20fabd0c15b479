"""Keys that Blawby refused: tried again with growing pauses, because a refusal may pass.

A minute's trouble with Blawby's logins must not turn a team's invoices off for hours, and a key
that is really bad must not cost each client a call.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.ids import TeamId

_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 600.0
# Who tries again has that long; meanwhile the others go on without.
_TRIAL_SECONDS = 15.0
_MOST_KEYS = 10_000
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Refusal:
    stamp: str | None
    version: int
    pause: float
    try_from: float


class Rejections:
    """One worker's memory, of one key for each team. A key is named by its generation's stamp and
    its version, so that a write or a verification is a new name. `observe` gets `key_rejected` for
    each that is remembered, and `key_accepted` or `key_replaced` when it is forgotten."""

    def __init__(
        self,
        observe: Callable[[str, float], None] = lambda _outcome, _seconds: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._observe = observe
        self._clock = clock
        self._refusals: OrderedDict[TeamId, _Refusal] = OrderedDict()
        self._lock = threading.Lock()

    def __bool__(self) -> bool:
        """Whether any key is refused: mostly none is, and nobody needs to look."""
        return bool(self._refusals)

    def is_pausing(self, team_id: TeamId, stamp: str | None, version: int) -> bool:
        """Whether to go without asking Blawby. At a pause's end one caller gets False."""
        now = self._clock()
        with self._lock:
            refusal = self._known(team_id, stamp, version)
            if refusal is None:
                return False
            if now < refusal.try_from:
                return True
            refusal.try_from = now + _TRIAL_SECONDS
            return False

    def refused(self, team_id: TeamId, stamp: str | None, version: int) -> None:
        now = self._clock()
        with self._lock:
            known = self._known(team_id, stamp, version)
            if known is None and team_id in self._refusals:
                del self._refusals[team_id]
                self._observe("key_replaced", 0.0)
            pause = min(known.pause * 2, _LONGEST_PAUSE) if known else _FIRST_PAUSE
            self._refusals[team_id] = _Refusal(stamp, version, pause, now + pause)
            self._refusals.move_to_end(team_id)
            while len(self._refusals) > _MOST_KEYS:
                self._refusals.popitem(last=False)
                self._observe("key_replaced", 0.0)
        if known is None:
            self._observe("key_rejected", 0.0)
            told = {"team_id": team_id, "key_version": version}
            _log.warning("Blawby rejects the key of a team", extra=told)

    def accepted(self, team_id: TeamId, stamp: str | None, version: int) -> None:
        with self._lock:
            known = self._known(team_id, stamp, version)
            if known:
                del self._refusals[team_id]
        if known:
            self._observe("key_accepted", 0.0)
            told = {"team_id": team_id, "key_version": version}
            _log.warning("Blawby takes the key of a team again", extra=told)

    def _known(self, team_id: TeamId, stamp: str | None, version: int) -> _Refusal | None:
        """The refusal of just this key; another one's is over. Without a stamp (the shared cache is
        away) nobody can tell."""
        refusal = self._refusals.get(team_id)
        if refusal is None or (refusal.stamp, refusal.version) == (stamp, version):
            return refusal
        if stamp is not None:
            del self._refusals[team_id]
            self._observe("key_replaced", 0.0)
        return None
