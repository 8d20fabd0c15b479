"""One notice of one matter: sent, recorded, removed from the worklist."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from app.domain.matter import Matter
from app.domain.notice import Channel, NoticeFailed
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import MatterUnusable, TeamNotFound, VaultUnavailable
from app.ports import MatterStore, MatterStores, TeamResolution, TimeBudget, Worklist
from app.services.notices.channels import CHANNELS

_SECONDS = 20.0
_RECORDING_TRIES = 4
_log = logging.getLogger(__name__)


class Notice(Protocol):
    """One channel to a team."""

    def send(self, resolved: ResolvedTeam, matter: Matter, /) -> bool:
        """Return False if the team does not use this channel. Raises `NoticeFailed`."""


class Deliveries:
    """`observe` receives each outcome, for metrics."""

    def __init__(
        self,
        teams: TeamResolution,
        stores: MatterStores,
        worklist: Worklist,
        notices: Mapping[Channel, Notice],
        budget: TimeBudget,
        observe: Callable[[Channel, str], None] = lambda _channel, _outcome: None,
    ) -> None:
        self._teams, self._stores, self._worklist = teams, stores, worklist
        self._notices, self._budget, self._observe = notices, budget, observe

    def deliver(self, kind: Kind, item: WorkItem) -> None:
        """Notify the team. After a failure the item stays on the worklist with the time of the next
        try; if there is nothing left to send, it is removed."""
        channel = CHANNELS[kind]
        try:
            with self._budget.within(_SECONDS):
                if self._is_done(channel, item):
                    self._worklist.remove(kind, item)
        except NoticeFailed as failure:
            self._observe(channel, "failed")
            _log.warning("a notice could not be delivered", extra=_told(channel, item, failure))
        except (TeamNotFound, MatterUnusable):
            self._worklist.remove(kind, item)

    def _is_done(self, channel: Channel, item: WorkItem) -> bool:
        """Whether nothing is left to send: the team has the latest revision, or does not use the
        channel."""
        resolved = self._teams.resolve(item.team_id)
        store = self._stores.open(item.team_id)
        matter, notice = store.read(item.key), self._notices.get(channel)
        if matter is None or notice is None or _has_heard(matter, channel):
            return True
        return not notice.send(resolved, matter) or self._recorded(store, matter, channel, item)

    def _recorded(self, store: MatterStore, sent: Matter, channel: Channel, item: WorkItem) -> bool:
        """False where the client has corrected something meanwhile."""
        self._observe(channel, "delivered")
        _log.info("a notice was delivered", extra=_told(channel, item))
        if channel is Channel.WEBHOOK:
            self._was_taken(item, sent)
        matter: Matter | None = sent
        for _ in range(_RECORDING_TRIES):
            if matter is None or store.write(_heard(matter, sent.revision, channel)):
                return matter is None or matter.revision == sent.revision
            matter = store.read(sent.key)
        raise VaultUnavailable

    def _was_taken(self, item: WorkItem, matter: Matter) -> None:
        """The team's own system has the matter, so nobody needs to open it here."""
        filed = WorkItem(matter.created_at, item.team_id, item.key)
        self._worklist.add(Kind.KEPT, filed)
        self._worklist.remove(Kind.MATTER, filed)


def _has_heard(matter: Matter, channel: Channel) -> bool:
    heard = matter.delivered if channel is Channel.WEBHOOK else matter.mailed
    return heard >= matter.revision


def _heard(matter: Matter, revision: int, channel: Channel) -> Matter:
    if channel is Channel.WEBHOOK:
        return replace(matter, delivered=revision)
    return replace(matter, mailed=revision)


def _told(channel: Channel, item: WorkItem, failure: NoticeFailed | None = None) -> dict[str, str]:
    """Log no client's data and no target, because a URL may contain a secret."""
    told = {"team_id": item.team_id, "matter": item.key, "channel": channel.value}
    return told | ({"cause": failure.cause} if failure else {})
