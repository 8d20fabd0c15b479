"""Readiness: each part by a real read of it, and never more than one look a second."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import VaultUnavailable
from app.ports import GenerationsUnavailable
from app.services.readiness import Readiness, Report, State
from tests.fakes.clock import FakeClock


def fine() -> None:
    """A probe that finds nothing wrong."""


def ok() -> State:
    return "ok"


class Probe:
    """Counts its looks; fails while it is told to, and can be made to hang."""

    def __init__(self) -> None:
        self.looks = 0
        self.fails = False
        self.entered = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def __call__(self) -> None:
        self.looks += 1
        self.entered.set()
        assert self.goes_on.wait(30)
        if self.fails:
            raise VaultUnavailable


@pytest.mark.parametrize("error", [VaultUnavailable(), GenerationsUnavailable(), KeyError("odd")])
def test_a_probe_that_fails_however_found_something_wrong(error: Exception) -> None:
    def fail() -> None:
        raise error

    report = Readiness(fail, fine, ok).check()
    assert (report, report.ready) == (Report("unavailable", "ok", "ok"), False)
    report = Readiness(fine, fail, ok).check()
    assert (report, report.ready) == (Report("ok", "unavailable", "ok"), False)


@pytest.mark.parametrize("state", ["unavailable", "unknown"])
def test_blawby_makes_nothing_unready(state: State) -> None:
    report = Readiness(fine, fine, lambda: state).check()
    assert (report, report.ready) == (Report("ok", "ok", state), True)


def test_a_look_is_shared_for_a_second() -> None:
    clock, vault = FakeClock(), Probe()
    readiness = Readiness(vault, fine, ok, lambda: clock.seconds)
    for _ in range(100):
        assert readiness.check().ready
    assert vault.looks == 1
    vault.fails = True
    clock.sleep(1.0)
    assert not readiness.check().ready
    assert vault.looks == 2


def test_callers_of_the_same_moment_share_one_look() -> None:
    vault = Probe()
    vault.goes_on.clear()
    readiness = Readiness(vault, fine, ok)
    with ThreadPoolExecutor(8) as pool:
        checks = [pool.submit(readiness.check) for _ in range(8)]
        assert vault.entered.wait(30)
        vault.goes_on.set()
        assert {check.result(30) for check in checks} == {Report("ok", "ok", "ok")}
    assert vault.looks == 1


def test_while_a_look_hangs_nobody_waits_for_it() -> None:
    clock, vault = FakeClock(), Probe()
    readiness = Readiness(vault, fine, ok, lambda: clock.seconds)
    readiness.check()
    clock.sleep(2.0)
    vault.goes_on.clear()
    vault.entered.clear()
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(readiness.check)
        assert vault.entered.wait(30)
        assert [readiness.check().ready for _ in range(20)] == [True] * 20
        assert vault.looks == 2
        vault.goes_on.set()
        assert looking.result(30).ready
