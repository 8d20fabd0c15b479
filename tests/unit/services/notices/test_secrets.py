"""The secret of a team's webhooks: written for a team that is there."""

import pytest

from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.errors import TeamNotFound
from app.services.notices.secrets import WebhookSecretKeeping
from tests.contract.vaults import OPERATOR, new_team
from tests.fakes.notices import FakeWebhookSecrets
from tests.fakes.vault import FakeTeamRegistries, FakeVault

TEAM = new_team()
SECRET = SecretString("whsec_" + "c2VjcmV0" * 6)


class World:
    def __init__(self) -> None:
        self.vault, self.kept = FakeVault(), FakeWebhookSecrets(None)
        self.vault.teams[TEAM.team_id] = TEAM
        self.operator = self.vault.login(OPERATOR)
        self.keeping = WebhookSecretKeeping(self.kept, FakeTeamRegistries(self.vault))

    def put(self, team_id: TeamId = TEAM.team_id) -> None:
        self.keeping.put(self.operator, team_id, SECRET)


@pytest.fixture
def world() -> World:
    return World()


def test_it_is_kept(world: World) -> None:
    world.put()
    assert world.kept.secret == SECRET


def test_a_team_that_is_not_there_gets_none(world: World) -> None:
    with pytest.raises(TeamNotFound):
        world.put(new_team().team_id)
    assert world.kept.secret is None


def test_none_outlives_a_team_that_is_removed_meanwhile(world: World) -> None:
    """The team is gone behind the look at it."""
    world.vault.script.add("read", "ok", lambda: world.vault.teams.pop(TEAM.team_id))
    with pytest.raises(TeamNotFound):
        world.put()
    assert world.kept.secret is None


def test_it_stays_where_nobody_can_say_whether_the_team_does(world: World) -> None:
    world.vault.script.add("read", "ok", "unavailable")
    world.put()
    assert world.kept.secret == SECRET
