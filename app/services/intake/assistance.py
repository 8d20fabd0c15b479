"""What a language model adds to a turn. `app.services.model` has checked it before."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.services.intake.facts import Facts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import Matter
from app.services.intake.notes import tells, told
from app.services.intake.places.place import Place
from app.services.intake.questions import Field

_PLACES: Mapping[Field, str] = {"location": "place", "matterType": "matter"}
"""Where `Facts` keeps a fact, if not under its own name."""


@dataclass(frozen=True, slots=True)
class Found:
    """A value in the client's own words, in the message of this number (from 1)."""

    field: Field
    value: str | Place | Matter
    message: int


@dataclass(frozen=True, slots=True)
class Assistance:
    """`values` are of facts that the rules did not find; `topic` is the one of the client's
    question; `words` replace the rules' acknowledgement."""

    values: tuple[Found, ...] = field(default=())
    topic: str | None = None
    words: str = ""

    def adopt(self, facts: Facts, said: Utterance) -> None:
        """Add the values of the message that was just read, unless a fact is known by now."""
        for found in self.values:
            name = _PLACES.get(found.field, found.field)
            if found.message != facts.heard or facts.settled or getattr(facts, name) is not None:
                continue
            if found.field == "matterType":
                # What is left of the message without names and the like is the matter.
                words = told(said)
                if not tells(said, words):
                    continue
                facts.told = facts.told or words
            setattr(facts, name, found.value)
            facts.learned(found.field, before=None)


NO_ASSISTANCE = Assistance()
