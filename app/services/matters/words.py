"""Texts for the client about the matter itself, beside the words of the intake."""

from collections.abc import Mapping
from typing import Any

from app.domain.team import Team

_CONTACTS = ("phone", "email", "ownerEmail")
_ENGLISH = {
    "reference": "Your reference is {reference}.",
    "standing": "{team} has your matter on record under the reference {reference}.",
    "link": "If you have not paid yet, you can pay here: {link}",
    "beside": (
        "What else you told us is on record too: {team} will look at it before asking you to pay "
        "anything for it."
    ),
    "not stored": (
        "Thank you. I have everything I need, but I could not put it on record just now. "
        "Nothing is lost: please send me a short message in a minute or two, and I will try again."
    ),
    "full": (
        "{team} has your matter on record under the reference {reference}, but that record is full "
        "by now: I could not add what you just told me. Please tell {team} directly."
    ),
    "not changed": (
        "I could not put that on record just now. Please tell me again in a minute or two."
    ),
    "deleted": "{team} has taken this matter off its records, so nothing can be added to it here.",
    "contact": "You can also reach {team} directly: {contact}.",
}
_SPANISH = {
    "reference": "Su número de referencia es {reference}.",
    "standing": "{team} tiene su caso registrado con la referencia {reference}.",
    "link": "Si todavía no ha pagado, puede pagar aquí: {link}",
    "beside": (
        "Lo demás que nos contó también está registrado: {team} lo revisará antes de pedirle pago "
        "alguno por ello."
    ),
    "not stored": (
        "Gracias. Tengo todo lo que necesito, pero en este momento no pude registrarlo. No se "
        "pierde nada: envíeme un mensaje corto dentro de uno o dos minutos y lo intentaré de nuevo."
    ),
    "full": (
        "{team} tiene su caso registrado con la referencia {reference}, pero ese registro ya está "
        "lleno: no pude añadir lo que me acaba de decir. Por favor, dígaselo directamente a {team}."
    ),
    "not changed": (
        "En este momento no pude registrar eso. Por favor, dígamelo otra vez dentro de uno o dos "
        "minutos."
    ),
    "deleted": (
        "{team} ha retirado este caso de sus registros, así que aquí no se le puede añadir nada."
    ),
    "contact": "También puede comunicarse directamente con {team}: {contact}.",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "es": _SPANISH}


def matter_words(what: str, language: str, **values: Any) -> str:
    return _WORDS.get(language, _ENGLISH)[what].format(**values)


def contact_words(team: Team, language: str) -> str:
    """How to reach the team, by its configuration; empty if that has no contact."""
    told = (team.config.document.get(name) for name in _CONTACTS)
    contact = next((text for text in told if isinstance(text, str) and text.strip()), None)
    if contact is None:
        return ""
    return matter_words("contact", language, team=team.name, contact=contact)
