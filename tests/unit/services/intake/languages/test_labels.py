"""Every list, label and sentence that the readers name is in the languages' files.

A name that is in no file would be found in no message, and nobody would notice.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import intake
from app.services.intake.languages import DEFAULT, LANGUAGES
from app.services.intake.languages.loading import folder

FILES = sorted(Path(intake.__path__[0]).rglob("*.py"))
LABELS = {label for code in LANGUAGES for label in folder(code).phrases}
KINDS = {label.partition(".")[0] for label in LABELS}
SENTENCES = set(DEFAULT.sentences)
_LABEL = re.compile(r"([a-z_]+)\.[A-Za-z0-9_.]+")


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(node: ast.expr) -> str:
    """The last part of `a.b.c`, or a plain name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def text_of(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def arguments(tree: ast.Module, method: str, of: str = "") -> Iterator[ast.expr]:
    """The first argument of each call of a method."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.args and node.func.attr == method and of in ("", named(node.func.value)):
            yield node.args[0]


def test_every_list_is_in_every_language() -> None:
    lists = {
        name
        for path in FILES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Subscript) and named(node.value) == "lists"
        if (name := text_of(node.slice))
    }
    assert len(lists) > 40
    for language in LANGUAGES.values():
        assert lists <= set(language.lists), language.code


def test_every_kind_of_phrase_is_in_the_files() -> None:
    kinds = {
        kind
        for path in FILES
        for argument in (
            *arguments(tree_of(path), "labels"),
            *arguments(tree_of(path), "get", "found"),
        )
        if (kind := text_of(argument))
    }
    assert len(kinds) > 8
    assert kinds <= KINDS


def test_every_sentence_that_is_said_is_in_the_files() -> None:
    whole, begun = set[str](), set[str]()
    for path in FILES:
        for argument in arguments(tree_of(path), "say"):
            if name := text_of(argument):
                whole.add(name)
            elif isinstance(argument, ast.JoinedStr) and (head := text_of(argument.values[0])):
                begun.add(head)
    assert len(whole) > 25
    assert whole <= SENTENCES
    for head in begun:
        assert any(name.startswith(head) for name in SENTENCES), head


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_text_that_looks_like_a_label_begins_one(path: Path) -> None:
    heads = KINDS | {name.partition(".")[0] for name in SENTENCES}
    for node in ast.walk(tree_of(path)):
        text = text_of(node) if isinstance(node, ast.expr) else None
        match = _LABEL.fullmatch(text) if text else None
        if text and match and match[1] in heads:
            assert any(one.startswith(text) for one in LABELS | SENTENCES), text
