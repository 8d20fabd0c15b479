"""The built-in engine of the intake: rules, no model."""

from collections.abc import Sequence
from typing import Final, Literal

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team
from app.ports import Say, silent
from app.services.intake.conversation import replay
from app.services.intake.wording import reply


class RulesEngine:
    """Implements `IntakeEngine`. It keeps nothing between turns."""

    name: Final[Literal["rules"]] = "rules"

    def turn(self, messages: Sequence[Message], team: Team, _say: Say = silent) -> IntakeTurn:
        facts = replay(messages, team.config)
        workflow: Literal["intake", "matter_created", "out_of_scope"] = "intake"
        if facts.refused:
            workflow = "out_of_scope"
        elif not facts.missing:
            workflow = "matter_created"
        words = reply(facts, team, first=len(messages) == 1)
        return IntakeTurn(
            words,
            workflow,
            facts.collected,
            facts.missing,
            completed_at=facts.completed_at,
            original=facts.original,
            tells_payment=workflow == "matter_created",
        )
