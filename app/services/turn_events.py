"""The events of a turn, for a follower while it runs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from app.domain.payment import Payment
from app.services.agent_answer import ToldMatter, ToolCall

_FEW_WORDS = re.compile(r"\s*(?:\S+\s+){0,3}\S+\s*")


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of the answer's words, spaces included: pieces are joined as they are."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result for the matter. There is no call before it if an existing matter was found."""

    name: Literal["create_matter"]
    matter: ToldMatter | None
    payment: Payment


TurnEvent = Words | ToolCall | ToolResult
Follow = Callable[[TurnEvent], None]
"""Receives each event in order. Raises `FollowerLeft` when the follower has left."""


class FollowerLeft(Exception):
    """The follower has left, so the turn may end here."""


def unfollowed(_event: TurnEvent) -> None:
    """For a turn without a follower."""


class Speech:
    """The text of one turn: what its engine passes on while it works, then the rest."""

    def __init__(self, follow: Follow) -> None:
        self._follow = follow
        self._said = ""

    def say(self, text: str) -> None:
        """Pass on an engine's text. Raises what the follower raises."""
        self._said += text
        self._follow(Words(text))

    def complete(self, answer: str) -> None:
        """Pass on the rest of `answer`, a few words at a time. If the engine has said something
        else, pass on nothing: the answer itself replaces it."""
        if answer.startswith(self._said):
            for piece in pieces(answer[len(self._said) :]):
                self._follow(Words(piece))


def pieces(text: str) -> Iterator[str]:
    """The text in pieces of a few words. Joined, they are the text."""
    return iter(_FEW_WORDS.findall(text) if text.strip() else [text] * bool(text))
