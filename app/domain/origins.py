"""Origins of web pages: which ones a team lets talk to its agent."""

import re
from collections.abc import Collection

PORT_PATTERN = (
    r"([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])"
)
"""1 to 65535."""
_LABEL = r"[a-z0-9](-*[a-z0-9])*"
ORIGIN_PATTERN = (
    rf"(https://{_LABEL}(\.{_LABEL})*(:(?!443$){PORT_PATTERN})?"
    rf"|http://{_LABEL}(\.{_LABEL})*(:(?!80$){PORT_PATTERN})?)"
)
"""An origin as browsers write it: lower case, no path, no default port."""
_ORIGIN = re.compile(ORIGIN_PATTERN)


def is_origin(text: str) -> bool:
    return _ORIGIN.fullmatch(text) is not None


def is_admitted(origin: str | None, allowed: Collection[str] | None) -> bool:
    """Whether a page of this origin may call. None for `origin`: our own page, or no browser. None
    for `allowed`: the team lists no origins, so all may."""
    return origin is None or allowed is None or origin in allowed
