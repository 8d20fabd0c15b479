"""A turn of the agent: the intake, and once it is finished the matter and its payment."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from random import getrandbits
from time import perf_counter
from typing import Protocol

from app.domain.ids import Slug, TeamId, session_mark
from app.domain.intake import Conversation, IntakeTurn, Message
from app.domain.origins import is_admitted
from app.domain.team import ResolvedTeam
from app.errors import AppError, OriginNotAllowed
from app.ports import IntakeEngine, TeamVisits, TimeBudget
from app.services.agent_answer import AgentAnswer, create_matter, with_matter
from app.services.matters.filing import Filed
from app.services.turn_events import Follow, FollowerLeft, Speech, ToolResult, unfollowed

_TALK, _FINISHED = "talk", "intake_finished"
# From this status on a failure is not the client's.
_OURS = 500

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """The whole conversation, the client's message last. `session_id` is what the client sent;
    `came` is when, by `time.perf_counter`."""

    team: TeamId | Slug
    messages: Sequence[Message]
    session_id: str | None = None
    came: float = field(default_factory=perf_counter, compare=False)


@dataclass(frozen=True, slots=True)
class ChatClient:
    """Who asks: `address` is what rate limits count, `origin` that of the foreign web page that
    asks, if one does."""

    address: str
    origin: str | None = None


class Records(Protocol):
    def file(
        self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn, /
    ) -> Filed | None: ...


class Agent:
    """Keeps nothing between turns: the client sends the conversation with each. A turn ends within
    `deadline` seconds in all, whatever it has to wait for.

    `observe` gets the kind of each turn (talk, intake_finished), how it ended, and its seconds.
    """

    def __init__(
        self,
        visits: TeamVisits,
        engine: IntakeEngine,
        records: Records,
        budget: TimeBudget,
        deadline: float,
        observe: Callable[[str, str, float], None] = lambda _kind, _outcome, _seconds: None,
    ) -> None:
        self._observe = observe
        self._visits = visits
        self._engine = engine
        self._records = records
        self._budget = budget
        self._deadline = deadline

    def turn(
        self, request: AgentRequest, client: ChatClient, follow: Follow = unfollowed
    ) -> AgentAnswer:
        """`follow` takes the events of the turn as they happen. Raises what `admit` raises, and
        what `follow` raises; a payment that fails is part of the answer."""
        with self.time_for_a_turn():
            return self.answer(self.admit(request, client), request, follow)

    def time_for_a_turn(self) -> AbstractContextManager[None]:
        """The time budget of one turn, for whoever calls its two steps one by one."""
        return self._budget.within(self._deadline)

    def admit(self, request: AgentRequest, client: ChatClient) -> ResolvedTeam:
        """The team that is asked. Raises what resolving it raises, `RateLimited`, and
        `OriginNotAllowed`."""
        try:
            return self._admitted(request.team, client)
        except Exception as failure:
            self._ended(_TALK, request, failure)
            raise

    def _admitted(self, team: TeamId | Slug, client: ChatClient) -> ResolvedTeam:
        resolved = self._visits.resolve(team, client.address)
        if not is_admitted(client.origin, resolved.team.config.allowed_origins):
            raise OriginNotAllowed
        return resolved

    def answer(
        self, resolved: ResolvedTeam, request: AgentRequest, follow: Follow = unfollowed
    ) -> AgentAnswer:
        """The team's answer. Raises what `follow` raises, and never while a matter is created."""
        speech, kind = Speech(follow), _TALK
        try:
            turn = self._engine.turn(request.messages, resolved.team, speech.say)
            kind = _FINISHED if turn.workflow == "matter_created" else _TALK
            answer = self._answered(resolved, request, turn, follow)
            speech.complete(answer.response)
        except FollowerLeft:
            raise
        except Exception as failure:
            self._ended(kind, request, failure)
            raise
        outcome = "degraded" if answer.degraded else "answered"
        self._observe(kind, outcome, perf_counter() - request.came)
        return answer

    def _answered(
        self, resolved: ResolvedTeam, request: AgentRequest, turn: IntakeTurn, follow: Follow
    ) -> AgentAnswer:
        talk = Conversation(request.messages, request.session_id)
        answer = AgentAnswer(
            response=turn.response,
            workflow=turn.workflow,
            collected=turn.collected,
            missing=turn.missing,
            tool_calls=(),
            payment=None,
            matter=None,
            team_id=resolved.team.team_id,
            session_id=request.session_id or f"{getrandbits(128):032x}",
            engine=turn.engine,
            degraded=resolved.degraded or resolved.key_unavailable or turn.degraded,
            language=turn.language,
        )
        if turn.workflow == "matter_created":
            follow(create_matter(turn.collected, turn))
        filed = self._records.file(resolved, talk, turn)
        if filed is not None:
            answer = with_matter(answer, resolved.team, talk, turn, filed)
            _note(answer, filed)
            follow(ToolResult("create_matter", answer.matter, filed.payment))
        return answer

    def _ended(self, kind: str, request: AgentRequest, failure: Exception) -> None:
        refused = isinstance(failure, AppError) and failure.status < _OURS
        self._observe(kind, "refused" if refused else "failed", perf_counter() - request.came)


def _note(answer: AgentAnswer, filed: Filed) -> None:
    """One line for each turn with a matter, by which the matter, the session and the request are
    found from one another. The client is not named."""
    payment = filed.payment
    told = {
        "team_id": answer.team_id,
        "matter": filed.matter.key if filed.matter else None,
        "session": session_mark(answer.session_id),
        "stored": filed.stored,
        "repeat": filed.repeat,
        "method": payment.method.value,
        "reason": payment.reason.value if payment.reason else None,
    }
    _log.info("matter", extra=told)
