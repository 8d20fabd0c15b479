"""Links to a matter from another detail of its client.

A client who corrects the e-mail address may start again with the right one. The chain of the new
anchor gets a link to the matter, so that the search finds it there too.
"""

from collections.abc import Sequence

from app.domain.contact import normal_contact
from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import Matter
from app.errors import MatterUnusable, VaultUnavailable
from app.ports import MatterStore
from app.services.matters.identity import Chain


def linked(
    store: MatterStore, team_id: TeamId, matter: Matter, client: Client, known: Sequence[Client]
) -> None:
    """Link the matter from the client's details, beside those that are `known`. Raises what the
    store raises: a correction counts as stored only with its link."""
    anchor = _anchor(client)
    if not anchor or anchor in map(_anchor, known):
        return
    for key in Chain(team_id, matter.session_id, anchor):
        try:
            found = store.read(key)
        except MatterUnusable:
            continue
        if found and found.key == matter.key:
            return
        if found is None and store.link(key, matter.key) == matter.key:
            return
    raise VaultUnavailable


def _anchor(client: Client) -> str:
    return normal_contact(client.email or client.phone)
