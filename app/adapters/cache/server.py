"""Where the shared Valkey or Redis is, and how its clients connect."""

from dataclasses import dataclass, field
from typing import Any

from app.adapters.connection_failures import ConnectionFailures

_SOCKET_SECONDS = 0.2
failures = ConnectionFailures("cache")


@dataclass(frozen=True, slots=True)
class SharedServer:
    """`url` may hold a password, so it is not shown; `options` are for redis-py's clients."""

    url: str = field(repr=False)
    options: dict[str, Any]


def shared_server(url: str | None, authority: str | None) -> SharedServer | None:
    """None without an address. `authority`: the CA certificate's file, for `rediss://` alone."""
    if url is None:
        return None
    options: dict[str, Any] = {
        "socket_timeout": _SOCKET_SECONDS,
        "socket_connect_timeout": _SOCKET_SECONDS,
    }
    if authority and url.startswith("rediss://"):
        options["ssl_ca_certs"] = authority
    return SharedServer(url, options)
