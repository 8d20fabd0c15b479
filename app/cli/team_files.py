"""Files of teams, read by `flask team import` and written by `flask team export`."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import click

from app.cli.frame import loaded, sentence_of
from app.cli.output import print_json, say
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.errors import AppError, TeamExists
from app.schemas.teams import ImportedTeamSchema
from app.services.teams import TeamPage, Teams

_SHOWN_AT_MOST = 20
_schema = ImportedTeamSchema()


def team_document(team: Team) -> dict[str, Any]:
    return {
        "teamId": team.team_id,
        "slug": team.slug,
        "name": team.name,
        "config": dict(team.config.document),
    }


def exported(pages: Iterable[TeamPage]) -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = []
    for page in pages:
        documents += [team_document(team) for team in page.teams]
        for team_id in page.unusable:
            say(f"{team_id} cannot be used and is left out.", err=True)
    return documents


def read_teams(documents: Sequence[Any]) -> list[Team]:
    """All entries of a file. If some are not valid, `ClickException` names each of them."""
    teams: list[Team] = []
    wrong: list[str] = []
    for entry, document in enumerate(documents, start=1):
        try:
            read = loaded(_schema, document)
        except AppError as error:
            wrong.append(f"entry {entry}{_id_in(document)}: {sentence_of(error, {})}")
        else:
            config = TeamConfig(read["config"])
            teams.append(Team(read["teamId"], read["slug"], read["name"], config))
    if wrong:
        _show(wrong)
        raise click.ClickException(
            f"{len(wrong)} of {len(documents)} entries are not valid. Nothing was registered."
        )
    return teams


class Import:
    """Register teams one after the other, and continue after a failure."""

    def __init__(self, teams: Teams, caller: SecretString, machine: bool) -> None:
        self._teams = teams
        self._caller = caller
        self._machine = machine
        self._counts: Counter[str] = Counter()
        self._failed: list[dict[str, Any]] = []

    def run(self, teams: Sequence[Team]) -> None:
        """Progress goes to standard error where that is a terminal, the summary to standard
        output."""
        for entry, team in self._with_progress(teams):
            self._register(entry, team)
        counts = {name: self._counts[name] for name in ("registered", "existing", "failed")}
        _show(
            [f"entry {each['entry']} ({each['teamId']}): {each['error']}" for each in self._failed]
        )
        if self._machine:
            print_json({"total": len(teams), **counts, "failures": self._failed})
        else:
            told = ", ".join(f"{count} {name}" for name, count in counts.items())
            say(f"{len(teams)} teams: {told}.")
        if self._failed:
            raise click.exceptions.Exit(1)

    def _with_progress(self, teams: Sequence[Team]) -> Iterator[tuple[int, Team]]:
        numbered = list(enumerate(teams, start=1))
        hidden = not sys.stderr.isatty()
        with click.progressbar(
            numbered, label="Importing", show_pos=True, file=sys.stderr, hidden=hidden
        ) as entries:
            yield from entries

    def _register(self, entry: int, team: Team) -> None:
        try:
            self._teams.create(self._caller, team)
        except TeamExists:
            self._counts["existing"] += 1
        except AppError as error:
            self._counts["failed"] += 1
            failure = {"entry": entry, "teamId": team.team_id, "error": sentence_of(error)}
            self._failed.append(failure)
        else:
            self._counts["registered"] += 1


def _id_in(document: Any) -> str:
    """The entry's id for messages, if it has a printable one."""
    team_id = document.get("teamId") if isinstance(document, dict) else None
    named = isinstance(team_id, str) and len(team_id) <= 64 and team_id.isprintable()
    return f" ({team_id})" if named else ""


def _show(lines: Sequence[str]) -> None:
    for line in lines[:_SHOWN_AT_MOST]:
        say(line, err=True)
    if len(lines) > _SHOWN_AT_MOST:
        say(f"… and {len(lines) - _SHOWN_AT_MOST} more", err=True)
