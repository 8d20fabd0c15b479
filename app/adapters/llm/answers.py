"""A chat completion as the arguments of our tool. The server's types are not believed."""

import json
from collections.abc import Iterator
from typing import Any

from app.domain.model import ToolArguments
from app.ports import ModelFailed

_LONGEST_ARGUMENTS = 20_000


def arguments_of(completion: Any, tool: str) -> ToolArguments:
    """The arguments of the first call of the tool; a model that writes them as plain text instead
    is read too. Raises `ModelFailed`."""
    choice = _first(getattr(completion, "choices", None))
    message = getattr(choice, "message", None)
    if message is None:
        raise ModelFailed("unreadable")
    reason = getattr(choice, "finish_reason", None)
    if reason == "content_filter" or getattr(message, "refusal", None):
        raise ModelFailed("refused")
    if reason == "length":
        raise ModelFailed("too_long")
    text = next(_called(message, tool), None) or getattr(message, "content", None)
    return ToolArguments(_object(text))


def tokens_of(completion: Any) -> tuple[int, int]:
    """Of the prompt and of the answer, as the server counted them; 0 if it did not."""
    usage = getattr(completion, "usage", None)
    prompt, answer = (getattr(usage, f"{name}_tokens", None) for name in ("prompt", "completion"))
    return _count(prompt), _count(answer)


def _called(message: Any, tool: str) -> Iterator[str]:
    calls = getattr(message, "tool_calls", None)
    for call in calls if isinstance(calls, list) else ():
        function = getattr(call, "function", None)
        text = getattr(function, "arguments", None)
        if getattr(function, "name", None) == tool and isinstance(text, str):
            yield text


def _object(text: Any) -> dict[str, Any]:
    if not isinstance(text, str) or len(text) > _LONGEST_ARGUMENTS:
        raise ModelFailed("nonsense")
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise ModelFailed("nonsense")
    return read


def _first(choices: Any) -> Any:
    return choices[0] if isinstance(choices, list) and choices else None


def _count(tokens: Any) -> int:
    return tokens if isinstance(tokens, int) and not isinstance(tokens, bool) and tokens > 0 else 0
