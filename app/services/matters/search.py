"""Find a matter: in the client's chain, and by the reference that our answer named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile

from app.domain.ids import TeamId
from app.domain.intake import Conversation
from app.domain.matter import Matter, Tombstone
from app.errors import MatterUnusable
from app.services.matters.identity import Chain, cited, cited_keys
from app.services.matters.sameness import Draft, same_conversation, sent_again
from app.services.matters.turn_reads import SearchEnded, TurnReads


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a matter: existing, deleted or new. `doubtful`: it may be on record where the
    search cannot see it, in an unreadable document or beyond the end of the search."""

    key: str
    matter: Matter | Tombstone | None = None
    doubtful: bool = False


class Search:
    """Search for the matter number `ordinal` of a conversation. Raises what the store raises.

    It reads at most `MOST_READS` documents in a turn. A matter that it has not found by then gets
    the id after the end of the chain, where its own conversation finds it again.
    """

    def __init__(self, store: TurnReads, team_id: TeamId, talk: Conversation, ordinal: int) -> None:
        self._store, self._talk, self._ordinal = store, talk, ordinal
        self._team_id = team_id
        self._references = cited(talk)

    def known(self, anchors: list[str]) -> Matter | Tombstone | None:
        """The matter that was filed from this conversation, whatever the team's current rules; None
        if the search ends before."""
        try:
            return self._known(anchors)
        except SearchEnded:
            return None

    def _known(self, anchors: list[str]) -> Matter | Tombstone | None:
        chains = [self._chain(anchor) for anchor in anchors]
        cited_chains = [*chains, *self._chains_without_session(anchors)]
        for key in (key for chain in cited_chains for key in cited_keys(chain, self._references)):
            matter = self._readable(key)
            if matter and same_conversation(matter, self._talk, self._ordinal):
                return matter
        for chain in chains:
            for _, matter in self._filed(chain):
                if matter and same_conversation(matter, self._talk, self._ordinal):
                    return matter
        return None

    def place(self, anchors: list[str], draft: Draft) -> Place:
        """Where the draft is on record, or where to file it: the first free id of the chain of its
        first anchor."""
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
        was deleted, which Vault remembers."""
        keys = dropwhile(lambda key: key != taken, self._keys(anchors[0], draft))
        try:
            return self._walk(keys, anchors[0], draft, taken)
        except SearchEnded:
            return self._beyond(anchors[0], draft)

    def _beyond(self, anchor: str, draft: Draft) -> Place:
        key = self._chain(anchor).overflow(draft.origin)
        found = self._store.find(key)
        return Place(key, found if found and self._is_it(found, draft) else None, doubtful=True)

    def _walk(self, keys: Iterable[str], anchor: str, draft: Draft, taken: str = "") -> Place:
        doubtful, key = False, taken
        for key in keys:
            try:
                matter = self._store.look(key)
            except MatterUnusable:
                doubtful = True
                continue
            if matter and self._is_it(matter, draft):
                return Place(key, matter)
            if matter is None and key != taken:
                break
        # In a full chain the client's other conversations cannot be seen.
        full = key == self._chain(anchor).overflow(draft.origin)
        return Place(key, None, doubtful or full)

    def _is_it(self, found: Matter | Tombstone, draft: Draft) -> bool:
        if same_conversation(found, self._talk, self._ordinal):
            return True
        return isinstance(found, Matter) and sent_again(found, draft)

    def _chain(self, anchor: str) -> Chain:
        return Chain(self._team_id, self._talk.session_id, anchor)

    def _chains_without_session(self, anchors: list[str]) -> Iterator[Chain]:
        """A client that sent no session may go on with the one that our answer named."""
        if self._talk.session_id:
            yield from (Chain(self._team_id, None, anchor) for anchor in anchors)

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
