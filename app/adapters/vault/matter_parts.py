"""The parts of a matter's document, and its values, each checked when it is read: people may write
into Vault themselves."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.domain.intake import Client
from app.domain.matter import Heard, Origin, Words
from app.domain.moments import read_moment

MALFORMED = (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError)
"""What reading a part raises."""


def origin_fields(origin: Origin) -> dict[str, Any]:
    return {"messages": origin.messages, "digest": origin.digest, "ordinal": origin.ordinal}


def origin_from(fields: Mapping[str, Any]) -> Origin:
    return Origin(number(fields["messages"]), text(fields["digest"]), number(fields["ordinal"]))


def heard_fields(heard: Heard | None) -> dict[str, Any] | None:
    if heard is None:
        return None
    client = client_fields(heard.client)
    return {"messages": heard.messages, "digest": heard.digest, "client": client}


def heard_from(fields: Mapping[str, Any] | None) -> Heard | None:
    if fields is None:
        return None
    client = client_from(fields["client"])
    return Heard(number(fields["messages"]), text(fields["digest"]), client)


def client_fields(client: Client) -> dict[str, Any]:
    return {
        "name": client.name,
        "email": client.email,
        "phone": client.phone,
        "location": client.location,
    }


def client_from(fields: Mapping[str, Any]) -> Client:
    return Client(
        text(fields["name"]),
        text(fields["email"]),
        text(fields["phone"]),
        text_or_none(fields.get("location")),
    )


def words_from(fields: Mapping[str, Any]) -> Words:
    return Words(read_moment(fields["at"]), text(fields["text"]))


def some(values: Any) -> list[Any]:
    if not isinstance(values, list) or not values:
        raise ValueError("not a list with something in it")
    return values


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def text_or_none(value: Any) -> str | None:
    return None if value is None else text(value)


def number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number")
    return value


def amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite():
        raise ValueError("not an amount")
    return amount
