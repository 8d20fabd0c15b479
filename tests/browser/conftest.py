"""Chromium, the app under gunicorn with its sandbox, and people who visit it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium_started
from tests.browser.gate import Gate
from tests.browser.visitor import Visitor
from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.rig import CONFIG, Sandbox, Service, Stage, TeamOnStage, faults_end

NewVisitor = Callable[..., Visitor]
INTRO = "Hello! I'm the assistant of Doe & Partners. May I have your full name?"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with chromium_started() as browser:
        yield browser


@pytest.fixture(scope="session")
def app(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Gunicorn]:
    directory = tmp_path_factory.mktemp("app")
    with Gunicorn(service, directory, WEB_CONCURRENCY="2", AGENT_DEADLINE="30") as server:
        yield server
    canaries.keep("gunicorn", server.log.read_bytes())


@pytest.fixture
def gate(app: Gunicorn) -> Iterator[Gate]:
    with Gate(app.url) as gate:
        yield gate


@pytest.fixture
def firm_team(stage: Stage) -> TeamOnStage:
    """A team that bills, with an introduction of its own."""
    return stage.team(CONFIG | {"introMessage": INTRO}, name="Doe & Partners").with_key()


@pytest.fixture
def visit(chromium: Browser, app: Gunicorn) -> Iterator[NewVisitor]:
    """New visitors, each with a browser context of its own. At the end: whether all went well."""
    visitors: list[Visitor] = []

    def make(host: str | None = None, **options: Any) -> Visitor:
        options = {"locale": "en-US", "viewport": {"width": 800, "height": 700}} | options
        context = chromium.new_context(**options)
        context.set_default_timeout(20_000)
        visitors.append(Visitor(context, host or app.url))
        return visitors[-1]

    yield make
    for visitor in visitors:
        assert visitor.context.cookies() == []
        visitor.context.close()
        assert visitor.wrong == []


@pytest.fixture
def invoices(sandbox: Sandbox) -> Callable[[TeamOnStage], list[dict[str, Any]]]:
    """What Blawby has for a team."""

    def of(team: TeamOnStage) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = sandbox.admin("GET", "invoices")
        return [row for row in rows if row["team"].lower() == team.ulid.lower()]

    return of


healthy = pytest.fixture(faults_end, autouse=True)
