"""The agent over HTTP: public, and counted per address and team."""

from flask import Response, g, jsonify

from app.errors import NoMessages, TeamNotFound, TeamUnusable
from app.schemas.agent import AgentRequestSchema
from app.schemas.agent_answer import AgentAnswerSchema, agent_document
from app.services.agent import Agent, AgentRequest
from app.web.client_address import client_address
from app.web.envelope import Blueprint
from app.web.failures import fails
from app.web.requests import this_request


def blueprint(agent: Agent) -> Blueprint:
    blp = Blueprint("agent", __name__, url_prefix="/api/agent", description="The chat agent")

    @blp.post("")
    @blp.arguments(AgentRequestSchema)
    @blp.response(200, AgentAnswerSchema)
    @fails(NoMessages, TeamNotFound, TeamUnusable)
    def ask_agent(asked: AgentRequest) -> Response:
        """One turn of the conversation, the whole of which is sent each time."""
        answer = agent.turn(asked, client_address(this_request()))
        g.team_id = answer.team_id
        return jsonify({"success": True, "data": agent_document(answer, g.request_id)})

    return blp
