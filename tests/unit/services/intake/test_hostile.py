"""Texts made to be slow or to break: each must be read within the test's patience.

A pattern that is quadratic takes minutes for these; what is linear takes milliseconds.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.domain.intake import Message
from app.errors import NoMessages
from app.schemas.agent import AgentRequestSchema
from app.schemas.conversation import MOST_CHARACTERS, MOST_MESSAGES
from app.services.intake import RulesEngine
from tests.teams import NATIONWIDE, NORTH_CAROLINA

PATIENCE = pytest.mark.timeout(30)
FILLS = (
    *(
        " ",
        "\n",
        "\t",
        ",",
        ", ",
        ".",
        "-",
        "'",
        '"',
        "(",
        "+ (",
        "@",
        "a@",
        "1",
        "1 ",
        "1-",
        "\x00",
    ),
    *(
        "a",
        "a.",
        "a-",
        "a'",
        "Aa ",
        "or ",
        "A, OR, ",
        "in ",
        " in,",
        " and",
        "my ",
        "i'm a ",
        "not ",
    ),
    *("name: ", "my name is the ", "i'm A from ", "i live in ", "he lives in ", "North Carolina "),
    *(
        "a@b.co ",
        "704 555 2671 ",
        "704 555 2671 x",
        "court ",
        "actually it's ",
        "sorry ",
        "divorce ",
    ),
    *("\u00e9", "\u0130", "\u0301", "\U0001f600", "\u200d", "\u202e", "\u0660", "\ufdfa"),
)
AROUND = (
    ("", ""),
    ("", "x"),
    ("divorce", "x"),
    ("I'm", "Jane"),
    ("i live in", "x"),
    ("my name is", "x"),
    ("Charlotte", "NC"),
    ("my email is", "a@b.co"),
    ("704 555", "2671"),
)


@PATIENCE
@pytest.mark.parametrize("fill", FILLS)
def test_a_longest_text_of_one_kind(fill: str) -> None:
    for begin, end in AROUND:
        times = (MOST_CHARACTERS - len(begin) - len(end)) // len(fill)
        text = f"{begin}{fill * times}{end}"
        assert RulesEngine().turn([Message("user", text)], NORTH_CAROLINA).response


@PATIENCE
@pytest.mark.parametrize("fill", FILLS)
def test_a_longest_conversation_of_one_kind(fill: str) -> None:
    text = fill * (MOST_CHARACTERS // len(fill))
    messages = [
        Message("user" if index % 2 else "assistant", text) for index in range(MOST_MESSAGES)
    ]
    for team in (NORTH_CAROLINA, NATIONWIDE):
        assert RulesEngine().turn(messages, team).response


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["user", "assistant", "system"]) | json_values,
        "isUser": st.booleans() | json_values,
        "content": st.text(st.characters(), max_size=30) | json_values,
    },
)
bodies = st.fixed_dictionaries(
    {"teamId": st.just("blawby-ai") | json_values},
    optional={
        "messages": st.lists(messages | json_values, max_size=4) | json_values,
        "sessionId": json_values,
        "extra": json_values,
    },
)


@given(bodies)
@settings(max_examples=300, deadline=None)
def test_any_body_is_read_or_refused(body: dict[str, object]) -> None:
    try:
        request = AgentRequestSchema().load(body)
    except (ValidationError, NoMessages):
        return
    assert 1 <= len(request.messages) <= MOST_MESSAGES
    assert request.messages[-1].role == "user"
    for message in request.messages:
        assert message.content.encode()
        assert message.content.strip()
    assert RulesEngine().turn(request.messages, NORTH_CAROLINA).response
