"""Rejects secrets in a configuration, at any depth and in any spelling."""

import re
import unicodedata
from typing import Any

from app.errors import SecretInConfig

_SECRET = re.compile(r"apikey|secret|token|passw(?:or)?d|passphrase|privatekey|pwd|bearer")
# Lawyers have credentials too, and authorizations: these name a secret alone, and of a text.
_SECRET_TEXT = re.compile(r"(?:api|blawby|http|login)?(?:credentials?|authorization)")
_TELLABLE = re.compile(r"[A-Za-z][A-Za-z_. -]{0,39}")
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def refuse_secrets(document: Any) -> None:
    """Raises `SecretInConfig` with the places where a non-empty value has a secret's name."""
    config = document.get("config") if isinstance(document, dict) else None
    places: list[str] = []
    _cleaned(config, "config", places)
    if places:
        wrong = {place: ["A secret does not belong here."] for place in sorted(set(places))}
        raise SecretInConfig(wrong)


def without_secrets(document: dict[str, Any], path: str) -> tuple[dict[str, Any], list[str]]:
    """A copy that lacks them, and the places where they were."""
    places: list[str] = []
    return _cleaned(document, path, places), places


def tellable(name: str) -> str:
    """Names are submitted too: one that might be a key itself is not repeated."""
    return name if _TELLABLE.fullmatch(name) else "*"


def _cleaned(value: Any, path: str, places: list[str]) -> Any:
    if isinstance(value, list):
        return [_cleaned(inner, path, places) for inner in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, inner in value.items():
        place = f"{path}.{tellable(name)}"
        if _means_secret(name, inner) and not isinstance(inner, bool) and inner not in _EMPTY:
            places.append(place)
        else:
            kept[name] = _cleaned(inner, place, places)
    return kept


def _means_secret(name: str, value: Any) -> bool:
    """Whatever its spelling: `API-Key`, `api key`, letters of another width, with accents."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = re.sub(r"[\W_]", "", folded)
    if _SECRET.search(plain):
        return True
    return isinstance(value, str) and bool(_SECRET_TEXT.fullmatch(plain))
