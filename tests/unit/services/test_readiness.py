"""Readiness: each part by a real read of it."""

import pytest

from app.errors import VaultUnavailable
from app.ports import GenerationsUnavailable
from app.services.readiness import Readiness, Report


def fine() -> None:
    """A probe that finds nothing wrong."""


@pytest.mark.parametrize("error", [VaultUnavailable(), GenerationsUnavailable(), KeyError("odd")])
def test_a_probe_that_fails_however_found_something_wrong(error: Exception) -> None:
    def fail() -> None:
        raise error

    report = Readiness(fail, fine, lambda: True).check()
    assert (report, report.ready) == (Report("unavailable", "ok", "ok"), False)
    report = Readiness(fine, fail, lambda: True).check()
    assert (report, report.ready) == (Report("ok", "unavailable", "ok"), False)


def test_blawby_makes_nothing_unready() -> None:
    report = Readiness(fine, fine, lambda: False).check()
    assert (report, report.ready) == (Report("ok", "ok", "unavailable"), True)
