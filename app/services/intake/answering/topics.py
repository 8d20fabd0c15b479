"""The topics of clients' questions: their order, and which ones answer others as well."""

from typing import Final

from app.services.intake.listening.utterance import Utterance

_ORDER: Final = """
    others private price free covers plan pay refund cancel existing human person lawyer firm why
    phone email website address hours languages english states handle areas appointment when time
    next documents received summary behalf referral advice there can_help
"""
_COVERED: Final = {
    "free": {"price"},
    "covers": {"price", "human", "advice", "time"},
    "others": {"lawyer", "human", "handle", "private", "advice", "firm", "existing"},
    "plan": {"price", "pay", "areas", "handle"},
    "existing": {"advice", "when", "next"},
    "handle": {"can_help", "advice"},
    "why": {"phone", "email", "private", "advice"},
    "human": {"phone", "lawyer", "firm"},
    "time": {"advice"},
    "when": {"next", "human", "time"},
    "advice": {"can_help", "time"},
    "languages": {"human", "handle", "there"},
    "refund": {"can_help", "price"},
    "states": {"handle", "can_help", "areas"},
    "areas": {"handle", "can_help"},
    "lawyer": {"firm", "person"},
    "person": {"firm"},
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
"""Topics that another topic of the same message already answers, unless both are named."""


def topics(said: Utterance) -> list[str]:
    """The topics of the message's questions, most important first."""
    asked, beside = said.topics, said.labels("also")
    for topic, covered in _COVERED.items():
        if topic in asked:
            asked = asked - (covered - beside)
    return [topic for topic in _ORDER.split() if topic in asked]
