"""Find a matter: in the client's chain, and by the reference that our answer named."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile

from app.domain.ids import TeamId
from app.domain.intake import Conversation
from app.domain.matter import Matter, Tombstone
from app.errors import MatterUnusable
from app.ports import MatterStore
from app.services.matters.identity import Chain, cited, cited_keys
from app.services.matters.sameness import Draft, same_conversation, sent_again


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a matter: existing, deleted or new. `garbled`: an unreadable document is in
    the client's chain, and may be this matter."""

    key: str
    matter: Matter | Tombstone | None = None
    garbled: bool = False


class Search:
    """Search for the matter number `ordinal` of a conversation. Raises what the store raises."""

    def __init__(
        self, store: MatterStore, team_id: TeamId, talk: Conversation, ordinal: int
    ) -> None:
        self._store, self._talk, self._ordinal = store, talk, ordinal
        self._team_id = team_id
        self._references = cited(talk)

    def known(self, anchors: list[str]) -> Matter | Tombstone | None:
        """The matter that was filed from this conversation, whatever the team's current rules."""
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
        if len(anchors) > 1 or self._references:
            known = self.known(anchors)
            if known:
                return Place(known.key, known)
        return self._walk(self._keys(anchors[0], draft), draft)

    def elsewhere(self, anchors: list[str], draft: Draft, taken: str) -> Place:
        """The same if an id that seemed free is not: another request was faster, or a former matter
        was deleted, which Vault remembers."""
        keys = dropwhile(lambda key: key != taken, self._keys(anchors[0], draft))
        return self._walk(keys, draft, taken)

    def _walk(self, keys: Iterable[str], draft: Draft, taken: str = "") -> Place:
        garbled, key = False, taken
        for key in keys:
            try:
                matter = self._store.find(key)
            except MatterUnusable:
                garbled = True
                continue
            if matter and self._is_it(matter, draft):
                return Place(key, matter)
            if matter is None and key != taken:
                break
        return Place(key, None, garbled)

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
                matter = self._store.find(key)
            except MatterUnusable:
                yield key, None
                continue
            if matter is None:
                return
            yield key, matter

    def _readable(self, key: str) -> Matter | Tombstone | None:
        try:
            return self._store.find(key)
        except MatterUnusable:
            return None
