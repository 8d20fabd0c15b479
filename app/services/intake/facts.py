"""What is known of a client and the matter, and what that means for the team."""

from dataclasses import dataclass, field
from typing import Literal

from app.domain.intake import Collected
from app.services.intake.jurisdiction import Jurisdiction
from app.services.intake.matter import Matter, Offer
from app.services.intake.place import Place
from app.services.intake.questions import ORDER, Field

Trouble = Literal["absent", "invalid", "state", "vague", "unclear"]


@dataclass(slots=True)
class Facts:
    """What the last question `asked` for; why a fact is still missing (`trouble`); whether the last
    message brought anything (`news`). A `city` waits here for its state. Once `settled`, complete
    and in scope, only corrections count. `heard` counts the client's messages; `completed_at` and
    `original` are that count and the facts when the intake was settled."""

    scope: Jurisdiction
    offer: Offer
    name: str | None = None
    place: Place | None = None
    phone: str | None = None
    email: str | None = None
    matter: Matter | None = None
    description: str | None = None
    urgency: str | None = None
    city: str | None = None
    asked: Field | None = None
    trouble: dict[Field, Trouble] = field(default_factory=dict)
    news: bool = False
    heard: int = 0
    completed_at: int | None = None
    original: Collected | None = None

    @property
    def settled(self) -> bool:
        return self.completed_at is not None

    @property
    def refused(self) -> Field | None:
        """What puts the client out of the team's scope."""
        if self.place is not None and not self.scope.covers(self.place):
            return "location"
        return "matterType" if self.matter and not self.matter.taken else None

    @property
    def missing(self) -> tuple[Field, ...]:
        known = (self.name, self.place, self.phone, self.email, self.matter)
        return tuple([ORDER[at] for at, value in enumerate(known) if value is None])

    @property
    def collected(self) -> Collected:
        return Collected(
            name=self.name,
            location=str(self.place) if self.place else None,
            phone=self.phone,
            email=self.email,
            matter_type=self.matter.service if self.matter else None,
            description=self.description,
            urgency=self.urgency or ("normal" if self.matter else None),
        )

    def settle(self) -> None:
        """Fix the facts of the first completion, once nothing is missing or out of scope."""
        if not self.settled and self.asked is None:
            self.completed_at, self.original = self.heard, self.collected

    def learned(self, told: Field) -> None:
        self.trouble.pop(told, None)
        self.news = True
