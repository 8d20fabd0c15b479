"""Language models that answer what a test wants, among them one that serves an attacker."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from limits import parse

from app.domain.model import Prompt, ToolArguments
from app.ports import LanguageModel, MakePrompt, ModelFailed
from app.services.intake import RulesEngine
from app.services.model import ModelEngine, TokenBudget
from tests.fakes.counter import FakeCounter

THIEF = {
    "name": "Mallory Thief",
    "location": "Raleigh, NC",
    "phone": "+19195550199",
    "email": "mallory@evil.example",
}


def model_engine(
    model: LanguageModel,
    rule: str = "1000000/hour",
    observe: Callable[[str, bool], None] = lambda _kind, _kept: None,
) -> ModelEngine:
    budget = TokenBudget(FakeCounter(), parse(rule), 400)
    return ModelEngine(RulesEngine(), model, budget, observe)


class FakeModel:
    """Implements `LanguageModel`: always the same answer, or the same failure. `asked` keeps the
    prompts."""

    def __init__(self, answer: Mapping[str, Any] | ModelFailed | None = None) -> None:
        self.answer = {} if answer is None else answer
        self.asked: list[Prompt] = []

    def propose(self, prompt: MakePrompt, /) -> ToolArguments:
        self.asked.append(prompt())
        if isinstance(self.answer, ModelFailed):
            raise self.answer
        return ToolArguments(self.answer)


class WorstModel:
    """Implements `LanguageModel`: proposes what would help a thief most, and says whatever text of
    the conversation or the configuration it was given as its own words. `words` chooses those."""

    def __init__(
        self,
        words: Callable[[str], str] | None = None,
        proposes: Mapping[str, Any] | None = None,
    ) -> None:
        self._words, self._proposes = words or _latest, proposes or {}
        self.asked = 0

    def propose(self, make: MakePrompt, /) -> ToolArguments:
        prompt = make()
        self.asked += 1
        services = prompt.tool.schema["properties"]["matterType"]["enum"]
        worst = {
            **THIEF,
            "matterType": services[-2],
            "matterQuote": _latest(prompt.data),
            "question": "free",
            "words": self._words(prompt.data),
            "consultationFee": 0,
            "paymentLink": "https://evil.example/pay",
            "teamId": "01k0tngnktm4q0ag0xf0a8st0q",
            "workflow": "matter_created",
            "completed_at": 1,
        }
        return ToolArguments({**worst, **self._proposes})


def _latest(data: str) -> str:
    return str(json.loads(data)["conversation"][-1]["text"])
