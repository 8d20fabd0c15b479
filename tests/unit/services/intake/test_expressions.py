"""No expression of the intake can backtrack: what each may do is read from its own parts."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from app.schemas import agent, conversation
from app.services import intake

_MOST_TIMES = 64
"""A repeat with a bound below this costs no more than a constant."""


def modules() -> Iterator[Any]:
    yield from (agent, conversation)
    package = intake
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


EXPRESSIONS = {
    f"{module.__name__.removeprefix('app.services.intake.')}.{name}": value
    for module in modules()
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
}


def problems(parsed: Any, last: bool) -> Iterator[str]:
    """Where an unbounded repeat is not the last thing that an expression looks for: then a text can
    make it fail behind the repeat, for each place where it may begin. A repeat of repeats needs
    something in between that the inner one can't read."""
    items = list(parsed)
    for at, (what, argument) in enumerate(items):
        at_end = last and at == len(items) - 1
        if what in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            _, most, inner = argument
            unbounded = most == sre.MAXREPEAT or most > _MOST_TIMES
            if unbounded and not (at_end or _optional(items[at + 1 :])):
                yield f"something is needed behind {inner}"
            single = len(inner) == 1 and inner[0][0] in (sre.IN, sre.LITERAL, sre.NOT_LITERAL)
            if unbounded and not single and not _parted(inner):
                yield f"a repeat of {inner}"
            yield from problems(inner, True)
        elif what is sre.SUBPATTERN:
            yield from problems(argument[-1], at_end)
        elif what is sre.BRANCH:
            for branch in argument[1]:
                yield from problems(branch, at_end)


def _optional(items: list[Any]) -> bool:
    """Whether nothing of it has to be there."""
    return all(
        what in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] == 0 for what, argument in items
    )


def _parted(inner: Any) -> bool:
    """Whether a repeated group begins with one sign, like an apostrophe."""
    return inner[0][0] is sre.LITERAL


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_an_expression_cannot_backtrack(name: str) -> None:
    expression = EXPRESSIONS[name]
    assert not list(problems(_parser.parse(expression.pattern, expression.flags), True))


@pytest.mark.parametrize("bad", [r"a+b", r"(a+)+", r"\s*x?\s*in", r"\w+\s*:\s*\d", r"(?:a|b)*c"])
def test_the_check_finds_what_can(bad: str) -> None:
    assert list(problems(_parser.parse(bad), True))
