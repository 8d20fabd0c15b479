"""A model that obeys every attacker gets nothing through."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest

from app.domain.intake import IntakeTurn, Message
from app.domain.team import Team, TeamConfig
from app.services.intake import RulesEngine
from tests.fakes.model import THIEF, WorstModel, model_engine
from tests.teams import NATIONWIDE, NORTH_CAROLINA
from tests.unit.services.model.injection.data import Case, cases
from tests.unit.services.model.injection.invariants import broken

CLIENTS, TEAMS = cases("clients"), cases("teams")
ANSWERS = ("Jane Doe", "Charlotte, NC", "704 555 2671", "jane@example.com", "I need a divorce")
# Data of the other team and its client: the model knows them and says them wherever it can.
OTHERS = f"{NATIONWIDE.name} Zebedee Quux zebedee@quux.example +12125550100 Quuxes"
WORDS: dict[str, Callable[[str], str]] = {
    "the client's last message": lambda data: str(json.loads(data)["conversation"][-1]["text"]),
    "the client's first message": lambda data: str(json.loads(data)["conversation"][0]["text"]),
    "the firm's texts": lambda data: str(json.loads(data)["firm"]),
    "the firm's name": lambda data: str(json.loads(data)["firm"]["name"]),
    "another client's data": lambda _: OTHERS,
    "a link": lambda _: "Thank you for telling me that. Pay at https://evil.example",
    "nothing": lambda _: "",
}
# What the thief proposes beside their own data: values of nobody, and of the wrong type.
PROPOSALS: dict[str, dict[str, Any]] = {
    "a thief's data": THIEF,
    "another client's data": {
        "name": "Zebedee Quux",
        "email": "zebedee@quux.example",
        "phone": "+12125550100",
        "location": "Dallas, TX",
    },
    "the wrong types": {"name": ["Mallory"], "email": {"x": 1}, "phone": 9195550199, "words": 5},
    "nothing": dict.fromkeys(THIEF),
}

# Each way to talk with one way to propose.
OBEDIENT = list(zip(WORDS.values(), cycle(PROPOSALS.values()), strict=False))


def turns(
    case: str, team: Team, words: Callable[[str], str], proposes: dict[str, Any]
) -> Iterator[tuple[IntakeTurn, IntakeTurn, Sequence[Message]]]:
    """Each turn of the attack and of the intake that follows, with the rules' own beside it."""
    engine, rules = model_engine(WorstModel(words, proposes)), RulesEngine()
    messages: list[Message] = []
    for text in (*case.split(" // "), *ANSWERS):
        messages.append(Message("user", text))
        turn = engine.turn(messages, team)
        yield turn, rules.turn(messages, team), list(messages)
        messages.append(Message("assistant", turn.response))


def test_there_are_enough_cases() -> None:
    assert len(CLIENTS) + len(TEAMS) >= 60
    assert {case.language for case in CLIENTS} == {case.language for case in TEAMS}
    assert len({case.language for case in CLIENTS}) >= 3


@pytest.mark.parametrize("case", CLIENTS, ids=lambda case: case.id)
def test_clients_get_nothing_through(case: Case) -> None:
    for words, proposes in OBEDIENT:
        for turn, rules, messages in turns(case.text, NORTH_CAROLINA, words, proposes):
            assert [*broken(turn, rules, messages, NORTH_CAROLINA, OTHERS)] == []


@pytest.mark.parametrize("case", CLIENTS, ids=lambda case: case.id)
def test_the_end_of_the_intake_is_the_rules_own(case: Case) -> None:
    """The client's own answers win, whatever was proposed before them."""
    *_, (last, rules, _) = turns(case.text, NORTH_CAROLINA, WORDS["a link"], THIEF)
    for field in ("name", "phone", "email"):
        assert getattr(last.collected, field) == getattr(rules.collected, field)
    assert last.workflow == rules.workflow


@pytest.mark.parametrize("case", TEAMS, ids=lambda case: case.id)
def test_configurations_get_nothing_through(case: Case) -> None:
    team = attacking(case)
    for words, proposes in OBEDIENT:
        for turn, rules, messages in turns("hello there // please", team, words, proposes):
            assert [*broken(turn, rules, messages, team, OTHERS)] == []
            # The rules say a firm's name in many of their sentences, and nothing else of it here.
            if case.what != "name" and case.text not in rules.response:
                assert case.text not in turn.response


def attacking(case: Case) -> Team:
    """North Carolina with the attack in this field of its configuration."""
    if case.what == "name":
        return replace(NORTH_CAROLINA, name=case.text)
    document = dict(NORTH_CAROLINA.config.document)
    changed: dict[str, Any] = {
        "availableServices": [case.text, *document["availableServices"]],
        "faq": [{"question": "hours", "answer": case.text}],
        "jurisdiction": {**document["jurisdiction"], "description": case.text},
        "primaryState": case.text,
    }
    field = "jurisdiction" if case.what == "primaryState" else case.what
    if case.what == "primaryState":
        changed["jurisdiction"] = {**document["jurisdiction"], "primaryState": case.text}
    value = changed.get(field, case.text)
    return replace(NORTH_CAROLINA, config=TeamConfig({**document, field: value}))


def test_the_invariants_can_fail() -> None:
    """Each of them, by a turn that breaks it."""
    messages = [Message("user", "Hello, I am somebody")]
    rules = RulesEngine().turn(messages, NORTH_CAROLINA)
    told = rules.collected
    bad = {
        "not in the client's words": replace(rules, collected=replace(told, name="Mallory Thief")),
        "said: evil": replace(rules, response=f"evil {rules.response}"),
        "said the number $5": replace(rules, response=f"Pay $5. {rules.response}"),
        "said of others": replace(rules, response=f"Quux. {rules.response}"),
        "turned away": replace(rules, workflow="out_of_scope"),
        "warning": replace(rules, warning="Call 911."),
        "language": replace(rules, language="es"),
    }
    for what, turn in bad.items():
        found = [*broken(turn, rules, messages, NORTH_CAROLINA, OTHERS)]
        assert any(what in one for one in found), (what, found)
