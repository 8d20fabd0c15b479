"""What of a conversation and a team a model reads, and how much of it at most."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.intake import Message
from app.domain.team import Team, TeamConfig
from app.services.intake import RulesEngine
from app.services.intake.languages.loading import folder
from app.services.intake.offers import GENERAL
from app.services.model.prompt import TOPICS, prompt_for, tokens_of
from app.services.model.proposal import TEXTS
from tests.teams import NORTH_CAROLINA


def prompt_of(*messages: Message, team: Team = NORTH_CAROLINA) -> Any:
    facts = RulesEngine().held(messages, team).facts
    return prompt_for(messages, team, facts)


def data_of(*messages: Message, team: Team = NORTH_CAROLINA) -> Any:
    return json.loads(prompt_of(*messages, team=team).data)


def of_client(text: str) -> Message:
    return Message("user", text)


def test_what_a_model_reads() -> None:
    said = (of_client("I'm Jane Doe"), Message("assistant", "Your phone?"), of_client("Why?"))
    assert data_of(*said) == {
        "firm": {
            "name": "North Carolina Legal Services",
            "services": NORTH_CAROLINA.config.document["availableServices"],
            "places": ["North Carolina"],
        },
        "language": "en",
        "missing": ["location", "phone", "email", "matterType"],
        "conversation": [
            {"from": "client", "text": "I'm Jane Doe"},
            {"from": "assistant", "text": "Your phone?"},
            {"from": "client", "text": "Why?"},
        ],
    }


def test_what_a_model_may_answer() -> None:
    prompt = prompt_of(of_client("Hello"))
    schema = prompt.tool.schema
    assert prompt.tool.name == "note_intake"
    assert set(schema) == {"type", "properties", "required", "additionalProperties"}
    assert (schema["type"], schema["additionalProperties"]) == ("object", False)
    assert schema["required"] == list(schema["properties"]) == list(TEXTS)
    offered = NORTH_CAROLINA.config.document["availableServices"]
    enums = {"matterType": [*offered, None], "question": [*TOPICS, None]}
    for name, rule in schema["properties"].items():
        enum = {"enum": enums[name]} if name in enums else {}
        assert rule == {"type": ["string", "null"]} | enum


def test_every_question_that_a_model_may_note_has_an_answer_of_the_rules() -> None:
    assert {f"ask.{topic}" for topic in TOPICS} <= set(folder("en").phrases)


def test_of_a_long_message_the_beginning_is_read() -> None:
    (one,) = data_of(of_client("x" * 2_000 + "y"))["conversation"]
    assert one["text"] == "x" * 2_000


@pytest.mark.parametrize(("size", "read"), [(1_970, 6), (1_971, 5), (10, 300)])
def test_of_a_long_conversation_the_end_is_read(size: int, read: int) -> None:
    messages = [of_client(f"{number:04}" + "x" * (size - 4)) for number in range(400)]
    texts = [one["text"] for one in data_of(*messages)["conversation"]]
    assert texts == [message.content for message in messages[-read:]]


def test_of_a_large_team_the_beginning_is_read() -> None:
    names = [f"{number:03}" + "x" * 98 for number in range(51)]
    document = {**NORTH_CAROLINA.config.document, "availableServices": names}
    team = replace(NORTH_CAROLINA, name="n" * 101, config=TeamConfig(document))
    firm = data_of(of_client("Hello"), team=team)["firm"]
    assert firm["name"] == "n" * 100
    assert firm["services"] == [name[:100] for name in names[:50]]


def test_a_team_without_services_takes_general_matters() -> None:
    document = {**NORTH_CAROLINA.config.document, "availableServices": []}
    team = replace(NORTH_CAROLINA, config=TeamConfig(document))
    assert data_of(of_client("Hello"), team=team)["firm"]["services"] == [GENERAL]


def test_half_a_character_is_replaced() -> None:
    team = replace(NORTH_CAROLINA, name="a\ud800b")
    assert data_of(of_client("Hello"), team=team)["firm"]["name"] == "a?b"


def test_tokens_are_counted_high() -> None:
    prompt = prompt_of(of_client("Hello"))
    characters = len(prompt.instructions) + len(prompt.data)
    assert 3 * tokens_of(prompt) <= characters < 3 * (tokens_of(prompt) + 1)
