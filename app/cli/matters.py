"""`flask matter …`"""

import json
from collections.abc import Iterator

import click
from flask.cli import AppGroup

from app.cli.frame import TEAM_ID, Commands, caller
from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel
from app.errors import MatterUnusable, NotFound
from app.schemas.matters import MATTER_ID, STATES, MatterSchema, matter_document, wanted
from app.services.matters.reading import Matters


def matter_commands(matters: Matters) -> AppGroup:
    group = Commands("matter", help="What clients have told the agent.")

    @group.command("list")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--state", type=click.Choice(STATES), help="Opened or not, or of the payment.")
    def list_all(team_id: TeamId, state: str | None) -> None:
        """A team's matters, a line each: id, when, kind, urgency, payment, its state, opened."""
        for label in _labels(matters, team_id, state):
            told = [label.key, label.created_at.isoformat(), label.matter_type or "-"]
            told += [label.urgency or "-", label.method, label.state]
            told.append(label.opened_at.isoformat() if label.opened_at else "-")
            click.echo("\t".join(told))

    @group.command("show")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("matter")
    def show(team_id: TeamId, matter: str) -> None:
        """A whole matter as JSON, for the team's own members. It is marked as opened."""
        _check(matter)
        click.echo(_json(matters.open(caller(), team_id, matter), indent=2))

    @group.command("export")
    @click.argument("team_id", type=TEAM_ID)
    @click.option("--open", "opens", is_flag=True, help="Mark them as opened.")
    def export(team_id: TeamId, opens: bool) -> None:
        """All matters of a team as JSON, a line each, for its own members."""
        for label in _labels(matters, team_id, None):
            read = matters.open if opens else matters.read
            try:
                click.echo(_json(read(caller(), team_id, label.key)))
            except (NotFound, MatterUnusable):
                click.echo(f"{label.key} cannot be read and was left out.", err=True)

    @group.command("delete")
    @click.argument("team_id", type=TEAM_ID)
    @click.argument("matter")
    @click.confirmation_option(prompt="Destroy what the matter holds, for good?")
    def delete(team_id: TeamId, matter: str) -> None:
        """Destroy what a matter holds: the client's details, words and payment."""
        _check(matter)
        matters.delete(caller(), team_id, matter)
        click.echo(f"What {matter} held is destroyed.")

    return group


def _labels(matters: Matters, team_id: TeamId, state: str | None) -> Iterator[MatterLabel]:
    after: str | None = None
    while True:
        page = matters.page(caller(), team_id, after, 100, lambda label: wanted(state, label))
        yield from page.labels
        for key in page.unusable:
            click.echo(f"{key} is no matter and was left out.", err=True)
        if page.next is None:
            return
        after = page.next


def _check(matter: str) -> None:
    if not MATTER_ID.fullmatch(matter):
        raise NotFound


def _json(matter: Matter, indent: int | None = None) -> str:
    shown = MatterSchema().dump(matter_document(matter))
    return json.dumps(shown, ensure_ascii=False, indent=indent)
