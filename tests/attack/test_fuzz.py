"""The API's own description against the API, by schemathesis: every check, whoever asks."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig

from tests.rig import Caller, Stage, TeamOnStage

EXAMPLES = 8


@pytest.fixture(scope="module")
def description(stage: Stage) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", stage.app)


api = schemathesis.pytest.from_fixture("description")


@pytest.fixture(params=["operator", "member", "nobody"])
def who(request: pytest.FixtureRequest, stage: Stage, acme: TeamOnStage, alice: Caller) -> Caller:
    callers = {"operator": stage.operator, "member": alice, "nobody": stage.nobody}
    return callers[request.param]


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)
def test_whatever_is_sent_the_description_holds(case: Any, who: Caller) -> None:
    headers = {"Authorization": f"Bearer {who.token}"} if who.token else {}
    case.call_and_validate(headers=headers)
