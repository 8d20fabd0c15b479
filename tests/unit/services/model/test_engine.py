"""A turn with a model's help: what it adds, and what remains the rules'."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.ids import TeamId
from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team, TeamConfig
from app.ports import ModelFailed
from app.schemas.stored_config import read_config
from app.services.intake import RulesEngine
from app.services.model import ModelEngine
from app.services.model.proposal import Proposal
from tests.fakes.model import FakeModel, model_engine
from tests.teams import NORTH_CAROLINA

UNCLEAR = (
    "Hi, my landlord Bob says I owe him. They call me Bjartur, family name Sumarhusason. "
    "I am over in Charlotte these days"
)


def said(*texts: str) -> list[Message]:
    """The client's messages, with the rules' answers between."""
    messages: list[Message] = []
    for text in texts:
        if messages:
            answer = RulesEngine().turn(messages, NORTH_CAROLINA).response
            messages.append(Message("assistant", answer))
        messages.append(Message("user", text))
    return messages


def with_model(
    answer: dict[str, Any] | ModelFailed, *texts: str, team: Team = NORTH_CAROLINA
) -> IntakeTurn:
    return model_engine(FakeModel(answer)).turn(said(*texts), team)


def rules_alone(messages: Sequence[Message], team: Team = NORTH_CAROLINA) -> IntakeTurn:
    return RulesEngine().turn(messages, team)


def test_a_name_that_the_rules_missed_is_added_as_the_client_spelled_it() -> None:
    text = "My landlord kicked me out. Everyone calls me priya natarajan"
    assert rules_alone(said(text)).collected.name is None
    turn = with_model({"name": "PRIYA NATARAJAN"}, text)
    assert turn.collected.name == "Priya Natarajan"
    assert turn.engine == "llm"
    assert "name" not in turn.missing


def test_a_matter_in_words_of_no_list_gets_the_proposed_service() -> None:
    text = "the owner shrugs when the zithers begin"
    assert rules_alone(said(text)).collected.matter_type is None
    proposed = {"matterType": "Tenant Rights Law", "matterQuote": "the owner shrugs"}
    turn = with_model(proposed, text)
    assert turn.collected.matter_type == "Tenant Rights Law"
    assert turn.collected.description == text


def test_its_words_take_the_place_of_our_acknowledgement() -> None:
    words = "I am sorry to hear about your landlord."
    turn = with_model({"words": words}, "my landlord kicked me out")
    assert turn.response.startswith(words)
    assert turn.response.endswith(rules_alone(said("my landlord kicked me out")).response[-12:])


def test_the_topic_of_a_question_gets_the_rules_own_sentence() -> None:
    text = "how light will my wallet be after this"
    turn = with_model({"question": "price"}, text)
    assert "$75" in turn.response
    assert "price" in turn.answers
    assert "$75" not in rules_alone(said(text)).response


@pytest.mark.parametrize("text", ["Hello", "Charlotte, NC", "my landlord kicked me out"])
def test_who_asks_nothing_gets_no_answer(text: str) -> None:
    """A small model names a topic in every turn."""
    assert with_model({"question": "why"}, text).response == rules_alone(said(text)).response


def test_a_good_model_that_adds_nothing_has_still_been_heard() -> None:
    turn = with_model({}, "Hello")
    assert (turn.engine, turn.degraded) == ("llm", False)
    assert replace(turn, engine="rules") == rules_alone(said("Hello"))


@pytest.mark.parametrize("outcome", ["timeout", "nonsense", "held_back"])
def test_without_an_answer_the_turn_is_the_rules_own(outcome: str) -> None:
    turn = with_model(ModelFailed(outcome), UNCLEAR)
    assert turn.degraded
    assert replace(turn, degraded=False) == rules_alone(said(UNCLEAR))


@pytest.mark.parametrize(
    ("ai", "asked"),
    [
        ({}, 1),
        ({"ai": None}, 1),
        ({"ai": {}}, 1),
        ({"ai": {"enabled": True}}, 1),
        ({"ai": {"enabled": False}}, 0),
        ({"ai": {"enabled": None}}, 0),
        ({"ai": {"enabled": "yes"}}, 0),
        ({"ai": []}, 0),
    ],
)
def test_a_team_may_switch_it_off(ai: dict[str, Any], asked: int) -> None:
    team = replace(NORTH_CAROLINA, config=TeamConfig({**NORTH_CAROLINA.config.document, **ai}))
    model = FakeModel({"words": "Thank you for telling me that."})
    turn = model_engine(model).turn(said("Hello there"), team)
    assert len(model.asked) == asked
    assert (turn.engine, turn.degraded) == ("llm" if asked else "rules", False)


@pytest.mark.parametrize("ai", [{"enabled": "no"}, "off", ["x"], 0])
def test_a_switch_that_cannot_be_read_is_off(ai: object) -> None:
    """Written to Vault by hand; the API refuses it."""
    config, ignored = read_config({**NORTH_CAROLINA.config.document, "ai": ai})
    model = FakeModel({})
    team = replace(NORTH_CAROLINA, config=config, ignored=ignored)
    assert model_engine(model).turn(said("Hello there"), team).engine == "rules"
    assert not model.asked


@pytest.mark.parametrize(
    "text",
    [
        "my husband is hitting me right now, he has a gun",
        "I live in Dallas, Texas and need a divorce",
        "I am Jane Doe from Charlotte, NC, 704 555 2671, jane@example.com, I need a divorce",
    ],
)
def test_of_danger_scope_and_the_end_the_rules_speak_alone(text: str) -> None:
    model = FakeModel({"words": "Thank you for telling me that."})
    turn = model_engine(model).turn(said(text), NORTH_CAROLINA)
    assert not model.asked
    assert turn == rules_alone(said(text))


def test_a_repeat_gets_the_same_turn_and_costs_nothing() -> None:
    model = FakeModel({"words": "Thank you for telling me that."})
    engine = model_engine(model)
    first = engine.turn(said(UNCLEAR), NORTH_CAROLINA)
    model.answer = {"words": "I am so sorry to hear that."}
    assert engine.turn(said(UNCLEAR), NORTH_CAROLINA) == first
    assert len(model.asked) == 1


def test_a_failure_is_not_remembered() -> None:
    model = FakeModel(ModelFailed("timeout"))
    engine = model_engine(model)
    assert engine.turn(said(UNCLEAR), NORTH_CAROLINA).degraded
    model.answer = {}
    assert engine.turn(said(UNCLEAR), NORTH_CAROLINA).engine == "llm"


def test_a_value_of_an_earlier_message_is_found_again_in_later_turns() -> None:
    text = "My landlord kicked me out. Everyone calls me priya natarajan"
    engine = model_engine(FakeModel({"name": "Priya Natarajan"}))
    messages = said(text, "Charlotte, NC", "704 555 2671", "priya@example.com")
    turn = engine.turn(messages, NORTH_CAROLINA)
    assert turn.workflow == "matter_created"
    assert turn.completed_at == 4
    later = [*messages, Message("assistant", turn.response), Message("user", "thanks")]
    assert engine.turn(later, NORTH_CAROLINA).original == turn.original


def test_what_the_model_is_shown_is_public_and_its_own_team() -> None:
    document = {
        **NORTH_CAROLINA.config.document,
        "ownerEmail": "owner-canary@firm.example",
        "notify": {"webhook": "https://hook-canary.example"},
        "note": "note-canary",
    }
    team = replace(NORTH_CAROLINA, config=TeamConfig(document))
    model = FakeModel({})
    model_engine(model).turn(said("Hello there"), team)
    [prompt] = model.asked
    assert "canary" not in str(prompt)
    assert str(team.team_id) not in str(prompt)
    data = json.loads(prompt.data)
    assert data["conversation"] == [{"from": "client", "text": "Hello there"}]
    assert data["firm"]["name"] == team.name
    assert data["firm"]["services"] == list(team.config.available_services)


def test_the_prompt_is_bounded_and_has_the_end_of_the_conversation() -> None:
    messages = [Message("user", f"word {number} " + "x" * 5_000) for number in range(60)]
    model = FakeModel({})
    model_engine(model).turn([*messages, Message("user", "the end")], NORTH_CAROLINA)
    [prompt] = model.asked
    assert len(prompt.data) < 20_000
    assert json.loads(prompt.data)["conversation"][-1]["text"] == "the end"


def test_a_team_whose_tokens_are_used_up_is_served_by_the_rules() -> None:
    model = FakeModel({})
    engine = model_engine(model, "3000/hour")
    turns = [engine.turn(said(f"Hello {number}"), NORTH_CAROLINA) for number in range(6)]
    asked = len(model.asked)
    assert 0 < asked < 6
    assert [turn.degraded for turn in turns] == [False] * asked + [True] * (6 - asked)
    other = replace(NORTH_CAROLINA, team_id=TeamId.parse("01k0tngnktm4q0ag0xf0a8st0q"))
    assert engine.turn(said("Hello"), other).engine == "llm"


def test_each_proposal_is_counted_as_kept_or_dropped() -> None:
    counted: list[tuple[str, bool]] = []
    engine: ModelEngine = model_engine(
        FakeModel(
            {
                "name": "Mallory",
                "phone": "911",
                "email": "mallory@evil.example",
                "location": "Raleigh, NC",
                "question": "price",
                "words": "Thank you for telling me that.",
            }
        ),
        observe=lambda kind, kept: counted.append((kind, kept)),
    )
    engine.turn(said("I am out in Raleigh now. My phone is 704 555 2671"), NORTH_CAROLINA)
    told = dict(counted)
    missing = dict.fromkeys(("name", "location", "email"), False)
    assert told == missing | {"question": True, "words": True}


@pytest.mark.parametrize(("length", "read"), [(599, True), (600, True), (601, False)])
def test_a_proposed_text_of_more_than_600_signs_is_none(length: int, read: bool) -> None:
    text = "a" * length
    assert Proposal.read({"name": text}).name == (text if read else None)
    assert Proposal.read({"name": f" {text[:10]} "}).name == text[:10]
