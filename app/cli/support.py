"""`flask support ID`"""

import json
import os
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.frame import TEAM_ID, Command, caller, sentence_of
from app.cli.log_files import LOG_FILE, LogFile
from app.cli.output import as_json, print_json, say
from app.cli.services import services
from app.domain.ids import TeamId
from app.errors import AppError
from app.schemas.matters import MATTER_ID, MatterSchema, matter_document
from app.services.support.audit import from_audit
from app.services.support.record import from_record, read_record
from app.services.support.story import Happening, from_log, in_order
from app.services.support.trail import Trail


@click.command("support", cls=Command)
@click.argument("name", metavar="ID")
@click.option("--log", "logs", type=LOG_FILE, multiple=True, help="The app's log; - is input.")
@click.option("--audit", "audits", type=LOG_FILE, multiple=True, help="Vault's audit log.")
@click.option("--team", "team_id", type=TEAM_ID, help="Whose session or matter it is.")
@click.option("--with-client-data", is_flag=True, help="Also what the client told; for members.")
@as_json
@with_appcontext
def tell_story(
    name: str,
    logs: Sequence[LogFile],
    audits: Sequence[LogFile],
    team_id: TeamId | None,
    with_client_data: bool,
    as_json: bool,
) -> None:
    """The story of one intake, in order of time.

    ID is that of a request, a session or a matter. The story is put together from the app's log,
    the matter's record in Vault (with the token of VAULT_TOKEN) and Vault's audit log. It holds
    nothing of the client unless asked.
    """
    trail = Trail.of(name, team_id)
    lines = trail.follow(lambda: _lines(logs))
    if team_id and MATTER_ID.fullmatch(name.lower()):
        trail.teams.setdefault(name.lower(), team_id)
    recorded, clients = _records(trail, with_client_data)
    audited = from_audit(_lines(audits), trail)
    story = in_order(from_log(lines, with_client_data), recorded, audited)
    if not story:
        raise click.ClickException("Nothing is known by this id.")
    if as_json:
        matters = {"matters": clients} if with_client_data else {}
        print_json({"story": [_document(each) for each in story]} | matters)
        return
    for happening in story:
        say(_line(happening))
    for client in clients:
        print_json(client)


def _lines(files: Sequence[LogFile]) -> Iterator[bytes]:
    return chain.from_iterable(file.lines() for file in files)


def _records(trail: Trail, with_client_data: bool) -> tuple[list[Happening], list[Any]]:
    """The records of all its matters, and whole ones where asked. What cannot be read is said."""
    happenings: list[Happening] = []
    whole: list[Any] = []
    if trail.teams and not (os.environ.get("VAULT_TOKEN") or os.environ.get("VAULT_TOKEN_FILE")):
        say("Without VAULT_TOKEN no record in Vault is read.", err=True)
        return happenings, whole
    for key, team_id in trail.teams.items():
        matters = services().matters
        try:
            happenings += from_record(team_id, read_record(matters, caller(), team_id, key))
            if with_client_data:
                matter = matters.read(caller(), team_id, key)
                whole.append(MatterSchema().dump(matter_document(matter)))
        except AppError as error:
            say(f"The record of {key} cannot be read: {sentence_of(error)}", err=True)
    return happenings, whole


def _document(happening: Happening) -> dict[str, Any]:
    at = happening.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"at": at, "source": happening.source, "what": happening.what} | dict(happening.details)


def _line(happening: Happening) -> str:
    document = _document(happening)
    at, source, what = (document.pop(name) for name in ("at", "source", "what"))
    details = "  ".join(f"{name}={_shown(value)}" for name, value in document.items())
    return _printable(f"{at}  {source.ljust(6)}  {what.ljust(28)}  {details}".rstrip())


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _printable(text: str) -> str:
    """A log file may come from anywhere: nothing of it steers the terminal."""
    return "".join(letter for letter in text if letter.isprintable())
