"""Each alert leads to a section of the runbook, asks for metrics that exist, and is fired for real.

tests/alerts runs them in a real Prometheus.
"""

import ast
import re
import time
from collections.abc import Iterator

import hvac
import pytest
import yaml

from deploy.monitoring.files import generated
from tests.alerts.rules import ROOT, alerts, entries, metrics_in, recorded
from tests.moved import families
from vault.embedded import EmbeddedVault

ALERTS = alerts()
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^#|\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
PARTS = ["For clients", "See", "First", "Next", "Call", "Over when"]


@pytest.mark.parametrize("name", ALERTS)
def test_it_leads_to_its_section_of_the_runbook(name: str) -> None:
    assert ALERTS[name].annotations["runbook_url"] == f"docs/runbook.md#{name.lower()}"
    assert re.findall(r"^- \*\*(.+?)\.\*\* \S", SECTIONS[name], re.MULTILINE) == PARTS


def test_the_runbook_has_no_section_without_an_alert() -> None:
    assert set(SECTIONS) == set(ALERTS)


@pytest.mark.parametrize("name", ALERTS)
def test_it_says_how_urgent_it_is_and_what_happened(name: str) -> None:
    assert ALERTS[name].labels["severity"] in {"page", "ticket", "watchdog"}
    assert set(ALERTS[name].annotations) == {"summary", "runbook_url"}


def test_each_is_fired_for_real() -> None:
    """No exceptions: an alert that no fault can fire helps nobody."""
    assert set(_waited_for()) == set(ALERTS)


def _waited_for() -> Iterator[str]:
    """The alerts that tests of tests/alerts/fired wait for in a real Prometheus."""
    for file in sorted((ROOT / "tests" / "alerts" / "fired").glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Attribute(attr="prometheus"), attr="wait_for"),
                    args=[ast.Constant(value=str(name)), *_],
                ):
                    yield name


def test_every_severity_has_a_route_of_alertmanager() -> None:
    file = ROOT / "deploy" / "prometheus" / "alertmanager.yml"
    routed = set(re.findall(r"'severity=\"(\w+)\"'", file.read_text()))
    assert routed == {alert.labels["severity"] for alert in ALERTS.values()}


def test_inhibitions_are_of_alerts_that_exist() -> None:
    configuration = yaml.safe_load(
        (ROOT / "deploy" / "prometheus" / "alertmanager.yml").read_text()
    )
    for rule in configuration["inhibit_rules"]:
        for matcher in (*rule["source_matchers"], *rule["target_matchers"]):
            named = re.fullmatch(r'alertname=~"([\w|]+)"', matcher)
            assert named
            assert set(named[1].split("|")) <= set(ALERTS)


def test_sections_that_the_runbook_names_are_there() -> None:
    there = {name.lower() for name in SECTIONS}
    assert set(re.findall(r"\]\(#([\w-]+)\)", RUNBOOK)) <= there


def test_links_to_other_pages_lead_to_their_headings() -> None:
    for page, anchor in re.findall(r"\]\((\w+\.md)#([\w-]+)\)", RUNBOOK):
        text = (ROOT / "docs" / page).read_text()
        assert anchor in set(_anchors(text)), (page, anchor)


def _anchors(text: str) -> Iterator[str]:
    """As GitHub makes them."""
    for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_every_metric_is_one_that_somebody_counts(vault: EmbeddedVault) -> None:
    """The app's own, Vault's own, and what the rules record. What Prometheus counts of itself, and
    what its node exporter counts, is looked up by tests/alerts."""
    asked = {name for _, rule in entries() for name in metrics_in(rule["expr"])}
    of_prometheus = {name for name in asked if name.startswith(("prometheus_", "node_"))} | {"up"}
    asked -= of_prometheus | recorded() | _names_of_the_app()
    while asked - _names_of_vault(vault):
        # It tells some of them a few seconds after its start. The test's time-out is the limit.
        assert all(name.startswith("vault_") for name in asked), asked
        time.sleep(0.5)


def test_the_search_for_metrics_finds_them_all() -> None:
    expression = 'max by (a) (rate(x_sum{b="c_d"}[5m]) / on(e) y:z:1h) > bool 3 or vector(0)'
    assert metrics_in(expression) == {"x_sum", "y:z:1h"}
    assert metrics_in("a unless a offset 15m") == {"a"}


def _names_of_the_app() -> set[str]:
    ends = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}
    return {family.name + end for family in families() for end in ends[family.type]}


def _names_of_vault(vault: EmbeddedVault) -> set[str]:
    client = hvac.Client(vault.address, token=vault.root_token)
    answer = client.adapter.get("/v1/sys/metrics?format=prometheus")
    return set(re.findall(r"^\w+", answer.text, re.MULTILINE))


def test_the_generated_files_are_up_to_date() -> None:
    """`python -m deploy.monitoring` writes them."""
    for path, text in generated().items():
        assert path.read_text() == text, path
