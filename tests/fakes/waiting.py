"""How a thread waits for another's reads where any number may wait."""

from collections.abc import Callable


def patiently(is_over: Callable[[float], bool]) -> None:
    while not is_over(30):
        pass
