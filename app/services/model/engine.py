"""A turn with a language model's help."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from app.domain.intake import IntakeTurn, Message
from app.domain.model import Prompt
from app.domain.team import Team
from app.ports import LanguageModel, ModelFailed, Say, silent
from app.services.intake import RulesEngine
from app.services.intake.assistance import NO_ASSISTANCE, Assistance
from app.services.intake.facts import Facts
from app.services.intake.recent import Recent, keys_of
from app.services.model.budget import TokenBudget
from app.services.model.evidence import Evidence
from app.services.model.prompt import TOPICS, prompt_for, services, tokens_of
from app.services.model.proposal import Proposal
from app.services.model.wording import sayable

ObserveProposal = Callable[[str, bool], None]
"""Gets the kind of each thing that the model proposed, and whether it was kept."""


class ModelEngine:
    """Implements `IntakeEngine`. The rules run first, and always. The model may add values that
    they missed, the topic of a question, and an acknowledgement; each is checked. If the model
    fails, the turn is the rules' own.
    """

    name: Final[Literal["llm"]] = "llm"

    def __init__(
        self,
        rules: RulesEngine,
        model: LanguageModel,
        budget: TokenBudget,
        observe: ObserveProposal = lambda _kind, _kept: None,
    ) -> None:
        self._rules, self._model, self._budget = rules, model, budget
        self._observe = observe
        self._recent = Recent()

    def turn(self, messages: Sequence[Message], team: Team, _say: Say = silent) -> IntakeTurn:
        """Raises `TurnTimedOut`. A repeat of a conversation gets the same turn from this worker."""
        plain = self._rules.held(messages, team)
        if not (team.ai_enabled and _may_help(plain.turn)):
            return plain.turn
        key = keys_of(team, messages)[-1]
        known = self._recent.get(key, team)
        if known is not None:
            return known.turn
        try:
            aid = self._asked(messages, team, plain.facts)
        except ModelFailed:
            return replace(plain.turn, degraded=True)
        turn = replace(self._with(aid, messages, team, plain.turn), engine=self.name)
        self._recent.keep(key, replace(plain, turn=turn))
        return turn

    def _asked(self, messages: Sequence[Message], team: Team, facts: Facts) -> Assistance:
        make = partial(self._prompt, messages, team, facts)
        proposal = Proposal.read(self._model.propose(make).values)
        aid = _checked(proposal, messages, facts)
        self._count(proposal, facts, aid)
        return aid

    def _prompt(self, messages: Sequence[Message], team: Team, facts: Facts) -> Prompt:
        prompt = prompt_for(messages, team, facts)
        self._budget.spend(team.team_id, tokens_of(prompt))
        return prompt

    def _count(self, proposal: Proposal, facts: Facts, aid: Assistance) -> None:
        """Facts that the rules had found are not counted: their values are not looked at."""
        kept = {found.field for found in aid.values}
        proposed = {
            "name": proposal.name,
            "location": proposal.location,
            "phone": proposal.phone,
            "email": proposal.email,
            "matterType": proposal.matter_type,
        }
        for field in facts.missing:
            if proposed[field]:
                self._observe(field, field in kept)
        if proposal.question:
            self._observe("question", aid.topic is not None)
        if proposal.words:
            self._observe("words", bool(aid.words))

    def _with(
        self, aid: Assistance, messages: Sequence[Message], team: Team, plain: IntakeTurn
    ) -> IntakeTurn:
        """The assisted turn, if it only adds to the rules' turn."""
        if aid == NO_ASSISTANCE:
            return plain
        turn = self._rules.assisted(messages, team, aid)
        return turn if _only_adds(turn, plain) else plain


def _may_help(turn: IntakeTurn) -> bool:
    """Not where the rules alone speak: of danger, a refusal, and a finished intake."""
    return turn.workflow == "intake" and not turn.warning


def _checked(proposal: Proposal, messages: Sequence[Message], facts: Facts) -> Assistance:
    values = tuple(Evidence(messages, facts).supported(proposal, services(facts.offer)))
    topic = proposal.question if proposal.question in TOPICS else None
    words = sayable(proposal.words, facts.language, messages) if proposal.words else None
    return Assistance(values, topic, words or "")


def _only_adds(turn: IntakeTurn, plain: IntakeTurn) -> bool:
    """Whether everything that the rules found is as they found it, and nobody is turned away."""
    told = ("name", "location", "phone", "email", "matter_type")
    known = [(getattr(plain.collected, one), getattr(turn.collected, one)) for one in told]
    same = all(before is None or before == after for before, after in known)
    return same and turn.workflow != "out_of_scope" and turn.language == plain.language
