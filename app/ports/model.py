"""A language model that proposes; what becomes of its proposals is decided elsewhere."""

from typing import Protocol

from app.domain.model import Prompt, ToolArguments


class ModelFailed(Exception):
    """The model gave nothing that can be read, or was not asked. `outcome` says which."""

    def __init__(self, outcome: str) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class LanguageModel(Protocol):
    def propose(self, prompt: Prompt, /) -> ToolArguments:
        """The arguments of the model's call of `prompt.tool`. Ends within its own time limit and
        the deadline of the current request; raises `ModelFailed`, and nothing else."""
