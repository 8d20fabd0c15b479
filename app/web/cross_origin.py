"""The web page that sent a request, as reported by its browser."""

from app.web.requests import this_request


def foreign_origin() -> str | None:
    """The origin of another site's page, `null` if the browser hides it.

    None for our own pages and for clients that are no browser. A proxy may change `Host` or end TLS
    without saying so, and browsers send `Sec-Fetch-Site` only over TLS: either of them shows that a
    page is ours.
    """
    request = this_request()
    origin = request.headers.get("Origin")
    if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return None
    return None if origin == f"{request.scheme}://{request.host}" else origin
