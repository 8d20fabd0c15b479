"""The operator's command line: `flask team …` and `flask secret …`.

It acts with the token in `VAULT_TOKEN` (or in the file that `VAULT_TOKEN_FILE` names), as the API
acts with its caller's. A key is read from a hidden prompt or from standard input, never from the
arguments, which other users of the machine can see.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from marshmallow import EXCLUDE, Schema, ValidationError

from app.errors import AppError, TeamExists, ValidationFailed
from app.ids import TeamId
from app.schemas.invoices import INTAKE_KEY, ResolutionSchema
from app.schemas.team_secrets import NewSecretSchema
from app.schemas.teams import TeamSchema
from app.secret import SecretString
from app.services.invoices import Invoices
from app.services.payment import dollars
from app.services.team_secrets import TeamSecrets, Written
from app.services.teams import Teams
from app.teams import Team, TeamConfig


class _TeamIdType(click.ParamType[TeamId]):
    name = "team id"

    def convert(self, value: Any, param: Any, ctx: Any) -> TeamId:
        try:
            return TeamId.parse(str(value))
        except AppError as wrong:
            return self.fail(wrong.message, param, ctx)


class _Commands(AppGroup):
    """Our errors end a command with one line and exit code 1: no traceback, no value."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AppError as error:
            details = f" {json.dumps(error.details)}" if error.details else ""
            raise click.ClickException(error.message + details) from None


TEAM_ID = _TeamIdType()


def team_commands(teams: Teams) -> AppGroup:
    group = _Commands("team", help="Register, list and remove teams; issue their credentials.")

    @group.command("create")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--slug", required=True)
    @click.option("--name", required=True)
    @click.option("--config", type=click.File(), help="A JSON file.")
    def create(team_id: TeamId, slug: str, name: str, config: Any) -> None:
        """Register a new team."""
        document = {"slug": slug, "name": name, "config": json.load(config) if config else {}}
        teams.create(_caller(), _team(team_id, document))
        click.echo(f"{team_id} is registered.")

    @group.command("list")
    def list_all() -> None:
        """All teams: id, slug and name, a line each."""
        after: TeamId | None = None
        while True:
            page = teams.page(_caller(), after, 100)
            for team in page.teams:
                click.echo(f"{team.team_id}\t{team.slug}\t{team.name}")
            if page.next is None:
                return
            after = page.next

    @group.command("show")
    @click.argument("team_id", type=TEAM_ID)
    def show(team_id: TeamId) -> None:
        """A team with its configuration, as JSON."""
        team = teams.read(_caller(), team_id)
        shown = {"teamId": team.team_id, "slug": team.slug, "name": team.name}
        click.echo(json.dumps(shown | {"config": team.config.document}, indent=2))

    @group.command("import")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    def import_teams(file: Path) -> None:
        """Register the teams of a JSON file; those that exist already are left as they are."""
        for document in json.loads(file.read_text("utf-8")):
            team = _team(TeamId.parse(document["teamId"]), document)
            try:
                teams.create(_caller(), team)
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
            teams.revoke_credentials(_caller(), team_id)
            click.echo("All secret ids of the team are revoked.")
            return
        issued = teams.issue_credentials(_caller(), team_id)
        click.echo(f"role id         {issued.role_id}")
        click.echo(f"wrapping token  {issued.wrapping_token.reveal()}")
        click.echo(f"expires in      {issued.expires_in} s")

    @group.command("delete")
    @click.argument("team_id", type=TEAM_ID)
    @click.confirmation_option(prompt="Its key, logins, tokens and configuration, for good?")
    def delete(team_id: TeamId) -> None:
        """Remove a team and everything of it."""
        teams.remove(_caller(), team_id)
        click.echo(f"{team_id} is removed.")

    return group


def secret_commands(secrets: TeamSecrets) -> AppGroup:
    group = _Commands("secret", help="Set, look at and delete a team's Blawby key.")

    @group.command("set")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--team-ulid", required=True, help="Blawby's own id of the team.")
    @click.option("--expires-at", help="ISO 8601.")
    @click.option("--verify", is_flag=True, help="Try the key on Blawby before it is stored.")
    def set_key(team_id: TeamId, team_ulid: str, expires_at: str | None, verify: bool) -> None:
        """Store or replace a key, read from a hidden prompt or from standard input."""
        asked = click.prompt("API key", hide_input=True) if sys.stdin.isatty() else None
        key = asked or sys.stdin.readline().strip()
        document = {"apiKey": key, "teamUlid": team_ulid, "expiresAt": expires_at}
        new = _loaded(NewSecretSchema(), document)
        _tell(secrets.replace(_caller(), team_id, new, verify))

    @group.command("status")
    @click.argument("team_id", type=TEAM_ID)
    def status(team_id: TeamId) -> None:
        """What may be told of the key."""
        found = secrets.status(_caller(), team_id)
        if found is None:
            click.echo("No secret.")
            return
        click.echo(f"version      {found.version}")
        click.echo(f"fingerprint  {found.label.fingerprint}")
        click.echo(f"team ulid    {found.label.team_ulid}")
        click.echo(f"updated      {found.updated_at.isoformat()}")
        click.echo(f"expires      {found.label.expires_at or 'never'}")

    @group.command("versions")
    @click.argument("team_id", type=TEAM_ID)
    def versions(team_id: TeamId) -> None:
        """All versions, a line each."""
        for version in secrets.versions(_caller(), team_id):
            state = "lives" if version.lives else "destroyed" if version.destroyed else "deleted"
            click.echo(f"{version.version}\t{version.created_at.isoformat()}\t{state}")

    @group.command("rollback")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("version", type=click.IntRange(min=1))
    def rollback(team_id: TeamId, version: int) -> None:
        """A new version with an old one's content."""
        _tell(secrets.rollback(_caller(), team_id, version))

    @group.command("delete")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--destroy", is_flag=True, help="Erase every version for good.")
    def delete(team_id: TeamId, destroy: bool) -> None:
        """Delete the key; without --destroy it can be undeleted."""
        remove = secrets.destroy if destroy else secrets.delete
        _tell(remove(_caller(), team_id))

    return group


def invoice_commands(invoices: Invoices) -> AppGroup:
    group = _Commands("invoice", help="What the agent billed, and settling what nobody knows.")

    @group.command("list")
    @click.argument("team_id", type=TEAM_ID)
    def list_all(team_id: TeamId) -> None:
        """A team's invoices, a line each: id, state, amount, Blawby's id, when."""
        after: str | None = None
        while True:
            page = invoices.page(_caller(), team_id, after, 100)
            for key, entry in page.entries:
                told = (key, entry.state, dollars(entry.amount), entry.invoice_id or "-")
                click.echo("\t".join((*told, entry.started_at.isoformat())))
            if page.next is None:
                return
            after = page.next

    @group.command("resolve")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("invoice")
    @click.argument("outcome", type=click.Choice(["invoiced", "failed"]))
    @click.option("--payment-id", help="Blawby's id of the invoice, with the outcome invoiced.")
    def resolve(team_id: TeamId, invoice: str, outcome: str, payment_id: str | None) -> None:
        """Settle an invoice whose outcome nobody knew, as you looked it up at Blawby."""
        document = {"outcome": outcome} | ({"paymentId": payment_id} if payment_id else {})
        found = _loaded(ResolutionSchema(), document)
        if not INTAKE_KEY.fullmatch(invoice):
            raise NotFound
        settled = invoices.resolve(_caller(), team_id, invoice, found.get("paymentId"))
        click.echo(f"{invoice} is {settled.state} now.")

    return group


def _caller() -> SecretString:
    token = os.environ.get("VAULT_TOKEN")
    if not token and (file := os.environ.get("VAULT_TOKEN_FILE")):
        token = Path(file).read_text("utf-8").strip()
    if not token:
        raise click.ClickException("VAULT_TOKEN or VAULT_TOKEN_FILE is needed.")
    return SecretString(token)


def _team(team_id: TeamId, document: dict[str, Any]) -> Team:
    loaded = _loaded(TeamSchema(), document)
    return Team(team_id, loaded["slug"], loaded["name"], TeamConfig(loaded["config"]))


def _loaded(schema: Schema, document: dict[str, Any]) -> Any:
    try:
        return schema.load(document, unknown=EXCLUDE)
    except ValidationError as wrong:
        raise ValidationFailed(wrong.messages_dict) from None


def _tell(written: Written) -> None:
    late = " Other workers know within the cache's time." if written.delayed else ""
    click.echo(f"Version {written.version}.{late}")
