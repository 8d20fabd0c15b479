"""Allowed targets of webhooks: teams choose the URL, so it must not point into our own network."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from app.domain.notice import NoticeFailed

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
# Of IPv6, what the internet routes (RFC 4291, 2.4), and the forms of an IPv4 address.
_ROUTED = (IPv6Network("2000::/3"), _NAT64[0], IPv6Network("::ffff:0:0/96"))
# IETF protocols (RFC 6890) and the relays that were for 6to4 (RFC 7526).
_SPECIAL = (IPv4Network("192.0.0.0/24"), IPv4Network("192.88.99.0/24"))
Address = IPv4Address | IPv6Address


def resolved(host: str, port: int, allow_loopback: bool) -> list[str]:
    """Return the addresses to connect to, in the order in which they should be tried. The name is
    resolved only here, because a second lookup could return another address. If one address is
    forbidden, the name is rejected. Raises `NoticeFailed`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoticeFailed("host not found") from None
    addresses = [_address(str(entry[4][0])) for entry in found]
    if not addresses or not all(may_be_called(each, allow_loopback) for each in addresses):
        raise NoticeFailed("host not allowed")
    return list(dict.fromkeys(map(str, addresses)))


def may_be_called(address: Address, allow_loopback: bool = False) -> bool:
    """Whether it is an address of the public internet, including an embedded one."""
    if allow_loopback and address.is_loopback:
        return True
    return all(_is_public(each) for each in _with_hidden(address))


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        special = any(address in network for network in _SPECIAL)
    else:
        special = not any(address in network for network in _ROUTED)
    return address.is_global and not address.is_multicast and not special


def _with_hidden(address: Address) -> Iterable[Address]:
    yield address
    if isinstance(address, IPv4Address):
        return
    hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        hidden.append(IPv4Address(int(address) & 0xFFFFFFFF))
    yield from (each for each in hidden if each is not None)


def _address(text: str) -> Address:
    """Without the zone of a link-local address."""
    return ip_address(text.partition("%")[0])
