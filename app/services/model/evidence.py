"""A proposed value counts only if it is in the client's own words, or a normal form of them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.intake import Message
from app.services.intake.assistance import Found
from app.services.intake.excerpt import excerpt
from app.services.intake.facts import Contact, Facts
from app.services.intake.listening.contact import Heard, contacts
from app.services.intake.listening.emails import parse_email
from app.services.intake.listening.phones import parse_phone
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import Matter, says_something
from app.services.intake.places.place import Place
from app.services.intake.places.reading import places
from app.services.intake.places.regions import REGIONS
from app.services.model.names import name_in_words
from app.services.model.proposal import Proposal
from app.services.model.tokens import Token, runs, spelled_tokens

_CLIENTS = ("own", "untold")


class Evidence:
    """The client's messages as the rules read them, and what the rules found in them."""

    def __init__(self, messages: Sequence[Message], facts: Facts) -> None:
        self._facts = facts
        self._said: list[Utterance] = []
        read = 0
        for message in messages:
            if message.role == "user":
                text = excerpt(message.content, read)
                read += len(text)
                first = not self._said
                self._said.append(Utterance(text, facts.language, first=first))

    def supported(self, proposal: Proposal, offered: Sequence[str]) -> Iterator[Found]:
        """The values that count, for facts that the rules did not find."""
        missing = self._facts.missing
        if proposal.name and "name" in missing:
            yield from self._name(proposal.name)
        if proposal.location and "location" in missing:
            yield from self._location(proposal.location)
        if proposal.phone and "phone" in missing:
            yield from self._contact("phone", parse_phone(proposal.phone, self._facts.region))
        if proposal.email and "email" in missing:
            yield from self._contact("email", parse_email(proposal.email))
        if proposal.matter_type and "matterType" in missing and proposal.matter_type in offered:
            yield from self._matter(proposal.matter_type, proposal.matter_quote or "")

    def _contact(self, kind: Contact, value: str | None) -> Iterator[Found]:
        """Only if the client wrote no other value of the kind, and nobody else's, and never said
        that it is not theirs: which of several is the client's own is for the rules to ask. So the
        same words always give the same value, and with it the same matter."""
        if value is None or kind in self._facts.unsure or value in self._facts.disowned:
            return
        heard = list(self._heard(kind))
        if not heard or any(one.value != value or one.whose not in _CLIENTS for _, one in heard):
            return
        number, _ = heard[0]
        if kind == "phone" or value.lower() in self._said[number - 1].low:
            yield Found(kind, value, number)

    def _heard(self, kind: Contact) -> Iterator[tuple[int, Heard]]:
        """Read as an answer to our question, so that numbers in words are found too, and as it
        stands, so that nobody else's is taken for the client's."""
        for number, said in enumerate(self._said, 1):
            for asked in (kind, None):
                for one in contacts(said, asked, self._facts.region):
                    if one.kind == kind and one.value:
                        yield number, one

    def _name(self, proposed: str) -> Iterator[Found]:
        for number, said in enumerate(self._said, 1):
            name = name_in_words(proposed, said)
            if name:
                yield Found("name", name, number)
                return

    def _location(self, proposed: str) -> Iterator[Found]:
        """Never a place where the team takes no clients: a model must not turn anybody away."""
        facts = self._facts
        language = facts.language
        known = places(Utterance(proposed, language, first=False), "location")
        if not known:
            return
        place = known[0].place
        if place.city is None and facts.city and place.state:
            place = replace(place, city=facts.city)
        if facts.scope.lacks_state(place) or not facts.scope.covers(place):
            return
        for number, said in enumerate(self._said, 1):
            if _stands_in(place, said):
                yield Found("location", place, number)
                return

    def _matter(self, service: str, quote: str) -> Iterator[Found]:
        """While it is missing, the rules can make nothing of any message."""
        if not says_something(quote, self._facts.language.code):
            return
        words = [token.plain for token in spelled_tokens(quote)]
        for number, said in enumerate(self._said, 1):
            if any(runs(words, spelled_tokens(said.text))):
                yield Found("matterType", Matter(service, taken=True), number)
                return


def _stands_in(place: Place, said: Utterance) -> bool:
    """Whether the client names each part of the place, and not as somebody else's."""
    tokens = spelled_tokens(said.text)
    parts = [*_named(place.city, tokens)] if place.city else []
    if place.city and not parts:
        return False
    if place.zip and not any(token.plain == place.zip for token in tokens):
        return False
    if place.label and not place.zip:
        region = [*_region_named(place, tokens)]
        if not region:
            return False
        parts += region
    return any(_is_the_clients(said, start) for start in parts) if parts else bool(place.zip)


def _named(name: str, tokens: Sequence[Token]) -> Iterator[int]:
    words = [token.plain for token in spelled_tokens(name)]
    return (found[0].start for found in runs(words, tokens))


def _region_named(place: Place, tokens: Sequence[Token]) -> Iterator[int]:
    """The state by one of its names or by its code in capitals; a country by one of its names."""
    for token in tokens:
        if place.state and token.text == place.state:
            yield token.start
    for name, region in REGIONS.items():
        if (region.state, region.country) == (place.state, place.country):
            yield from _named(name, tokens)


def _is_the_clients(said: Utterance, start: int) -> bool:
    """Whether its sentence speaks of the client, and does not begin with somebody else."""
    number = said.word_at(start)
    if number >= len(said.words):
        return False
    behind = said.ends[number]
    sentence = [at for at in range(number) if said.ends[at] == behind]
    phrases = said.found.get("place", ())
    own = [one for one in phrases if one.label == "place.own"]
    leads = [
        one.first
        for one in phrases
        if one.label == "place.others"
        and not any(mine.first <= one.first and one.behind <= mine.behind for mine in own)
    ]
    lists = said.language.lists
    if any(first in sentence for first in leads):
        return False
    if any(said.words[at] in lists["others"] for at in sentence):
        return False
    return any(said.words[at] in lists["first_person"] for at in sentence)
