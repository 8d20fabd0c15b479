"""The answers to a message: which of its questions are answered, and what if none is clear."""

from typing import Literal

from app.services.intake.answering.faq import faq_answer, is_question
from app.services.intake.answering.firm import Firm
from app.services.intake.answering.topic_answers import TopicAnswers
from app.services.intake.answering.topics import topics
from app.services.intake.facts import Facts
from app.services.intake.listening.asked import UNKNOWN
from app.services.intake.listening.utterance import Utterance
from app.services.intake.matters import says_something
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
        self._answer, self._hint = TopicAnswers(facts, said, firm), hint
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
        told = [self._answer(about), self._answer(guess) if guess else ""]
        return list(dict.fromkeys(filter(None, told)))

    def _unanswered(self) -> Literal["unknown", "advice"] | None:
        """Answer a question that is in no list: if it describes the matter, it is about the law;
        otherwise say who will answer it."""
        said, news = self._said, set(self._facts.news)
        if UNKNOWN in said.topics:
            return "unknown"
        if not is_question(said) or "chat" in said.found or news - {"matterType"}:
            return None
        if not said.asked and said.perhaps is None and self._hint is None:
            return None  # "who does that?"
        if news:
            asks = said.words[0] in said.language.lists["asking"] and len(said.words) >= _SHORT
            return "advice" if asks or said.unclear else None
        long = len(said.words) >= (_SHORT if said.asks else _LONG)
        long = long and said.labels("said") <= {"hello"}
        return "unknown" if long or says_something(said.text, said.language.code) else None
