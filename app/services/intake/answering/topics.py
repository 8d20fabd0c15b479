"""The topics of clients' questions: which come first, and which answer others as well."""

from typing import Final

from app.services.intake.listening.utterance import Utterance

_ORDER: Final = """
    private price free covers plan pay refund cancel existing human person lawyer firm why phone
    email website address hours languages english states handle areas appointment when time next
    documents received summary behalf referral advice there can_help
"""
_COVERED: Final = {
    "free": {"price"},
    "covers": {"price"},
    "plan": {"price", "pay"},
    "existing": {"advice", "when", "next"},
    "handle": {"can_help", "advice"},
    "why": {"phone", "email", "private", "advice"},
    "human": {"phone", "person", "lawyer", "languages"},
    "time": {"when", "advice"},
    "when": {"next", "human"},
    "advice": {"can_help", "time"},
    "languages": {"human", "handle", "there"},
    "refund": {"can_help", "price"},
    "states": {"handle", "can_help"},
    "areas": {"handle", "can_help"},
    "lawyer": {"firm", "person"},
    "person": {"firm", "human"},
    "referral": {"can_help"},
    "pay": {"price"},
    "phone": {"human"},
    "english": {"can_help", "languages"},
    "address": {"phone"},
    "hours": {"when", "appointment"},
    "documents": {"advice"},
    "next": {"areas", "handle"},
    "price": {"human"},
}
"""Topics that another one, asked in the same message, answers as well."""


def topics(said: Utterance) -> list[str]:
    """What the message asks, most important first."""
    asked = said.labels("ask")
    for topic, covered in _COVERED.items():
        if topic in asked:
            asked = asked - covered
    return [topic for topic in _ORDER.split() if topic in asked]
