"""The `openai` client as our port."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx2
import openai

from app.adapters.deadline import remaining, within
from app.adapters.llm.answers import arguments_of, tokens_of
from app.adapters.llm.guards import HELD_BACK, Guards
from app.adapters.llm.transport import DeadlineTransport, TooLong
from app.adapters.threads import Threads
from app.domain.model import Prompt, ToolArguments
from app.domain.secret import SecretString
from app.observability.model import calls, count_tokens
from app.ports import MakePrompt, ModelFailed

_SHARE_OF_THE_TURN = 0.5
# The first that fits.
_OUTCOMES: tuple[tuple[type[Exception], str], ...] = (
    (TooLong, "too_long"),
    (openai.APITimeoutError, "timeout"),
    (openai.APIConnectionError, "unavailable"),
    (openai.RateLimitError, "rate_limited"),
    (openai.InternalServerError, "unavailable"),
    (openai.APIStatusError, "rejected"),
)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """`timeout` is that of a call, in seconds; `max_tokens` limits an answer; `concurrency` the
    calls at a time in this process. `api_key` None: the server wants none."""

    base_url: str
    model: str
    api_key: SecretString | None
    timeout: float
    max_tokens: int
    concurrency: int


class CompatibleModel:
    """Implements `LanguageModel`. A call takes at most half of what is left of the turn, so that a
    matter can still be filed.

    After the breaker has opened nobody waits for a trial: a turn's call is tried in the background,
    and the turn goes on without it.
    """

    def __init__(self, settings: ModelSettings, guards: Guards | None = None) -> None:
        self._settings = settings
        self._guards = guards or Guards(settings.concurrency)
        self._trials = Threads("llm", 1, waiting=1)
        self._client = openai.OpenAI(
            api_key=settings.api_key.reveal() if settings.api_key else "none",
            base_url=settings.base_url,
            timeout=settings.timeout,
            max_retries=0,
            http_client=httpx2.Client(
                transport=DeadlineTransport(settings.concurrency), trust_env=False
            ),
        )

    def propose(self, prompt: MakePrompt, /) -> ToolArguments:
        with _counted():
            if not self._guards.is_well:
                if self._guards.trial_is_due():
                    self._trials.run(partial(self._try, prompt))
                raise ModelFailed(HELD_BACK)
            with self._guards.place():
                return self._asked(prompt())

    def _try(self, prompt: MakePrompt) -> None:
        try:
            with _counted():
                self._asked(prompt())
        except ModelFailed:
            return

    def _asked(self, prompt: Prompt) -> ToolArguments:
        left = remaining()
        seconds = self._settings.timeout
        if left is not None:
            seconds = min(seconds, left * _SHARE_OF_THE_TURN)
        with self._guards.judged(), within(seconds):
            completion = self._completion(prompt)
            count_tokens(*tokens_of(completion))
            return arguments_of(completion, prompt.tool.name)

    def _completion(self, prompt: Prompt) -> Any:
        """Not streamed: nothing of an answer is used before all of it is checked."""
        tool = prompt.tool
        function = {"name": tool.name, "description": tool.description, "strict": True}
        create: Any = self._client.chat.completions.create
        try:
            return create(
                model=self._settings.model,
                messages=[
                    {"role": "system", "content": prompt.instructions},
                    {"role": "user", "content": prompt.data},
                ],
                tools=[{"type": "function", "function": function | {"parameters": tool.schema}}],
                tool_choice={"type": "function", "function": {"name": tool.name}},
                max_tokens=self._settings.max_tokens,
                temperature=0,
            )
        except Exception as error:
            # Without the original, which contains the request.
            raise ModelFailed(_outcome(error)) from None


def _outcome(error: Exception) -> str:
    """The client wraps what the transport raises."""
    chain = [error, *filter(None, (error.__cause__, error.__context__))]
    for kind, outcome in _OUTCOMES:
        if any(isinstance(one, kind) for one in chain):
            return outcome
    return "unreadable"


@contextmanager
def _counted() -> Iterator[None]:
    began, outcome = time.perf_counter(), "ok"
    try:
        yield
    except ModelFailed as failure:
        outcome = failure.outcome
        raise
    finally:
        calls.observe("propose", outcome, began)
