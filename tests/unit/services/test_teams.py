"""The teams on fakes: merges, pages, and who is told."""

import pytest

from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from app.errors import (
    Forbidden,
    SlugTaken,
    TeamExists,
    TeamNotFound,
    ValidationFailed,
    WriteUnconfirmed,
)
from app.services.resolution.resolver import Resolution
from app.services.teams import Teams
from tests.fakes.generations import FakeGenerations, FakeValues
from tests.fakes.vault import (
    AUDITOR,
    OPERATOR,
    FakeSecretStores,
    FakeTeamRegistries,
    FakeTeamSource,
    FakeVault,
)


def team_id(number: int) -> TeamId:
    return TeamId(f"{number:026}")


def team(number: int = 1, slug: str | None = None, **config: object) -> Team:
    return Team(team_id(number), Slug(slug or f"slug-{number}"), "A Firm", TeamConfig(config))


class World:
    def __init__(self) -> None:
        self.vault = FakeVault()
        self.generations = FakeGenerations()
        self.stores = FakeSecretStores(self.vault)
        source = FakeTeamSource(self.vault)
        resolution = Resolution(source, self.generations, FakeValues(), 300, 900)
        self.teams = Teams(FakeTeamRegistries(self.vault), self.stores, resolution)
        self.operator = self.vault.login(OPERATOR)

    def register(self, *teams: Team) -> None:
        for each in teams:
            self.vault.teams[each.team_id] = each

    def give_key(self, number: int) -> None:
        label = SecretLabel(TeamUlid("0" * 26), "f", "w")
        self.stores.open(self.operator, team_id(number)).write(SecretString("key"), label, 0)


@pytest.fixture
def world() -> World:
    return World()


# --- registering ------------------------------------------------------------------------------


def test_put_says_whether_the_team_is_new(world: World) -> None:
    assert world.teams.put(world.operator, team()).created is True
    assert world.teams.put(world.operator, team()).created is False


def test_create_is_for_new_teams(world: World) -> None:
    world.teams.create(world.operator, team())
    with pytest.raises(TeamExists):
        world.teams.create(world.operator, team())


def test_id_and_slug_are_announced(world: World) -> None:
    assert world.teams.put(world.operator, team()).delayed is False
    assert world.generations.stamps.keys() == {team_id(1), "slug-1"}
    world.generations.away = True
    assert world.teams.put(world.operator, team()).delayed is True


def test_what_may_have_been_registered_is_announced_too(world: World) -> None:
    world.vault.script.add("register", "unconfirmed")
    with pytest.raises(WriteUnconfirmed):
        world.teams.put(world.operator, team())
    assert world.generations.stamps.keys() == {team_id(1), "slug-1"}


def test_a_refusal_is_announced_to_nobody(world: World) -> None:
    world.register(team())
    stranger = world.vault.login(team_id(2))
    with pytest.raises(Forbidden):
        world.teams.put(stranger, team())
    assert world.generations.stamps == {}


def test_a_slug_that_was_taken_is_announced_to_whom_it_was_for(world: World) -> None:
    """The configuration may have stood there with it for a moment; the slug is another team's."""
    world.register(team())
    with pytest.raises(SlugTaken):
        world.teams.put(world.operator, team(2, "slug-1"))
    assert world.generations.stamps.keys() == {team_id(2)}


def test_a_configuration_has_a_largest_size(world: World) -> None:
    world.teams.put(world.operator, team(text="x" * 65_000))
    with pytest.raises(ValidationFailed):
        world.teams.put(world.operator, team(text="x" * 66_000))
    with pytest.raises(ValidationFailed):
        world.teams.create(world.operator, team(2, text="x" * 66_000))
    with pytest.raises(ValidationFailed):
        world.teams.patch(world.operator, team_id(1), {"config": {"more": "x" * 1000}})
    assert world.vault.teams.keys() == {team_id(1)}


# --- changing ---------------------------------------------------------------------------------


def test_a_patch_changes_what_it_names(world: World) -> None:
    world.register(team(a=1, b={"c": 2, "d": 3}))
    changes = {"name": "B", "config": {"b": {"c": None, "e": 4}}}
    changed = world.teams.patch(world.operator, team_id(1), changes).team
    assert (changed.slug, changed.name) == ("slug-1", "B")
    assert changed.config.document == {"a": 1, "b": {"d": 3, "e": 4}}
    moved = world.teams.patch(world.operator, team_id(1), {"slug": "moved"}).team
    assert (moved.slug, moved.name, moved.config) == ("moved", "B", changed.config)
    assert world.vault.teams[team_id(1)] == moved


def test_a_patch_is_merged_into_what_another_left_meanwhile(world: World) -> None:
    world.teams.put(world.operator, team(a=1))

    def another() -> None:
        world.teams.patch(world.operator, team_id(1), {"config": {"b": 2}})

    world.vault.script.add("register", another)
    world.teams.patch(world.operator, team_id(1), {"config": {"c": 3}})
    assert world.vault.teams[team_id(1)].config.document == {"a": 1, "b": 2, "c": 3}


def test_a_patch_of_a_team_that_goes_meanwhile_brings_it_not_back(world: World) -> None:
    world.teams.put(world.operator, team())
    world.vault.script.add("register", lambda: world.teams.remove(world.operator, team_id(1)))
    with pytest.raises(TeamNotFound):
        world.teams.patch(world.operator, team_id(1), {"name": "B"})
    assert world.vault.teams == {}


def test_a_patch_of_nothing_is_not_found(world: World) -> None:
    with pytest.raises(TeamNotFound):
        world.teams.patch(world.operator, team_id(1), {})


def test_reading(world: World) -> None:
    world.register(team())
    assert world.teams.read(world.vault.login(team_id(1)), team_id(1)) == team()
    with pytest.raises(TeamNotFound):
        world.teams.read(world.operator, team_id(2))


# --- removing ---------------------------------------------------------------------------------


def test_removal_is_announced(world: World) -> None:
    world.register(team())
    assert world.teams.remove(world.operator, team_id(1)) is True
    assert team_id(1) in world.generations.stamps
    with pytest.raises(TeamNotFound):
        world.teams.remove(world.operator, team_id(1))


def test_a_removal_that_nobody_can_be_told_of_stands(world: World) -> None:
    world.register(team())
    world.generations.away = True
    assert world.teams.remove(world.operator, team_id(1)) is False
    assert world.vault.teams == {}


def test_what_may_have_been_removed_is_announced_too(world: World) -> None:
    world.register(team())
    world.vault.script.add("remove", "after_unconfirmed")
    with pytest.raises(WriteUnconfirmed):
        world.teams.remove(world.operator, team_id(1))
    assert team_id(1) in world.generations.stamps


# --- pages ------------------------------------------------------------------------------------


def test_pages_of_teams(world: World) -> None:
    world.register(*(team(number) for number in range(1, 6)))
    first = world.teams.page(world.operator, None, 2)
    assert [each.team_id for each in first.teams] == [team_id(1), team_id(2)]
    assert first.next == team_id(2)
    last = world.teams.page(world.operator, team_id(3), 2)
    assert [each.team_id for each in last.teams] == [team_id(4), team_id(5)]
    assert last.next is None


def test_a_team_that_goes_while_it_is_listed_is_left_out(world: World) -> None:
    world.register(team(1), team(2))
    world.vault.script.add("read", lambda: world.vault.teams.pop(team_id(1)))
    assert [each.team_id for each in world.teams.page(world.operator, None, 9).teams] == [
        team_id(2)
    ]


@pytest.mark.parametrize(
    ("with_key", "after", "limit", "listed", "cursor"),
    [
        ([1, 2, 3, 4], 0, 2, [1, 2], 2),
        ([1, 2, 3, 4], 2, 2, [3, 4], None),
        ([1, 3], 0, 1, [1], 1),
        ([1, 3], 1, 1, [3], 3),
        ([1, 3], 3, 1, [], None),
        ([4], 0, 1, [4], None),
        ([], 0, 9, [], None),
    ],
)
def test_pages_of_secrets(
    world: World, with_key: list[int], after: int, limit: int, listed: list[int], cursor: int | None
) -> None:
    world.register(*(team(number) for number in range(1, 5)))
    for number in with_key:
        world.give_key(number)
    page = world.teams.page_with_secret(world.operator, team_id(after), limit)
    assert page.team_ids == [team_id(number) for number in listed]
    assert page.next == (team_id(cursor) if cursor else None)


def test_a_page_looks_at_so_many_teams_and_no_more(world: World) -> None:
    """Also where none of them has a secret: the page is short and has a next one."""
    world.register(*(team(number) for number in range(1, 1103)))
    world.give_key(1101)
    page = world.teams.page_with_secret(world.operator, None, 100)
    assert (page.team_ids, page.next) == ([], team_id(1000))
    page = world.teams.page_with_secret(world.operator, page.next, 100)
    assert (page.team_ids, page.next) == ([team_id(1101)], None)


def test_a_member_has_a_page_of_its_own_team(world: World) -> None:
    world.register(team(1), team(2))
    member = world.vault.login(team_id(1))
    assert world.teams.page_with_secret(member, None, 9).team_ids == []
    world.give_key(1)
    world.give_key(2)
    assert world.teams.page_with_secret(member, None, 9).team_ids == [team_id(1)]
    assert world.teams.page_with_secret(member, team_id(1), 9).team_ids == []


def test_who_is_neither_operator_nor_member_has_no_page(world: World) -> None:
    """A token that Vault knows, of somebody who may not list and belongs to no team."""
    auditor = world.vault.login(AUDITOR)
    with pytest.raises(Forbidden):
        world.teams.page_with_secret(auditor, None, 9)


# --- credentials ------------------------------------------------------------------------------


def test_credentials_are_passed_on(world: World) -> None:
    world.register(team())
    assert world.teams.issue_credentials(world.operator, team_id(1)).role_id
    world.teams.revoke_credentials(world.operator, team_id(1))


def test_what_is_no_team_is_named_on_its_page(world: World) -> None:
    world.register(team(1), team(2), team(3))
    world.vault.spoil_team(team_id(2))
    page = world.teams.page(world.operator, None, 5)
    assert [each.team_id for each in page.teams] == [team_id(1), team_id(3)]
    assert page.unusable == [team_id(2)]
