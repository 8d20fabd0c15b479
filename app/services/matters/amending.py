"""Changes to a matter on record in a later turn: corrected details of the client, new words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.domain.ids import TeamId
from app.domain.intake import Client, Conversation
from app.domain.matter import Matter
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import VaultUnavailable
from app.ports import Background, MatterStore, Worklist
from app.services.matters.linking import linked
from app.services.matters.room import SHARE_OF_OTHERS, grown
from app.services.matters.sameness import Draft, goes_on, same_conversation
from app.services.notices.dispatch import Dispatch

_DETAILS = ("name", "email", "phone", "location")
_ELSEWHERE = "Details given in another conversation, not confirmed:"
_MOST_CLIENTS = 10
_TRIES = 4


class Amending:
    """`observe_full` receives the team and the matter whose full record did not take something."""

    def __init__(
        self,
        worklist: Worklist,
        dispatch: Dispatch,
        background: Background,
        clock: Callable[[], datetime],
        observe_full: Callable[[TeamId, str], None] = lambda _team, _matter: None,
    ) -> None:
        self._worklist, self._dispatch = worklist, dispatch
        self._background, self._clock = background, clock
        self._observe_full = observe_full

    def amend(
        self,
        resolved: ResolvedTeam,
        store: MatterStore,
        matter: Matter,
        draft: Draft,
        talk: Conversation,
    ) -> tuple[Matter, tuple[str, ...]]:
        """Store the changes and return the stored matter, and the words that it has no room for.
        Raises what the store raises."""
        team_id = resolved.team.team_id
        for _ in range(_TRIES):
            changed, dropped = amended(matter, draft, talk)
            if changed is not matter:
                linked(store, team_id, matter, changed.client, matter.clients)
            written = store.write(changed) if changed is not matter else matter
            if written:
                if written is not matter:
                    self._tell(resolved, store, written)
                if dropped:
                    self._observe_full(team_id, matter.key)
                return written, dropped
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


def amended(matter: Matter, draft: Draft, talk: Conversation) -> tuple[Matter, tuple[str, ...]]:
    """The matter with the draft's changes, the same object if there are none; and the words that it
    has no room for.

    Only the conversation that the matter was filed from changes the client's details. Whoever knows
    some of them can begin another one, so what that one adds is recorded as words.
    """
    changed, texts, share = matter, list(draft.texts), 1.0
    if not same_conversation(matter, talk, draft.origin.ordinal):
        texts.append(_details(matter, draft.client))
        share = SHARE_OF_OTHERS
    else:
        client = _corrected(matter, draft.client, goes_on(matter, talk))
        if client != matter.client:
            clients = _kept((*matter.clients, client), _MOST_CLIENTS)
            changed = replace(matter, clients=clients, heard=draft.heard)
    words, dropped = grown(matter.words, texts, draft.at, share)
    if words != matter.words:
        changed = replace(changed, words=words)
    if changed is matter:
        return matter, dropped
    return replace(changed, revision=matter.revision + 1), dropped


def _corrected(matter: Matter, told: Client, goes_on: bool) -> Client:
    """The current details with what the conversation has corrected since they were recorded. If it
    does not go on from there, a value that is on record may have been corrected meanwhile."""
    client, before = matter.client, matter.heard.client if matter.heard else matter.client
    for name in _DETAILS:
        value = getattr(told, name)
        known = {getattr(before, name)} if goes_on else _values(matter, name)
        if value and value not in known:
            client = replace(client, **{name: value})
    return client


def _details(matter: Matter, told: Client) -> str:
    """What another conversation says of the client that is not on record, for the team to read."""
    told_of = [(name, getattr(told, name)) for name in _DETAILS]
    written = "\n".join(said.text for said in matter.words)
    new = [value for name, value in told_of if value and value not in _values(matter, name)]
    new = [value for value in new if value not in written]
    return f"{_ELSEWHERE} {', '.join(new)}" if new else ""


def _values(matter: Matter, name: str) -> set[str | None]:
    return {getattr(client, name) for client in matter.clients}


def _kept(values: tuple[Client, ...], most: int) -> tuple[Client, ...]:
    """The first and the latest, so that nobody can fill a record by repeated corrections."""
    return values if len(values) <= most else (values[0], *values[-most + 1 :])
