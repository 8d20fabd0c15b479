"""What goes wrong, and when: the fakes ask it at each step, a test fills it in beforehand."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import NoReturn, TypeVar

from app.errors import (
    BlawbyRateLimited,
    BlawbyUnavailable,
    KeyRejected,
    OutcomeUnknown,
    VaultUnavailable,
    WriteUnconfirmed,
)

T = TypeVar("T")


class Crash(BaseException):
    """The process dies here: no handler of the app's sees it."""


_ERRORS: dict[str, type[BaseException]] = {
    "unavailable": BlawbyUnavailable,
    "rate_limited": BlawbyRateLimited,
    "rejected": KeyRejected,
    "lost": OutcomeUnknown,
    "away": VaultUnavailable,
    "unconfirmed": WriteUnconfirmed,
    "crash": Crash,
}


class Script:
    """Effects by step, used up in order; a step with none left goes well.

    An effect is a word of `_ERRORS`, which happens before the step's work or, with `after_` before
    it, when the work is done; or a callable, which is called before the work.
    """

    def __init__(self) -> None:
        self._effects: dict[str, deque[str | Callable[[], object]]] = defaultdict(deque)
        self.steps: list[str] = []
        self.under_way: list[str] = []

    def add(self, step: str, *effects: str | Callable[[], object]) -> None:
        self._effects[step].extend(effects)

    def clear(self) -> None:
        self._effects.clear()

    def waits(self, step: str) -> bool:
        """Whether anything is still to happen at this step."""
        return bool(self._effects[step])

    def run(self, step: str, work: Callable[[], T]) -> T:
        self.steps.append(step)
        self.under_way.append(step)
        try:
            return self._run(step, work)
        finally:
            self.under_way.pop()

    def _run(self, step: str, work: Callable[[], T]) -> T:
        waiting = self._effects[step]
        effect = waiting.popleft() if waiting else "ok"
        if callable(effect):
            effect()
            return work()
        if effect.startswith("after_"):
            work()
            _strike(effect.removeprefix("after_"))
        if effect != "ok":
            _strike(effect)
        return work()

    def count(self, steps: Iterable[str]) -> int:
        wanted = set(steps)
        return sum(step in wanted for step in self.steps)


def _strike(effect: str) -> NoReturn:
    raise _ERRORS[effect]
