"""Find a matter: in the client's chain, by the reference that our answer named, and by the words of
its conversation."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import dropwhile

from app.domain.ids import TeamId
from app.domain.intake import Conversation
from app.domain.matter import Matter, Tombstone
from app.errors import MatterUnusable
from app.services.matters.identity import Chain, cited, cited_keys
from app.services.matters.own_keys import OwnKeys, Place
from app.services.matters.sameness import Draft, is_same, same_conversation
from app.services.matters.turn_reads import SearchEnded, TurnReads


class Search:
    """Search for the matter number `ordinal` of a conversation. Raises what the store raises.

    It reads at most `MOST_READS` documents in a turn. A matter that it has not found by then gets
    the id after the end of the chain, where its own conversation finds it again.
    """

    def __init__(self, store: TurnReads, team_id: TeamId, talk: Conversation, ordinal: int) -> None:
        self._store, self._talk, self._ordinal = store, talk, ordinal
        self._team_id = team_id
        self._references = cited(talk)
        self._own_keys = OwnKeys(store, team_id, talk)
        self._taken: set[str] = set()

    def known(self, anchors: list[str], draft: Draft) -> Matter | Tombstone | None:
        """The matter that was filed from this conversation, whatever the team's current rules; None
        if the search ends before. `draft` is what it would be by these rules."""
        try:
            found = self._known(anchors)
        except SearchEnded:
            found = None
        return found or self._own_keys.known(draft)

    def _known(self, anchors: list[str]) -> Matter | Tombstone | None:
        chains = [self._chain(anchor) for anchor in anchors]
        for key in (key for chain in chains for key in cited_keys(chain, self._references)):
            matter = self._readable(key)
            if matter and self._is_from_here(matter):
                return matter
        for chain in chains:
            for _, matter in self._filed(chain):
                if matter and self._is_from_here(matter):
                    return matter
        return None

    def place(self, anchors: list[str], draft: Draft) -> Place:
        """Where the draft is on record, or where to file it: the first free id of the chain of its
        first anchor."""
        return self._or_of_conversation(self._in_chain(anchors, draft), draft)

    def claimed(self, place: Place, draft: Draft) -> Place:
        """The place after the conversation leads there under any session id, or the one that
        another request has claimed first."""
        return self._own_keys.claimed(place, draft, self._taken)

    def _in_chain(self, anchors: list[str], draft: Draft) -> Place:
        try:
            if len(anchors) > 1 or self._references:
                known = self._known(anchors)
                if known:
                    return Place(known.key, known)
            return self._walk(self._keys(anchors[0], draft), anchors[0], draft)
        except SearchEnded:
            return self._beyond(anchors[0], draft)

    def elsewhere(self, anchors: list[str], draft: Draft, taken: str) -> Place:
        """The same if an id that seemed free is not: another request was faster, or a former matter
        was deleted, which Vault remembers. Or the conversation's key leads to it."""
        self._taken.add(taken)
        keys = list(self._keys(anchors[0], draft))
        rest = dropwhile(lambda key: key != taken, keys) if taken in keys else [taken, *keys]
        try:
            place = self._walk(rest, anchors[0], draft, taken)
        except SearchEnded:
            place = self._beyond(anchors[0], draft)
        return self._or_of_conversation(place, draft)

    def _or_of_conversation(self, place: Place, draft: Draft) -> Place:
        """The place of the matter that another session id was sent with; else the given one."""
        if place.matter:
            return place
        try:
            found = self._own_keys.cited(draft)
        except MatterUnusable:
            return replace(place, doubtful=True)
        return Place(found.key, found) if found else place

    def _beyond(self, anchor: str, draft: Draft) -> Place:
        key = self._chain(anchor).overflow(draft.origin)
        found = self._store.find(key)
        return Place(
            key, found if found and is_same(found, draft, self._talk) else None, doubtful=True
        )

    def _walk(self, keys: Iterable[str], anchor: str, draft: Draft, taken: str = "") -> Place:
        doubtful, key = False, taken
        for key in keys:
            try:
                matter = self._store.look(key)
            except MatterUnusable:
                doubtful = True
                continue
            if matter and is_same(matter, draft, self._talk):
                return Place(key, matter)
            if matter is None and key != taken:
                break
        # In a full chain the client's other conversations cannot be seen.
        full = key == self._chain(anchor).overflow(draft.origin)
        return Place(key, None, doubtful or full)

    def _is_from_here(self, found: Matter | Tombstone) -> bool:
        return same_conversation(found, self._talk, self._ordinal)

    def _chain(self, anchor: str) -> Chain:
        return Chain(self._team_id, self._talk.session_id, anchor)

    def _keys(self, anchor: str, draft: Draft) -> Iterator[str]:
        chain = self._chain(anchor)
        yield from chain
        yield chain.overflow(draft.origin)

    def _filed(self, chain: Chain) -> Iterator[tuple[str, Matter | Tombstone | None]]:
        """The content of a chain up to its first free id; None for an unreadable document."""
        for key in chain:
            try:
                matter = self._store.look(key)
            except MatterUnusable:
                yield key, None
                continue
            if matter is None:
                return
            yield key, matter

    def _readable(self, key: str) -> Matter | Tombstone | None:
        try:
            return self._store.look(key)
        except MatterUnusable:
            return None
