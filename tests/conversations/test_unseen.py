"""Unseen questions and matters are understood as often as on the day that they were measured.

`python -m bench.unseen` prints the figures.
"""

from pathlib import Path
from typing import get_args

import pytest

from app.services.intake.languages.loading import Table
from bench.unseen import heard, shares
from tests.conversations.labelled import GREETINGS, files

LEAST: dict[tuple[Table, str], tuple[float, float]] = {
    ("topics", "en_unseen"): (90.0, 85.0),
    ("topics", "en_unseen_hard"): (82.0, 78.0),
    ("topics", "en_unseen_last"): (88.0, 85.0),
    ("topics", "es_unseen"): (88.0, 80.0),
    ("topics", "es_unseen_hard"): (78.0, 65.0),
    ("topics", "es_unseen_last"): (88.0, 80.0),
    ("areas", "en_unseen"): (91.0, 95.0),
    ("areas", "en_unseen_last"): (93.0, 95.0),
    ("areas", "es_unseen"): (82.0, 93.0),
    ("areas", "es_unseen_last"): (92.0, 95.0),
}
"""Percent of the messages that are understood, and of those about nothing that are left alone."""


UNSEEN: dict[tuple[Table, str], Path] = {
    (table, path.stem): path
    for table in get_args(Table)
    for code in GREETINGS
    for path in files(table, code, unseen=True)
}


@pytest.mark.parametrize(("table", "name"), LEAST)
def test_unseen_messages_are_understood_and_others_left_alone(table: Table, name: str) -> None:
    understood, left = shares(table, heard(table, UNSEEN[table, name]))
    assert 100 * sum(understood) / len(understood) >= LEAST[table, name][0]
    assert 100 * sum(left) / len(left) >= LEAST[table, name][1]


def test_every_unseen_file_is_judged() -> None:
    assert set(UNSEEN) == set(LEAST)
