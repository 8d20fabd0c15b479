"""JSON that every reader understands alike; the bodies over HTTP are in http/test_requests.py."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import MalformedRequest
from app.web.strict_json import read, read_object

LARGEST = 2**53 - 1
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=4), st.booleans())
def test_what_json_can_say_is_read_as_it_is(document: dict[str, Any], ascii_alone: bool) -> None:
    body = json.dumps(document, ensure_ascii=ascii_alone).encode()
    assert read_object(body) == document
    assert read(body) == document


@given(st.binary(max_size=60))
def test_any_bytes_are_an_object_or_refused(body: bytes) -> None:
    try:
        document = read_object(body)
    except MalformedRequest:
        return
    assert isinstance(document, dict)


@given(st.text(alphabet='[]{}":,0123456789eE+-.\\ud8fntNaI ', max_size=40))
def test_what_looks_like_json_is_an_object_or_refused(text: str) -> None:
    body = text.encode()
    try:
        document = read_object(body)
    except MalformedRequest:
        return
    assert json.loads(body) == document
    assert json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("depth", "fits"), [(1, True), (63, True), (64, False), (500, False), (100_000, False)]
)
def test_depth_has_a_bound(depth: int, fits: bool) -> None:
    for opening, closing in (("[", "]"), ('{"x":', "}")):
        body = f'{{"x": {opening * depth}1{closing * depth}}}'.encode()
        if fits:
            assert read_object(body)
        else:
            with pytest.raises(MalformedRequest):
                read_object(body)


def test_breadth_is_no_depth() -> None:
    assert len(read_object(json.dumps({"x": [[]] * 5000}).encode())["x"]) == 5000


@pytest.mark.parametrize("number", [LARGEST, -LARGEST, 0, -0.0, 1e308, 5e-324])
def test_numbers_that_a_double_holds(number: float) -> None:
    assert read_object(json.dumps({"x": number}).encode()) == {"x": number}


@pytest.mark.parametrize("digits", [str(LARGEST + 1), str(-LARGEST - 1), "9" * 5000, "1e309"])
def test_numbers_that_it_does_not(digits: str) -> None:
    with pytest.raises(MalformedRequest):
        read_object(f'{{"x": {digits}}}'.encode())
