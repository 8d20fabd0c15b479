"""The maximum size of a team's configuration."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.domain.team import TeamConfig
from app.errors import ValidationFailed

_LARGEST_CONFIG = 64 * 1024
_MOST_STRINGS = 900


def check_size(config: TeamConfig) -> None:
    """Merges could make it larger than any request, and every worker keeps it in memory. OpenBao
    accepts 1,000 strings in a request, including names of fields and our own."""
    if len(json.dumps(config.document)) > _LARGEST_CONFIG:
        raise ValidationFailed({"config": ["Larger than 64 KiB."]})
    if sum(1 for _ in _strings(config.document)) > _MOST_STRINGS:
        raise ValidationFailed({"config": [f"More than {_MOST_STRINGS} names and texts."]})


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from value
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
