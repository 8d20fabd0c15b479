"""Whether a matter on record is the current one."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.domain.contact import normal_contact
from app.domain.intake import Client, Conversation
from app.domain.matter import Heard, Matter, Origin, Tombstone, Words

_WORD = re.compile(r"[^\W_]+")
_SHORTEST, _STEM = 3, 5
# The document, and not what somebody is going to do.
_LAST_WILL = re.compile(
    r"\b(?:a|the|my|his|her|their|our|your|s|new|last|living|simple|no|any|got|need|want) will\b"
    r"|\bwill\s*(?:$|[.,;:!?]|and\b|or\b)"
)
_COMPARED = 1000
_ENOUGH = 0.5
# Words that do not distinguish matters, English and Spanish.
_EVERYDAY_TEXT = """
about after again also and any are because been before being but can could did does doing for
from get getting going got had has have having hello help her him his how into its just know
lawyer attorney legal like matter case issue problem me my need needs not now of off one our
out over please really said say she should some someone still than thank thanks that the their
them then there these they thing this through told too trying under until very want wants was
were what when where which who will with would year years month months week you your ayuda
abogado ahora algo caso como con cuando desde esta este estoy favor gracias hola las los más
mis muy necesito para pero por porque problema que quiero ser sin sobre tengo una uno unos
usted
"""
EVERYDAY = frozenset(_EVERYDAY_TEXT.split())


@dataclass(frozen=True, slots=True)
class Draft:
    """A matter as the conversation describes it, before the search for it on record. `clients` as
    in `Matter`; `heard` is the whole conversation; `unread` are messages that the intake has read
    only in part."""

    origin: Origin
    heard: Heard
    clients: tuple[Client, ...]
    text: str
    at: datetime
    matter_type: str | None = None
    urgency: str | None = None
    language: str = "en"
    session_id: str | None = None
    unread: tuple[str, ...] = ()

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def words(self) -> Words:
        return Words(self.at, self.text)

    @property
    def texts(self) -> tuple[str, ...]:
        return (self.text, *self.unread)


def same_conversation(matter: Matter | Tombstone, talk: Conversation, ordinal: int) -> bool:
    """Whether it was filed from this very conversation, as its matter number `ordinal`."""
    origin = matter.origin
    return origin.ordinal == ordinal and talk.digest(origin.messages) == origin.digest


def goes_on(matter: Matter, talk: Conversation) -> bool:
    """Whether the conversation begins with all that was recorded from it. A late copy of a former
    request does not, nor does a browser tab that stayed behind."""
    return not matter.heard or talk.digest(matter.heard.messages) == matter.heard.digest


def is_same(found: Matter | Tombstone, draft: Draft, talk: Conversation) -> bool:
    """Whether what is on record is the draft's matter."""
    if same_conversation(found, talk, draft.origin.ordinal):
        return True
    return isinstance(found, Matter) and sent_again(found, draft)


def sent_again(matter: Matter, draft: Draft) -> bool:
    """Whether the same client describes the same matter in another conversation, perhaps in other
    words. The service is not compared, because teams rename services."""
    known = any(_same_client(one, two) for one in matter.clients for two in draft.clients)
    return known and any(_alike(said.text, draft.text) for said in matter.words)


def _same_client(one: Client, other: Client) -> bool:
    """Two people often share a mailbox, and a phone too: another given name is another client. A
    client who corrected the name has both names on record."""
    if normal_contact(one.email) != normal_contact(other.email):
        return False
    names = _names(one.name), _names(other.name)
    if names[0] and sorted(names[0]) == sorted(names[1]):
        return True
    return one.phone == other.phone and _same_given(names[0][:1], names[1][:1])


def _names(name: str) -> list[str]:
    """Without accents, which people often leave out."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return _WORD.findall("".join(one for one in letters if not unicodedata.combining(one)))


def _same_given(one: list[str], other: list[str]) -> bool:
    """Also if one is only the initial."""
    shorter, longer = sorted((*one, *other), key=len) if one and other else ("", "")
    return bool(shorter) and (shorter == longer or (len(shorter) == 1 and longer[0] == shorter))


def _alike(one: str, other: str) -> bool:
    """Whether two descriptions share at least half of the content words of the shorter one. An
    empty description is like no other, because it would open every matter of the client."""
    first, second = content(one), content(other)
    fewer = min(len(first), len(second))
    return fewer > 0 and len(first & second) >= _ENOUGH * fewer


def content(text: str) -> frozenset[str]:
    """The beginnings of the words, so that `evicted` and `eviction` count as one. All words if none
    of them distinguishes a matter."""
    low = unicodedata.normalize("NFC", text[:_COMPARED]).lower()
    words = _WORD.findall(_LAST_WILL.sub(" testament ", low))
    telling = [word for word in words if len(word) >= _SHORTEST and word not in EVERYDAY]
    return frozenset(word[:_STEM] for word in telling or words)
