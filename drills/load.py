"""Many clients at once, each in a thread of its own, and what they were answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from drills.teams import Answer


@dataclass(slots=True)
class Tally:
    """Answers of one kind of request, in the order in which they came."""

    answers: list[Answer] = field(default_factory=list)

    def note(self, answer: Answer) -> Answer:
        self.answers.append(answer)
        return answer

    def of(self, ask: Callable[[], Answer]) -> Callable[[], object]:
        """A job: asks once, and notes the answer."""
        return lambda: self.note(ask())

    @property
    def total(self) -> int:
        return len(self.answers)

    @property
    def failed(self) -> int:
        return sum(not answer.done for answer in self.answers)

    @property
    def methods(self) -> Counter[str]:
        return Counter(answer.method for answer in self.answers)

    def gap(self) -> float:
        """The longest time between two that were carried out, in seconds."""
        times = sorted(answer.at for answer in self.answers if answer.done)
        return max((after - before for before, after in pairwise(times)), default=0.0)

    def times(self) -> str:
        """The middle one and the slowest, for people."""
        seconds = [answer.seconds for answer in self.answers] or [0.0]
        return f"p50 {median(seconds) * 1000:.0f} ms, slowest {max(seconds):.1f} s"

    def told(self) -> str:
        """How many got which method of payment, for people."""
        counts = sorted(self.methods.items(), key=lambda each: -each[1])
        return ", ".join(f"{count} {method}" for method, count in counts) or "none"


@contextmanager
def repeating(*jobs: Callable[[], object], pause: float = 0.0) -> Iterator[None]:
    """Each job over and over until the block ends. What a job raises is raised then."""
    ends = threading.Event()

    def repeat(job: Callable[[], object]) -> None:
        while not ends.is_set():
            job()
            ends.wait(pause)

    with ThreadPoolExecutor(len(jobs)) as pool:
        under_way = [pool.submit(repeat, job) for job in jobs]
        try:
            yield
        finally:
            ends.set()
        for each in under_way:
            each.result()


def until(holds: Callable[[], bool], patience: float = 60.0) -> float | None:
    """How many seconds it took until this held; None where it did not in time."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > patience:
            return None
        time.sleep(0.1)
    return time.monotonic() - began


def shown(seconds: float | None) -> str:
    return "not in time" if seconds is None else f"{seconds:.1f} s"
