"""The matters of a conversation, as they would be stored."""

from collections.abc import Iterator
from datetime import datetime

from app.domain.intake import Client, Collected, Conversation, IntakeTurn
from app.domain.matter import Heard, Origin
from app.services.intake.excerpt import excerpt
from app.services.matters.identity import cited
from app.services.matters.sameness import Draft

_FEWEST_MESSAGES = 2


def drafts(turn: IntakeTurn, talk: Conversation, now: datetime) -> list[Draft]:
    """The intake's own matter and later ones, as far as today's rules find them."""
    told = turn.collected
    count = len(talk.said)
    clients = _clients(turn)
    heard = Heard(count, talk.digest(count) or "", clients[-1])
    first = Draft(
        origin=_origin(talk, turn.completed_at or count, 0),
        heard=heard,
        clients=clients,
        text=told.description or "",
        at=now,
        matter_type=told.matter_type,
        urgency=told.urgency,
        language=turn.language,
        session_id=talk.session_id,
        unread=tuple(_read_in_part(talk)),
    )
    further = [
        Draft(
            origin=_origin(talk, another.told_at, ordinal),
            heard=heard,
            clients=clients,
            text=another.description,
            at=now,
            matter_type=another.matter_type,
            urgency=told.urgency,
            language=turn.language,
            session_id=talk.session_id,
        )
        for ordinal, another in enumerate(turn.further, 1)
    ]
    return [first, *further]


def _read_in_part(talk: Conversation) -> Iterator[str]:
    """The messages of a very long conversation that the intake has not read as a whole. The firm
    gets them as they are."""
    read = 0
    for message in talk.said:
        part = excerpt(message, read)
        read += len(part)
        if len(part) < len(message):
            yield message


def may_be_filed(turn: IntakeTurn, talk: Conversation) -> bool:
    """Whether a conversation that is incomplete by today's rules may have been complete by earlier
    ones: our words name a reference, or only those rules prevent completion, or a language model
    that helped to complete it is away. Calling Vault in each turn of every conversation would cost
    too much."""
    if cited(talk) or turn.completed_at:
        return True
    told = turn.collected
    if turn.degraded and told.email:
        return True
    if not (told.email or told.phone) or len(talk.said) < _FEWEST_MESSAGES:
        return False
    return turn.workflow == "out_of_scope" or turn.missing == ("matterType",)


def _clients(turn: IntakeTurn) -> tuple[Client, ...]:
    """The client's details as first given and, if corrected since, the current ones."""
    first, now = _client(turn.original or turn.collected), _client(turn.collected)
    return (first,) if first == now else (first, now)


def _client(told: Collected) -> Client:
    return Client(told.name or "", told.email or "", told.phone or "", told.location)


def _origin(talk: Conversation, messages: int, ordinal: int) -> Origin:
    return Origin(messages, talk.digest(messages) or "", ordinal)
