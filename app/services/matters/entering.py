"""Putting a new matter on record, with what is to be done about it."""

from functools import partial

from app.domain.ids import TeamId
from app.domain.matter import BillState, Matter
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.ports import Background, MatterStore, Worklist
from app.services.matters.linking import linked
from app.services.notices.channels import CHANNELS
from app.services.notices.dispatch import Dispatch


class Entering:
    def __init__(self, worklist: Worklist, dispatch: Dispatch, background: Background) -> None:
        self._worklist, self._dispatch, self._background = worklist, dispatch, background

    def enter(self, resolved: ResolvedTeam, store: MatterStore, matter: Matter) -> Matter | None:
        """The matter as written; None where something is there, or was. Lists first what is to be
        done about it: whatever dies in between, no matter is on record that is not on the list. An
        item without a matter is dropped by a round. A client who corrected a detail before the
        matter could be stored may begin anew with either, so the link comes first too: a link that
        leads nowhere harms nobody. Raises what the store raises."""
        item = _item(resolved.team.team_id, matter)
        adding = [
            self._background.start(partial(self._list, kind, item))
            for kind in self._kinds(resolved, matter)
        ]
        store.expire(matter.key)
        for wait in adding:
            wait()
        linked(store, resolved.team.team_id, matter, matter.client, matter.clients[:1])
        return store.write(matter)

    def give_up(self, resolved: ResolvedTeam, lost: Matter, on_record: Matter | None) -> None:
        """Takes a matter that was not written off the list, unless the one that was has its name
        there: both may have come at the same moment."""
        if on_record and (on_record.key, on_record.created_at) == (lost.key, lost.created_at):
            return
        item = _item(resolved.team.team_id, lost)
        for kind in self._kinds(resolved, lost):
            self._background.run(partial(self._worklist.remove, kind, item))

    def tell(self, resolved: ResolvedTeam, matter: Matter) -> None:
        """Tells the team of the new matter. Nobody waits for that."""
        kinds = self._dispatch.kinds(resolved.team.config)
        self._dispatch.try_at_once(kinds, _item(resolved.team.team_id, matter))

    def _list(self, kind: Kind, item: WorkItem) -> None:
        if kind in CHANNELS:
            self._dispatch.add(kind, item)
        else:
            self._worklist.add(kind, item)

    def _kinds(self, resolved: ResolvedTeam, matter: Matter) -> list[Kind]:
        unknown = [Kind.INVOICE] if matter.bill.state is BillState.UNKNOWN else []
        return [Kind.MATTER, *self._dispatch.kinds(resolved.team.config), *unknown]


def _item(team_id: TeamId, matter: Matter) -> WorkItem:
    return WorkItem(matter.created_at, team_id, matter.key)
