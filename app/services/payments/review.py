"""What an operator sees of invoices, and does about those whose outcome nobody knew."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.secret import SecretString
from app.errors import InvoiceSettled, NotFound, SecretNotFound, TeamNotFound, TeamUnusable
from app.ports import CallerLedgers, PaymentsGateways, TeamRegistries, TeamSource
from app.services.payments.entry import standing_state

_NO_ENTRY = "0" * 32


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """Entries with their keys; `next` is the key to go on behind, or None."""

    entries: Sequence[tuple[str, LedgerEntry]]
    next: str | None


def _now() -> datetime:
    return datetime.now(UTC)


class Invoices:
    """`deadline`: seconds after which what was begun and not settled is unknown."""

    def __init__(
        self,
        ledgers: CallerLedgers,
        registries: TeamRegistries,
        source: TeamSource,
        gateways: PaymentsGateways,
        deadline: float,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._ledgers, self._registries = ledgers, registries
        self._source, self._gateways = source, gateways
        self._deadline, self._clock = deadline, clock

    def page(
        self, caller: SecretString, team_id: TeamId, after: str | None, limit: int
    ) -> InvoicePage:
        """One more is read than is shown, to know whether there is a next page. Raises
        `TeamNotFound`."""
        ledger = self._ledgers.open(caller, team_id)
        # Vault lists names to some who may not read an entry: they are refused with or without one.
        ledger.read(_NO_ENTRY)
        found = ledger.page(after, limit + 1)
        if not found:
            self._admit_registered(caller, team_id)
        shown = [(key, self._standing(entry)) for key, entry in found[:limit]]
        return InvoicePage(shown, shown[-1][0] if len(found) > limit else None)

    def resolve(
        self, caller: SecretString, team_id: TeamId, key: str, payment_id: str | None
    ) -> LedgerEntry:
        """Settles an unknown one as somebody looked it up: invoiced with that id, which Blawby has
        to confirm, or failed (None). Raises `NotFound`, and `InvoiceSettled` for all others."""
        ledger = self._ledgers.open(caller, team_id)
        entry = ledger.read(key)
        if entry is None:
            raise NotFound
        if self._standing(entry).state is not LedgerState.UNKNOWN:
            raise InvoiceSettled
        settled = ledger.write(key, self._settled(team_id, entry, payment_id))
        if settled is None:
            raise InvoiceSettled
        return settled

    def _admit_registered(self, caller: SecretString, team_id: TeamId) -> None:
        with suppress(TeamUnusable):
            if self._registries.open(caller).read(team_id) is None:
                raise TeamNotFound

    def _settled(self, team_id: TeamId, entry: LedgerEntry, payment_id: str | None) -> LedgerEntry:
        if payment_id is None:
            return replace(entry, state=LedgerState.FAILED)
        key = self._source.read_key(team_id)
        if key is None:
            raise SecretNotFound
        gateway = self._gateways.open(team_id, key.team_ulid, key.api_key)
        invoice = gateway.read_invoice(payment_id)
        if invoice is None:
            raise NotFound("Blawby has no such invoice.")
        return replace(
            entry,
            state=LedgerState.INVOICED,
            amount=invoice.amount,
            invoice_id=invoice.invoice_id,
            payment_link=invoice.payment_link,
        )

    def _standing(self, entry: LedgerEntry) -> LedgerEntry:
        return replace(entry, state=standing_state(entry, self._clock(), self._deadline))
