"""Each panel asks a real Prometheus that scraped a real run, and gets an answer."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.monitoring.dashboards import DASHBOARDS, RATE
from deploy.monitoring.grafana import Dashboard, Panel
from tests.alerts.rules import ROOT, alerts, entries, metrics_in
from tests.alerts.scene import Scene

PANELS = [panel for dashboard in DASHBOARDS for panel in dashboard.panels]


def _title(shown: Panel | Dashboard) -> str:
    return shown.title


@pytest.fixture(scope="module")
def run(scene: Scene) -> Iterator[Scene]:
    """A little of everything, for as long as somebody looks: a rate of nothing is no picture."""
    scene.app.signal(signal.SIGHUP)
    keyless = scene.new_team(key=False)
    ended = threading.Event()

    def live() -> None:
        while not ended.wait(0.3):
            scene.ask()
            scene.ask(team_id=keyless)
            scene.operator("GET", f"team-secrets/{scene.team_id}")

    with ThreadPoolExecutor(1) as clients:
        living = clients.submit(live)
        yield scene
        ended.set()
        living.result()


@pytest.mark.parametrize("panel", PANELS, ids=_title)
def test_a_panel_has_something_to_show(run: Scene, panel: Panel) -> None:
    """Names that Prometheus does not know are no empty picture: they are a mistake."""
    query = panel.query.replace(RATE, "1m")
    ends = time.monotonic() + 30
    while not (shown := [each for each in run.prometheus.ask(query) if each["value"][1] != "NaN"]):
        assert time.monotonic() < ends, query
        time.sleep(0.5)
    assert metrics_in(panel.query) <= run.prometheus.metrics()
    for label in panel.legend.replace("}}", "{{").split("{{")[1::2]:
        assert all(label in each["metric"] for each in shown), (panel.title, label)


def test_every_metric_of_the_rules_was_scraped_or_recorded(run: Scene) -> None:
    asked = {name for _, rule in entries() for name in metrics_in(rule["expr"])}
    ends = time.monotonic() + 30
    while missing := asked - run.prometheus.metrics():
        assert time.monotonic() < ends, missing
        time.sleep(0.5)


def test_every_rule_is_evaluated_without_an_error(run: Scene) -> None:
    rules = run.prometheus.rules()
    assert {rule["name"] for rule in rules if rule["type"] == "alerting"} == set(alerts())
    assert {rule["health"] for rule in rules} == {"ok"}


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=_title)
def test_panels_do_not_overlap(dashboard: Dashboard) -> None:
    file = ROOT / "deploy" / "grafana" / "dashboards" / f"{dashboard.name}.json"
    places = [panel["gridPos"] for panel in json.loads(file.read_text())["panels"]]
    taken = [
        (x, y)
        for place in places
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
