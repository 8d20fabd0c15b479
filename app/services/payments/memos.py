"""Memos at Blawby: the matter in a few lines for the lawyer. No client waits for one."""

import logging
from collections.abc import Callable
from datetime import datetime

from app.domain.matter import Matter
from app.errors import KeyRejected, UpstreamFailure
from app.ports import Background, PaymentsGateway, TimeBudget

_SECONDS = 10.0
_log = logging.getLogger(__name__)


class Memos:
    def __init__(
        self, background: Background, budget: TimeBudget, clock: Callable[[], datetime]
    ) -> None:
        self._background, self._budget, self._clock = background, budget, clock

    def leave(self, gateway: PaymentsGateway, customer_id: str, matter: Matter) -> None:
        self._background.run(lambda: self._leave(gateway, customer_id, matter))

    def _leave(self, gateway: PaymentsGateway, customer_id: str, matter: Matter) -> None:
        try:
            with self._budget.within(_SECONDS):
                gateway.add_memo(customer_id, memo(matter), self._clock())
        except (UpstreamFailure, KeyRejected) as failure:
            told = {"matter": matter.key, "cause": type(failure).__name__}
            _log.warning("a memo could not be left at Blawby", extra=told)


def memo(matter: Matter) -> str:
    lines = (
        ("Matter", matter.matter_type),
        ("Description", "\n".join(said.text for said in matter.words)),
        ("Location", matter.client.location),
        ("Urgency", matter.urgency),
    )
    return "\n".join(f"{label}: {text}" for label, text in lines if text)
