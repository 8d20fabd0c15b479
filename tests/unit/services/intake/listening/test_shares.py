"""The shares of labels by points, and the tables that the points are in."""

from itertools import product
from typing import get_args

import pytest

from app.services.intake.languages import LANGUAGES
from app.services.intake.languages.loading import (
    SHARES_HEADER,
    Table,
    folder,
    shares_file,
    shares_path,
)
from app.services.intake.listening.shares import BIAS, NONE, Shares, shares_in
from tests.conversations.labelled import digest, files

every_table = pytest.mark.parametrize(("code", "table"), list(product(LANGUAGES, get_args(Table))))


def test_shares_are_probabilities_that_points_raise() -> None:
    shares = Shares(("none", "price"), {"cost": bytes((1, 128 + 40)), BIAS: bytes((0, 148))})
    nothing, cost = shares.of(set()), shares.of({"cost"})
    assert sum(cost.values()) == pytest.approx(1)
    assert nothing["none"] / nothing["price"] == pytest.approx(2.71828, rel=1e-4)
    assert cost["price"] / cost["none"] == pytest.approx(2.71828, rel=1e-4)


def test_without_a_table_a_text_is_about_nothing() -> None:
    assert shares_in("xx", "topics").of({"cost"}) == {NONE: 1.0}


@every_table
def test_a_table_is_of_the_messages_that_are_here(code: str, table: Table) -> None:
    """Whoever changes them writes the tables: python -m tests.conversations.weigh_topics, or
    weigh_areas."""
    header = SHARES_HEADER.format(table=table, digest=digest(table, code))
    assert shares_path(code, table).read_text(encoding="utf-8").startswith(header)


@every_table
def test_each_line_of_a_table_is_read(code: str, table: Table) -> None:
    lines = shares_path(code, table).read_text(encoding="utf-8").splitlines()
    headings = SHARES_HEADER.count("\n")
    assert len(shares_in(code, table).rows) == len(lines) - headings


@every_table
def test_a_table_knows_only_phrases_that_exist(code: str, table: Table) -> None:
    labels = {f"!{label}" for label in folder(code).phrases} | {"!matter"}
    rows = {feature for feature, _ in shares_file(code, table)}
    marks = {row for row in rows if row.startswith("!") and not row.startswith("! ")}
    assert marks <= labels


@every_table
def test_there_are_messages_that_are_not_learned_from(code: str, table: Table) -> None:
    assert files(table, code, unseen=True)
    assert not set(files(table, code, unseen=True)) & set(files(table, code, unseen=False))
