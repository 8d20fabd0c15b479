"""A language model that proposes; what becomes of its proposals is decided elsewhere."""

from collections.abc import Callable
from typing import Protocol

from app.domain.model import Prompt, ToolArguments


class ModelFailed(Exception):
    """The model gave nothing that can be read, or was not asked. `outcome` says which."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


MakePrompt = Callable[[], Prompt]
"""May raise `ModelFailed`, if the model must not be called."""


class LanguageModel(Protocol):
    def propose(self, prompt: MakePrompt, /) -> ToolArguments:
        """The arguments of the model's call of the prompt's tool. `prompt` is called only if the
        model is. Ends within its own time limit and the deadline of the current request; raises
        `ModelFailed`, and nothing else."""
