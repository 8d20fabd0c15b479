"""The ledger of invoices in Vault KV, below the team's own path, with check-and-set.

Every write is made against a version; where its answer is lost or says "conflict", what stands
there is read and compared before anything is said: the conflict may be with its own earlier self.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_fixed, wait_random

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import CasConflict, KvMount, KvRecord
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.secret import SecretString
from app.errors import UpstreamFailure, VaultUnavailable, WriteUnconfirmed

_KEPT = "2160h"
# A Vault that was silent once is left alone for half a second.
_LOOKING_BACK = Retrying(
    stop=stop_after_attempt(4),
    wait=wait_fixed(0.2) + wait_random(0, 0.1),
    retry=retry_if_exception_type(UpstreamFailure),
    reraise=True,
)


class VaultInvoiceLedgers:
    """Implements `InvoiceLedgers`; `kv` gives the mount as seen by whoever acts for a team."""

    def __init__(self, kv: Callable[[TeamId], KvMount]) -> None:
        self._kv = kv

    def open(self, team_id: TeamId) -> "VaultInvoiceLedger":
        return VaultInvoiceLedger(self._kv(team_id), team_id)


class VaultCallerLedgers:
    """Implements `CallerLedgers`."""

    def __init__(self, addresses: VaultAddresses, mount: str, namespace: str | None = None) -> None:
        self._addresses, self._mount, self._namespace = addresses, mount, namespace

    def open(self, caller: SecretString, team_id: TeamId) -> "VaultInvoiceLedger":
        transport = VaultTransport(self._addresses, caller, self._namespace)
        return VaultInvoiceLedger(KvMount(transport, self._mount), team_id)


class VaultInvoiceLedger:
    """Implements `InvoiceLedger`. Entries expire `_KEPT` after their last write."""

    def __init__(self, kv: KvMount, team_id: TeamId) -> None:
        self._kv = kv
        self._team_id = team_id

    def read(self, intake_key: str) -> LedgerEntry | None:
        record = self._kv.read(self._path(intake_key))
        return _entry(self._team_id, record) if record else None

    def write(self, intake_key: str, entry: LedgerEntry) -> LedgerEntry | None:
        path, fields = self._path(intake_key), _fields(self._team_id, entry)
        try:
            if entry.version == 0:
                self._kv.set_metadata(path, _KEPT)
            version: int | None = self._kv.write(path, fields, cas=entry.version)
        except CasConflict:
            version = self._after_conflict(path, fields, entry)
        except WriteUnconfirmed:
            standing = _LOOKING_BACK(self._kv.read, path)
            if standing is None or dict(standing.fields) != fields:
                raise
            version = standing.version
        return replace(entry, version=version) if version else None

    def page(self, after: str | None, limit: int) -> Sequence[tuple[str, LedgerEntry]]:
        """Expired entries are passed over; a page that is shorter than `limit` is the last one."""
        entries: list[tuple[str, LedgerEntry]] = []
        while (wanted := limit - len(entries)) > 0:
            names = self._kv.list_names(self._path(""), after, wanted)
            read = ((name, self.read(name)) for name in names)
            entries += [(name, entry) for name, entry in read if entry is not None]
            if len(names) < wanted:
                break
            after = names[-1]
        return entries

    def _path(self, intake_key: str) -> str:
        return f"{self._team_id}/invoices/{intake_key}"

    def _after_conflict(
        self, path: str, fields: Mapping[str, Any], entry: LedgerEntry
    ) -> int | None:
        """The version of the write in question where it is the very one that stands there."""
        standing = self._kv.read(path)
        if standing is None and entry.version == 0:
            return self._over_expired(path, fields)
        return standing.version if standing and dict(standing.fields) == fields else None

    def _over_expired(self, path: str, fields: Mapping[str, Any]) -> int | None:
        """An expired entry reads as none, and Vault still counts its versions. One that lives by
        now is somebody else's."""
        metadata = self._kv.read_metadata(path)
        if metadata is None or metadata.current is None or metadata.current.lives:
            return None
        try:
            return self._kv.write(path, fields, cas=metadata.current_version)
        except CasConflict:
            return None


def _fields(team_id: TeamId, entry: LedgerEntry) -> dict[str, Any]:
    return {
        "team_id": team_id,
        "state": entry.state.value,
        "amount": str(entry.amount),
        "started_at": entry.started_at.isoformat(),
        "session_id": entry.session_id,
        "attempt": entry.attempt,
        "invoice_id": entry.invoice_id,
        "payment_link": entry.payment_link,
        "reason": entry.reason,
    }


def _entry(team_id: TeamId, record: KvRecord) -> LedgerEntry:
    """Raises `VaultUnavailable` for what is no entry of this team: a ledger that can't be read."""
    fields = record.fields
    try:
        if fields["team_id"] != team_id:
            raise VaultUnavailable
        return LedgerEntry(
            state=LedgerState(fields["state"]),
            version=record.version,
            amount=Decimal(fields["amount"]),
            started_at=datetime.fromisoformat(fields["started_at"]),
            session_id=fields["session_id"],
            attempt=fields["attempt"],
            invoice_id=fields["invoice_id"],
            payment_link=fields["payment_link"],
            reason=fields["reason"],
        )
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise VaultUnavailable from None
