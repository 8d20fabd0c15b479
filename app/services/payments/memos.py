"""Memos at Blawby: the matter in a few lines for the lawyer. No client waits for one."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from app.domain.ids import TeamId, TeamUlid
from app.domain.matter import Matter
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import KeyRejected, MatterUnusable, TeamNotFound, UpstreamFailure
from app.ports import (
    Background,
    MatterStores,
    PaymentsGateway,
    PaymentsGateways,
    TeamResolution,
    TimeBudget,
    Worklist,
)
from app.services.payments.customers import has_an_address

_SECONDS = 10.0
_PAUSE = timedelta(minutes=1)
_log = logging.getLogger(__name__)


class Memos:
    """Adds a failed memo to the worklist, so that a round tries again."""

    def __init__(
        self,
        worklist: Worklist,
        background: Background,
        budget: TimeBudget,
        clock: Callable[[], datetime],
    ) -> None:
        self._worklist, self._background = worklist, background
        self._budget, self._clock = budget, clock

    def leave(
        self, gateway: PaymentsGateway, customer_id: str, team_id: TeamId, matter: Matter
    ) -> None:
        work = partial(self._leave, gateway, customer_id, team_id, matter)
        if not self._background.run(work):
            self._put_off(team_id, matter)

    def write(self, gateway: PaymentsGateway, customer_id: str, matter: Matter) -> bool:
        """False if Blawby has no such customer. Raises what the gateway raises."""
        with self._budget.within(_SECONDS):
            return gateway.add_memo(customer_id, memo(matter), self._clock())

    def _leave(
        self, gateway: PaymentsGateway, customer_id: str, team_id: TeamId, matter: Matter
    ) -> None:
        try:
            if self.write(gateway, customer_id, matter):
                return
            log_failure(matter.key, "no such customer yet")
        except (UpstreamFailure, KeyRejected) as failure:
            log_failure(matter.key, type(failure).__name__)
        self._put_off(team_id, matter)

    def _put_off(self, team_id: TeamId, matter: Matter) -> None:
        now = self._clock()
        self._worklist.add(Kind.MEMO, WorkItem(now, team_id, matter.key), now + _PAUSE)


class PutOffMemos:
    """Memos on the worklist: failed ones, and corrections by the client."""

    def __init__(
        self,
        teams: TeamResolution,
        stores: MatterStores,
        worklist: Worklist,
        gateways: PaymentsGateways,
        memos: Memos,
    ) -> None:
        self._teams, self._stores, self._worklist = teams, stores, worklist
        self._gateways, self._memos = gateways, memos

    def leave(self, kind: Kind, item: WorkItem) -> None:
        """After another failure the item stays on the worklist, with the time of the next try. A
        memo whose customer is not in the team's account of today is dropped."""
        try:
            resolved = self._teams.resolve(item.team_id)
            matter = self._stores.open(item.team_id).read(item.key)
            if matter and matter.bill.customer_id:
                self._leave(resolved, matter, matter.bill.customer_id)
        except (TeamNotFound, MatterUnusable):
            pass
        except (UpstreamFailure, KeyRejected) as failure:
            log_failure(item.key, type(failure).__name__)
            return
        self._worklist.remove(kind, item)

    def _leave(self, resolved: ResolvedTeam, matter: Matter, customer_id: str) -> None:
        key = resolved.key
        if key is None:
            raise KeyRejected
        gateway = self._gateways.open(resolved.team.team_id, key.team_ulid, key.api_key)
        own = _is_in(gateway, key.team_ulid, matter)
        if not (own and self._memos.write(gateway, customer_id, matter)):
            log_failure(matter.key, "no such customer")


def _is_in(gateway: PaymentsGateway, account: TeamUlid, matter: Matter) -> bool:
    """Whether the bill's customer is in this account: another account may use the same id for
    somebody else. Records of earlier versions name no account, so Blawby has to confirm that the
    customer has the client's address."""
    if matter.bill.account is not None:
        return matter.bill.is_at(account)
    return has_an_address(gateway, matter.bill.customer_id, matter.clients)


def memo(matter: Matter) -> str:
    """With the client's details: Blawby's customer has the former ones if they were corrected, and
    another name if two clients share a mailbox."""
    client = matter.client
    details = ", ".join(filter(None, (client.name, client.email, client.phone)))
    lines = [
        ("Matter", matter.matter_type),
        ("Description", "\n".join(said.text for said in matter.words)),
        ("Location", matter.client.location),
        ("Urgency", matter.urgency),
        ("Corrected details" if len(matter.clients) > 1 else "Client", details),
    ]
    return "\n".join(f"{label}: {text}" for label, text in lines if text)


def log_failure(key: str, cause: str) -> None:
    _log.warning("a memo could not be left at Blawby", extra={"matter": key, "cause": cause})
