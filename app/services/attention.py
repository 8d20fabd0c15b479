"""What needs a person, over all teams: invoices whose outcome nobody knows, and refused keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.worklist import Kind, WorkItem
from app.errors import SecretUnusable, TeamNotFound
from app.ports import Worklist
from app.services.payments.review import Invoices, ShownInvoice
from app.services.secret_views import SecretViews


@dataclass(frozen=True, slots=True)
class RefusedKey:
    """Blawby refuses the key that the team has now, since then."""

    team_id: TeamId
    since: datetime
    version: int
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class AttentionPage:
    """`unusable` are ids of documents that are no matters. `next` is where to go on behind, or
    None."""

    invoices: Sequence[ShownInvoice]
    keys: Sequence[RefusedKey]
    unusable: Sequence[str]
    next: str | None


class Attention:
    """Both lists one after the other. A cursor is the name of a list, and of an item in it."""

    def __init__(self, invoices: Invoices, views: SecretViews, worklist: Worklist) -> None:
        self._invoices, self._views, self._worklist = invoices, views, worklist

    def page(self, caller: SecretString, after: str | None, limit: int) -> AttentionPage:
        """The oldest first, invoices before keys. A page may be short and have a next."""
        kind, _, name = (after or Kind.INVOICE.value).partition("/")
        if kind == Kind.KEY:
            self._invoices.admit(caller)
            return self._keys(caller, name or None, limit)
        page = self._invoices.unknown(caller, name or None, limit)
        following = f"{Kind.INVOICE.value}/{page.next}" if page.next else Kind.KEY.value
        left = limit - len(page.invoices)
        if page.next or not left:
            return AttentionPage(page.invoices, (), page.unusable, following)
        keys = self._keys(caller, None, left)
        return AttentionPage(page.invoices, keys.keys, page.unusable, keys.next)

    def _keys(self, caller: SecretString, after: str | None, limit: int) -> AttentionPage:
        page = self._worklist.page_as(caller, Kind.KEY, after, limit)
        found: dict[tuple[TeamId, int], RefusedKey] = {}
        for item in page.items:
            refused = self._refused(caller, item)
            if refused:
                found.setdefault((refused.team_id, refused.version), refused)
        following = f"{Kind.KEY.value}/{page.next}" if page.next else None
        return AttentionPage((), list(found.values()), (), following)

    def _refused(self, caller: SecretString, item: WorkItem) -> RefusedKey | None:
        """None where the team has another key by now, or is gone."""
        try:
            shown = self._views.status(caller, item.team_id)
        except (TeamNotFound, SecretUnusable):
            return None
        if shown is None or shown.version != item.key_version:
            return None
        return RefusedKey(item.team_id, item.at, shown.version, shown.label.fingerprint)
