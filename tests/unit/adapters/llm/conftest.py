"""A server of a language model in a thread of the tests, and clients of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from app.adapters.llm.compatible import CompatibleModel, ModelSettings
from app.adapters.llm.guards import Guards
from app.domain.model import Prompt, Tool
from app.domain.secret import SecretString
from sandbox.language_model import Script, create_language_model
from sandbox.server import serving

PROMPT = Prompt("Do it.", "{}", Tool("note_intake", "Notes.", {"type": "object"}))
KEY = "sk-of-the-model-0001"


def prompt() -> Prompt:
    return PROMPT


NewModel = Callable[..., CompatibleModel]


@pytest.fixture
def server() -> Iterator[tuple[str, Script]]:
    """Each test's own: a call that another test gave up on would take this one's answer."""
    app = create_language_model()
    with serving(app) as url:
        yield f"{url}/v1", app.extensions["script"]


@pytest.fixture
def script(server: tuple[str, Script]) -> Script:
    _, script = server
    return script.always("arguments", {"words": "Thank you."})


@pytest.fixture
def new_model(server: tuple[str, Script], script: Script) -> NewModel:
    def make(guards: Guards | None = None, **changes: object) -> CompatibleModel:
        usual = ModelSettings(server[0], "small", SecretString(KEY), 20.0, 400, 2)
        return CompatibleModel(replace(usual, **changes), guards)

    return make
