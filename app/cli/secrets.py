"""`flask secret …`. A key is read from a hidden prompt or from standard input, never from the
arguments, which other users of the machine can see.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta

import click
from flask.cli import AppGroup

from app.cli.frame import TEAM_ID, Commands, caller, loaded
from app.domain.ids import TeamId
from app.domain.team_secret import Written
from app.schemas.team_secrets import NewSecretSchema
from app.services.rotation import DueSecret, Rotation
from app.services.team_secrets import TeamSecrets

_DAYS = click.IntRange(min=0, max=36_500)


def secret_commands(secrets: TeamSecrets, rotation: Rotation) -> AppGroup:
    group = Commands("secret", help="Set, look at and delete a team's Blawby key.")

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
        new = loaded(NewSecretSchema(), document)
        _tell(secrets.replace(caller(), team_id, new, verify))

    @group.command("status")
    @click.argument("team_id", type=TEAM_ID)
    def status(team_id: TeamId) -> None:
        """What may be told of the key."""
        found = secrets.status(caller(), team_id)
        if found is None:
            click.echo("No secret.")
            return
        click.echo(f"version      {found.version}")
        click.echo(f"fingerprint  {found.label.fingerprint or '-'}")
        click.echo(f"team ulid    {found.label.team_ulid}")
        click.echo(f"updated      {found.updated_at.isoformat()}")
        click.echo(f"expires      {found.label.expires_at or 'never'}")

    @group.command("versions")
    @click.argument("team_id", type=TEAM_ID)
    def versions(team_id: TeamId) -> None:
        """All versions, a line each."""
        for version in secrets.versions(caller(), team_id):
            state = "lives" if version.lives else "destroyed" if version.destroyed else "deleted"
            click.echo(f"{version.version}\t{version.created_at.isoformat()}\t{state}")

    @group.command("rollback")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("version", type=click.IntRange(min=1))
    def rollback(team_id: TeamId, version: int) -> None:
        """A new version with an old one's content."""
        _tell(secrets.rollback(caller(), team_id, version))

    @group.command("delete")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--destroy", is_flag=True, help="Erase every version for good.")
    def delete(team_id: TeamId, destroy: bool) -> None:
        """Delete the key; without --destroy it can be undeleted."""
        remove = secrets.destroy if destroy else secrets.delete
        _tell(remove(caller(), team_id))

    @group.command("due")
    @click.option("--days", default=90, type=_DAYS, help="Older than so many days.")
    @click.option("--soon", default=14, type=_DAYS, help="Expires within so many.")
    def due(days: int, soon: int) -> None:
        """Keys that expired, expire soon or are old: team, why, version, stored, expires."""
        for found in rotation.due(caller(), timedelta(days=days), timedelta(days=soon)):
            click.echo("\t".join(_columns(found)))

    return group


def _columns(found: DueSecret) -> Iterator[str]:
    expires = found.status.label.expires_at
    yield from (found.team_id, found.why, str(found.status.version))
    yield found.status.updated_at.date().isoformat()
    yield expires.date().isoformat() if expires else "never"


def _tell(written: Written) -> None:
    late = " Other workers know within the cache's time." if written.delayed else ""
    click.echo(f"Version {written.version}.{late}")
