"""Changes to a matter on record in a later turn: corrected details of the client, new words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from app.domain.intake import Client, Conversation
from app.domain.matter import Matter, Words
from app.domain.team import ResolvedTeam
from app.domain.worklist import Kind, WorkItem
from app.errors import VaultUnavailable
from app.ports import Background, MatterStore, Worklist
from app.services.matters.linking import linked
from app.services.matters.sameness import Draft, goes_on, same_conversation
from app.services.notices.dispatch import Dispatch

_DETAILS = ("name", "email", "phone", "location")
_ELSEWHERE = "Details given in another conversation, not confirmed:"
_MOST_CLIENTS = 10
_MOST_WORDS = 60
_MOST_CHARACTERS = 60_000
# Other conversations leave room for the words of the matter's own.
_SHARE_OF_OTHERS = 0.5
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
        talk: Conversation,
    ) -> tuple[Matter, bool]:
        """Store the changes and return the stored matter, and whether all of them are in it: a full
        record takes no more words. Raises what the store raises."""
        for _ in range(_TRIES):
            changed, whole = amended(matter, draft, talk)
            if changed is matter:
                return matter, whole
            linked(store, resolved.team.team_id, matter, changed.client, matter.clients)
            written = store.write(changed)
            if written:
                self._tell(resolved, store, written)
                return written, whole
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


def amended(matter: Matter, draft: Draft, talk: Conversation) -> tuple[Matter, bool]:
    """The matter with the draft's changes, the same object if there are none; and whether it has
    them all.

    Only the conversation that the matter was filed from changes the client's details. Whoever knows
    some of them can begin another one, so what that one adds is recorded as words.
    """
    changed, texts, share = matter, [draft.text], 1.0
    if not same_conversation(matter, talk, draft.origin.ordinal):
        texts.append(_details(matter, draft.client))
        share = _SHARE_OF_OTHERS
    else:
        client = _corrected(matter, draft.client, goes_on(matter, talk))
        if client != matter.client:
            clients = _kept((*matter.clients, client), _MOST_CLIENTS)
            changed = replace(matter, clients=clients, heard=draft.heard)
    words, whole = _grown(matter.words, texts, draft.at, share)
    if words != matter.words:
        changed = replace(changed, words=words)
    if changed is matter:
        return matter, whole
    return replace(changed, revision=matter.revision + 1), whole


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


def _grown(
    words: tuple[Words, ...], texts: list[str], at: datetime, share: float
) -> tuple[tuple[Words, ...], bool]:
    """The words with those texts that are not in them, as far as there is room in that share of the
    record."""
    whole = True
    for text in texts:
        added = _added(words, text)
        room = share * _MOST_CHARACTERS - sum(len(said.text) for said in words)
        if added and (len(words) >= share * _MOST_WORDS or len(added) > room):
            whole = False
        elif added:
            words = (*words, Words(at, added))
    return words, whole


def _added(words: tuple[Words, ...], text: str) -> str:
    """The part of the text that is not on record: a description that grew contains the recorded
    words."""
    for said in words:
        if said.text and (found := _found(said.text, text)):
            text = text[: found.start()] + text[found.end() :]
    text = text.strip(" \t\r\n,;.-")
    return "" if any(_found(text, said.text) for said in words) else text


def _found(part: str, text: str) -> re.Match[str] | None:
    """Where whole words of the text are that part."""
    return re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text)


def _kept(values: tuple[Client, ...], most: int) -> tuple[Client, ...]:
    """The first and the latest, so that nobody can fill a record by repeated corrections."""
    return values if len(values) <= most else (values[0], *values[-most + 1 :])
