"""A team for the answers: its name and the texts of its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.domain.team import Team
from app.services.intake.answering.voice import Voice


@dataclass(frozen=True, slots=True)
class Firm:
    """A team as its answers need it: the configuration's texts, and sentences with its name.

    A field that the team did not configure, or not as a text, is None or empty.
    """

    team: Team
    voice: Voice

    @property
    def name(self) -> str:
        return self.team.name

    def text(self, field: str) -> str | None:
        """A text of the configuration; None if it is missing, blank or not a text."""
        value = self.team.config.document.get(field)
        return value.strip() if isinstance(value, str) and value.strip() else None

    def texts(self, field: str) -> list[str]:
        value = self.team.config.document.get(field)
        return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []

    @property
    def phone(self) -> str | None:
        """In the team's own wording."""
        return self.text("phone")

    @property
    def fee(self) -> str | None:
        """The consultation fee as text; None if the team charges none."""
        config = self.team.config
        amount = config.consultation_fee
        if not config.requires_payment or amount <= 0:
            return None
        whole = amount == amount.to_integral_value()
        said = f"{amount.quantize(Decimal(1)) if whole else amount:,}"
        return self.voice.say("word.dollars", amount=said)

    @property
    def contact(self) -> str:
        """How to reach the team, to append to a sentence; "" if nothing is configured."""
        if self.phone:
            return self.voice.say("word.contact_phone", phone=self.phone)
        email = self.text("email")
        return self.voice.say("word.contact_email", email=email) if email else ""

    @property
    def fields(self) -> dict[str, str]:
        """Values that any sentence may contain."""
        return {
            "team": self.name,
            "who": self.voice.say("word.who", team=self.name),
            "Who": self.voice.say("word.Who", team=self.name),
            "contact": self.contact,
        }

    def say(self, sentence: str, /, **more: str) -> str:
        return self.voice.say(sentence, **self.fields, **more)


def faq_of(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The questions that a team answers itself, with their answers."""
    entries = document.get("faq")
    if not isinstance(entries, list):
        return []
    pairs = [(one.get("question"), one.get("answer")) for one in entries if isinstance(one, dict)]
    return [(q, a) for q, a in pairs if isinstance(q, str) and isinstance(a, str) and a.strip()]
