"""Changes to a matter on record in a later turn: corrected details of the client, new words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from app.domain.matter import Matter, Words
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import VaultUnavailable
from app.ports import Background, MatterStore, Worklist
from app.services.matters.linking import linked
from app.services.matters.sameness import Draft
from app.services.notices.dispatch import Dispatch

T = TypeVar("T")
_MOST_CLIENTS = 10
_MOST_WORDS = 20
_MOST_CHARACTERS = 60_000
_TRIES = 4


class Amending:
    def __init__(
        self,
        worklist: Worklist,
        dispatch: Dispatch,
        background: Background,
        clock: Callable[[], datetime],
    ) -> None:
        self._worklist, self._dispatch = worklist, dispatch
        self._background, self._clock = background, clock

    def amend(
        self,
        resolved: ResolvedTeam,
        store: MatterStore,
        matter: Matter,
        draft: Draft,
        is_own: Callable[[Matter], bool],
    ) -> Matter:
        """Store the changes and return the stored matter. Raises what the store raises."""
        for _ in range(_TRIES):
            changed = amended(matter, draft, is_own(matter))
            if changed is matter:
                return matter
            linked(store, resolved.team.team_id, matter, draft.client, matter.clients)
            written = store.write(changed)
            if written:
                self._tell(resolved, store, written)
                return written
            current = store.read(matter.key)
            if current is None:
                break
            matter = current
        raise VaultUnavailable

    def _tell(self, resolved: ResolvedTeam, store: MatterStore, matter: Matter) -> None:
        """Destroy former versions after a correction. Notify the team again, and Blawby with
        another memo, because its customers cannot be changed."""
        self._background.run(partial(store.destroy, matter.key, matter.version - 1))
        item = WorkItem(self._clock(), resolved.team.team_id, matter.key)
        self._dispatch.again(resolved.team.config, item)
        if matter.bill.customer_id:
            self._background.run(partial(self._worklist.add, Kind.MEMO, item))


def amended(matter: Matter, draft: Draft, own: bool) -> Matter:
    """The matter with the draft's changes; the same object if there are none. `own`: the draft is
    of the conversation that the matter was filed from."""
    changed = matter
    client = draft.client
    if client != matter.client and (own or client not in matter.clients):
        changed = replace(changed, clients=_kept((*matter.clients, client), _MOST_CLIENTS))
    added = _added(matter, draft.text)
    if added:
        words = _kept((*matter.words, Words(draft.at, added)), _MOST_WORDS)
        while len(words) > 2 and sum(len(said.text) for said in words) > _MOST_CHARACTERS:
            words = (words[0], *words[2:])
        changed = replace(changed, words=words)
    return matter if changed is matter else replace(changed, revision=matter.revision + 1)


def _added(matter: Matter, text: str) -> str:
    """The part of the text that is not on record: a description that grew contains the recorded
    words."""
    if any(text in said.text for said in matter.words):
        return ""
    for said in matter.words:
        if said.text:
            text = text.replace(said.text, "", 1)
    return text.strip(" \t\r\n,;.-")


def _kept(values: tuple[T, ...], most: int) -> tuple[T, ...]:
    """The first and the latest, so that nobody can fill a record by repeated changes."""
    return values if len(values) <= most else (values[0], *values[-most + 1 :])
