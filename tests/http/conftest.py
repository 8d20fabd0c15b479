"""Who else takes part."""

from collections.abc import Iterator

import pytest

from tests.rig import Caller, Sandbox, Stage, TeamOnStage, new_ulid


@pytest.fixture(autouse=True)
def healthy(sandbox: Sandbox) -> Iterator[None]:
    """Blawby's faults end with the test that wanted them."""
    yield
    sandbox.admin("DELETE", "faults")


@pytest.fixture(scope="session")
def auditor(stage: Stage) -> Caller:
    return Caller(stage.client, stage.staff_token("auditor"))


@pytest.fixture
def fresh_teams(stage: Stage) -> list[TeamOnStage]:
    """Six teams without a key whose ids stand in a row, with none between."""
    first = new_ulid()[:-1]
    return [stage.team(team_id=f"{first}{digit}") for digit in "123456"]
