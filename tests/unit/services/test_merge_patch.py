"""The examples of RFC 7396, appendix A, as far as they are objects."""

from typing import Any

import pytest

from app.services.merge_patch import merged

Document = dict[str, Any]


@pytest.mark.parametrize(
    ("document", "changes", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
        ({"a": [1]}, {"a": {"b": None, "c": 2}}, {"a": {"c": 2}}),
    ],
)
def test_examples(document: Document, changes: Document, result: Document) -> None:
    before = repr(document)
    assert merged(document, changes) == result
    assert repr(document) == before
