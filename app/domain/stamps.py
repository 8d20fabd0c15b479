"""A generation's stamp: 32 hex digits. Eight are the oldest version of the key that may still be
used. One marks a team's first stamp, which a load created and not a write. The rest are random."""

import re
import secrets

_STAMP = re.compile(r"[0-9a-f]{32}")
_VERSION_DIGITS = 8
_FIRST, _RENEWED = "f", "0"


def first_stamp() -> str:
    return _stamp(0, _FIRST)


def new_stamp(version: int = 0) -> str:
    return _stamp(version, _RENEWED)


def _stamp(version: int, kind: str) -> str:
    return f"{version:0{_VERSION_DIGITS}x}{kind}{secrets.token_hex(12)[1:]}"


def is_first(stamp: str) -> bool:
    return stamp[_VERSION_DIGITS] == _FIRST


def announced(stamp: str | None) -> int:
    """0 if the stamp has no version."""
    return int(stamp[:_VERSION_DIGITS], 16) if stamp else 0


def is_stamp(text: str) -> bool:
    return _STAMP.fullmatch(text) is not None
