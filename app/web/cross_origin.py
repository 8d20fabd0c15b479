"""The web page that sent a request, as reported by its browser."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from app.web.requests import this_request


def foreign_origin() -> str | None:
    """The origin of another site's page, `null` if the browser hides it.

    None for our own pages and for clients that are no browser. A proxy may change `Host` or end TLS
    without saying so, and browsers send `Sec-Fetch-Site` only over TLS and to this machine. So a
    page is ours by that header, or if its origin is the address that it calls. Without TLS a name
    proves nothing: an attacker may point a name of their own at this service (DNS rebinding).
    """
    request = this_request()
    origin = request.headers.get("Origin")
    if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return None
    if origin != f"{request.scheme}://{request.host}":
        return origin
    return None if request.scheme == "https" or _is_fixed(origin) else origin


def _is_fixed(origin: str) -> bool:
    """Whether nobody can point the host elsewhere: an address, or this machine."""
    try:
        host = urlsplit(origin).hostname or ""
        return host == "localhost" or bool(ip_address(host))
    except ValueError:
        return False
