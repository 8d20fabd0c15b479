"""The client that rate limits count, taken from the address of the peer."""

import ipaddress
import re
from functools import lru_cache

from flask import Request

# Providers assign one network of this size to one household or machine.
_IPV6_CLIENT_BITS = 64
_NOBODY = "unknown"
_WITH_PORT = re.compile(r"\[(?P<v6>[^\[\]]+)\](?::\d{1,5})?|(?P<v4>[\d.]+):\d{1,5}")


def client_address(request: Request) -> str:
    """The client behind this request: one IPv4 address, or one IPv6 network of 64 bits.

    Reads the address that `TRUSTED_PROXIES` leaves. All addresses that cannot be parsed are one
    client, so that an invented one is no way round a limit. Log lines keep the full address.
    """
    return _client(request.remote_addr or "")


@lru_cache(maxsize=4096)
def _client(text: str) -> str:
    try:
        address = ipaddress.ip_address(_without_port(text.strip()))
    except ValueError:
        return _NOBODY
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(address), _IPV6_CLIENT_BITS), strict=False))


def _without_port(text: str) -> str:
    """Some proxies add the port: `203.0.113.8:40001`, `[2001:db8::1]:40001`."""
    found = _WITH_PORT.fullmatch(text)
    return (found["v6"] or found["v4"]) if found else text
