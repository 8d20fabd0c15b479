"""Writes whose answer was lost: those that may be repeated are, and none is taken for a failure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    wait_random_exponential,
)

from app.errors import VaultUnavailable, WriteUnconfirmed

T = TypeVar("T")

_LONGEST_REPEATING = 3.0
_again = Retrying(
    retry=retry_if_exception_type(WriteUnconfirmed),
    # Of ten concurrent writers OpenBao may reject one several times in a row.
    stop=stop_after_attempt(8) | stop_after_delay(_LONGEST_REPEATING),
    wait=wait_random_exponential(multiplier=0.02, max=0.3),
    reraise=True,
)


def repeated(call: Callable[[], T]) -> T:
    """For idempotent calls: retry after a lost answer, or when OpenBao let one of two concurrent
    writes fail ("transaction commit failed"). An outage after that leaves the outcome open."""
    try:
        return call()
    except WriteUnconfirmed:
        with begun():
            return _again(call)


@contextmanager
def begun() -> Iterator[None]:
    """After a possible write, an outage no longer proves a failure."""
    try:
        yield
    except VaultUnavailable:
        raise WriteUnconfirmed from None
