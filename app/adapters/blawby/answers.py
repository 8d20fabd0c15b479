"""Blawby's answers, read with suspicion: any shape but the documented one is `Unreadable`."""

import json
import re
from decimal import Decimal, InvalidOperation
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

from app.domain.contact import normal_contact
from app.domain.payment import Invoice

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_MOST_DOLLARS = Decimal(10) ** 9
_LONGEST_LINK = 2_000


class Unreadable(Exception):
    """The answer does not match Blawby's documentation."""


def read_object(content: bytes) -> dict[str, Any]:
    """A JSON object; numbers become `Decimal`, so that no amount passes through a float."""
    try:
        answer = json.loads(
            content, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number
        )
    except (ValueError, RecursionError, InvalidOperation):
        raise Unreadable from None
    return _object(answer)


def customer_with(content: bytes, email: str) -> str | None:
    """Return the id of the found customer with exactly this address, ignoring case."""
    rows = _object(read_object(content).get("customers")).get("data")
    if not isinstance(rows, list):
        raise Unreadable
    found = (row for row in map(_object, rows) if _has_address(row, email))
    row = next(found, None)
    return _id(row.get("id")) if row else None


def created_customer(content: bytes, email: str) -> str:
    """The new customer's id; a customer with another address is unreadable."""
    row = _object(read_object(content).get("data"))
    if row.get("email") is not None and not _has_address(row, email):
        raise Unreadable
    return _id(row.get("id"))


def created_invoice(content: bytes, customer_id: str, *, local: bool) -> Invoice:
    """The invoice, for this customer and in US dollars; a contradiction makes it unreadable.

    `local`: Blawby is a sandbox on this machine, whose links may point there without TLS.
    """
    row = {"customer_id": customer_id} | _given(_object(read_object(content).get("data")))
    if _id(row["customer_id"]) != customer_id:
        raise Unreadable
    if row.get("currency") not in (None, "USD", "usd"):
        raise Unreadable
    return _invoice(row, local)


def known_invoice(content: bytes, *, local: bool) -> Invoice:
    """An invoice in an answer: bare, or inside `data` after a creation."""
    answer = read_object(content)
    row = answer["data"] if isinstance(answer.get("data"), dict) else answer
    return _invoice(row, local)


def is_local(url: str) -> bool:
    """Whether the URL is on this machine and without TLS. False for an invalid URL."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme == "http" and (host == "localhost" or _is_loopback(host))


def is_object(content: bytes) -> bool:
    try:
        read_object(content)
    except Unreadable:
        return False
    return True


def says_email_taken(content: bytes) -> bool:
    try:
        answer = read_object(content)
    except Unreadable:
        return False
    errors = answer.get("errors")
    about_email = errors.get("email") if isinstance(errors, dict) else None
    return "taken" in json.dumps([about_email, answer.get("message")], default=str).casefold()


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Unreadable
    return value


def _has_address(row: dict[str, Any], email: str) -> bool:
    address = row.get("email")
    return isinstance(address, str) and normal_contact(address) == normal_contact(email)


def _id(value: Any) -> str:
    """Parse an id that is safe in a path."""
    if not isinstance(value, (str, Decimal)) or not _ID.fullmatch(str(value)):
        raise Unreadable
    return str(value)


def _amount(value: Any) -> Decimal:
    """Dollars, as a number or as the text of one; not rounded."""
    if not isinstance(value, (str, Decimal)):
        raise Unreadable
    try:
        amount = Decimal(value)
    except InvalidOperation:
        raise Unreadable from None
    if not amount.is_finite() or not 0 <= amount < _MOST_DOLLARS:
        raise Unreadable
    return amount


def _invoice(row: dict[str, Any], local: bool) -> Invoice:
    customer = row.get("customer_id")
    return Invoice(
        _id(row.get("id")),
        _amount(row.get("amount_due")),
        _link(row, local),
        None if customer is None else _id(customer),
    )


def _given(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _link(row: dict[str, Any], local: bool) -> str:
    link = row.get("payment_link")
    if not isinstance(link, str) or len(link) > _LONGEST_LINK or not link.isprintable():
        raise Unreadable
    if " " in link or not (_is_https(link) or (local and is_local(link))):
        raise Unreadable
    return link


def _is_https(link: str) -> bool:
    try:
        parts = urlsplit(link)
        return parts.scheme == "https" and bool(parts.hostname)
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _no_number(_text: str) -> NoReturn:
    raise ValueError
