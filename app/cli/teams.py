"""`flask team …`"""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.frame import JSON_FILE, JSON_OBJECT_FILE, TEAM_ID, Commands, caller, loaded
from app.cli.output import (
    as_json,
    confirm,
    confirmed,
    print_done,
    print_fields,
    print_json,
    print_list,
    say,
)
from app.cli.paging import pages
from app.cli.services import services
from app.cli.team_files import Import, exported, read_teams, team_document
from app.domain.ids import TeamId
from app.domain.team import Team, TeamConfig
from app.schemas.teams import ImportedTeamSchema, TeamPatchSchema
from app.services.teams import TeamPage

_PAGE = 100


team_commands = Commands("team", help="Register, list, change and remove teams; issue credentials.")


@team_commands.command("create")
@click.argument("team_id", type=TEAM_ID)
@click.option("--slug", required=True, help="Its name in links.")
@click.option("--name", required=True, help="Its name for people.")
@click.option("--config", type=JSON_OBJECT_FILE, help="A JSON file.")
@as_json
def create(team_id: TeamId, slug: str, name: str, config: Any, as_json: bool) -> None:
    """Register a new team."""
    document = {"teamId": team_id, "slug": slug, "name": name, "config": config or {}}
    read = loaded(ImportedTeamSchema(), document)
    team = Team(team_id, read["slug"], read["name"], TeamConfig(read["config"]))
    services().teams.create(caller(), team)
    print_done(as_json, team_document(team), f"{team_id} is registered.")


@team_commands.command("list")
@as_json
def list_all(as_json: bool) -> None:
    """All teams: id, slug and name."""
    listed: list[dict[str, Any]] = []
    for page in _pages():
        listed += [
            {"teamId": team.team_id, "slug": team.slug, "name": team.name} for team in page.teams
        ]
        for team_id in page.unusable:
            say(f"{team_id} cannot be used: see `flask team show`.", err=True)
    print_list(as_json, ("team id", "slug", "name"), listed)


@team_commands.command("show")
@click.argument("team_id", type=TEAM_ID)
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON, as always here.")
def show(team_id: TeamId) -> None:
    """A team with its configuration, as JSON."""
    team = services().teams.read(caller(), team_id)
    print_json(team_document(team))
    if team.ignored:
        say(f"Malformed and not used: {', '.join(team.ignored)}.", err=True)


@team_commands.command("update")
@click.argument("team_id", type=TEAM_ID)
@click.option("--slug", help="A new name in links.")
@click.option("--name", help="A new name for people.")
@click.option("--config", type=JSON_OBJECT_FILE, help="A JSON file that is merged in.")
@as_json
def update(team_id: TeamId, slug: str | None, name: str | None, config: Any, as_json: bool) -> None:
    """Change parts of a team. In --config objects are merged, and null removes."""
    given = {"slug": slug, "name": name, "config": config}
    changes = {field: value for field, value in given.items() if value is not None}
    if not changes:
        raise click.UsageError("Give --slug, --name or --config.")
    changed = services().teams.patch(caller(), team_id, loaded(TeamPatchSchema(), changes))
    print_done(as_json, team_document(changed.team), f"{team_id} is changed.")


@team_commands.command("import")
@click.argument("file", type=JSON_FILE)
@as_json
def import_teams(file: Any, as_json: bool) -> None:
    """Register the teams of a JSON file; existing teams are not changed.

    If an entry is not valid, nothing is registered. Otherwise the import continues after a team
    that fails. Exit code 1 if a team was not registered for another reason than that it exists.
    """
    entries = file if isinstance(file, list) else [file]
    Import(services().teams, caller(), as_json).run(read_teams(entries))


@team_commands.command("export")
def export() -> None:
    """All teams with their configurations, as JSON that `import` reads."""
    print_json(exported(_pages()))


@team_commands.command("credentials")
@click.argument("team_id", type=TEAM_ID)
@click.option("--revoke", is_flag=True, help="Revoke all the team's secret ids instead.")
@confirmed
@as_json
def credentials(team_id: TeamId, revoke: bool, yes: bool, as_json: bool) -> None:
    """A role id, and a token that unwraps a new secret id once."""
    if revoke:
        confirm(yes, f"Revoke all secret ids of team {team_id}? Nobody can log in for it then.")
        services().teams.revoke_credentials(caller(), team_id)
        sentence = "All secret ids of the team are revoked."
        print_done(as_json, {"teamId": team_id, "revoked": True}, sentence)
        return
    issued = services().teams.issue_credentials(caller(), team_id)
    told: dict[str, Any] = {
        "role id": issued.role_id,
        "wrapping token": issued.wrapping_token.reveal(),
        "expires in": f"{issued.expires_in} s",
    }
    if as_json:
        names = ("roleId", "wrappingToken", "expiresIn")
        values = (issued.role_id, issued.wrapping_token.reveal(), issued.expires_in)
        print_json(dict(zip(names, values, strict=True)))
    else:
        print_fields(told)


@team_commands.command("delete")
@click.argument("team_id", type=TEAM_ID)
@confirmed
@as_json
def delete(team_id: TeamId, yes: bool, as_json: bool) -> None:
    """Remove a team and all of its data."""
    lost = "key, matters, logins, tokens, configuration and slug"
    confirm(yes, f"Delete team {team_id} for good, with its {lost}?")
    services().teams.remove(caller(), team_id)
    print_done(as_json, {"teamId": team_id, "removed": True}, f"{team_id} is removed.")


def _pages() -> Iterator[TeamPage]:
    teams = services().teams
    return pages(lambda after: teams.page(caller(), after, _PAGE))
