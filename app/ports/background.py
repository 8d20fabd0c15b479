"""Work beside the current request."""

from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Background(Protocol):
    """Separate threads for work that a request does not wait for, or not yet."""

    def run(self, work: Callable[[], object], /) -> bool:
        """Starts `work` without the request's deadline; False where too much waits already. An
        error in it is logged and goes nowhere else."""

    def start(self, work: Callable[[], T], /) -> Callable[[], T]:
        """Start `work` under the request's deadline. The returned function waits for its result,
        and raises what it raised."""
