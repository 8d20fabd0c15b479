"""The type in which secrets travel, from the schema that loads them to the header they leave in."""

import hmac
from typing import Any, NoReturn


class SecretString:
    """A text that never prints: `repr`, `str` and `format` hide it, JSON and pickle raise.

    Only `reveal()` returns the text, so that a search for that name finds every use.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "SecretString(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SecretString):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((SecretString, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> "SecretString":
        return self

    def __deepcopy__(self, memo: Any) -> "SecretString":
        return self
