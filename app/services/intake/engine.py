"""The built-in engine of the intake: rules, no model."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Literal, get_args

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team
from app.errors import TurnTimedOut
from app.ports import Say, silent
from app.services.intake.answering.reply import reply
from app.services.intake.assistance import NO_ASSISTANCE, Assistance
from app.services.intake.conversation import beginning, hear
from app.services.intake.facts import Facts
from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import Table
from app.services.intake.listening.shares import shares_in
from app.services.intake.listening.utterance import Utterance
from app.services.intake.places.towns import is_town
from app.services.intake.recent import Held, Recent, keys_of
from app.services.intake.safety import points

_READING_SECONDS = 5.0
"""Time limit for reading one conversation: many times the cost of any admitted one
(bench/hostile.py)."""


def _read_tables() -> None:
    """Read all tables at import, so that gunicorn's master reads them once for all workers.

    In a burst of first turns each thread would read them for itself.
    """
    is_town("")
    for code in LANGUAGES:
        points.points_of(code)
        for table in get_args(Table):
            shares_in(code, table)


_read_tables()


class RulesEngine:
    """Implements `IntakeEngine`. A turn depends only on the conversation and the team.

    Reading has its own `seconds`, whatever Vault has left of the turn's time, so that a turn that
    waited for Vault is still answered.
    """

    name: Final[Literal["rules"]] = "rules"

    def __init__(
        self, seconds: float = _READING_SECONDS, clock: Callable[[], float] = time.thread_time
    ) -> None:
        self._seconds, self._clock = seconds, clock
        self._recent = Recent()

    def turn(self, messages: Sequence[Message], team: Team, _say: Say = silent) -> IntakeTurn:
        """Raises `TurnTimedOut`."""
        return self.held(messages, team).turn

    def held(self, messages: Sequence[Message], team: Team) -> Held:
        """The turn with the state that it comes from. Raises `TurnTimedOut`."""
        keys = keys_of(team, messages)
        held = self._recent.get(keys[-1], team)
        if held is None:
            last = max(at for at, message in enumerate(messages) if message.role == "user")
            before, known = self._recent.latest(keys[:last], team)
            facts = before.facts.copy() if before else beginning(team.config)
            said = hear(facts, messages[known:], self._check_from(self._clock()))
            held = Held(team.config.document, facts, _turn(messages, team, facts, said))
            self._recent.keep(keys[-1], held)
        return held

    def assisted(self, messages: Sequence[Message], team: Team, aid: Assistance) -> IntakeTurn:
        """The turn with what was found beside the rules. Raises `TurnTimedOut`."""
        facts = beginning(team.config)
        said = hear(facts, messages, self._check_from(self._clock()), aid)
        return _turn(messages, team, facts, said, aid)

    def _check_from(self, began: float) -> Callable[[], None]:
        def check() -> None:
            if self._clock() - began > self._seconds:
                raise TurnTimedOut

        return check


def _turn(
    messages: Sequence[Message],
    team: Team,
    facts: Facts,
    said: Utterance,
    aid: Assistance = NO_ASSISTANCE,
) -> IntakeTurn:
    workflow: Literal["intake", "matter_created", "out_of_scope"] = "intake"
    if facts.refused:
        workflow = "out_of_scope"
    elif not facts.missing:
        workflow = "matter_created"
    opening = next(message.content for message in messages if message.role == "user")
    ours = (message.content for message in reversed(messages) if message.role != "user")
    before, first = next(ours, ""), len(messages) == 1
    answer = reply(facts, said, team, opening=opening, before=before, first=first, aid=aid)
    return IntakeTurn(
        answer.words,
        workflow,
        facts.collected,
        facts.missing,
        completed_at=facts.completed_at,
        original=facts.original,
        further=facts.further,
        tells_payment=answer.pays and workflow == "matter_created",
        language=facts.language.code,
        answers=answer.answers,
        warning=answer.warning,
    )
