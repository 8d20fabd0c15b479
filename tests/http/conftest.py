"""Who else takes part."""

import pytest

from tests.rig import Caller, Stage, TeamOnStage, faults_end, new_ulid

healthy = pytest.fixture(faults_end, autouse=True)


@pytest.fixture(scope="session")
def auditor(stage: Stage) -> Caller:
    return Caller(stage.client, stage.staff_token("auditor"))


@pytest.fixture
def fresh_teams(stage: Stage) -> list[TeamOnStage]:
    """Six teams without a key whose ids stand in a row, with none between."""
    first = new_ulid()[:-1]
    return [stage.team(team_id=f"{first}{digit}") for digit in "123456"]
