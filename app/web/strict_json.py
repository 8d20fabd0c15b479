"""Strict JSON: in UTF-8, and parsed alike by every reader (RFC 7493).

It rejects what Python's reader accepts or fails on: `NaN`, a duplicate name, lone surrogates, whole
numbers that a double can't represent, as Vault and JavaScript store them, and a depth that later
code cannot handle.
"""

import json
import re
from collections.abc import Iterable
from math import isfinite
from typing import Any, NoReturn

from app.errors import MalformedRequest

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_DEEPEST = 64
_LARGEST = (1 << 53) - 1


def read_object(body: bytes) -> dict[str, Any]:
    """Raises `MalformedRequest`, which repeats none of the text."""
    document = read(body)
    if not isinstance(document, dict):
        raise MalformedRequest
    return document


def read(body: bytes) -> Any:
    """The same for any document."""
    try:
        document = _STRICT.decode(body.decode())
        if _SURROGATE.search(body):
            json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise MalformedRequest from None
    if _is_deep(body, document):
        raise MalformedRequest
    return document


def _is_deep(body: bytes, document: Any) -> bool:
    if body.count(b"{") + body.count(b"[") <= _DEEPEST:
        return False
    level = [document]
    for _ in range(_DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
    return bool(level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a name stands twice")
    return read


def _whole(digits: str) -> int:
    number = int(digits)
    if abs(number) > _LARGEST:
        raise ValueError("too large")
    return number


def _fraction(digits: str) -> float:
    """`1e999` is valid JSON but not accepted, because it would be written as `Infinity`."""
    number = float(digits)
    if not isfinite(number):
        raise ValueError("too large")
    return number


def _refuse(_: str) -> NoReturn:
    raise ValueError("not a number of JSON's")


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_refuse
)
