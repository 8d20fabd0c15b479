"""What a later turn adds to a matter on record: corrections of the client's details, new words."""

from dataclasses import replace
from typing import TypeVar

from app.domain.matter import Matter
from app.services.matters.sameness import Draft

T = TypeVar("T")
_MOST_CLIENTS = 10
_MOST_WORDS = 20


def amended(matter: Matter, draft: Draft, own: bool) -> Matter:
    """The matter with what is new in the draft; the very same where nothing is. `own`: the draft is
    of the conversation that the matter was filed from."""
    changed = matter
    client = draft.client
    if client != matter.client and (own or client not in matter.clients):
        changed = replace(changed, clients=_kept((*matter.clients, client), _MOST_CLIENTS))
    if not any(draft.text in said.text for said in matter.words):
        changed = replace(changed, words=_kept((*matter.words, draft.words), _MOST_WORDS))
    return matter if changed is matter else replace(changed, revision=matter.revision + 1)


def _kept(values: tuple[T, ...], most: int) -> tuple[T, ...]:
    """The first and the latest: nobody fills a record by changing their mind."""
    return values if len(values) <= most else (values[0], *values[-most + 1 :])
