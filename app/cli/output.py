"""How commands print: a table with headings for people, JSON for machines, dates in one form.

Everything goes through here, because teams and clients write much of it: a control sequence in a
name or in a key's label must not reach an operator's terminal.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import click

confirmed = click.option("--yes", is_flag=True, help="Do not ask.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def moment(at: datetime | None, otherwise: str = "-") -> str:
    """UTC, to the second: `2031-05-01T12:00:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else otherwise


def say(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print without terminal control sequences."""
    click.echo("".join(letter for letter in text if _is_shown(letter)), err=err, nl=nl)


def print_json(document: Any, indent: int | None = 2) -> None:
    """Letters as they are; what `say` leaves out is escaped here, so that nothing is lost."""
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    click.echo("".join(each if _is_shown(each) else json.dumps(each)[1:-1] for each in text))


def _is_shown(letter: str) -> bool:
    return letter.isprintable() or letter == "\n"


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Without a row only a note for people: standard output stays empty."""
    texts = [[str(cell) for cell in row] for row in rows]
    if not texts:
        say("Nothing to list.", err=True)
        return
    lines = [[heading.upper() for heading in headings], *texts]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        say("  ".join(cells).rstrip())


def print_fields(fields: dict[str, object]) -> None:
    """One thing: a line for each of its fields."""
    width = max(map(len, fields))
    for name, value in fields.items():
        say(f"{name.ljust(width)}  {value}")


def print_list(machine: bool, headings: Sequence[str], documents: Sequence[dict[str, Any]]) -> None:
    """Print a list of documents, with values in the order of the headings."""
    if machine:
        print_json(list(documents))
    else:
        print_table(headings, ([_cell(value) for value in each.values()] for each in documents))


def print_done(machine: bool, document: dict[str, Any], sentence: str) -> None:
    if machine:
        print_json(document)
    else:
        say(sentence)


def confirm(yes: bool, question: str) -> None:
    """For actions that cannot be undone: ask, unless `--yes` was given. The question names what is
    affected."""
    if not yes:
        click.confirm(question, abort=True)


def _cell(value: Any) -> str:
    return "-" if value is None else str(value)
