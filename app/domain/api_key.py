"""A team's Blawby key as text, from the API or from a document written by hand."""

import re

from app.domain.secret import SecretString

_API_KEY = re.compile(r"[!-~]{8,512}")
_BEARER = re.compile(r"bearer +", re.IGNORECASE)
API_KEY_PATTERN = f"^{_API_KEY.pattern}$"


def parse_api_key(text: object) -> SecretString | None:
    """8 to 512 printable ASCII characters, without a pasted `Bearer `; None for anything else."""
    if not isinstance(text, str):
        return None
    key = _BEARER.sub("", text, count=1) if _BEARER.match(text) else text
    return SecretString(key) if _API_KEY.fullmatch(key) else None
