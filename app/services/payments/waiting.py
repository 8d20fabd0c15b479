"""Waiting for the copy of an intake that was first."""

import random
import threading

from app.domain.matter import Bill, BillState
from app.ports import MatterStore
from app.services.payments.rules import STORE_AWAY, InvoiceRules

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 0.4


class Waiting:
    """Each waiting copy holds a thread. Those that came last leave when threads become scarce."""

    def __init__(self, rules: InvoiceRules) -> None:
        self._rules = rules
        self._lock = threading.Lock()
        # In order of arrival.
        self._copies: list[object] = []

    def outcome(self, store: MatterStore, key: str, bill: Bill) -> Bill:
        """The bill as the first copy leaves it; the current one if that takes too long, if too many
        copies wait already, or if the store does not answer."""
        copy = object()
        with self._lock:
            self._copies.append(copy)
        try:
            return self._watched(store, key, copy) or bill
        except STORE_AWAY:
            return bill
        finally:
            with self._lock:
                self._copies.remove(copy)

    def _watched(self, store: MatterStore, key: str, copy: object) -> Bill | None:
        waited, pause = 0.0, _FIRST_PAUSE
        while waited < self._rules.patience and self._may_stay(copy):
            jittered = pause * random.uniform(0.5, 1.5)  # noqa: S311 (spreads load, guards nothing)
            self._rules.sleep(jittered)
            waited, pause = waited + jittered, min(pause * 2, _LONGEST_PAUSE)
            matter = store.read(key)
            if matter and matter.bill.state is not BillState.STARTED:
                return matter.bill
        return None

    def _may_stay(self, copy: object) -> bool:
        with self._lock:
            ahead = self._copies.index(copy)
        if ahead < self._rules.waiting:
            return True
        room = self._rules.waiting + self._rules.spare
        return ahead < room and self._rules.has_threads_for(ahead + 1)
