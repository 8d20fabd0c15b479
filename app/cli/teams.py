"""`flask team …`"""

import json
from typing import Any

import click
from flask.cli import AppGroup

from app.cli.frame import JSON_FILE, TEAM_ID, Commands, caller, loaded
from app.domain.ids import TeamId
from app.domain.team import Team, TeamConfig
from app.errors import TeamExists
from app.schemas.teams import ImportedTeamSchema
from app.services.teams import Teams


def team_commands(teams: Teams) -> AppGroup:
    group = Commands("team", help="Register, list and remove teams; issue their credentials.")

    @group.command("create")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--slug", required=True)
    @click.option("--name", required=True)
    @click.option("--config", type=JSON_FILE, help="A JSON file.")
    def create(team_id: TeamId, slug: str, name: str, config: Any) -> None:
        """Register a new team."""
        document = {"teamId": team_id, "slug": slug, "name": name, "config": config or {}}
        teams.create(caller(), _team(document))
        click.echo(f"{team_id} is registered.")

    @group.command("list")
    def list_all() -> None:
        """All teams: id, slug and name, a line each."""
        after: TeamId | None = None
        while True:
            page = teams.page(caller(), after, 100)
            for team in page.teams:
                click.echo(f"{team.team_id}\t{team.slug}\t{team.name}")
            for team_id in page.unusable:
                click.echo(f"{team_id} cannot be used: see flask team show.", err=True)
            if page.next is None:
                return
            after = page.next

    @group.command("show")
    @click.argument("team_id", type=TEAM_ID)
    def show(team_id: TeamId) -> None:
        """A team with its configuration, as JSON."""
        team = teams.read(caller(), team_id)
        shown = {"teamId": team.team_id, "slug": team.slug, "name": team.name}
        click.echo(json.dumps(shown | {"config": team.config.document}, indent=2))

    @group.command("import")
    @click.argument("file", type=JSON_FILE)
    def import_teams(file: Any) -> None:
        """Register the teams of a JSON file; those that exist already are left as they are."""
        for team in [_team(document) for document in (file if isinstance(file, list) else [file])]:
            try:
                teams.create(caller(), team)
            except TeamExists:
                click.echo(f"{team.team_id} exists already.")
            else:
                click.echo(f"{team.team_id} is registered.")

    @group.command("credentials")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--revoke", is_flag=True, help="Revoke all the team's secret ids instead.")
    def credentials(team_id: TeamId, revoke: bool) -> None:
        """A role id, and a token that unwraps a new secret id once."""
        if revoke:
            teams.revoke_credentials(caller(), team_id)
            click.echo("All secret ids of the team are revoked.")
            return
        issued = teams.issue_credentials(caller(), team_id)
        click.echo(f"role id         {issued.role_id}")
        click.echo(f"wrapping token  {issued.wrapping_token.reveal()}")
        click.echo(f"expires in      {issued.expires_in} s")

    @group.command("delete")
    @click.argument("team_id", type=TEAM_ID)
    @click.confirmation_option(prompt="Its key, logins, tokens and configuration, for good?")
    def delete(team_id: TeamId) -> None:
        """Remove a team and everything of it."""
        teams.remove(caller(), team_id)
        click.echo(f"{team_id} is removed.")

    return group


def _team(document: Any) -> Team:
    read = loaded(ImportedTeamSchema(), document)
    return Team(read["teamId"], read["slug"], read["name"], TeamConfig(read["config"]))
