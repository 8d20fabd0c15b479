"""A turn of the agent, and how conversations are read and answers written."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Literal

import pytest
from marshmallow import ValidationError

from app.domain.ids import Slug, TeamId
from app.domain.intake import Conversation, IntakeTurn, Message
from app.domain.matter import Bill, BillState, Matter, reference
from app.domain.payment import Method, Payment, Reason
from app.domain.team import ResolvedTeam, Team, TeamConfig
from app.errors import NoMessages, TeamNotFound, ValidationFailed
from app.ports import Say, silent
from app.schemas.agent import AgentRequestSchema
from app.schemas.agent_answer import AgentAnswerSchema, agent_document
from app.services.agent import Agent, AgentRequest, ChatClient
from app.services.agent_answer import AgentAnswer, ToldMatter
from app.services.intake import RulesEngine
from app.services.matters.drafts import drafts
from app.services.matters.filing import Filed
from app.services.payments.words import payment_words
from tests.fakes.clock import FakeClock
from tests.fakes.told import Told
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
CLIENT = ChatClient("192.0.2.1")


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


KEY = "5" * 32
REFERENCE = reference(KEY)


@dataclass
class Desk:
    """Puts every finished intake on record; `outcome` changes what it says of it."""

    outcome: dict[str, Any] = field(default_factory=dict)
    asked: list[Conversation] = field(default_factory=list)

    def file(self, resolved: ResolvedTeam, talk: Conversation, turn: IntakeTurn, /) -> Filed | None:
        self.asked.append(talk)
        finished = turn.workflow == "matter_created"
        if not finished and not self.outcome.get("repeat"):
            return None
        told = (turn, talk) if finished else (Told().turn, Told().talk)
        draft = drafts(*told, FakeClock().now())[-1]
        matter = Matter(
            KEY, 1, draft.at, draft.origin, draft.clients, (draft.words,), Bill(BillState.NONE)
        )
        return replace(Filed(PAID, matter, stored=True), **self.outcome)


RESOLVED = ResolvedTeam(NORTH_CAROLINA, key=None)


def ask(
    *texts: str,
    desk: Desk | None = None,
    resolved: ResolvedTeam = RESOLVED,
    session: str | None = None,
) -> AgentAnswer:
    """The client's messages and ours in turn, the client's first."""
    agent = Agent(OneTeam(resolved), RulesEngine(), desk or Desk(), FakeClock(), 10.0)
    roles: list[Literal["user", "assistant"]] = ["user", "assistant"]
    messages = [Message(roles[at % 2], text) for at, text in enumerate(texts)]
    return agent.turn(AgentRequest(resolved.team.team_id, messages, session), CLIENT)


def test_an_unfinished_intake_is_no_matter() -> None:
    answer = ask("Hello")
    assert (answer.workflow, answer.payment, answer.tool_calls) == ("intake", None, ())
    assert answer.matter is None


def test_a_client_elsewhere_is_no_matter() -> None:
    answer = ask(EVERYTHING.replace("Charlotte, NC", "Dallas, TX"))
    assert (answer.workflow, answer.payment, answer.tool_calls) == ("out_of_scope", None, ())
    assert (answer.missing, answer.matter) == ((), None)


def test_a_finished_intake_becomes_a_matter_and_a_payment() -> None:
    desk = Desk()
    answer = ask(EVERYTHING, desk=desk, session="s-1")
    assert answer.workflow == "matter_created"
    assert answer.payment == PAID
    assert answer.matter == ToldMatter(KEY, stored=True, repeat=False)
    assert "have created your Family Law matter for North Carolina Legal" in answer.response
    assert answer.response.endswith(f"Your reference is {REFERENCE}. {payment_words(PAID)}")
    (call,) = answer.tool_calls
    assert (call.name, call.parameters) == (
        "create_matter",
        {
            "matter_id": KEY,
            "name": "Jane Doe",
            "email": "jane@example.com",
            "phone": "+17045552671",
            "location": "Charlotte, NC",
            "matter_type": "Family Law",
            "description": "I need help with a divorce",
            "urgency": "normal",
        },
    )
    assert [talk.session_id for talk in desk.asked] == ["s-1"]


def test_a_session_made_here_is_no_part_of_the_matter() -> None:
    desk = Desk()
    answers = [ask(EVERYTHING, desk=desk) for _ in range(2)]
    assert [talk.session_id for talk in desk.asked] == [None, None]
    assert answers[0].session_id != answers[1].session_id
    assert all(len(answer.session_id) == 32 for answer in answers)


def test_a_matter_that_could_not_be_stored_leaves_the_intake_open() -> None:
    answer = ask(EVERYTHING, desk=Desk({"matter": None, "stored": False}))
    assert (answer.workflow, answer.tool_calls) == ("intake", ())
    assert answer.matter == ToldMatter(None, stored=False, repeat=False)
    assert answer.payment == PAID
    assert "created" not in answer.response
    assert "could not put it on record" in answer.response
    assert "https://" not in answer.response


@pytest.mark.parametrize(
    ("config", "contact"),
    [
        ({"ownerEmail": "owner@firm.example"}, "owner@firm.example"),
        ({"ownerEmail": "owner@firm.example", "phone": "+1 704 555 0100"}, "+1 704 555 0100"),
        ({"ownerEmail": None}, None),
        ({"ownerEmail": 5}, None),
    ],
)
def test_who_could_not_be_filed_is_told_how_to_reach_the_team(
    config: dict[str, Any], contact: str | None
) -> None:
    document = {**NORTH_CAROLINA.config.document, "ownerEmail": None} | config
    team = replace(NORTH_CAROLINA, config=TeamConfig(document))
    unfiled = Desk({"matter": None, "stored": False})
    answer = ask(EVERYTHING, desk=unfiled, resolved=ResolvedTeam(team, key=None))
    assert (f"{NORTH_CAROLINA.name} directly" in answer.response) == (contact is not None)
    assert contact is None or contact in answer.response


@pytest.mark.parametrize(
    "outcome", [{"stored": False}, {"matter": None, "stored": False}, {"repeat": True}]
)
def test_somebody_in_danger_is_told_whom_to_call_whatever_becomes_of_the_matter(
    outcome: dict[str, Any],
) -> None:
    answer = ask(f"{EVERYTHING}. My husband is here with a gun, help me", desk=Desk(outcome))
    assert "call 911" in answer.response


def test_a_correction_that_could_not_be_stored_is_not_claimed() -> None:
    answer = ask(EVERYTHING, desk=Desk({"stored": False, "repeat": True}))
    assert (answer.workflow, answer.tool_calls) == ("intake", ())
    assert answer.matter == ToldMatter(KEY, stored=False, repeat=True)
    assert answer.response.startswith("I could not put that on record")


def test_a_matter_that_todays_rules_refuse_is_told_of() -> None:
    elsewhere = EVERYTHING.replace("Charlotte, NC", "Dallas, TX")
    answer = ask(elsewhere, desk=Desk({"repeat": True}))
    assert answer.workflow == "matter_created"
    assert answer.response.startswith(f"{NORTH_CAROLINA.name} has your matter on record")
    assert REFERENCE in answer.response
    assert answer.payment == PAID
    assert (answer.missing, answer.matter) == ((), ToldMatter(KEY, stored=True, repeat=True))


def quiet(answer: str) -> Agent:
    """An agent whose engine has finished the intake and tells no payment any more."""

    class Engine(RulesEngine):
        def turn(self, messages: Sequence[Message], team: Team, _: Say = silent) -> IntakeTurn:
            return replace(super().turn(messages, team), tells_payment=False, response=answer)

    desk = Desk({"repeat": True})
    return Agent(OneTeam(RESOLVED), Engine(), desk, FakeClock(), 10.0)


def later(told: str) -> AgentAnswer:
    """A later turn, after our message `told`."""
    messages = [Message("user", EVERYTHING), Message("assistant", told), Message("user", "Thanks!")]
    return quiet("You are welcome.").turn(AgentRequest(NORTH_CAROLINA.team_id, messages), CLIENT)


def test_the_bill_is_not_repeated() -> None:
    told = f"Your reference is {REFERENCE}. {payment_words(PAID)}"
    assert later(told).response == "You are welcome."
    assert later(told).payment == PAID


def test_a_link_that_came_later_is_told() -> None:
    told = f"Your reference is {REFERENCE}. Do not pay anything yet."
    assert later(told).response == (
        f"You are welcome. If you have not paid yet, you can pay here: {PAID.invoice_url}"
    )


def test_what_our_messages_said_is_not_known_where_the_client_does_not_send_them() -> None:
    messages = [Message("user", EVERYTHING), Message("user", "Thanks!")]
    request = AgentRequest(NORTH_CAROLINA.team_id, messages)
    assert quiet("You are welcome.").turn(request, CLIENT).response == "You are welcome."


def test_the_clients_session_is_kept() -> None:
    assert ask("Hi", session="tab_1.a-b").session_id == "tab_1.a-b"


def test_a_team_is_found_by_id_and_by_slug() -> None:
    known = OneTeam(RESOLVED)
    agent = Agent(known, RulesEngine(), Desk(), FakeClock(), 10.0)
    hello = [Message("user", "Hello")]
    for asked in (NORTH_CAROLINA.team_id, NORTH_CAROLINA.slug):
        assert agent.turn(AgentRequest(asked, hello), CLIENT).team_id == NORTH_CAROLINA.team_id
    with pytest.raises(TeamNotFound):
        agent.turn(AgentRequest(NATIONWIDE.team_id, hello), CLIENT)


@pytest.mark.parametrize(
    ("team", "text", "seen"),
    [
        (NORTH_CAROLINA.team_id, "Hello", ("talk", "answered")),
        (NORTH_CAROLINA.team_id, EVERYTHING, ("intake_finished", "answered")),
        (NATIONWIDE.team_id, "Hello", ("talk", "refused")),
    ],
)
def test_each_turn_is_observed_once_with_its_seconds(
    team: TeamId, text: str, seen: tuple[str, str]
) -> None:
    turns: list[tuple[str, str, float]] = []
    agent = Agent(
        OneTeam(RESOLVED),
        RulesEngine(),
        Desk(),
        FakeClock(),
        10.0,
        lambda *turn: turns.append(turn),
    )
    began = perf_counter()
    with suppress(TeamNotFound):
        agent.turn(AgentRequest(team, [Message("user", text)]), CLIENT)
    ((*told, seconds),) = turns
    assert tuple(told) == seen
    assert 0 < seconds <= perf_counter() - began


@pytest.mark.parametrize("change", [{"degraded": True}, {"key_unavailable": True}])
def test_an_answer_says_when_vault_was_away(change: dict[str, bool]) -> None:
    assert ask("Hi").degraded is False
    assert ask("Hi", resolved=replace(RESOLVED, **change)).degraded is True


@pytest.mark.parametrize(
    ("outcome", "degraded"),
    [
        ({"stored": False, "store_away": True}, True),
        ({"stored": False, "store_away": True, "matter": None}, True),
        ({"payment": Payment(Method.FALLBACK_LINK, Reason.VAULT_UNAVAILABLE)}, True),
        ({"payment": Payment(Method.FALLBACK_LINK, Reason.BLAWBY_UNAVAILABLE)}, False),
        ({"dropped": ("more words",)}, False),  # a full record
        ({"stored": False, "matter": None, "repeat": True}, False),  # deleted by the team
    ],
)
def test_an_answer_says_when_vault_did_not_take_the_matter(
    outcome: dict[str, Any], degraded: bool
) -> None:
    """The team's own values were at hand, so that these answers alone show that Vault is away."""
    assert ask(EVERYTHING, desk=Desk(outcome)).degraded is degraded


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
    document = agent_document(ask(text, desk=Desk({"payment": payment})), "request-1")
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
        "language": "en",
        "degraded": False,
    }
