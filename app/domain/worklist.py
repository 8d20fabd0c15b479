"""What is still to be done about matters, over all teams."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.domain.ids import TeamId, is_team_id

ITEM_NAME = re.compile(r"([0-9]{8}T[0-9]{6}\.[0-9]{6}Z)-([0-9a-z]{26})-([0-9a-f]{32})")
_STAMP = "%Y%m%dT%H%M%S.%fZ"


def stamp(at: datetime) -> str:
    """How the names of that time's items begin."""
    return at.astimezone(UTC).strftime(_STAMP)


class Kind(StrEnum):
    """The lists of the worklist."""

    INVOICE = "invoice"
    """Blawby was, or was about to be, asked for an invoice, and its outcome is not on record."""
    MATTER = "matter"
    """Nobody of the team has opened it yet."""
    KEPT = "kept"
    """The team has it; it is to be destroyed when its time is over."""
    WEBHOOK = "webhook"
    """It is to be sent to the team's webhook."""
    EMAIL = "email"
    """It is to be sent to the team's owner by e-mail."""
    MEMO = "memo"
    """A memo is to be left at Blawby."""
    KEY = "key"
    """Blawby refused a team's key, and is to be asked again whether it does."""


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One entry: when it began, and which matter of which team it is about. Of `Kind.KEY` the `key`
    is not a matter's: it is the refused version, in as many digits."""

    at: datetime
    team_id: TeamId
    key: str

    @property
    def name(self) -> str:
        """Names sort by time. They hold nothing of a client."""
        return f"{stamp(self.at)}-{self.team_id}-{self.key}"

    @classmethod
    def of_key(cls, at: datetime, team_id: TeamId, version: int) -> "WorkItem":
        """For `Kind.KEY`."""
        return cls(at, team_id, f"{version:032x}")

    @property
    def key_version(self) -> int:
        """For `Kind.KEY`."""
        return int(self.key, 16)

    @classmethod
    def parse(cls, name: str) -> "WorkItem | None":
        """None for a name that no app of ours wrote."""
        found = ITEM_NAME.fullmatch(name)
        if found is None or not is_team_id(found[2]):
            return None
        try:
            at = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(at, TeamId(found[2]), found[3])


@dataclass(frozen=True, slots=True)
class WorkPage:
    """`next` is where to go on behind, or None. A page may be short and have a next."""

    items: Sequence[WorkItem]
    next: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """When an item is due, and after how many tries; `version` is Vault's, for the next write."""

    version: int
    tries: int
    due: datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open now, for the gauges: invoices whose outcome nobody knows, matters that nobody
    has opened for a day, notices and memos that do not get through, keys that Blawby refuses. What
    takes several rounds to look at counts as of the last time that all of it was."""

    unknown_invoices: int = 0
    unopened_matters: int = 0
    failing_notices: int = 0
    refused_keys: int = 0
