"""Lists that are read page by page."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from app.cli.output import say


class Page(Protocol):
    @property
    def next(self) -> Any:
        """The cursor to go on behind; None on the last page."""


class MatterPage(Page, Protocol):
    @property
    def unusable(self) -> Sequence[str]:
        """Ids of documents that are no matters."""


P = TypeVar("P", bound=Page)
M = TypeVar("M", bound=MatterPage)


def pages(read: Callable[[Any], P]) -> Iterator[P]:
    """All pages, from the first: `read` gets a cursor."""
    after = None
    while True:
        page = read(after)
        yield page
        if page.next is None:
            return
        after = page.next


def matter_pages(read: Callable[[Any], M]) -> Iterator[M]:
    """The same, and behind each page a line for each document that is no matter."""
    for page in pages(read):
        yield page
        for key in page.unusable:
            say(f"{key} is no matter and was left out.", err=True)
