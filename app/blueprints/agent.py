"""The agent over HTTP: public, and counted per address and team."""

from collections.abc import Iterator

from flask import Response, g, jsonify

from app.errors import NoMessages, OriginNotAllowed, TeamNotFound, TeamUnusable, TurnTimedOut
from app.schemas.agent import AgentRequestSchema
from app.schemas.agent_answer import AgentAnswerSchema, agent_document
from app.schemas.agent_events import EVENT_STREAM, named_event
from app.services.agent import Agent, AgentRequest, ChatClient
from app.services.streams import Stream, Streams
from app.web.client_address import client_address
from app.web.cross_origin import foreign_origin
from app.web.described_failures import fails
from app.web.envelope import Blueprint
from app.web.event_stream import CONTENT_TYPE, HEARTBEAT, event, event_stream
from app.web.failures import late_failure
from app.web.requests import this_request

_FAILURES = (NoMessages, TeamNotFound, TeamUnusable, OriginNotAllowed, TurnTimedOut)


def blueprint(agent: Agent, streams: Streams) -> Blueprint:
    blp = Blueprint("agent", __name__, url_prefix="/api/agent", description="The chat agent")

    @blp.post("")
    @blp.arguments(AgentRequestSchema)
    @blp.response(200, AgentAnswerSchema)
    @fails(*_FAILURES)
    def ask_agent(asked: AgentRequest) -> Response:
        """One turn of the conversation, the whole of which is sent each time."""
        answer = agent.turn(asked, _client())
        g.team_id = answer.team_id
        return jsonify({"success": True, "data": agent_document(answer, g.request_id)})

    @blp.post("/stream")
    @blp.arguments(AgentRequestSchema)
    @blp.response(200, EVENT_STREAM, content_type=CONTENT_TYPE)
    @fails(*_FAILURES)
    def stream_answer(asked: AgentRequest) -> Response:
        """The same turn, its words as they come."""
        opened = streams.open(asked, _client())
        g.team_id = opened.team_id
        return event_stream(_events(opened, g.request_id), opened.close)

    return blp


def _client() -> ChatClient:
    return ChatClient(client_address(this_request()), foreign_origin())


def _events(stream: Stream, request_id: str) -> Iterator[bytes]:
    yield event("connected", {"teamId": stream.team_id, "requestId": request_id})
    for happened in stream:
        if happened is None:
            yield HEARTBEAT
        elif isinstance(happened, Exception):
            yield event("error", late_failure(happened, request_id))
            return
        else:
            yield event(*named_event(happened, request_id))
    yield event("complete", {})
