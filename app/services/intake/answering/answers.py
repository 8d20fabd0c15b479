"""Answers to the client's questions, from the team's configuration.

A topic's answer is a method here, or only its sentence. If the configuration has no answer, the
response says who will answer.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from app.services.intake.answering.asking import places, services
from app.services.intake.answering.faq import faq_answer, is_question
from app.services.intake.answering.firm import Firm
from app.services.intake.answering.topics import topics
from app.services.intake.facts import Facts
from app.services.intake.listening.asked import UNKNOWN
from app.services.intake.listening.phones import shown
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import by_phrases, says_something
from app.services.intake.notes import REACH

_MOST = 2
"""Answers in one turn; more would be a lecture."""
_LONG, _SHORT = 5, 3
"""Words of a question that is more than a greeting, though each word is a common one: without and
with a question mark."""


class Answers:
    """`given` are the answered topics. `hint` is a language model's topic for a question in words
    that are in no list."""

    def __init__(self, facts: Facts, said: Utterance, firm: Firm, hint: str | None = None) -> None:
        self._facts, self._said, self._firm = facts, said, firm
        self._hint = hint
        self.given: list[str] = []

    def __call__(self) -> list[str]:
        """The answers, at most a few; a team's own answer to such a question comes first. How the
        client may be reached is told, not asked, and so is what the client takes back."""
        if (self._said.has(REACH) or self._facts.dropped) and not self._said.asks:
            return []
        own = faq_answer(self._firm, self._said)
        if own:
            self.given.append("faq")
            return [self._firm.say("answer.faq", answer=own)]
        answers: list[str] = []
        for topic in topics(self._said):
            words = self._answer(topic)
            if words and len(answers) < _MOST:
                self.given.append(topic)
                answers.append(words)
        if not answers and (about := self._unanswered()):
            answers = self._otherwise(about)
        return answers

    def _otherwise(self, about: Literal["unknown", "advice"]) -> list[str]:
        """The answer to a question of no clear topic. What it is perhaps about is not the whole
        answer, so who will answer it stands before that."""
        topic = self._hint if about == "unknown" else None
        if topic and (words := self._answer(topic)):
            self.given.append(topic)
            return [words]
        self.given.append(about)
        guess = self._said.perhaps if about == "unknown" else None
        told = [self._say(about), self._answer(guess) if guess else ""]
        return list(dict.fromkeys(filter(None, told)))

    def _answer(self, topic: str) -> str:
        way = _WAYS.get(topic)
        return way(self) if way else self._configured(topic)

    def _unanswered(self) -> Literal["unknown", "advice"] | None:
        """Answer a question that is in no list: if it describes the matter, it is about the law;
        otherwise say who will answer it."""
        said, news = self._said, set(self._facts.news)
        if UNKNOWN in said.topics:
            return "unknown"
        if not is_question(said) or "chat" in said.found or news - {"matterType"}:
            return None
        if news:
            asks = said.words[0] in said.language.lists["asking"] and len(said.words) >= _SHORT
            return "advice" if asks else None
        long = len(said.words) >= (_SHORT if said.asks else _LONG)
        long = long and said.labels("said") <= {"hello"}
        return "unknown" if long or says_something(said.text, said.language.code) else None

    def _say(self, name: str, **fields: str) -> str:
        return self._firm.say(f"answer.{name}", **fields)

    def _configured(self, topic: str) -> str:
        """A text of the configuration under the topic's own name, or the topic's sentence."""
        if topic in ("hours", "address", "phone", "email", "website"):
            value = self._firm.text(topic)
            return self._say(topic, **{topic: value}) if value else self._say("unknown")
        return self._say(topic)

    def _price(self) -> str:
        fee = self._firm.fee
        return self._say("price", fee=fee) if fee else self._say("price_none")

    def _free(self) -> str:
        fee = self._firm.fee
        return self._say("free_no", fee=fee) if fee else self._say("price_none")

    def _covers(self) -> str:
        fee, covers = self._firm.fee, self._firm.text("feeCovers")
        if not fee:
            return self._say("price_none")
        if covers:
            return self._say("covers", fee=fee, covers=covers)
        return self._say("covers_unknown", fee=fee)

    def _plan(self) -> str:
        plans = self._firm.text("paymentPlans")
        return self._say("plan", plans=plans) if plans else self._say("plan_unknown")

    def _private(self) -> str:
        own = self._firm.text("confidentiality")
        return self._say("private_own", confidentiality=own) if own else self._say("private")

    def _human(self) -> str:
        phone = self._firm.phone
        return self._say("human", phone=phone) if phone else self._say("human_unknown")

    def _existing(self) -> str:
        if self._facts.settled:
            return self._when()
        existing = self._firm.text("existingClients")
        return self._say("existing", existing=existing) if existing else self._say("existing_phone")

    def _why(self) -> str:
        named = sorted(self._said.labels("about"))
        return self._say(f"why_{named[0] if named else self._facts.answering or 'all'}")

    def _states(self) -> str:
        if not self._facts.scope.names():
            return self._say("states_all")
        return self._say("states", places=places(self._facts, self._firm))

    def _areas(self) -> str:
        if not self._facts.offer.services:
            return self._say("areas_all")
        return self._say("areas", services=services(self._facts, self._firm, "and"))

    def _handle(self) -> str:
        found = by_phrases(self._said, self._facts.offer)
        if found is None:
            return self._can_help() if "matterType" in self._facts.news else self._areas()
        if found.taken:
            return self._say("handle_yes", service=found.service)
        return self._say("handle_no", services=services(self._facts, self._firm, "and"))

    def _can_help(self) -> str:
        found = by_phrases(self._said, self._facts.offer)
        if found is not None and not found.taken:
            return ""
        return self._say("help_yes")

    def _languages(self) -> str:
        spoken = self._firm.texts("languages")
        if not spoken:
            return self._say("languages_unknown")
        return self._say("languages", languages=self._firm.voice.listed(spoken, "and"))

    def _next(self) -> str:
        return self._say("next", when=self._in_time())

    def _when(self) -> str:
        when = self._in_time()
        return self._say("when", when=when) if when else self._say("when_unknown")

    def _in_time(self) -> str:
        when = self._firm.text("responseTime")
        return self._firm.voice.say("word.when", when=when) if when else ""

    def _pay(self) -> str:
        if not self._firm.fee:
            return self._say("pay_none")
        return self._say("pay_done" if self._facts.settled else "pay")

    def _received(self) -> str:
        early = "paid_early" if self._said.has("said.paid") else "received_not"
        return self._say("received" if self._facts.settled else early)

    def _summary(self) -> str:
        phone = shown(self._facts.phone) if self._facts.phone else None
        known = (self._facts.name, self._facts.collected.location, phone, self._facts.email)
        told = [value for value in known if value]
        return self._say("summary", summary=", ".join(told)) if told else self._say("received_not")

    def _about(self) -> str:
        description = self._firm.text("description")
        if description:
            return self._say("firm_more", description=description)
        return self._say("firm")

    def _there(self) -> str:
        """Our greeting says so by itself."""
        greeted = self._facts.heard == 1 and self._said.has("said.hello")
        return "" if greeted else self._say("there")

    def _referral(self) -> str:
        if self._facts.refused:
            return self._firm.say("scope.referral")
        return self._say("help_yes")


_WAYS: Mapping[str, Callable[[Answers], str]] = {
    "price": Answers._price,
    "there": Answers._there,
    "free": Answers._free,
    "covers": Answers._covers,
    "plan": Answers._plan,
    "private": Answers._private,
    "human": Answers._human,
    "existing": Answers._existing,
    "why": Answers._why,
    "states": Answers._states,
    "areas": Answers._areas,
    "handle": Answers._handle,
    "can_help": Answers._can_help,
    "languages": Answers._languages,
    "next": Answers._next,
    "when": Answers._when,
    "pay": Answers._pay,
    "received": Answers._received,
    "summary": Answers._summary,
    "firm": Answers._about,
    "referral": Answers._referral,
}
"""Topics whose answers need more than one text of the configuration."""
