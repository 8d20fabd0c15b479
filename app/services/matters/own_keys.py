"""A conversation's own keys, which lead to its matter whatever session id it is sent with."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import islice

from app.domain.ids import TeamId
from app.domain.intake import Conversation
from app.domain.matter import Matter, Origin, Tombstone
from app.errors import MatterUnusable
from app.services.matters.identity import cited_origins, conversation_keys, is_told_now
from app.services.matters.sameness import Draft, is_same, same_conversation
from app.services.matters.turn_reads import TurnReads

_MOST_ORIGINS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """The position of a matter: existing, deleted or new. `doubtful`: it may be on record where the
    search cannot see it, in an unreadable document or beyond the end of the search."""

    key: str
    matter: Matter | Tombstone | None = None
    doubtful: bool = False


class OwnKeys:
    """Raises what the store raises."""

    def __init__(self, store: TurnReads, team_id: TeamId, talk: Conversation) -> None:
        self._store, self._team_id, self._talk = store, team_id, talk

    def known(self, draft: Draft) -> Matter | Tombstone | None:
        """What was filed from this conversation, by our own messages and by today's rules."""
        return self._find([draft.origin, *self._cited(draft)], draft)

    def cited(self, draft: Draft) -> Matter | Tombstone | None:
        """The same by our own messages alone. `claimed` looks where it is from by today's rules."""
        return self._find([one for one in self._cited(draft) if one != draft.origin], draft)

    def claimed(self, place: Place, draft: Draft, taken: Collection[str]) -> Place:
        """The place after the conversation's key leads there. If the matter of a conversation that
        goes on is claimed already, under another session id, that place; the first write there
        wins. Nothing can be filed in those that are `taken`."""
        if place.matter:
            self._claim_again(place.matter, draft)
            return place
        told_now = is_told_now(self._talk, draft.origin)
        for key in conversation_keys(self._team_id, draft.origin):
            target = self._store.link(key, place.key)
            if target in (None, place.key):
                return place
            if target in taken:
                continue
            self._store.forget(target)
            try:
                found = self._store.find(target)
            except MatterUnusable:
                return place if told_now else replace(place, doubtful=True)
            if found is None or is_same(found, draft, self._talk):
                doubtful = place.doubtful and found is None
                return place if told_now else Place(target, found, doubtful)
        return place

    def _claim_again(self, matter: Matter | Tombstone, draft: Draft) -> None:
        """For a matter that is told again in another conversation. Our answer names it, so that
        later turns need not do so."""
        named = next(cited_origins(self._talk, draft.origin.ordinal), None)
        if not (named or same_conversation(matter, self._talk, draft.origin.ordinal)):
            first, _ = conversation_keys(self._team_id, draft.origin)
            self._store.link(first, matter.key)

    def _cited(self, draft: Draft) -> list[Origin]:
        return list(islice(cited_origins(self._talk, draft.origin.ordinal), _MOST_ORIGINS))

    def _find(self, origins: Iterable[Origin], draft: Draft) -> Matter | Tombstone | None:
        """What a conversation's key leads to. Another client's matter may be there, if it was filed
        in the claimed place."""
        unique = dict.fromkeys(origins)
        for key in (key for one in unique for key in conversation_keys(self._team_id, one)):
            found = self._store.find(key)
            if found and is_same(found, draft, self._talk):
                return found
        return None
