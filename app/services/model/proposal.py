"""The model's arguments as texts. A model may send anything under any name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

TEXTS: Final = (
    *("name", "location", "phone", "email"),
    *("matterType", "matterQuote", "question", "words"),
)
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Proposal:
    """None: nothing was proposed, or nothing that is a text of a sensible length."""

    name: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    matter_type: str | None = None
    matter_quote: str | None = None
    question: str | None = None
    words: str | None = None

    @classmethod
    def read(cls, arguments: Mapping[str, Any]) -> "Proposal":
        return cls(*_texts(arguments))


def _texts(arguments: Mapping[str, Any]) -> Iterator[str | None]:
    for name in TEXTS:
        value = arguments.get(name)
        text = value.strip() if isinstance(value, str) and len(value) <= _LONGEST else ""
        yield text or None
