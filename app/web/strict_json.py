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
_TOO_DEEP = f"has more than {_DEEPEST} levels"
_LARGEST = (1 << 53) - 1
_MOST_DIGITS = len(str(-_LARGEST))


def read_object(body: bytes) -> dict[str, Any]:
    """Raises `MalformedRequest`, which names the broken rule and repeats none of the text."""
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
    except UnicodeDecodeError:
        raise MalformedRequest("is not UTF-8") from None
    except UnicodeEncodeError:
        raise MalformedRequest("has half of a surrogate pair") from None
    except RecursionError:
        raise MalformedRequest(_TOO_DEEP) from None
    except ValueError:
        raise MalformedRequest("is not JSON") from None
    if _is_deep(body, document):
        raise MalformedRequest(_TOO_DEEP)
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
        raise MalformedRequest("has the same name twice in an object")
    return read


def _whole(digits: str) -> int:
    """Python reads no number of more than some thousand digits."""
    if len(digits) > _MOST_DIGITS or abs(int(digits)) > _LARGEST:
        raise MalformedRequest("has a whole number beyond 2^53 - 1")
    return int(digits)


def _fraction(digits: str) -> float:
    """`1e999` is valid JSON but not accepted, because it would be written as `Infinity`."""
    number = float(digits)
    if not isfinite(number):
        raise MalformedRequest("has a number that is too large")
    return number


def _refuse(_: str) -> NoReturn:
    raise MalformedRequest("has NaN or Infinity, which JSON does not have")


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_whole, parse_float=_fraction, parse_constant=_refuse
)
