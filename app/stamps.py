"""A generation's stamp: 32 hex digits. Eight announce the oldest version of the key that may still
be used, the rest are random."""

import re
import secrets

_STAMP = re.compile(r"[0-9a-f]{32}")
_VERSION_DIGITS = 8


def new_stamp(version: int = 0) -> str:
    return f"{version:0{_VERSION_DIGITS}x}{secrets.token_hex(12)}"


def announced(stamp: str | None) -> int:
    """0 where nothing is announced."""
    return int(stamp[:_VERSION_DIGITS], 16) if stamp else 0


def is_stamp(text: str) -> bool:
    return _STAMP.fullmatch(text) is not None
