"""Whether a matter on record is the current one."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from app.domain.contact import normal_contact
from app.domain.intake import Client, Conversation
from app.domain.matter import Matter, Origin, Words

_WORD = re.compile(r"[^\W\d_]{3,}")
_STEM = 5
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
_EVERYDAY = frozenset(_EVERYDAY_TEXT.split())


@dataclass(frozen=True, slots=True)
class Draft:
    """A matter as the conversation describes it, before the search for it on record. `clients` as
    in `Matter`."""

    origin: Origin
    clients: tuple[Client, ...]
    text: str
    at: datetime
    matter_type: str | None = None
    urgency: str | None = None
    language: str = "en"
    session_id: str | None = None

    @property
    def client(self) -> Client:
        return self.clients[-1]

    @property
    def words(self) -> Words:
        return Words(self.at, self.text)


def same_conversation(matter: Matter, talk: Conversation, ordinal: int) -> bool:
    """Whether it was filed from this very conversation, as its matter number `ordinal`."""
    origin = matter.origin
    return origin.ordinal == ordinal and talk.digest(origin.messages) == origin.digest


def sent_again(matter: Matter, draft: Draft) -> bool:
    """Whether the same client describes the same matter in another conversation, perhaps in other
    words. The service is not compared, because teams rename services."""
    known = any(_same_client(one, two) for one in matter.clients for two in draft.clients)
    return known and any(_alike(said.text, draft.text) for said in matter.words)


def _same_client(one: Client, other: Client) -> bool:
    if normal_contact(one.email) != normal_contact(other.email):
        return False
    return one.phone == other.phone or _name(one.name) == _name(other.name)


def _name(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().split())


def _alike(one: str, other: str) -> bool:
    """Whether two descriptions share at least half of the content words of the shorter one. True if
    one has none, because then nothing distinguishes them and nobody should pay twice."""
    first, second = _content(one), _content(other)
    fewer = min(len(first), len(second))
    return not fewer or len(first & second) >= _ENOUGH * fewer


def _content(text: str) -> frozenset[str]:
    """The beginnings of the words, so that `evicted` and `eviction` count as one."""
    words = _WORD.findall(unicodedata.normalize("NFC", text[:_COMPARED]).lower())
    return frozenset(word[:_STEM] for word in words if word not in _EVERYDAY)
