"""A pytest plugin: at the end of the whole suite, every metric and each label value has moved.

A metric that nothing moves is an alert that never fires. prometheus_client makes its numbers with
`values.ValueClass`, as `serving.metric_files` uses it too; here each number says when it changed.
Loaded before any test imports the app (`-p` in pyproject.toml). A run of a part of the suite is
not judged, unless with `--metrics`, which lists what that part did not move.
"""

import math
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, values
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

# A metric, a label of it, and its value; without a label the last two are empty.
Mark = tuple[str, str, str]
_PREFIX = "team_secrets_"
_moved: set[Mark] = set()
_missing: list[Mark] = []


class _Noted(values.MutexValue):
    def __init__(
        self,
        kind: str,
        metric: str,
        name: str,
        labels: Any,
        label_values: Any,
        *rest: Any,
        **more: Any,
    ) -> None:
        super().__init__(kind, metric, name, labels, label_values, *rest, **more)
        self._marks = marks_of(metric, dict(zip(labels, label_values, strict=True)))

    def inc(self, amount: float) -> None:
        super().inc(amount)
        if amount:
            _moved.update(self._marks)

    def set(self, value: float, timestamp: float | None = None) -> None:
        if value != self.get() and math.isfinite(value):
            _moved.update(self._marks)
        super().set(value, timestamp)


values.ValueClass = _Noted


def marks_of(metric: str, labels: dict[str, str]) -> set[Mark]:
    return {(metric, "", "")} | {(metric, *it) for it in labels.items() if it[0] != "le"}


def saw(exposition: str) -> None:
    """Metrics of another process, as a test scraped them."""
    for family in text_string_to_metric_families(exposition):
        for sample in family.samples:
            if sample.value and math.isfinite(sample.value):
                _moved.update(marks_of(family.name, sample.labels))


def expected() -> set[Mark]:
    """All that there is to move: of the app, and of what serves it."""
    return {mark for family in families() for mark in _marks_in(family)}


def families() -> Iterator[Metric]:
    """Every metric that the service has, with the label values that it has from the start."""
    import app
    from serving.measures import Measures

    serving = CollectorRegistry()
    Measures(serving)
    assert app.VERSION
    for registry in (REGISTRY, serving):
        yield from (it for it in registry.collect() if it.name.startswith(_PREFIX))


def _marks_in(family: Metric) -> set[Mark]:
    marks = (marks_of(family.name, sample.labels) for sample in family.samples)
    return {(family.name, "", "")}.union(*marks)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--metrics", action="store_true", help="list metrics that no test moved")


def _is_whole(config: pytest.Config) -> bool:
    option = config.option
    chosen = (option.keyword, option.markexpr, option.deselect, option.ignore, option.ignore_glob)
    # `--lf` is an option only where pytest may write its cache.
    last_failed = getattr(option, "lf", False)
    narrowed = any(chosen) or option.maxfail or option.collectonly or last_failed
    return config.args_source is pytest.Config.ArgsSource.TESTPATHS and not narrowed


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A worker of xdist hands over what it saw; whoever has it all judges."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["moved"] = sorted(_moved)
    elif config.option.metrics or (_is_whole(config) and exitstatus == pytest.ExitCode.OK):
        _missing.extend(sorted(expected() - _moved))
        if _missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    found = getattr(node, "workeroutput", {}).get("moved", ())
    _moved.update((metric, label, value) for metric, label, value in found)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _missing:
        terminalreporter.section("metrics that no test moved")
        for metric, label, value in _missing:
            terminalreporter.line(f'{metric}{{{label}="{value}"}}' if label else metric)
