"""What goes over the wire while a turn is slow, and when it fails half-way."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.adapters.threads import Threads
from app.blueprints import agent as agent_blueprint
from app.errors import AppError, VaultUnavailable
from app.services.agent import Agent
from app.services.streams import Streams
from app.web.envelope import register
from app.web.guards import public
from app.web.requests import ProxiedFlask, install
from tests.events import events_of, names_of, only
from tests.fakes.clock import FakeClock
from tests.teams import NORTH_CAROLINA
from tests.unit.services.test_agent import Desk, OneTeam
from tests.unit.services.test_streams import EVERYTHING, RESOLVED, SlowDesk, Speaker

WORDS = "words of an exception"


class OpenGate:
    def admit_client(self, client: str, /) -> None: ...


def client_of(engine: Any, desk: Any, heartbeat: float = 30.0) -> FlaskClient:
    """An app with nothing but the agent, whose engine and desk are these."""
    app = ProxiedFlask(__name__, 0)
    install(app)
    agent = Agent(OneTeam(RESOLVED), engine, desk, FakeClock(), 10.0)
    streams = Streams(agent, Threads("test-bytes", 1), 1, heartbeat=heartbeat)
    register(app, OpenGate(), (agent_blueprint.blueprint(agent, streams), public))
    return app.test_client()


def body_of(text: str) -> dict[str, Any]:
    said = [{"role": "user", "content": text}]
    return {"teamId": NORTH_CAROLINA.team_id, "messages": said}


def fails_with(error: Exception) -> Callable[[], None]:
    said: list[bool] = []

    def pause() -> None:
        if said:
            raise error
        said.append(True)

    return pause


@pytest.mark.parametrize(
    ("error", "code"),
    [(VaultUnavailable(), "vault_unavailable"), (RuntimeError(WORDS), "internal_error")],
)
def test_a_failure_after_the_beginning_is_the_last_event(error: Exception, code: str) -> None:
    """With the body that the plain turn answers with."""
    client = client_of(Speaker(["One ", "two "], fails_with(error)), Desk())
    answer = client.post("/api/agent/stream", json=body_of("Hello"))
    assert answer.status_code == 200
    events = events_of(answer.get_data())
    assert names_of(events) == ["connected", "text", "error"]
    told = only(events, "error")
    assert told == {
        "success": False,
        "error": error.message if isinstance(error, AppError) else AppError.sentence,
        "errorCode": code,
        "requestId": answer.headers["X-Request-ID"],
    }
    assert WORDS not in json.dumps(told)


def test_silence_is_filled_with_comments() -> None:
    desk = SlowDesk()
    client = client_of(Speaker(["Thank you."]), desk, heartbeat=0.01)
    answer = client.post("/api/agent/stream", json=body_of(EVERYTHING), buffered=False)
    pieces = iter(answer.response)
    # On a busy machine the silence between two events may be long enough for a comment, too.
    until_the_call = [next(pieces)]
    while b"event: tool_call" not in until_the_call[-1]:
        until_the_call.append(next(pieces))
    assert next(pieces) == b": still working\n\n"
    desk.settle.set()
    events = events_of(b"".join([*until_the_call, *pieces]))
    assert names_of(events)[-2:] == ["final", "complete"]
    answer.close()
