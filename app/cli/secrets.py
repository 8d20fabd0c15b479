"""`flask secret …`. A key is read from a hidden prompt or from standard input, never from the
arguments, which other users of the machine can see.
"""

import sys
from datetime import datetime, timedelta
from typing import Any

import click

from app.cli.frame import FUTURE, TEAM_ID, Commands, caller, loaded
from app.cli.output import (
    as_json,
    confirm,
    confirmed,
    moment,
    print_done,
    print_fields,
    print_json,
    print_list,
    say,
)
from app.cli.services import services
from app.domain.ids import TeamId
from app.domain.team_secret import SecretVersion, ShownSecret, Written
from app.schemas.team_secrets import NewSecretSchema
from app.services.rotation import DueSecret

_STORED = "{version} is stored."
_DAYS = click.IntRange(min=0, max=36_500)


secret_commands = Commands("secret", help="Set, look at, try and delete a team's Blawby key.")


@secret_commands.command("set")
@click.argument("team_id", type=TEAM_ID)
@click.option("--team-ulid", required=True, help="Blawby's own id of the team.")
@click.option("--expires-at", type=FUTURE, help="A date or moment, ISO 8601.")
@click.option("--verify", is_flag=True, help="Try the key on Blawby before it is stored.")
@as_json
def set_key(
    team_id: TeamId, team_ulid: str, expires_at: datetime | None, verify: bool, as_json: bool
) -> None:
    """Store or replace a key, read from a hidden prompt or from standard input."""
    asked = click.prompt("API key", hide_input=True) if sys.stdin.isatty() else None
    key = asked or sys.stdin.readline().strip()
    expires = expires_at.isoformat() if expires_at else None
    document = {"apiKey": key, "teamUlid": team_ulid, "expiresAt": expires}
    new = loaded(NewSecretSchema(), document)
    written = services().secrets.replace(caller(), team_id, new, verify)
    _tell(written, team_id, as_json, _STORED)


@secret_commands.command("status")
@click.argument("team_id", type=TEAM_ID)
@as_json
def status(team_id: TeamId, as_json: bool) -> None:
    """Show the key's label."""
    found = services().views.status(caller(), team_id)
    if as_json:
        print_json({"teamId": team_id, "hasSecret": found is not None} | _status(found))
    elif found is None:
        say("No secret.")
    else:
        print_fields(
            {
                "version": found.version,
                "fingerprint": found.label.fingerprint or "-",
                "team ulid": found.label.team_ulid,
                "created": moment(found.created_at),
                "updated": moment(found.updated_at),
                "expires": moment(found.label.expires_at, "never"),
            }
        )


@secret_commands.command("versions")
@click.argument("team_id", type=TEAM_ID)
@as_json
def versions(team_id: TeamId, as_json: bool) -> None:
    """All versions in Vault."""
    views, token = services().views, caller()
    known = views.versions(token, team_id)
    prints = views.fingerprints(token, team_id, known)
    shown = [_version(*each) for each in zip(known, prints, strict=True)]
    print_list(as_json, ("version", "created", "state", "fingerprint"), shown)


@secret_commands.command("rollback")
@click.argument("team_id", type=TEAM_ID)
@click.argument("version", type=click.IntRange(min=1))
@as_json
def rollback(team_id: TeamId, version: int, as_json: bool) -> None:
    """A new version with an old one's content."""
    written = services().secrets.rollback(caller(), team_id, version)
    _tell(written, team_id, as_json, _STORED)


@secret_commands.command("undelete")
@click.argument("team_id", type=TEAM_ID)
@as_json
def undelete(team_id: TeamId, as_json: bool) -> None:
    """Bring the last version back after a delete."""
    restored = services().secrets.undelete(caller(), team_id)
    _tell(restored, team_id, as_json, "{version} is restored.")


@secret_commands.command("verify")
@click.argument("team_id", type=TEAM_ID)
@as_json
def verify(team_id: TeamId, as_json: bool) -> None:
    """Verify the stored key at Blawby. Exit code 1 if Blawby rejects it."""
    verdict = services().secrets.verify(caller(), team_id)
    told = {"teamId": team_id, "valid": verdict.valid, "checkedAt": moment(verdict.checked_at)}
    print_done(as_json, told, f"Blawby {'takes' if verdict.valid else 'refuses'} the key.")
    if not verdict.valid:
        raise click.exceptions.Exit(1)


@secret_commands.command("delete")
@click.argument("team_id", type=TEAM_ID)
@click.option("--destroy", is_flag=True, help="Erase every version for good.")
@confirmed
@as_json
def delete(team_id: TeamId, destroy: bool, yes: bool, as_json: bool) -> None:
    """Delete the key; without --destroy `undelete` restores it."""
    if destroy:
        confirm(yes, f"Erase every version of the key of team {team_id}, for good?")
        erased = services().secrets.destroy(caller(), team_id)
        _tell(erased, team_id, as_json, "Every version of the key is erased.")
        return
    deleted = services().secrets.delete(caller(), team_id)
    _tell(deleted, team_id, as_json, "{version} is deleted.")


@secret_commands.command("due")
@click.option("--days", default=90, type=_DAYS, help="Older than so many days.")
@click.option("--soon", default=14, type=_DAYS, help="Expires within so many.")
@as_json
def due(days: int, soon: int, as_json: bool) -> None:
    """Keys that expired, expire soon or are old."""
    found = services().rotation.due(caller(), timedelta(days=days), timedelta(days=soon))
    headings = ("team id", "why", "version", "updated", "expires")
    print_list(as_json, headings, [_due(each) for each in found])


def _status(found: ShownSecret | None) -> dict[str, Any]:
    if found is None:
        return {}
    expires = found.label.expires_at
    return {
        "version": found.version,
        "fingerprint": found.label.fingerprint,
        "teamUlid": found.label.team_ulid,
        "createdAt": moment(found.created_at),
        "updatedAt": moment(found.updated_at),
        "expiresAt": moment(expires) if expires else None,
    }


def _version(version: SecretVersion, fingerprint: str | None) -> dict[str, Any]:
    return {
        "version": version.version,
        "createdAt": moment(version.created_at),
        "state": "lives" if version.lives else "destroyed" if version.destroyed else "deleted",
        "fingerprint": fingerprint,
    }


def _due(due: DueSecret) -> dict[str, Any]:
    expires = due.status.label.expires_at
    return {
        "teamId": due.team_id,
        "why": due.why,
        "version": due.status.version,
        "updatedAt": moment(due.status.updated_at),
        "expiresAt": moment(expires) if expires else None,
    }


def _tell(written: Written, team_id: TeamId, machine: bool, sentence: str) -> None:
    told = sentence.format(version=f"Version {written.version} of the key")
    late = " Other workers know within the cache's time." if written.delayed else ""
    document: dict[str, Any] = {"teamId": team_id, "version": written.version}
    document |= {"propagation": "delayed"} if written.delayed else {}
    print_done(machine, document, f"{told}{late}")
