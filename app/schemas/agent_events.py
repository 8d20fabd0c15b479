"""The events of a streamed turn as they go out."""

from typing import Any

from app.schemas.agent_answer import agent_document, matter_document
from app.schemas.payment import payment_document
from app.services.agent_answer import AgentAnswer, ToolCall
from app.services.turn_events import TurnEvent, Words

EVENT_STREAM = {
    "type": "object",
    "description": (
        "Server-Sent Events; this describes one of them. `data` is JSON. "
        "`connected`: `{teamId, requestId}`. `text`: `{text}`, a piece of the response; pieces are "
        "joined as they are. `tool_call`: `{name, parameters}`. "
        "`tool_result`: `{name, matter, payment}`. `final`: what `POST /api/agent` answers; it "
        "replaces the pieces. `complete`: `{}`. "
        "Or `error`: the body of a failure, and nothing after it. "
        "A comment is sent every 15 seconds while there is nothing to send."
    ),
    "required": ["event", "data"],
    "properties": {
        "event": {
            "type": "string",
            "enum": [
                *("connected", "text", "tool_call", "tool_result"),
                *("final", "complete", "error"),
            ],
        },
        "data": {"type": "string"},
    },
}


def named_event(happened: TurnEvent | AgentAnswer, request_id: str) -> tuple[str, dict[str, Any]]:
    """The name of the event, and its data."""
    if isinstance(happened, Words):
        return "text", {"text": happened.text}
    if isinstance(happened, ToolCall):
        return "tool_call", {"name": happened.name, "parameters": dict(happened.parameters)}
    if isinstance(happened, AgentAnswer):
        return "final", {"success": True, "data": agent_document(happened, request_id)}
    return "tool_result", {
        "name": happened.name,
        "matter": matter_document(happened.matter) if happened.matter else None,
        "payment": payment_document(happened.payment),
    }
