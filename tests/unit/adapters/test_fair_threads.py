"""Teams share threads: a team whose server hangs delays its own work alone."""

import threading
from collections.abc import Callable

from app.adapters.fair_threads import FairThreads
from app.domain.ids import TeamId

SLOW, SLOWER, QUICK = (TeamId(f"01k0tngnktm4q0ag0xf0a8st{end}") for end in ("0a", "0b", "0c"))


def counted(number: int) -> tuple[Callable[[], None], threading.Event]:
    """Work, and an event that is set when it was done so often."""
    done, left = threading.Event(), threading.Semaphore(number - 1)

    def work() -> None:
        if not left.acquire(blocking=False):
            done.set()

    return work, done


def test_a_team_that_hangs_leaves_threads_to_the_others() -> None:
    threads, hangs = FairThreads("test", 4), threading.Event()
    for _ in range(30):
        assert threads.run(hangs.wait, SLOW)
    work, done = counted(30)
    for _ in range(30):
        assert threads.run(work, QUICK)
    assert done.wait(30)
    hangs.set()


def test_all_work_is_done_in_the_end() -> None:
    threads = FairThreads("test", 3)
    works = {team: counted(40) for team in (SLOW, SLOWER, QUICK)}
    for _ in range(40):
        for team, (work, _done) in works.items():
            assert threads.run(work, team)
    assert all(done.wait(30) for _work, done in works.values())


def test_teams_take_turns() -> None:
    threads, begun, hangs = FairThreads("test", 1), threading.Event(), threading.Event()
    order: list[TeamId] = []
    last = threading.Event()

    def hang() -> None:
        begun.set()
        hangs.wait(30)

    threads.run(hang, SLOW)
    assert begun.wait(30)
    for _ in range(3):
        threads.run(lambda: order.append(SLOW), SLOW)
    threads.run(lambda: order.append(QUICK), QUICK)
    threads.run(last.set, SLOW)
    hangs.set()
    assert last.wait(30)
    assert order.index(QUICK) <= 1


def test_what_waits_of_a_team_is_bounded() -> None:
    threads, hangs = FairThreads("test", 2, waiting=3), threading.Event()
    assert [threads.run(hangs.wait, SLOW) for _ in range(6)] == [True] * 4 + [False] * 2
    assert threads.run(hangs.wait, QUICK)
    hangs.set()


def test_an_error_stops_nothing() -> None:
    threads = FairThreads("test", 1)
    for _ in range(10):
        threads.run(lambda: 1 / 0, SLOW)
    work, done = counted(1)
    threads.run(work, SLOW)
    assert done.wait(30)
