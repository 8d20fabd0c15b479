"""`flask attention`"""

from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.frame import Command, caller
from app.cli.output import as_json, moment, print_list
from app.cli.paging import matter_pages
from app.cli.services import services
from app.domain.payment import dollars
from app.services.attention import AttentionPage

_PAGE = 100
_HEADINGS = ("what", "team id", "since", "matter", "amount", "key version")


@click.command("attention", cls=Command)
@as_json
@with_appcontext
def list_attention(as_json: bool) -> None:
    """What needs a person, over all teams: unknown invoices, and keys that Blawby refuses."""
    needs = services().attention
    found = matter_pages(lambda after: needs.page(caller(), after, _PAGE))
    listed = [document for page in found for document in _documents(page)]
    print_list(as_json, _HEADINGS, listed)


def _documents(page: AttentionPage) -> list[dict[str, Any]]:
    invoices = [
        {
            "what": "unknown invoice",
            "teamId": each.team_id,
            "since": moment(each.label.started_at),
            "matterId": each.label.key,
            "amount": dollars(each.label.amount),
            "keyVersion": None,
        }
        for each in page.invoices
    ]
    keys = [
        {
            "what": "refused key",
            "teamId": each.team_id,
            "since": moment(each.since),
            "matterId": None,
            "amount": None,
            "keyVersion": each.version,
        }
        for each in page.keys
    ]
    return [*invoices, *keys]
