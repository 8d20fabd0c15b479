"""A drill's verdict: it fails for one thing that does not hold, and where nothing was tried."""

from drills.verdict import Verdict


def test_what_holds_passes() -> None:
    verdict = Verdict("drill-x")
    verdict.none("lost", 0, 1234)
    verdict.figure("slowest", "3 s")
    assert verdict.passed
    assert verdict.shown(4.4).splitlines() == [
        "drill-x: PASSED in 4 s",
        "",
        "| what | measured | must be | met |",
        "|---|---|---|---|",
        "| lost | 0 of 1,234 | 0 | yes |",
        "| slowest | 3 s |  |  |",
    ]


def test_one_that_does_not_hold_fails_it() -> None:
    verdict = Verdict("drill-x")
    verdict.none("lost", 0, 10)
    verdict.check("again after", "not in time", "in time", met=False)
    assert not verdict.passed
    assert verdict.shown(1.0).startswith("drill-x: FAILED in 1 s")
    assert "| again after | not in time | in time | **no** |" in verdict.shown(1.0)


def test_nothing_tried_is_not_passed() -> None:
    verdict = Verdict("drill-x")
    verdict.none("lost", 0, 0)
    assert not verdict.passed
