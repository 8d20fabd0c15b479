"""A configuration holds no secret, in any depth or spelling."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from app.errors import SecretInConfig

_SECRET = re.compile(r"apikey|secret|token|password")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def refuse_secrets(document: Any) -> None:
    """Raises `SecretInConfig` with the places where a non-empty value has a secret's name."""
    config = document.get("config") if isinstance(document, dict) else None
    if places := sorted(set(_secret_places(config, "config"))):
        raise SecretInConfig({place: ["A secret does not belong here."] for place in places})


def _secret_places(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            place = f"{path}.{name}" if name.isascii() and len(name) <= 64 else f"{path}.*"
            if _means_secret(name) and not isinstance(inner, bool) and inner not in _EMPTY:
                yield place
            else:
                yield from _secret_places(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_places(inner, path)


def _means_secret(name: str) -> bool:
    """Whatever its spelling: `API-Key`, `api key`, letters of another width."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return bool(_SECRET.search(re.sub(r"[\W_]", "", plain)))
