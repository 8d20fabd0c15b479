"""A turn of the agent: the intake, and once it is finished the matter and its payment."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import getrandbits
from typing import Literal, Protocol

from app.domain.ids import Slug, TeamId
from app.domain.intake import Client, Collected, Intake, IntakeTurn, Message
from app.domain.origins import is_admitted
from app.domain.payment import Payment
from app.domain.team import ResolvedTeam
from app.errors import OriginNotAllowed
from app.ports import IntakeEngine, TimeBudget
from app.services.payments.words import payment_words
from app.services.turn_events import Follow, Speech, ToolCall, ToolResult, unfollowed


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """The whole conversation, the client's message last. `session_id` is what the client sent."""

    team: TeamId | Slug
    messages: Sequence[Message]
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """`payment` is None until the intake is finished; `degraded`: Vault was away. `language` is
    that of `response` (a BCP 47 tag)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]
    tool_calls: tuple[ToolCall, ...]
    payment: Payment | None
    team_id: TeamId
    session_id: str
    engine: Literal["rules", "llm"]
    degraded: bool
    language: str


class TeamResolution(Protocol):
    def resolve(self, reference: TeamId | Slug, /) -> ResolvedTeam:
        """Raises `TeamNotFound`, and `VaultUnavailable` when nothing usable is at hand."""


class Charging(Protocol):
    def charge(self, resolved: ResolvedTeam, intake: Intake, /) -> Payment: ...


class Agent:
    """Keeps nothing between turns: the client sends the conversation with each. A turn ends within
    `deadline` seconds in all, whatever it has to wait for."""

    def __init__(
        self,
        resolution: TeamResolution,
        engine: IntakeEngine,
        payments: Charging,
        budget: TimeBudget,
        deadline: float,
    ) -> None:
        self._resolution = resolution
        self._engine = engine
        self._payments = payments
        self._budget = budget
        self._deadline = deadline

    def turn(
        self, request: AgentRequest, origin: str | None = None, follow: Follow = unfollowed
    ) -> AgentAnswer:
        """`origin`: of the foreign web page that asks, if one does. `follow` takes the events of
        the turn as they happen. Raises what `admit` raises, and what `follow` raises; a payment
        that fails is part of the answer."""
        with self.time_for_a_turn():
            return self.answer(self.admit(request, origin), request, follow)

    def time_for_a_turn(self) -> AbstractContextManager[None]:
        """The time budget of one turn, for whoever calls its two steps one by one."""
        return self._budget.within(self._deadline)

    def admit(self, request: AgentRequest, origin: str | None) -> ResolvedTeam:
        """The team that is asked. Raises what resolving it raises, and `OriginNotAllowed`."""
        resolved = self._resolution.resolve(request.team)
        if not is_admitted(origin, resolved.team.config.allowed_origins):
            raise OriginNotAllowed
        return resolved

    def answer(
        self, resolved: ResolvedTeam, request: AgentRequest, follow: Follow = unfollowed
    ) -> AgentAnswer:
        """The team's answer. Raises what `follow` raises, and never while a matter is created."""
        speech = Speech(follow)
        turn = self._engine.turn(request.messages, resolved.team, speech.say)
        response, payment = turn.response, None
        tool_calls: tuple[ToolCall, ...] = ()
        if turn.workflow == "matter_created":
            call = _create_matter(turn)
            follow(call)
            payment = self._payments.charge(resolved, _intake(turn.collected, request.session_id))
            follow(ToolResult(call.name, payment))
            if turn.tells_payment:
                response = f"{response} {payment_words(payment)}"
            tool_calls = (call,)
        speech.complete(response)
        return AgentAnswer(
            response=response,
            workflow=turn.workflow,
            collected=turn.collected,
            missing=turn.missing,
            tool_calls=tool_calls,
            payment=payment,
            team_id=resolved.team.team_id,
            session_id=request.session_id or f"{getrandbits(128):032x}",
            engine=self._engine.name,
            degraded=resolved.degraded or resolved.key_unavailable,
            language=turn.language,
        )


def _intake(collected: Collected, session_id: str | None) -> Intake:
    """A session that was made up for this request would be another one in its repeat: none then."""
    return Intake(
        session_id=session_id,
        client=Client(collected.name or "", collected.email or "", collected.phone or ""),
        matter_type=collected.matter_type or "",
        description=collected.description or "",
        location=collected.location,
        urgency=collected.urgency,
    )


def _create_matter(turn: IntakeTurn) -> ToolCall:
    told = turn.collected
    return ToolCall(
        "create_matter",
        {
            "name": told.name,
            "email": told.email,
            "phone": told.phone,
            "location": told.location,
            "matter_type": told.matter_type,
            "description": told.description,
            "urgency": told.urgency,
        },
    )
