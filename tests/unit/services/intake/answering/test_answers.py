"""Answers from a team's configuration, and who answers where it has none."""

import pytest

from app.domain.intake import IntakeTurn, Message
from app.services.intake import RulesEngine
from tests.conversations.teams import TEAMS
from tests.unit.services.intake.wording import said

TOPICS = {
    "price": "How much is it?",
    "covers": "What does the fee cover?",
    "free": "Is the first call free?",
    "plan": "Do you offer payment plans?",
    "hours": "What are your hours?",
    "address": "Where is your office?",
    "phone": "What is your phone number?",
    "email": "What email can I write to?",
    "website": "Do you have a website?",
    "areas": "What kind of cases do you take?",
    "handle": "Do you handle evictions?",
    "states": "Which states do you cover?",
    "languages": "Does anyone there speak Spanish?",
    "private": "Is this confidential?",
    "person": "Are you a bot?",
    "human": "Can I talk to a human?",
    "lawyer": "Are you a lawyer?",
    "next": "What happens next?",
    "when": "When will someone call me?",
    "time": "How long does a divorce take?",
    "why": "Why do you need my name?",
    "pay": "How do I pay?",
    "cancel": "How can I cancel?",
    "refund": "Do I get a refund?",
    "existing": "I'm an existing client, what is the status of my case?",
    "advice": "Can my landlord evict me without notice?",
    "firm": "Who is this?",
    "appointment": "Can I book an appointment?",
    "documents": "What documents should I bring?",
    "behalf": "Can I do this for my mother?",
}


def ask(question: str, team: str = "nc") -> IntakeTurn:
    return RulesEngine().turn([Message("user", question)], TEAMS[team])


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("team", ["nc", "rich", "national"])
def test_a_question_is_answered_before_the_next_one_is_asked(topic: str, team: str) -> None:
    turn = ask(TOPICS[topic], team)
    assert turn.answers[:1] == (topic,)
    assert turn.response.endswith(("?", "."))
    assert said(turn.response, "ask.name")


@pytest.mark.parametrize(
    ("topic", "word"),
    [
        ("hours", "Monday to Friday"),
        ("address", "120 Fayetteville St"),
        ("phone", "919-555-0100"),
        ("email", "help@nclegal.example"),
        ("website", "https://nclegal.example"),
        ("languages", "English and Spanish"),
        ("plan", "monthly installments"),
        ("covers", "30-minute call"),
        ("when", "within one business day"),
    ],
)
def test_the_configuration_answers(topic: str, word: str) -> None:
    assert word in ask(TOPICS[topic], "rich").response


@pytest.mark.parametrize("topic", ["hours", "address", "phone", "email", "website", "plan"])
def test_without_a_configured_answer_it_is_said_who_will_answer(topic: str) -> None:
    assert TEAMS["nc"].name in ask(TOPICS[topic]).response


def test_a_teams_own_answer_comes_first() -> None:
    turn = ask("Do you have parking?", "rich")
    assert turn.answers == ("faq",)
    assert "garage next door" in turn.response


@pytest.mark.parametrize("question", ["could we do it online?", "is a virtual meeting possible"])
def test_a_teams_own_answer_is_found_by_words_of_the_same_idea(question: str) -> None:
    assert "Zoom" in ask(question, "rich").response


def test_what_a_question_is_perhaps_about_follows_who_will_answer() -> None:
    turn = ask("per hour or flat?")
    assert turn.answers == ("unknown",)
    assert TEAMS["nc"].name in turn.response
    assert "$75" in turn.response


def test_a_question_after_a_remark_is_answered_without_a_question_mark() -> None:
    assert ask("I will be late, are there any lockers").answers == ("unknown",)


def test_a_courtesy_is_no_question() -> None:
    assert ask("how are you doing today?").answers == ()


def test_an_answer_is_not_a_fact() -> None:
    assert ask(TOPICS["phone"], "rich").collected.phone is None


def test_the_bill_follows_when_the_client_asks_how_to_pay() -> None:
    messages = [
        Message("user", "I'm Jane Doe, Raleigh NC, 919-832-1234, jane@x.org, I need a divorce"),
        Message("assistant", "Thank you."),
    ]
    turn = RulesEngine().turn([*messages, Message("user", "how do I pay?")], TEAMS["nc"])
    assert (turn.answers, turn.tells_payment) == (("pay",), True)
    turn = RulesEngine().turn([*messages, Message("user", "thanks!")], TEAMS["nc"])
    assert (turn.answers, turn.tells_payment) == ((), False)
