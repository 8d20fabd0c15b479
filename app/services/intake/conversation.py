"""The replay of a conversation: our questions and the client's words, message by message."""

import re
from collections.abc import Sequence

from app.domain.intake import Message
from app.domain.team import TeamConfig
from app.services.intake.contact import emails, phones
from app.services.intake.everyday_words import word_set
from app.services.intake.facts import Facts
from app.services.intake.jurisdiction import Jurisdiction
from app.services.intake.listening import hear_contact, hear_matter, hear_name, hear_place
from app.services.intake.matter import offer_of
from app.services.intake.questions import asked_in
from app.services.intake.urgency import urgency
from app.services.intake.utterance import Utterance
from app.services.intake.wording import own_question

_CORRECTS = re.compile(
    r"\b(?:actually|correction|correct(?:ed)? (?:is|one)|sorry|oops|wrong|mistake|mistyped|typo"
    r"|instead|i meant?|rather|changed?|update|should be|should have|misspel(?:l|t|led)"
    r"|new (?:number|phone|e-?mail))\b"
)
_SIGNS = word_set(
    "actually correction correct corrected sorry oops wrong mistake mistyped typo instead mean "
    "meant rather change changed update should misspelled misspelt misspell new"
)
_OTHER_PEOPLE = word_set(
    "he she they his her their him them brother sister husband wife spouse partner ex mother mom "
    "father dad son daughter friend boss landlord lawyer attorney someone somebody also cc copy "
    "another he's she's they're husband's wife's brother's sister's mother's father's friend's"
)
_RESTATES = re.compile(
    r"\bmy (?:\w+ )?(?:name|e-?mail|phone|number|cell|mobile|location|city|state)\b"
    r"|\bi (?:live|moved)\b"
)


def _takes_back(said: Utterance) -> bool:
    return not said.words.isdisjoint(_SIGNS) and _CORRECTS.search(said.low) is not None


def _hear(facts: Facts, content: str) -> None:
    said = Utterance(content)
    facts.heard += 1
    takes_back = _takes_back(said)
    # Where others are spoken of, a value may be theirs: then it has to be called the client's.
    corrects = takes_back and said.words.isdisjoint(_OTHER_PEOPLE)
    facts.news = False
    if facts.settled and not takes_back and not _RESTATES.search(said.low):
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
    facts.settle()


def replay(messages: Sequence[Message], config: TeamConfig) -> Facts:
    """The facts after the last message. The first complete state stays; only corrections change
    it, so that a client's later words do not make another intake of the same one."""
    facts = Facts(Jurisdiction.of(config.jurisdiction), offer_of(config.available_services))
    for message in messages:
        if message.role == "user":
            _hear(facts, message.content)
        elif not facts.settled:
            asked = own_question(message.content) or asked_in(message.content, facts.missing)
            facts.asked = asked or facts.asked
    return facts
