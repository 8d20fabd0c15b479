"""What the firm answers to a topic, from the team's configuration.

A topic's answer is a method here, or only its sentence. If the configuration has no answer, the
response says who will answer.
"""

from collections.abc import Callable, Mapping

from app.services.intake.answering.asking import places, services
from app.services.intake.answering.firm import Firm
from app.services.intake.facts import Facts
from app.services.intake.listening.phones import shown
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import by_phrases


class TopicAnswers:
    """The answer to each topic of one message; nothing where another sentence says it already."""

    def __init__(self, facts: Facts, said: Utterance, firm: Firm) -> None:
        self._facts, self._said, self._firm = facts, said, firm

    def __call__(self, topic: str) -> str:
        way = _WAYS.get(topic)
        return way(self) if way else self._configured(topic)

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


_WAYS: Mapping[str, Callable[[TopicAnswers], str]] = {
    "price": TopicAnswers._price,
    "there": TopicAnswers._there,
    "free": TopicAnswers._free,
    "covers": TopicAnswers._covers,
    "plan": TopicAnswers._plan,
    "private": TopicAnswers._private,
    "human": TopicAnswers._human,
    "existing": TopicAnswers._existing,
    "why": TopicAnswers._why,
    "states": TopicAnswers._states,
    "areas": TopicAnswers._areas,
    "handle": TopicAnswers._handle,
    "can_help": TopicAnswers._can_help,
    "languages": TopicAnswers._languages,
    "next": TopicAnswers._next,
    "when": TopicAnswers._when,
    "pay": TopicAnswers._pay,
    "received": TopicAnswers._received,
    "summary": TopicAnswers._summary,
    "firm": TopicAnswers._about,
    "referral": TopicAnswers._referral,
}
"""Topics whose answers need more than one text of the configuration."""
