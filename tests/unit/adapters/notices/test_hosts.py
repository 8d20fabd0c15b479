"""Where a webhook may go: the public internet, however an address inside is written."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.notices.hosts import may_be_called, resolved
from app.domain.notice import NoticeFailed

INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.5.4",
    "192.168.1.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a00:1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "fec0::1",
    "::127.0.0.1",
    "::ffff:0:a9fe:a9fe",
    "5f00::1",
    "192.0.0.8",
    "192.88.99.1",
]


@pytest.mark.parametrize("text", INSIDE)
def test_addresses_inside_are_refused(text: str) -> None:
    assert not may_be_called(ip_address(text))


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07::1"])
def test_public_addresses_may_be_called(text: str) -> None:
    assert may_be_called(ip_address(text))


@given(st.ip_addresses(v=4))
def test_hiding_an_address_does_not_open_it(address: IPv4Address) -> None:
    if may_be_called(address):
        return
    number = int(address)
    for hidden in (
        IPv6Address((0xFFFF << 32) | number),
        IPv6Address((0x64FF9B << 96) | number),
        IPv6Address((0x2002 << 112) | (number << 80)),
    ):
        assert not may_be_called(hidden)


@given(st.ip_addresses())
def test_loopback_is_all_that_development_opens(address: IPv4Address | IPv6Address) -> None:
    opened = may_be_called(address, allow_loopback=True)
    assert opened == (may_be_called(address) or address.is_loopback)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::1]".strip("[]"),
        "0",
        "::ffff:127.0.0.1",
    ],
)
def test_names_and_spellings_of_loopback_are_refused(host: str) -> None:
    with pytest.raises(NoticeFailed) as refused:
        resolved(host, 443, allow_loopback=False)
    assert refused.value.cause in ("host not allowed", "host not found")


def test_loopback_is_found_for_development() -> None:
    found = resolved("localhost", 443, allow_loopback=True)
    assert found
    assert all(ip_address(each).is_loopback for each in found)


@pytest.mark.parametrize("host", ["nowhere.invalid", "a" * 300, "a..b", "\u0130.invalid"])
def test_no_such_host_is_said(host: str) -> None:
    with pytest.raises(NoticeFailed):
        resolved(host, 443, allow_loopback=True)
