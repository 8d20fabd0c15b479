"""A configuration stored in Vault, possibly written by hand."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from marshmallow import ValidationError

from app.domain.team import TeamConfig
from app.schemas.secret_in_config import tellable, without_secrets
from app.schemas.team_config import ConfigSchema

_DEEPEST = 48
_LARGEST = (1 << 53) - 1
_MOST_PLACES = 20
_schema = ConfigSchema()


def read_config(document: Mapping[str, Any]) -> tuple[TeamConfig, tuple[str, ...]]:
    """Implements `ports.ConfigReader`: leaves out what the API would have rejected, and returns its
    places."""
    sound = {name: value for name, value in document.items() if _is_sound(value, _DEEPEST)}
    places = [f"config.{tellable(name)}" for name in document.keys() - sound.keys()]
    sound, secret_places = without_secrets(sound, "config")
    places += secret_places
    try:
        _schema.load(sound)
    except ValidationError as wrong:
        places += [f"config.{name}" for name in wrong.messages_dict]
        sound = wrong.valid_data if isinstance(wrong.valid_data, dict) else {}
        for name in _schema.validate(sound):  # what lacks a part, such as a question its answer
            del sound[name]
    return TeamConfig(sound), tuple(sorted(set(places))[:_MOST_PLACES])


def _is_sound(value: Any, depth: int) -> bool:
    """Whether strict JSON can represent it, within the allowed depth."""
    if isinstance(value, float):
        return isfinite(value)
    if isinstance(value, int):
        return abs(value) <= _LARGEST
    if not isinstance(value, dict | list):
        return True
    inside = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_sound(inner, depth - 1) for inner in inside)
