"""Ids under which a matter is filed, made from the team, the session and the client.

A client's matters form a chain: the id at position 0, 1, 2 ... is a hash of the team, the session
as the client sent it, and the client's anchor (the e-mail address, or the phone if there is none,
as it was when the intake was first complete). The kind of matter, the name and the words are not
part of it, because teams rename services and people correct and reword what they said.

Besides, each conversation has a key of its own, a hash of its first messages, which leads to its
matter whatever session id it is sent with.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from itertools import islice

from app.domain.contact import normal_contact
from app.domain.ids import TeamId
from app.domain.intake import Conversation, IntakeTurn
from app.domain.matter import Origin, reference

LONGEST_CHAIN = 32
_MOST_ANCHORS = 5
# Limits the work for a client who writes thousands of addresses.
_MOST_ADDRESSES, _LONGEST_ADDRESS = 20, 320
_BREAKS = re.compile(r"[\s<>()\[\],;:\"]+")
_REFERENCE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")


class Chain:
    """The keys of one client's matters, in order."""

    def __init__(self, team_id: TeamId, session_id: str | None, anchor: str) -> None:
        self._parts = [team_id, session_id or "", normal_contact(anchor)]

    def key(self, position: int) -> str:
        return _hash("matter", *self._parts, position)

    def overflow(self, origin: Origin) -> str:
        """The id after the end of the chain: one for each conversation and matter in it."""
        return _hash("matter of", *self._parts, origin.digest, origin.ordinal)

    def __iter__(self) -> Iterator[str]:
        return (self.key(position) for position in range(LONGEST_CHAIN))


def anchors(turn: IntakeTurn, talk: Conversation) -> list[str]:
    """The ids under which the client's matters may be filed, the likeliest first: from the contact
    details of the first completion, the current ones, and every address in the client's words,
    because another configuration may complete the intake at another moment."""
    told = [turn.original, turn.collected]
    found = [client.email or client.phone for client in told if client]
    found += islice(_addresses(talk), _MOST_ADDRESSES)
    unique = dict.fromkeys(normal_contact(anchor) for anchor in found if anchor)
    return list(unique)[:_MOST_ANCHORS]


def _addresses(talk: Conversation) -> Iterator[str]:
    """Texts that look like an address in the client's words, in one pass."""
    for text in talk.said:
        for word in _BREAKS.split(text) if "@" in text else ():
            if word.count("@") == 1 and len(word) <= _LONGEST_ADDRESS:
                yield word.rstrip(".!?'")


def conversation_keys(team_id: TeamId, origin: Origin) -> list[str]:
    """The keys that lead to a conversation's matter. The second is for when another client's matter
    was filed in the place that the first one leads to."""
    parts = ("conversation", team_id, origin.digest, origin.ordinal)
    return [_hash(*parts), _hash(*parts, "second")]


def is_told_now(talk: Conversation, origin: Origin) -> bool:
    """Whether the latest message made a conversation's matter, and nobody has answered that yet.
    The same words under another session id are another intake: nothing shows that they are not."""
    return len(talk.said) <= origin.messages and not cited(talk)


def cited_origins(talk: Conversation, ordinal: int) -> Iterator[Origin]:
    """Where the conversation's matters come from by our own messages, whatever today's rules say:
    a reference is first named where a matter was filed, or shortly afterwards if Vault was
    away."""
    said, known, named = 0, frozenset[str](), list[int]()
    for message in talk.messages:
        if message.role == "user":
            said += 1
        elif "-" in message.content and (found := frozenset(_REFERENCE.findall(message.content))):
            if not found <= known and said:
                named.append(said)
            known |= found
    earlier = range(named[0] - 1, 0, -1) if named else ()
    for count in (*named, *earlier):
        yield Origin(count, talk.digest(count) or "", ordinal)


def cited(talk: Conversation) -> frozenset[str]:
    """References of matters that our own messages name."""
    ours = (message.content for message in talk.messages if message.role == "assistant")
    return frozenset(found for text in ours if "-" in text for found in _REFERENCE.findall(text))


def cited_keys(chain: Chain, references: frozenset[str]) -> list[str]:
    return [key for key in chain if reference(key) in references] if references else []


def _hash(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
