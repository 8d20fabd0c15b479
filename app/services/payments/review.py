"""Operators' view of invoices, and recording the outcome of unknown ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.ids import TeamId
from app.domain.matter import BillState, Matter, MatterLabel
from app.domain.payment import Invoice, Method, Reason
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from app.errors import Forbidden, InvoiceSettled, MatterUnusable, NotFound
from app.ports import Background, MatterDesks, Worklist
from app.services.matters.reading import Matters
from app.services.payments.confirming import Confirming
from app.services.payments.rules import InvoiceRules, standing

_NO_TEAM = TeamId("0" * 26)
_NO_INVOICE = (BillState.NONE, BillState.LINK)


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    """An invoice with the parts that the caller may read: `matter` is None without the right to
    it."""

    team_id: TeamId
    label: MatterLabel
    matter: Matter | None = None


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """`next` is where to go on behind, or None."""

    invoices: Sequence[ShownInvoice]
    unusable: Sequence[str]
    next: str | None


class Invoices:
    def __init__(
        self,
        matters: Matters,
        desks: MatterDesks,
        confirming: Confirming,
        worklist: Worklist,
        background: Background,
        rules: InvoiceRules,
    ) -> None:
        self._matters, self._desks, self._confirming = matters, desks, confirming
        self._worklist, self._background, self._rules = worklist, background, rules

    def page(
        self, caller: SecretString, team_id: TeamId, after: str | None, limit: int
    ) -> InvoicePage:
        """A team's invoices, in the order of their matters' ids."""
        page = self._matters.page(caller, team_id, after, limit, _has_invoice)
        shown = self._read(caller, team_id, page.labels)
        return InvoicePage(shown, page.unusable, page.next)

    def admit(self, caller: SecretString) -> None:
        """Raises `Forbidden` for who may not see invoices of all teams. Vault lists names to some
        who may not read a label: they are denied with or without one."""
        self._desks.open(caller, _NO_TEAM).admit()

    def unknown(self, caller: SecretString, after: str | None, limit: int) -> InvoicePage:
        """Unknown invoices of all teams, the oldest first. `after` and `next` are names of the
        worklist."""
        self.admit(caller)
        page = self._worklist.page_as(caller, Kind.INVOICE, after, limit)
        found, unusable = [], []
        for item in page.items:
            try:
                label = self._matters.label(caller, item.team_id, item.key)
            except MatterUnusable:
                unusable.append(item.key)
                continue
            if label and label.state is BillState.UNKNOWN:
                found.append(ShownInvoice(item.team_id, label))
        return InvoicePage(found, unusable, page.next)

    def resolve(
        self, caller: SecretString, team_id: TeamId, key: str, payment_id: str | None
    ) -> ShownInvoice:
        """Settle an unknown invoice after an operator looked it up: invoiced with that id, which
        Blawby must confirm for this client, or failed (None). Raises `NotFound`, `ValidationFailed`
        for an invoice of another client or matter, and `InvoiceSettled` for all others."""
        desk = self._desks.open(caller, team_id)
        label = desk.label(key)
        if label is None or label.state in _NO_INVOICE:
            raise NotFound
        stands = standing(label, self._rules.clock(), self._rules.deadline)
        if stands.state is not BillState.UNKNOWN:
            raise InvoiceSettled
        invoice = None
        if payment_id is not None:
            invoice = self._confirming.confirmed(caller, team_id, key, payment_id)
        settled = _settled(label, invoice)
        link = invoice.payment_link if invoice else None
        if not desk.settle(label, settled, link):
            raise InvoiceSettled
        item = WorkItem(label.started_at or label.created_at, team_id, key)
        self._background.run(lambda: self._worklist.remove(Kind.INVOICE, item))
        return ShownInvoice(team_id, settled)

    def _read(
        self, caller: SecretString, team_id: TeamId, labels: Sequence[MatterLabel]
    ) -> list[ShownInvoice]:
        """With link and session for callers who may read matters: the team's members."""
        desk, found = self._desks.open(caller, team_id), []
        for label in labels:
            try:
                found.append(ShownInvoice(team_id, label, desk.read(label.key)))
            except Forbidden:
                return [ShownInvoice(team_id, label) for label in labels]
            except MatterUnusable:
                found.append(ShownInvoice(team_id, label))
        return found


def _has_invoice(label: MatterLabel) -> bool:
    return label.state not in _NO_INVOICE


def _settled(label: MatterLabel, invoice: Invoice | None) -> MatterLabel:
    if invoice is None:
        return replace(
            label,
            state=BillState.FAILED,
            method=label.otherwise,
            reason=Reason.BLAWBY_UNAVAILABLE,
            invoice_id=None,
        )
    return replace(
        label,
        state=BillState.INVOICED,
        amount=invoice.amount,
        method=Method.BLAWBY_API,
        reason=None,
        invoice_id=invoice.invoice_id,
    )
