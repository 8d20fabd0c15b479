"""Store a new matter, or add changes to an existing one."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.intake import Conversation, IntakeTurn
from app.domain.matter import Bill, Matter, Tombstone
from app.domain.payment import Method, Payment, Reason
from app.domain.team import ResolvedTeam
from app.errors import VaultUnavailable
from app.ports import MatterStores
from app.services.matters.amending import Amending
from app.services.matters.drafts import drafts, may_be_filed
from app.services.matters.entering import Entering
from app.services.matters.identity import LONGEST_CHAIN, anchors, cited
from app.services.matters.own_keys import Place
from app.services.matters.room import grown
from app.services.matters.sameness import Draft
from app.services.matters.search import Search
from app.services.matters.turn_reads import TurnReads
from app.services.payments.invoicing import Invoicing
from app.services.payments.methods import doubtful, payment_without_record, terms_without_service
from app.services.payments.rules import STORE_AWAY


class _Overtaken(VaultUnavailable):
    """Another request stored the matter first, and it cannot be read."""


@dataclass(frozen=True, slots=True)
class Filed:
    """The result for a matter. `matter` is None if the store did not answer or, for a repeat, if
    the team has deleted it; `stored`: everything the client said is on record, but `dropped`, for
    which a full record has no room; `repeat`: it existed before this turn; `beside`: this turn
    filed other matters too, which are not billed; `store_away`: the store could not be read or
    written, so that something is missing."""

    payment: Payment
    matter: Matter | None = None
    stored: bool = False
    repeat: bool = False
    beside: bool = False
    dropped: tuple[str, ...] = ()
    store_away: bool = False

    @property
    def is_degraded(self) -> bool:
        """Whether the outcome would be another one if Vault had answered."""
        return self.store_away or self.payment.reason is Reason.VAULT_UNAVAILABLE


class Filing:
    def __init__(
        self,
        stores: MatterStores,
        invoicing: Invoicing,
        entering: Entering,
        amending: Amending,
        clock: Callable[[], datetime],
    ) -> None:
        self._stores, self._invoicing, self._clock = stores, invoicing, clock
        self._entering, self._amending = entering, amending

    def file(self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn) -> Filed | None:
        """The current matter of the conversation, with its payment; None while there is none.
        Raises no error of Vault or Blawby."""
        found = drafts(turn, talk, self._clock())
        if turn.workflow != "matter_created":
            return self._known(resolved, talk, turn, found) if may_be_filed(turn, talk) else None
        try:
            store = TurnReads(self._stores.open(resolved.team.team_id))
            told = [
                self._billed(resolved, store, talk, turn, draft, bills=draft is found[-1])
                for draft in found
            ]
        except STORE_AWAY as away:
            perhaps_filed = bool(cited(talk)) or isinstance(away, _Overtaken)
            payment = payment_without_record(resolved.team.config, perhaps_filed)
            return Filed(payment, store_away=True)
        open_ = [filed for filed in told if filed.matter] or told
        return replace(
            told[-1],
            stored=all(filed.stored for filed in open_),
            beside=any(not filed.repeat for filed in told[:-1]),
            dropped=tuple(text for filed in told for text in filed.dropped),
            store_away=any(filed.store_away for filed in told),
        )

    def _known(
        self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn, found: list[Draft]
    ) -> Filed | None:
        """Today's rules reject this conversation, but its matter may be on record. Then what the
        client adds is recorded too; further matters are not billed."""
        try:
            store = TurnReads(self._stores.open(resolved.team.team_id))
            search = Search(store, resolved.team.team_id, talk, 0)
            matter = search.known(anchors(turn, talk), found[0])
        except STORE_AWAY:
            return None
        if matter is None:
            return None
        told = self._again(resolved, store, talk, matter, found[0])
        for draft in found[1:]:
            try:
                further = self._billed(resolved, store, talk, turn, draft, bills=False)
            except STORE_AWAY:
                return replace(told, stored=False, store_away=True)
            told = replace(
                further,
                stored=further.stored and (told.stored or not told.matter),
                dropped=(*told.dropped, *further.dropped),
                store_away=told.store_away or further.store_away,
            )
        return told

    def _billed(
        self,
        resolved: ResolvedTeam,
        store: TurnReads,
        talk: Conversation,
        turn: IntakeTurn,
        draft: Draft,
        *,
        bills: bool,
    ) -> Filed:
        """`bills`: a new matter may be billed. A turn bills one at most."""
        matter, repeat = self._filed(resolved, store, talk, turn, draft, bills=bills)
        if isinstance(matter, Matter) and not repeat:
            bill = self._invoicing.invoice(resolved, store.direct, matter)
            store.forget(matter.key)
            self._entering.tell(resolved, matter)
            _, dropped = grown((draft.words,), draft.unread, draft.at)
            return Filed(bill.payment, replace(matter, bill=bill), stored=True, dropped=dropped)
        return self._again(resolved, store, talk, matter, draft)

    def _again(
        self,
        resolved: ResolvedTeam,
        store: TurnReads,
        talk: Conversation,
        matter: Matter | Tombstone,
        draft: Draft,
    ) -> Filed:
        """A matter that existed before, with what the draft adds to it. Nothing is added to a
        deleted one, and nothing is billed for it."""
        if isinstance(matter, Tombstone):
            return Filed(Payment(Method.NONE), repeat=True)
        stored, dropped = False, tuple[str, ...]()
        with suppress(*STORE_AWAY):
            matter, dropped = self._amending.amend(resolved, store, matter, draft, talk)
            stored = True
        bill = self._invoicing.revisit(resolved, store.direct, matter)
        store.forget(matter.key)
        billed = replace(matter, bill=bill)
        return Filed(
            bill.payment, billed, stored, repeat=True, dropped=dropped, store_away=not stored
        )

    def _filed(
        self,
        resolved: ResolvedTeam,
        store: TurnReads,
        talk: Conversation,
        turn: IntakeTurn,
        draft: Draft,
        *,
        bills: bool,
    ) -> tuple[Matter | Tombstone, bool]:
        """The matter on record, and whether it existed before. Raises what the store raises."""
        search = Search(store, resolved.team.team_id, talk, draft.origin.ordinal)
        known = anchors(turn, talk)
        place = search.place(known, draft)
        for _ in range(LONGEST_CHAIN):
            place = search.claimed(place, draft)
            if place.matter:
                return place.matter, True
            new = self._new(resolved, place, draft, bills=bills)
            written = self._entering.enter(resolved, store, new)
            if written:
                return written, False
            try:
                place = search.elsewhere(known, draft, place.key)
            except STORE_AWAY:
                raise _Overtaken from None
            # Where that cannot be read the item stays: a round drops it.
            with suppress(*STORE_AWAY):
                self._entering.give_up(resolved, new, store.read(new.key))
        raise _Overtaken

    def _new(self, resolved: ResolvedTeam, place: Place, draft: Draft, *, bills: bool) -> Matter:
        return Matter(
            key=place.key,
            version=0,
            created_at=draft.at,
            origin=draft.origin,
            clients=draft.clients,
            words=grown((draft.words,), draft.unread, draft.at)[0],
            bill=self._bill(resolved, place, draft, bills=bills),
            matter_type=draft.matter_type,
            urgency=draft.urgency,
            language=draft.language,
            session_id=draft.session_id,
            heard=draft.heard,
        )

    def _bill(self, resolved: ResolvedTeam, place: Place, draft: Draft, *, bills: bool) -> Bill:
        """The new matter's bill. It charges nothing if none of the team's services covers the
        matter, or if it may not be billed in this turn. An invoice that may exist already, where
        the search cannot see it, is not requested."""
        if draft.matter_type is None or not bills:
            return terms_without_service(resolved.team.config)
        bill = self._invoicing.opening(resolved)
        return doubtful(bill, draft.at) if place.doubtful else bill
