"""Allowed targets of webhooks: teams choose the URL, so it must not point into our own network."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from app.domain.notice import NoticeFailed

_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
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
    return all(each.is_global and not each.is_multicast for each in _with_hidden(address))


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
