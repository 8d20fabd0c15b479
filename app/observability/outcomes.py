"""One log line and one count for each payment's outcome, and for each full record."""

import logging

from app.domain.ids import TeamId
from app.domain.payment import Outcome
from app.observability.metrics import count_outcome, matters_full

_log = logging.getLogger(__name__)


def observe_outcome(outcome: Outcome) -> None:
    """`Invoicing`'s observer. Blawby's answer and the steps show an operator why a client got no
    invoice; the client is not named."""
    count_outcome(outcome)
    _log.info(
        "payment",
        extra={
            "team_id": outcome.team_id,
            "matter": outcome.matter,
            "method": outcome.payment.method.value,
            "reason": outcome.payment.reason.value if outcome.payment.reason else None,
            "key_version": outcome.key_version,
            "blawby": outcome.answer,
            "milliseconds": dict(outcome.milliseconds),
        },
    )


def observe_full(team_id: TeamId, matter: str) -> None:
    """`Amending`'s observer: the client was told that the record did not take the last words."""
    matters_full.inc()
    _log.warning("a matter's record is full", extra={"team_id": team_id, "matter": matter})
