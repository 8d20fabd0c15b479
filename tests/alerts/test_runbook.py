"""The queries of the runbook, asked in a real Prometheus that scraped a real run."""

import re
import time

import pytest

from tests.alerts.rules import ROOT, metrics_in
from tests.alerts.scene import Scene

_METRIC = re.compile(
    r"\b(team_secrets_\w+|vault_(core|raft|audit|autopilot)_\w+|node_\w+|prometheus_\w+)|^up\b"
)


def queries() -> list[str]:
    """What stands as code in a line of text and names a metric; `ask` is the shell's."""
    text = (ROOT / "docs" / "runbook.md").read_text()
    lines = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    spans = {" ".join(span.split()) for span in re.findall(r"`([^`]+)`", lines)}
    bare = {re.sub(r"^ask '?(.+?)'?$", r"\1", span) for span in spans}
    return sorted(query for query in bare if _METRIC.search(query))


@pytest.mark.parametrize("query", queries())
def test_a_query_is_understood_and_of_metrics_that_are_there(scene: Scene, query: str) -> None:
    """A name that Prometheus does not know is an empty answer, as when all is well."""
    scene.pay()
    scene.prometheus.ask(query)
    ends = time.monotonic() + 30
    while missing := metrics_in(query) - scene.prometheus.metrics():
        assert time.monotonic() < ends, missing
        time.sleep(0.5)
