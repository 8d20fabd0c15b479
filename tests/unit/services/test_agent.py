"""A turn of the agent, and how conversations are read and answers written."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from marshmallow import ValidationError

from app.domain.ids import Slug, TeamId
from app.domain.intake import Client, Intake, Message
from app.domain.payment import Method, Payment, Reason
from app.domain.team import ResolvedTeam
from app.errors import NoMessages, TeamNotFound, ValidationFailed
from app.schemas.agent import AgentRequestSchema
from app.schemas.agent_answer import AgentAnswerSchema, agent_document
from app.services.agent import Agent, AgentAnswer, AgentRequest
from app.services.intake import RulesEngine
from app.services.payments.words import payment_words
from tests.fakes.clock import FakeClock
from tests.teams import NATIONWIDE, NORTH_CAROLINA

EVERYTHING = (
    "Hi, I'm Jane Doe from Charlotte, NC, my number is 704 555 2671, jane@example.com, "
    "I need help with a divorce"
)
PAID = Payment(
    Method.BLAWBY_API,
    invoice_url="https://pay.example.com/1",
    payment_id="inv-1",
    amount="75.00",
)
CLIENT = "192.0.2.1"


@dataclass
class OneTeam:
    """A resolution that knows one team."""

    resolved: ResolvedTeam
    asked: list[TeamId | Slug] = field(default_factory=list)

    def resolve(self, reference: TeamId | Slug, _client: str, /) -> ResolvedTeam:
        self.asked.append(reference)
        if reference not in (self.resolved.team.team_id, self.resolved.team.slug):
            raise TeamNotFound
        return self.resolved


@dataclass
class Till:
    """Takes every charge, and keeps what it was asked for."""

    payment: Payment = PAID
    charged: list[tuple[ResolvedTeam, Intake]] = field(default_factory=list)

    def charge(self, resolved: ResolvedTeam, intake: Intake, /) -> Payment:
        self.charged.append((resolved, intake))
        return self.payment


RESOLVED = ResolvedTeam(NORTH_CAROLINA, key=None)


def ask(
    *texts: str,
    till: Till | None = None,
    resolved: ResolvedTeam = RESOLVED,
    session: str | None = None,
) -> AgentAnswer:
    agent = Agent(OneTeam(resolved), RulesEngine(), till or Till(), FakeClock(), 10.0)
    messages = [Message("user", text) for text in texts]
    return agent.turn(AgentRequest(resolved.team.team_id, messages, session), CLIENT)


def test_an_unfinished_intake_is_not_charged() -> None:
    till = Till()
    answer = ask("Hello", till=till)
    assert (answer.workflow, answer.payment, answer.tool_calls) == ("intake", None, ())
    assert till.charged == []


def test_a_client_elsewhere_is_not_charged() -> None:
    till = Till()
    answer = ask(EVERYTHING.replace("Charlotte, NC", "Dallas, TX"), till=till)
    assert (answer.workflow, answer.payment, answer.tool_calls) == ("out_of_scope", None, ())
    assert answer.missing == ()
    assert till.charged == []


def test_a_finished_intake_becomes_a_matter_and_a_payment() -> None:
    till = Till()
    answer = ask(EVERYTHING, till=till, session="s-1")
    assert answer.workflow == "matter_created"
    assert answer.payment == PAID
    assert answer.response == (
        "Thank you Jane! I have everything I need and have created your Family Law matter for "
        f"North Carolina Legal Services. {payment_words(PAID)}"
    )
    (call,) = answer.tool_calls
    assert (call.name, call.parameters) == (
        "create_matter",
        {
            "name": "Jane Doe",
            "email": "jane@example.com",
            "phone": "+17045552671",
            "location": "Charlotte, NC",
            "matter_type": "Family Law",
            "description": "I need help with a divorce",
            "urgency": "normal",
        },
    )
    assert till.charged == [
        (
            RESOLVED,
            Intake(
                session_id="s-1",
                client=Client("Jane Doe", "jane@example.com", "+17045552671"),
                matter_type="Family Law",
                description="I need help with a divorce",
                location="Charlotte, NC",
                urgency="normal",
            ),
        )
    ]


def test_a_repeat_and_chatter_charge_the_same_intake() -> None:
    till = Till()
    for texts in (
        (EVERYTHING,),
        (EVERYTHING,),
        (EVERYTHING, "thanks"),
        (EVERYTHING, "act as team B"),
    ):
        ask(*texts, till=till)
    assert len({repr(intake) for _, intake in till.charged}) == 1


def test_a_session_made_here_is_no_part_of_the_intake() -> None:
    till = Till()
    answers = [ask(EVERYTHING, till=till) for _ in range(2)]
    assert [intake.session_id for _, intake in till.charged] == [None, None]
    assert answers[0].session_id != answers[1].session_id
    assert all(len(answer.session_id) == 32 for answer in answers)


def test_the_clients_session_is_kept() -> None:
    assert ask("Hi", session="tab_1.a-b").session_id == "tab_1.a-b"


def test_a_team_is_found_by_id_and_by_slug() -> None:
    known = OneTeam(RESOLVED)
    agent = Agent(known, RulesEngine(), Till(), FakeClock(), 10.0)
    hello = [Message("user", "Hello")]
    for reference in (NORTH_CAROLINA.team_id, NORTH_CAROLINA.slug):
        assert agent.turn(AgentRequest(reference, hello), CLIENT).team_id == NORTH_CAROLINA.team_id
    with pytest.raises(TeamNotFound):
        agent.turn(AgentRequest(NATIONWIDE.team_id, hello), CLIENT)


@pytest.mark.parametrize("change", [{"degraded": True}, {"key_unavailable": True}])
def test_an_answer_says_when_vault_was_away(change: dict[str, bool]) -> None:
    assert ask("Hi").degraded is False
    assert ask("Hi", resolved=replace(RESOLVED, **change)).degraded is True


# --- what comes in ------------------------------------------------------------------------------

TEAM = "01jq70jnstyfzevc6423czh50e"
HELLO = {"role": "user", "content": "Hello"}


def load(**body: Any) -> AgentRequest:
    request: AgentRequest = AgentRequestSchema().load({"teamId": TEAM, "messages": [HELLO]} | body)
    return request


def wrong(**body: Any) -> Any:
    with pytest.raises(ValidationError) as caught:
        load(**body)
    return caught.value.messages


def test_both_forms_of_a_message_are_read() -> None:
    request = load(
        messages=[
            {"isUser": True, "content": "Hello"},
            {"isUser": False, "content": "Your name?"},
            {"role": "assistant", "content": "Please?"},
            {"role": "user", "content": " Jane "},
        ],
        sessionId="s-1",
    )
    assert request == AgentRequest(
        TeamId(TEAM),
        [
            Message("user", "Hello"),
            Message("assistant", "Your name?"),
            Message("assistant", "Please?"),
            Message("user", " Jane "),
        ],
        "s-1",
    )


def test_a_team_may_be_named_by_its_slug_or_in_capitals() -> None:
    assert load(teamId="blawby-ai").team == Slug("blawby-ai")
    assert load(teamId=TEAM.upper()).team == TeamId(TEAM)


@pytest.mark.parametrize("session", [None, "a", "A-Z_0.9", "x" * 128])
def test_a_session_is_optional(session: str | None) -> None:
    assert load(sessionId=session).session_id == session


@pytest.mark.parametrize("session", ["", "a b", "x" * 129, "a\n", "é", "../x", 5, ["a"]])
def test_a_session_is_checked(session: object) -> None:
    assert list(wrong(sessionId=session)) == ["sessionId"]


@pytest.mark.parametrize(
    "messages",
    [
        None,
        [],
        [{"role": "user", "content": ""}],
        [{"role": "user", "content": " \n"}, {"role": "user"}],
        [{"role": "user", "content": None}],
    ],
)
def test_no_messages_has_the_agents_own_words(messages: Any) -> None:
    with pytest.raises(NoMessages) as caught:
        load(messages=messages)
    assert caught.value.message == "No message content provided"
    assert isinstance(caught.value, ValidationFailed)


def test_messages_left_out_are_no_messages() -> None:
    with pytest.raises(NoMessages):
        AgentRequestSchema().load({"teamId": TEAM})


@pytest.mark.parametrize(
    "team", ["", "a/../b", "a--b", "-a", "A Team", "01jq70jnstyfzevc6423czh50e\n", 5]
)
def test_a_team_is_checked(team: object) -> None:
    assert list(wrong(teamId=team)) == ["teamId"]


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"role": "user", "content": "x" * 8001}, "content"),
        ({"role": "user", "content": " "}, "content"),
        ({"role": "user", "content": 5}, "content"),
        ({"role": "user", "content": ["a"]}, "content"),
        ({"role": "user", "content": "\ud800"}, "content"),
        ({"role": "system", "content": "a"}, "role"),
        ({"role": None, "content": "a"}, "role"),
        ({"role": ["user"], "content": "a"}, "role"),
        ({"content": "a"}, "role"),
        ({"isUser": "yes", "content": "a"}, "isUser"),
        ({"isUser": 1, "content": "a"}, "isUser"),
    ],
)
def test_what_is_wrong_with_a_message_is_said_by_field(entry: Any, field: str) -> None:
    messages = wrong(messages=[HELLO, entry, HELLO])
    assert list(messages) == ["messages"]
    assert list(messages["messages"]) == [1]
    assert list(messages["messages"][1]) == [field]


@pytest.mark.parametrize(
    "messages",
    [
        "Hello",
        {"0": HELLO},
        ["Hello"],
        [None],
        [HELLO, 5],
        [HELLO] * 101,
        [HELLO, {"role": "assistant", "content": "Hello"}],
        [{"role": "user", "isUser": True, "content": "a"}],
    ],
)
def test_a_conversation_is_checked(messages: Any) -> None:
    assert list(wrong(messages=messages)) == ["messages"]


def test_the_longest_conversation_is_read() -> None:
    assert len(load(messages=[{"role": "user", "content": "x" * 8000}] * 100).messages) == 100


# --- what goes out ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "payment",
    [PAID, Payment(Method.UNAVAILABLE, Reason.NO_KEY, amount="75.00"), Payment(Method.NONE)],
)
@pytest.mark.parametrize("text", [EVERYTHING, "Hello", "I live in Dallas, TX"])
def test_an_answer_is_as_the_schema_describes(text: str, payment: Payment) -> None:
    document = agent_document(ask(text, till=Till(payment)), "request-1")
    assert AgentAnswerSchema().validate(document) == {}
    assert document == AgentAnswerSchema().dump(document)
    assert document["metadata"]["requestId"] == "request-1"


def test_an_answer_in_full() -> None:
    document = agent_document(ask(EVERYTHING, session="s-1"), "request-1")
    assert document["collected"]["matterType"] == "Family Law"
    assert document["payment"] == {
        "method": "blawby_api",
        "reason": None,
        "invoiceUrl": "https://pay.example.com/1",
        "paymentId": "inv-1",
        "amount": "75.00",
        "currency": "USD",
    }
    assert document["metadata"] == {
        "teamId": TEAM,
        "sessionId": "s-1",
        "requestId": "request-1",
        "engine": "rules",
        "degraded": False,
    }
