import pytest

from tests.contract.vaults import Parts, fake_parts, real_parts
from tests.rig import Stage


@pytest.fixture(params=["fake", "vault"])
def parts(request: pytest.FixtureRequest) -> Parts:
    if request.param == "fake":
        return fake_parts()
    stage: Stage = request.getfixturevalue("stage")
    return real_parts(stage)
