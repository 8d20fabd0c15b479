"""`python -m tests.metrics_table` writes the table of docs/metrics.md anew, from the code."""

from collections.abc import Iterator
from pathlib import Path

from prometheus_client.metrics_core import Metric

from tests.moved import families

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"
BEGIN, END = "<!-- table: python -m tests.metrics_table -->\n", "<!-- end of table -->"
# Their values are made as they occur: one for each route that is asked for, for example.
_AS_THEY_OCCUR = {
    "team_secrets_requests": ("method", "route", "status"),
    "team_secrets_request_seconds": ("route",),
    "team_secrets_build_info": ("version", "python"),
    "team_secrets_engine_info": ("engine",),
}
_SUFFIX = {"counter": "_total"}


def table() -> str:
    """In a process that has counted nothing yet."""
    head = "| name | type | labels | meaning |\n|---|---|---|---|\n"
    return head + "".join(sorted(_row(family) for family in families()))


def replaced(page: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.partition(END)[2]}"


def _row(family: Metric) -> str:
    name = f"`{family.name}{_SUFFIX.get(family.type, '')}`"
    return f"| {name} | {family.type} | {'; '.join(_labels(family))} | {family.documentation} |\n"


def _labels(family: Metric) -> Iterator[str]:
    if family.name in _AS_THEY_OCCUR:
        yield from (f"`{label}`, as it occurs" for label in _AS_THEY_OCCUR[family.name])
        return
    values: dict[str, list[str]] = {}
    for sample in family.samples:
        for label, value in sample.labels.items():
            if label != "le" and value not in values.setdefault(label, []):
                values[label].append(value)
    for label, known in values.items():
        yield f"`{label}`: {', '.join(value or '(empty)' for value in known)}"


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text()))
