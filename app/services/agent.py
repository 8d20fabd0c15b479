"""A turn of the agent: the intake, and once it is finished the matter and its payment."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import getrandbits
from typing import Protocol

from app.domain.ids import Slug, TeamId
from app.domain.intake import Conversation, IntakeTurn, Message
from app.domain.team import ResolvedTeam
from app.ports import IntakeEngine, TeamResolution, TimeBudget
from app.services.agent_answer import AgentAnswer, with_matter
from app.services.matters.filing import Filed


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """The whole conversation, the client's message last. `session_id` is what the client sent."""

    team: TeamId | Slug
    messages: Sequence[Message]
    session_id: str | None = None


class Records(Protocol):
    def file(
        self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn, /
    ) -> Filed | None: ...


class Agent:
    """Keeps nothing between turns: the client sends the conversation with each. A turn ends within
    `deadline` seconds in all, whatever it has to wait for."""

    def __init__(
        self,
        resolution: TeamResolution,
        engine: IntakeEngine,
        records: Records,
        budget: TimeBudget,
        deadline: float,
    ) -> None:
        self._resolution = resolution
        self._engine = engine
        self._records = records
        self._budget = budget
        self._deadline = deadline

    def turn(self, request: AgentRequest) -> AgentAnswer:
        """Raises what resolving the team raises; a payment that fails is part of the answer."""
        with self._budget.within(self._deadline):
            return self._turn(request)

    def _turn(self, request: AgentRequest) -> AgentAnswer:
        resolved = self._resolution.resolve(request.team)
        turn = self._engine.turn(request.messages, resolved.team)
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
            engine=self._engine.name,
            degraded=resolved.degraded or resolved.key_unavailable,
        )
        filed = self._records.file(resolved, talk, turn)
        if filed is None:
            return answer
        return with_matter(answer, resolved.team, talk, turn, filed)
