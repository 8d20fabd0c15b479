"""What somebody on call sees of an outage, on Prometheus' own pages in a browser."""

import time
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.alerts.faults import vault_sealed
from tests.alerts.scene import Scene
from tests.browser.chromium import chromium_started, picture

_BEFORE, _SEALED, _AFTER = 15.0, 15.0, 10.0


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with chromium_started() as browser:
        yield browser


def talk_for(scene: Scene, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        scene.ask("Hello")
        time.sleep(0.2)


@pytest.fixture
def outage(scene: Scene) -> Scene:
    """Vault is sealed for a while; one team is in memory, and its clients go on talking."""
    talk_for(scene, _BEFORE)
    with vault_sealed(scene):
        talk_for(scene, _SEALED)
    talk_for(scene, _AFTER)
    return scene


def test_an_outage_of_vault(outage: Scene, chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 900, "height": 1620})
    graphs = [
        'sum by (outcome) (rate(team_secrets_turns_total{kind="talk"}[5s]))',
        'ALERTS{alertstate="firing"}',
    ]
    asked: dict[str, object] = {}
    for number, query in enumerate(graphs):
        asked |= {f"g{number}.expr": query, f"g{number}.tab": 0, f"g{number}.range_input": "1m"}
    page.goto(f"{outage.prometheus.url}/classic/graph?{urlencode(asked)}")
    for shown in ('outcome="degraded"', 'alertname="VaultAway"', 'alertname="ServedFromMemory"'):
        page.get_by_text(shown).first.wait_for()
    picture(page, "drill-vault-away")
    page.close()
