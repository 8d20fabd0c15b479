"""The known facts about a client and the matter, and their meaning for the team."""

from dataclasses import dataclass, field, replace
from typing import Literal

from app.domain.intake import Collected, FurtherMatter
from app.services.intake.languages import DEFAULT, Language
from app.services.intake.matters import Matter
from app.services.intake.offers import Offer
from app.services.intake.places.jurisdiction import Jurisdiction
from app.services.intake.places.place import Place
from app.services.intake.places.regions import NATION
from app.services.intake.questions import ORDER, Field

Trouble = Literal["absent", "none", "invalid", "area", "state", "vague", "unclear"]
Contact = Literal["email", "phone"]


@dataclass(frozen=True, slots=True)
class Unsure:
    """A value that the client must confirm: perhaps another person's, or with a typing error
    (`guess` is then the probable value), one that may replace the known one (`instead`), or surely
    another person's (`lent`)."""

    value: str
    guess: str | None = None
    instead: bool = False
    lent: bool = False


@dataclass(slots=True)
class Facts:
    """The state of an intake after a number of messages.

    `asked` is what our next question asks for, `answering` what the one before the last message
    asked for, `confirming` what it asked to confirm, `wrong` what the client called wrong after the
    end, `disowned` the values that the client said are not theirs, `behalf` whether they write for
    somebody else, `represented` whether the name is that person's. `trouble` is why a fact is still
    missing. A `city` waits here for its state, a `local` number for its area code. `news` and
    `changed` are the facts that the last message added, and that it changed. `heard` counts the
    client's messages, `read` their characters; `completed_at` and `original` are that count and the
    facts when the intake was complete. After our question whether to open a further matter,
    `proposed` is that matter; it costs money, so it is opened only if the client agrees. `supposed`
    is where the town surely is that the client told without a state: it is the place at once, or
    after our question, once the client confirms it or goes on with something else. `signed` is a
    name below a message, until the client confirms it in the same way. `latest` are the facts that
    the message before added, `dropped` those that the last one took back. `noted`: the last one
    told more of the matter.
    """

    scope: Jurisdiction
    offer: Offer
    language: Language = DEFAULT
    name: str | None = None
    place: Place | None = None
    phone: str | None = None
    email: str | None = None
    matter: Matter | None = None
    told: str = ""
    noted: bool = False
    urgency: str | None = None
    city: str | None = None
    local: str | None = None
    supposed: Place | None = None
    signed: str | None = None
    asked: Field | None = None
    answering: Field | None = None
    confirming: Contact | None = None
    wrong: Field | None = None
    trouble: dict[Field, Trouble] = field(default_factory=dict)
    unsure: dict[Contact, Unsure] = field(default_factory=dict)
    disowned: frozenset[str] = frozenset()
    behalf: bool = False
    represented: bool = False
    news: set[Field] = field(default_factory=set)
    changed: set[Field] = field(default_factory=set)
    latest: frozenset[Field] = frozenset()
    dropped: frozenset[Field] = frozenset()
    added: Literal["added", "further", "tell_further", "ask_further", "kept"] | None = None
    awaits_further: bool = False
    proposed: FurtherMatter | None = None
    further: tuple[FurtherMatter, ...] = ()
    heard: int = 0
    read: int = 0
    completed_at: int | None = None
    original: Collected | None = None

    @property
    def settled(self) -> bool:
        return self.completed_at is not None

    @property
    def completes_now(self) -> bool:
        """Whether the last message completed the intake."""
        return self.completed_at == self.heard

    @property
    def refused(self) -> Field | None:
        """The reason why the client is out of the team's scope."""
        if self.place is not None and not self.scope.covers(self.place):
            return "location"
        return "matterType" if self.matter and not self.matter.taken else None

    @property
    def assumes(self) -> bool:
        """Whether the client told the town, and not the state."""
        return self.place is not None and self.place is self.supposed

    @property
    def region(self) -> str:
        """The country whose phone numbers may be written without its code."""
        here = None if self.refused == "location" else self.place
        return (here.country if here else None) or NATION

    @property
    def missing(self) -> tuple[Field, ...]:
        known = (self.name, self.place, self.phone, self.email, self.matter)
        return tuple([ORDER[at] for at, value in enumerate(known) if value is None])

    @property
    def services(self) -> set[str]:
        """The services of the conversation's matters."""
        first = {self.matter.service} if self.matter else set[str]()
        return first | {one.matter_type for one in self.further if one.matter_type}

    @property
    def collected(self) -> Collected:
        return Collected(
            name=self.name,
            location=str(self.place) if self.place else None,
            phone=self.phone,
            email=self.email,
            matter_type=self.matter.service if self.matter else None,
            description=(self.told or None) if self.matter else None,
            urgency=self.urgency or ("normal" if self.matter else None),
        )

    def copy(self) -> "Facts":
        """Another state, to go on from this one."""
        return replace(
            self,
            trouble=dict(self.trouble),
            unsure=dict(self.unsure),
            news=set(self.news),
            changed=set(self.changed),
        )

    def begin(self) -> None:
        """Clear the state of the previous message."""
        self.heard += 1
        self.answering = self.asked
        self.latest, self.dropped = frozenset(self.news), frozenset()
        self.news.clear()
        self.changed.clear()
        self.added = None
        self.noted = False
        self.trouble = {one: why for one, why in self.trouble.items() if why == "invalid"}

    def learned(self, field: Field, *, before: object) -> None:
        """Mark a fact as added by the last message, and as changed if there was one before."""
        self.trouble.pop(field, None)
        self.news.add(field)
        if before is not None:
            self.changed.add(field)

    def store(self, kind: Contact, value: str) -> None:
        """Store an address or a number; one that waited for the client's yes is dropped."""
        self.unsure.pop(kind, None)
        before: str | None = getattr(self, kind)
        setattr(self, kind, value)
        self.learned(kind, before=before)

    def asks(self, field: Field) -> bool:
        """Whether the last question asked the client for a fact, or for the right one instead of a
        wrong one."""
        return self.wrong == field if self.settled else self.asked == field

    def settle(self) -> None:
        """Store the facts of the first completion, once nothing is missing or out of scope."""
        self.asked = self.refused or next(iter(self.missing), None)
        if not self.settled and self.asked is None:
            self.completed_at, self.original = self.heard, self.collected
            self.unsure.clear()
