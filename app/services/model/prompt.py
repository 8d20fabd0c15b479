"""What the model is asked: our instructions, and the conversation as data."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.intake import Message
from app.domain.model import Prompt, Tool
from app.domain.team import Team
from app.services.intake.facts import Facts
from app.services.intake.offers import GENERAL, Offer
from app.services.model.proposal import TEXTS

TOPICS: Final = (
    *("price", "free", "covers", "plan", "pay", "refund", "hours", "address", "phone", "email"),
    *("website", "languages", "states", "areas", "lawyer", "person", "human", "private", "why"),
    *("when", "next", "time", "documents", "appointment", "firm"),
)
"""Topics of questions that the rules answer with a sentence of their own."""

_FOLDER = Path(__file__).parent / "prompts"
_INSTRUCTIONS = (_FOLDER / "instructions.md").read_text(encoding="utf-8")
_DESCRIPTION = (_FOLDER / "tool.md").read_text(encoding="utf-8").strip()
_TOOL = "note_intake"
_MOST_CHARACTERS = 12_000
_LONGEST_MESSAGE = 2_000
_MOST_SERVICES, _LONGEST_NAME = 50, 100
_MESSAGE_COSTS = 30
"""Characters around each message in JSON."""


def services(offer: Offer) -> tuple[str, ...]:
    """What `matterType` may be; a team that lists no services takes every matter as a general
    one."""
    return offer.services[:_MOST_SERVICES] or (GENERAL,)


def prompt_for(messages: Sequence[Message], team: Team, facts: Facts) -> Prompt:
    """Only public data of the team: its name, its services and where it takes clients."""
    offered = services(facts.offer)
    data = {
        "firm": {
            "name": team.name[:_LONGEST_NAME],
            "services": [name[:_LONGEST_NAME] for name in offered],
            "places": facts.scope.names()[:_MOST_SERVICES],
        },
        "language": facts.language.code,
        "missing": facts.missing,
        "conversation": _latest(messages),
    }
    text = json.dumps(data, ensure_ascii=False)
    # A lone half of a surrogate pair cannot be sent.
    text = text.encode("utf-8", "replace").decode()
    return Prompt(_INSTRUCTIONS, text, Tool(_TOOL, _DESCRIPTION, _schema(offered)))


def tokens_of(prompt: Prompt) -> int:
    """A rough count, high enough for the languages that the rules know."""
    return (len(prompt.instructions) + len(prompt.data)) // 3


def _latest(messages: Sequence[Message]) -> list[dict[str, str]]:
    """The end of the conversation, up to a limit; of a long message its beginning."""
    kept: list[dict[str, str]] = []
    left = _MOST_CHARACTERS
    for message in reversed(messages):
        text = message.content[:_LONGEST_MESSAGE]
        left -= len(text) + _MESSAGE_COSTS
        if left < 0 and kept:
            break
        kept.append({"from": "client" if message.role == "user" else "assistant", "text": text})
    return kept[::-1]


def _schema(offered: tuple[str, ...]) -> dict[str, Any]:
    """Strict: every property is required, and null means nothing."""
    properties: dict[str, Any] = {name: {"type": ["string", "null"]} for name in TEXTS}
    properties["matterType"]["enum"] = [*offered, None]
    properties["question"]["enum"] = [*TOPICS, None]
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
