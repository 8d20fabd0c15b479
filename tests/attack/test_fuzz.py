"""The API's own description against the API, by schemathesis: every check, whoever asks."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from tests.rig import Caller, Stage

EXAMPLES = 8


@pytest.fixture(scope="module")
def description(stage: Stage) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/openapi.json", stage.app)


api = schemathesis.pytest.from_fixture("description")


bounds = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
)


def holds(case: Any, caller: Caller) -> None:
    """Every check that schemathesis has."""
    case.call_and_validate(headers={"Authorization": f"Bearer {caller.token}"})


@api.parametrize()
@bounds
def test_as_an_operator(case: Any, operator: Caller) -> None:
    holds(case, operator)


@api.parametrize()
@bounds
def test_as_a_member(case: Any, alice: Caller) -> None:
    holds(case, alice)


@api.parametrize()
@bounds
def test_as_nobody(case: Any) -> None:
    case.call_and_validate()
