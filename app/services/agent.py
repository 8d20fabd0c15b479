"""A turn of the agent: the intake, and once it is finished the matter and its payment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import getrandbits
from typing import Literal, Protocol

from app.domain.ids import Slug, TeamId
from app.domain.intake import Client, Collected, Intake, IntakeTurn, Message
from app.domain.payment import Payment
from app.domain.team import ResolvedTeam
from app.ports import IntakeEngine, TimeBudget
from app.services.payments.words import payment_words


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """The whole conversation, the client's message last. `session_id` is what the client sent."""

    team: TeamId | Slug
    messages: Sequence[Message]
    session_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCall:
    name: Literal["create_matter"]
    parameters: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class AgentAnswer:
    """`payment` is None until the intake is finished; `degraded`: Vault was away."""

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


class TeamResolution(Protocol):
    def resolve(self, reference: TeamId | Slug, client: str, /) -> ResolvedTeam:
        """Raises `TeamNotFound`, `TeamUnusable`, `RateLimited`, and `VaultUnavailable` when nothing
        usable is at hand."""


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

    def turn(self, request: AgentRequest, client: str) -> AgentAnswer:
        """`client`: whom rate limits count. Raises what resolving the team raises; a payment that
        fails is part of the answer."""
        with self._budget.within(self._deadline):
            return self._turn(request, client)

    def _turn(self, request: AgentRequest, client: str) -> AgentAnswer:
        resolved = self._resolution.resolve(request.team, client)
        turn = self._engine.turn(request.messages, resolved.team)
        response, payment = turn.response, None
        tool_calls: tuple[ToolCall, ...] = ()
        if turn.workflow == "matter_created":
            payment = self._payments.charge(resolved, _intake(turn.collected, request.session_id))
            if turn.tells_payment:
                response = f"{response} {payment_words(payment)}"
            tool_calls = (_create_matter(turn),)
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
