"""One client is one address, however a proxy spells it."""

import ipaddress

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from app.web.client_address import client_address

ports = st.integers(1, 65535)
v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None)


def client(peer: str | None) -> str:
    builder = EnvironBuilder()
    try:
        environ = builder.get_environ()
    finally:
        builder.close()
    environ.pop("REMOTE_ADDR", None)
    if peer is not None:
        environ["REMOTE_ADDR"] = peer
    return client_address(Request(environ))


@given(v4, ports)
def test_an_ipv4_address_is_one_client_with_and_without_its_port(
    address: ipaddress.IPv4Address, port: int
) -> None:
    spellings = (
        f"{address}",
        f" {address} ",
        f"{address}:{port}",
        f"::ffff:{address}",
        f"[::ffff:{address}]:{port}",
    )
    assert {client(text) for text in spellings} == {str(address)}


@given(v6, ports, st.integers(0, 2**64 - 1))
def test_a_64_bit_network_of_ipv6_is_one_client_in_every_spelling(
    address: ipaddress.IPv6Address, port: int, suffix: int
) -> None:
    neighbour = ipaddress.IPv6Address(int(address) >> 64 << 64 | suffix)
    if neighbour.ipv4_mapped:
        return
    spellings = (
        f"{address}",
        address.exploded,
        address.exploded.upper(),
        f"[{address}]",
        f"[{address}]:{port}",
        f"{neighbour}",
        f"[{neighbour.exploded}]:{port}",
    )
    assert len({client(text) for text in spellings}) == 1
    other = ipaddress.IPv6Address(int(address) ^ 1 << 64)
    assert client(str(other)) != client(str(address))


def test_a_zone_makes_no_other_client() -> None:
    assert client("fe80::1%eth0") == client("fe80::1")


@pytest.mark.parametrize(
    "text", [None, "", "unix:", "unknown", "1.2.3", "1.2.3.4:port", "[::1", "1.2.3.4, 5.6.7.8"]
)
def test_what_is_no_address_is_one_client(text: str | None) -> None:
    assert client(text) == "unknown"


@given(st.text(max_size=60))
def test_no_text_is_more_than_an_address_a_network_or_unknown(text: str) -> None:
    found = client(text)
    if found != "unknown":
        ipaddress.ip_network(found)
