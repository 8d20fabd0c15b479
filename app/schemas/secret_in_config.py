"""A configuration holds no secret, in any depth or spelling."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from app.errors import SecretInConfig

_SECRET = re.compile(r"apikey|secret|token|password")
# Names are submitted, too: one that might be a key itself is not repeated.
_TELLABLE = re.compile(r"[A-Za-z][A-Za-z_. -]{0,39}")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def refuse_secrets(document: Any) -> None:
    """Raises `SecretInConfig` with the places where a non-empty value has a secret's name."""
    config = document.get("config") if isinstance(document, dict) else None
    if places := sorted(set(_secret_places(config, "config"))):
        raise SecretInConfig({place: ["A secret does not belong here."] for place in places})


def _secret_places(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            place = f"{path}.{name if _TELLABLE.fullmatch(name) else '*'}"
            if _means_secret(name) and not isinstance(inner, bool) and inner not in _EMPTY:
                yield place
            else:
                yield from _secret_places(inner, place)
    elif isinstance(value, list):
        for inner in value:
            yield from _secret_places(inner, path)


def _means_secret(name: str) -> bool:
    """Whatever its spelling: `API-Key`, `api key`, letters of another width, with accents."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    return bool(_SECRET.search(re.sub(r"[\W_]", "", plain)))
