"""`flask matter …`"""

from collections.abc import Iterator
from typing import Any

import click

from app.cli.frame import TEAM_ID, Commands, caller
from app.cli.output import (
    as_json,
    confirm,
    confirmed,
    moment,
    print_done,
    print_json,
    print_list,
    say,
)
from app.cli.paging import matter_pages
from app.cli.services import services
from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel
from app.errors import MatterUnusable, NotFound
from app.schemas.matters import MATTER_ID, STATES, MatterSchema, matter_document, wanted

_PAGE = 100

matter_commands = Commands("matter", help="What clients have told the agent.")


@matter_commands.command("list")
@click.argument("team_id", type=TEAM_ID)
@click.option("--state", type=click.Choice(STATES), help="Opened or not, or of the payment.")
@as_json
def list_all(team_id: TeamId, state: str | None, as_json: bool) -> None:
    """A team's matters: id, date, kind, urgency, payment, its state, date of opening."""
    headings = ("id", "created", "kind", "urgency", "payment", "state", "opened")
    print_list(as_json, headings, [_label(label) for label in _labels(team_id, state)])


@matter_commands.command("show")
@click.argument("team_id", type=TEAM_ID)
@click.argument("matter")
def show(team_id: TeamId, matter: str) -> None:
    """A whole matter as JSON, for the team's own members. Marks it as opened."""
    _check(matter)
    print_json(_dumped(services().matters.open(caller(), team_id, matter)))


@matter_commands.command("export")
@click.argument("team_id", type=TEAM_ID)
@click.option("--open", "opens", is_flag=True, help="Mark them as opened.")
def export(team_id: TeamId, opens: bool) -> None:
    """All matters of a team as JSON, a line each, for its own members."""
    matters = services().matters
    read = matters.open if opens else matters.read
    for label in _labels(team_id, None):
        try:
            matter = read(caller(), team_id, label.key)
        except (NotFound, MatterUnusable):
            say(f"{label.key} cannot be read and was left out.", err=True)
        else:
            print_json(_dumped(matter), indent=None)


@matter_commands.command("delete")
@click.argument("team_id", type=TEAM_ID)
@click.argument("matter")
@confirmed
@as_json
def delete(team_id: TeamId, matter: str, yes: bool, as_json: bool) -> None:
    """Destroy a matter's content: the client's details, words and payment."""
    _check(matter)
    confirm(yes, f"Destroy what matter {matter} holds, for good?")
    services().matters.delete(caller(), team_id, matter)
    print_done(as_json, {"matterId": matter}, f"What {matter} held is destroyed.")


def _labels(team_id: TeamId, state: str | None) -> Iterator[MatterLabel]:
    matters = services().matters
    found = matter_pages(
        lambda after: matters.page(
            caller(), team_id, after, _PAGE, lambda label: wanted(state, label)
        )
    )
    for page in found:
        yield from page.labels


def _label(label: MatterLabel) -> dict[str, Any]:
    return {
        "id": label.key,
        "createdAt": moment(label.created_at),
        "matterType": label.matter_type,
        "urgency": label.urgency,
        "payment": label.method.value,
        "state": label.state.value,
        "openedAt": moment(label.opened_at) if label.opened_at else None,
    }


def _check(matter: str) -> None:
    if not MATTER_ID.fullmatch(matter):
        raise NotFound


def _dumped(matter: Matter) -> Any:
    return MatterSchema().dump(matter_document(matter))
