"""The replay of a conversation: our questions and the client's words, message by message."""

from collections.abc import Callable, Sequence

from app.domain.intake import Message
from app.domain.team import TeamConfig
from app.services.intake.assistance import NO_ASSISTANCE, Assistance
from app.services.intake.cards import hear_card
from app.services.intake.excerpt import excerpt
from app.services.intake.facts import Contact, Facts
from app.services.intake.hearing import hear_contact
from app.services.intake.listening.asked import hear_questions
from app.services.intake.listening.contact import Heard, contacts
from app.services.intake.listening.utterance import Utterance
from app.services.intake.naming import confirm_signed, hear_name
from app.services.intake.narrative import hear_matter, hear_urgency
from app.services.intake.numbers_in_parts import hear_area_code, hear_tail
from app.services.intake.offers import offer_of
from app.services.intake.places.jurisdiction import Jurisdiction
from app.services.intake.questions import Field, asked_in, own_question
from app.services.intake.remarks import hear_more
from app.services.intake.supposing import confirm_supposed, deny_supposed, hear_state_instead
from app.services.intake.town_alone import hear_town_beside, hear_town_early, hear_town_instead
from app.services.intake.town_within import hear_town_within
from app.services.intake.whereabouts import hear_place
from app.services.intake.withdrawal import hear_withdrawal

_CONTACTS: tuple[Contact, ...] = ("email", "phone")
_BEHALF = ("ask.behalf", "said.behalf")
_WRONG: tuple[Field, ...] = ("email", "phone", "location", "name")


def _hear(facts: Facts, content: str, aid: Assistance) -> Utterance:
    """Extract the facts from a message, contact details first: what remains is a place, a name or
    the matter."""
    facts.begin()
    supposed, signed = facts.supposed, facts.signed
    said = Utterance(content, facts.language, first=facts.heard == 1)
    facts.language = said.language
    asked: Contact | None = next((kind for kind in _CONTACTS if facts.asks(kind)), None)
    heard = contacts(said, asked, facts.region)
    facts.behalf = facts.behalf or any(map(said.has, _BEHALF))
    hear_withdrawal(facts, said, heard)
    for kind in _CONTACTS:
        hear_contact(facts, said, kind, [one for one in heard if one.kind == kind])
    hear_area_code(facts, said, heard)
    hear_tail(facts, said, heard)
    if facts.settled and said.has("said.wrong.location"):
        facts.wrong = "location"
    if not hear_state_instead(facts, said):
        hear_place(facts, said)
    hear_town_instead(facts, said)
    deny_supposed(facts, said)
    if facts.asks("name"):
        hear_town_early(facts, said)
    hear_name(facts, said)
    hear_town_within(facts, said)
    if not {"name", "location"}.isdisjoint(facts.news):
        hear_town_beside(facts, said)
    if facts.unsure:
        hear_card(facts, said, heard)
    hear_questions(said)
    said.others = [(one.start, one.end) for one in heard if _is_others(facts, said, one)]
    if facts.settled:
        _hear_wrong(facts, said)
        hear_more(facts, said)
    else:
        hear_matter(facts, said)
    hear_urgency(facts, said)
    confirm_supposed(facts, said, supposed)
    confirm_signed(facts, said, signed)
    aid.adopt(facts, said)
    facts.settle()
    facts.confirming = _to_confirm(facts)
    return said


def _is_others(facts: Facts, said: Utterance, one: Heard) -> bool:
    """Whether a value is not the client's. One without an owner, beside the right one, is the
    client's former one."""
    if one.value in (None, facts.email, facts.phone) or said.is_taken(one.start):
        return False
    return one.whose == "others" or one.kind not in facts.news


def _hear_wrong(facts: Facts, said: Utterance) -> None:
    """ "My email is wrong", "that is my mom's": the next message has the right one."""
    labels = said.labels("said")
    wrong = {field for field in _WRONG if f"wrong.{field}" in labels} | facts.dropped
    told = [field for field in _WRONG if field in wrong and field not in facts.changed]
    facts.wrong = told[0] if told else "phone" if facts.local else None


def _to_confirm(facts: Facts) -> Contact | None:
    """A value of the kind that we ask for; at once one that may replace the known one, or one with
    a typing error."""
    for kind, doubted in facts.unsure.items():
        if not facts.refused and (kind == facts.asked or doubted.instead or doubted.guess):
            return kind
    return None


def beginning(config: TeamConfig) -> Facts:
    """The state before the first message."""
    return Facts(Jurisdiction.of(config.jurisdiction), offer_of(config.available_services))


def hear(
    facts: Facts,
    messages: Sequence[Message],
    check: Callable[[], None],
    aid: Assistance = NO_ASSISTANCE,
) -> Utterance:
    """Replay messages, the client's last, and return the last one as understood.

    The first complete state stays; only corrections and additions change it, so that a client's
    later words do not create another intake. `check` is called before each message; it may stop the
    turn. `aid` adds values to the messages that contain them.
    """
    said = None
    for message in messages:
        check()
        if message.role == "user":
            content = excerpt(message.content, facts.read)
            facts.read += len(content)
            said = _hear(facts, content, aid)
        elif not facts.settled and facts.confirming is None:
            asked = own_question(message.content, facts.language)
            asked = asked or asked_in(message.content, facts.missing, facts.language)
            facts.asked = asked or facts.asked
    if said is None:
        raise ValueError("no message of the client")
    return said
