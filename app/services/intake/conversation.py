"""The replay of a conversation: our questions and the client's words, message by message."""

import re
from collections.abc import Sequence

from app.ports import Message
from app.services.intake.contact import emails, phones
from app.services.intake.facts import Facts
from app.services.intake.jurisdiction import Jurisdiction
from app.services.intake.listening import hear_contact, hear_matter, hear_name, hear_place
from app.services.intake.matter import offer_of, urgency
from app.services.intake.questions import asked_in
from app.services.intake.utterance import Utterance
from app.teams import TeamConfig

_CORRECTS = re.compile(
    r"\b(?:actually|correction|correct(?:ed)? (?:is|one)|sorry|oops|wrong|mistake|mistyped|typo"
    r"|instead|i meant?|rather|changed?|update|should be|should have|misspel\w+"
    r"|new (?:number|phone|e-?mail))\b"
)
_RESTATES = re.compile(
    r"\bmy (?:\w+ )?(?:name|e-?mail|phone|number|cell|mobile|location|city|state)\b"
    r"|\bi (?:live|moved)\b"
)


def _hear(facts: Facts, content: str) -> None:
    said = Utterance(content)
    corrects = bool(_CORRECTS.search(said.low))
    facts.news = False
    if facts.settled and not corrects and not _RESTATES.search(said.low):
        return
    facts.trouble = {told: why for told, why in facts.trouble.items() if why == "invalid"}
    if not facts.settled:
        facts.urgency = urgency(said) or facts.urgency
    hear_contact(facts, said, "email", emails(said), corrects)
    hear_contact(facts, said, "phone", phones(said), corrects)
    hear_place(facts, said, corrects)
    hear_name(facts, said, corrects)
    hear_matter(facts, said)
    facts.asked = facts.refused or next(iter(facts.missing), None)
    facts.settled = facts.asked is None


def replay(messages: Sequence[Message], config: TeamConfig) -> Facts:
    """The facts after the last message. The first complete state stays; only corrections change
    it, so that a client's later words do not make another intake of the same one."""
    facts = Facts(Jurisdiction.of(config.jurisdiction), offer_of(config.available_services))
    for message in messages:
        if message.role == "user":
            _hear(facts, message.content)
        elif not facts.settled:
            facts.asked = asked_in(message.content, facts.missing) or facts.asked
    return facts
