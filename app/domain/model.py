"""What a language model is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Tool:
    """The one function that the model may call. `schema` is a strict JSON schema of its
    arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """`instructions` are ours alone; `data` is what others wrote: the conversation and the team's
    public configuration."""

    instructions: str
    data: str
    tool: Tool


@dataclass(frozen=True, slots=True)
class ToolArguments:
    """The arguments of the model's call, unchecked: any JSON values under any names."""

    values: Mapping[str, Any]
