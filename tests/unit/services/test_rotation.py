"""Which keys are due for rotation, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from app.services.rotation import Due, Rotation
from app.services.secret_views import SecretViews
from tests.fakes.vault import (
    OPERATOR,
    FakeSecretStores,
    FakeTeamRegistries,
    FakeTeamSource,
    FakeVault,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
QUARTER, FORTNIGHT = timedelta(days=90), timedelta(days=14)


class World:
    def __init__(self) -> None:
        self.vault = FakeVault()
        self.operator = self.vault.login(OPERATOR)
        self.stores = FakeSecretStores(self.vault)
        registries = FakeTeamRegistries(self.vault)
        views = SecretViews(self.stores, registries, FakeTeamSource(self.vault))
        self.rotation = Rotation(registries, views, clock=lambda: NOW)

    def team(self, number: int, stored: timedelta | None, expires: timedelta | None = None) -> None:
        """A team whose key was stored so long ago and expires in so long; None: without."""
        team_id = TeamId(f"{number:026}")
        self.vault.teams[team_id] = Team(team_id, Slug(f"s-{number}"), "N", TeamConfig({}))
        if stored is None:
            return
        label = SecretLabel(
            TeamUlid(team_id), "f", "w", NOW + expires if expires is not None else None
        )
        self.stores.open(self.operator, team_id).write(SecretString("a-key"), label, 0)
        [version] = self.vault.secrets[team_id]
        version.told = replace(version.told, created_at=NOW - stored)

    def due(self) -> dict[int, Due]:
        found = self.rotation.due(self.operator, QUARTER, FORTNIGHT)
        return {int(each.team_id): each.why for each in found}


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("stored", "expires", "why"),
    [
        (1, None, None),
        (89, None, None),
        (90, None, Due.OLD),
        (1, 15, None),
        (1, 14, Due.EXPIRES_SOON),
        (1, 1, Due.EXPIRES_SOON),
        (1, 0, Due.EXPIRED),
        (1, -1, Due.EXPIRED),
        (500, 1, Due.EXPIRES_SOON),
        (500, -1, Due.EXPIRED),
        (500, 100, Due.OLD),
    ],
)
def test_why_a_key_is_due(world: World, stored: int, expires: int | None, why: Due | None) -> None:
    in_days = None if expires is None else timedelta(days=expires)
    world.team(1, timedelta(days=stored), in_days)
    assert world.due() == ({1: why} if why else {})


def test_teams_without_a_living_key_are_not_due(world: World) -> None:
    world.team(1, None)
    world.team(2, QUARTER)
    world.stores.open(world.operator, TeamId(f"{2:026}")).delete(1)
    assert world.due() == {}


def test_all_teams_are_looked_at_page_by_page(world: World) -> None:
    for number in range(1, 2003):
        world.team(number, QUARTER if number in (1, 1000, 1001, 2002) else None)
    assert world.due() == dict.fromkeys((1, 1000, 1001, 2002), Due.OLD)
    assert world.vault.script.count(["page"]) == 3


@pytest.mark.parametrize("gone", ["team", "key"])
def test_what_cannot_be_read_is_passed_over(world: World, gone: str) -> None:
    """A team that is removed meanwhile, and a stored value that is no key."""
    world.team(1, QUARTER)
    world.team(2, QUARTER)
    first = TeamId(f"{1:026}")
    if gone == "team":
        world.vault.secrets.pop(first)
        world.vault.script.add("shown", lambda: world.vault.teams.pop(first))
    else:
        world.vault.spoil_secret(first)
    assert world.due() == {2: Due.OLD}
