"""A language model that hangs, under gunicorn: it holds its places and nothing else."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.language_model import Script, create_language_model
from sandbox.server import serving
from tests.faults.gunicorn import Gunicorn
from tests.rig import Service, Stage, TeamOnStage
from tests.waiting import eventually

THREADS, PLACES = 6, 2


@pytest.fixture
def model() -> Iterator[tuple[str, Script]]:
    app = create_language_model()
    with serving(app) as url:
        yield f"{url}/v1", app.extensions["script"]


@pytest.fixture
def team(stage: Stage) -> TeamOnStage:
    return stage.team()


def engine(gunicorn: Gunicorn, team: TeamOnStage, said: str) -> tuple[str, bool]:
    body = {"teamId": team.team_id, "messages": [{"role": "user", "content": said}]}
    answer = requests.post(f"{gunicorn.url}/api/agent", json=body, timeout=60)
    metadata: dict[str, Any] = answer.json()["data"]["metadata"]
    return metadata["engine"], metadata["degraded"]


def test_a_hanging_model_holds_its_places_and_no_other_thread(
    service: Service, model: tuple[str, Script], team: TeamOnStage, tmp_path: Path
) -> None:
    url, script = model
    go_on = threading.Event()
    script.always("held", go_on)
    settings = {
        "LLM_BASE_URL": url,
        "LLM_MODEL": "small",
        "LLM_TIMEOUT": "60",
        "LLM_CONCURRENCY": str(PLACES),
        "WORKER_THREADS": str(THREADS),
        "BLAWBY_CONCURRENCY": "1",
        "AGENT_DEADLINE": "120",
    }
    with Gunicorn(service, tmp_path, **settings) as gunicorn:
        waiting: list[tuple[str, bool]] = []

        def wait(number: int) -> None:
            waiting.append(engine(gunicorn, team, f"hello {number} there"))

        threads = [threading.Thread(target=wait, args=(number,)) for number in range(PLACES)]
        for thread in threads:
            thread.start()
        eventually(lambda: len(script.asked) >= PLACES)
        for number in range(2 * THREADS):
            assert engine(gunicorn, team, f"my boss number {number}") == ("rules", True)
        assert requests.get(f"{gunicorn.url}/healthz", timeout=60).status_code == 200
        assert waiting == []
        go_on.set()
        for thread in threads:
            thread.join()
        assert waiting == [("llm", False)] * PLACES
        assert engine(gunicorn, team, "my boss is cross") == ("llm", False)


def test_a_dead_model_is_soon_left_alone(
    service: Service, model: tuple[str, Script], team: TeamOnStage, tmp_path: Path
) -> None:
    url, script = model
    script.always("status", 503)
    settings = {"LLM_BASE_URL": url, "LLM_MODEL": "small"}
    with Gunicorn(service, tmp_path, **settings) as gunicorn:
        engines = {engine(gunicorn, team, f"my boss number {number}") for number in range(40)}
    assert engines == {("rules", True)}
    assert len(script.asked) < 20
