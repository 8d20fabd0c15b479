"""The latest turns of this worker.

A client sends the whole conversation with each turn. The state after the earlier messages is cached
for a while, so that a turn reads only the messages since the latest one that this worker knows,
also if other workers answered in between; a repeat reads none. The cache only saves work: without
it the same conversation gives the same turn.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team
from app.services.intake.facts import Facts

_MOST = 256
"""Conversations that are kept, a few thousand bytes each."""


@dataclass(frozen=True, slots=True)
class Held:
    """`document` is the team's configuration used for the turn."""

    document: Mapping[str, Any]
    facts: Facts
    turn: IntakeTurn


def keys_of(team: Team, messages: Sequence[Message]) -> list[bytes]:
    """A key for the conversation up to each of its messages, unique also among teams."""
    told = blake2b(str(team.team_id).encode(), digest_size=16)
    keys = []
    for message in messages:
        content = message.content.encode()
        told.update(b"%c%d:" % (message.role[0].encode(), len(content)))
        told.update(content)
        keys.append(told.digest())
    return keys


class Recent:
    """A cache of turns, which a worker's threads share; the oldest are dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Held] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes, team: Team) -> Held | None:
        """Return the cached turn, unless the team's configuration has changed."""
        held = self._kept.get(key)
        return held if held is not None and held.document is team.config.document else None

    def latest(self, keys: Sequence[bytes], team: Team) -> tuple[Held | None, int]:
        """The turn after the most messages, and how many they are."""
        for many in range(len(keys), 0, -1):
            held = self.get(keys[many - 1], team)
            if held is not None:
                return held, many
        return None, 0

    def keep(self, key: bytes, held: Held) -> None:
        with self._lock:
            self._kept[key] = held
            while len(self._kept) > _MOST:
                self._kept.popitem(last=False)
