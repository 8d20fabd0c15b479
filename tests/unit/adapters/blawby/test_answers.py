"""Blawby's answers read with suspicion: whose customer, and where a link may lead."""

import json

import pytest

from app.adapters.blawby.answers import Unreadable, created_customer, customer_with, known_invoice
from app.adapters.blawby.gateway import BlawbyGateways


def found(email: str, asked: str) -> str | None:
    rows = {"customers": {"data": [{"id": 7, "email": email}]}}
    return customer_with(json.dumps(rows).encode(), asked)


@pytest.mark.parametrize(
    ("email", "asked"),
    [
        ("jane@example.com", "Jane@Example.COM"),
        (" jane@example.com ", "jane@example.com"),
        ("jos\u00e9@example.com", "jose\u0301@example.com"),
        ("jane@b\u00fccher.example", "jane@xn--bcher-kva.example"),
    ],
)
def test_one_mailbox_is_one_customer(email: str, asked: str) -> None:
    assert found(email, asked) == found(asked, email) == "7"


@pytest.mark.parametrize(
    ("email", "asked"),
    [
        ("strasse@example.com", "stra\u00dfe@example.com"),
        ("fiona@example.com", "\ufb01ona@example.com"),
        ("jane@example.com", "\uff4aane@example.com"),
        ("jane@strasse.example", "jane@stra\u00dfe.example"),
        ("jane@example.com", "jane@example.co"),
        ("jane+law@example.com", "jane@example.com"),
    ],
)
def test_two_mailboxes_that_look_alike_are_two(email: str, asked: str) -> None:
    """The second person would see the first one's invoice (attack 20)."""
    assert found(email, asked) is found(asked, email) is None


@pytest.mark.parametrize("email", ["wrong@example.com", "jane@example.co", "", 7, ["x"]])
def test_a_created_customer_with_another_address_is_unreadable(email: object) -> None:
    content = json.dumps({"data": {"id": 7, "email": email}}).encode()
    with pytest.raises(Unreadable):
        created_customer(content, "jane@example.com")


@pytest.mark.parametrize("data", [{"id": 7}, {"id": 7, "email": "Jane@Example.com"}])
def test_a_created_customer_is_taken_with_the_wanted_address_or_none(data: object) -> None:
    assert created_customer(json.dumps({"data": data}).encode(), "jane@example.com") == "7"


def link_of(link: str, *, local: bool) -> str:
    row = {"id": 7, "amount_due": 75, "payment_link": link}
    return known_invoice(json.dumps(row).encode(), local=local).payment_link


@pytest.mark.parametrize(
    "link", ["http://127.0.0.1:8300/invoice/7/pay", "http://localhost/pay", "http://[::1]:8300/x"]
)
def test_a_link_to_this_machine_needs_no_tls_where_the_sandbox_is(link: str) -> None:
    assert link_of(link, local=True) == link
    with pytest.raises(Unreadable):
        link_of(link, local=False)


@pytest.mark.parametrize(
    "link",
    [
        *("http://app.blawby.com/pay", "http://127.0.0.1.example.com/", "http://10.0.0.1/"),
        *("http://127.0.0.1@example.com/", "http://[::1", "https://[::1", "//127.0.0.1/"),
        *("javascript:alert(1)", "file:///etc/passwd", "http://127.0.0.1/a b", "http://\u2113/"),
    ],
)
def test_no_other_link_does(link: str) -> None:
    with pytest.raises(Unreadable):
        link_of(link, local=True)


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:8300", True),
        ("http://localhost:8300", True),
        ("https://127.0.0.1:8300", False),
        ("http://sandbox:8300", False),
        ("https://app.blawby.com", False),
    ],
)
def test_only_a_blawby_on_this_machine_without_tls_is_local(url: str, local: bool) -> None:
    assert BlawbyGateways(url).is_local is local
