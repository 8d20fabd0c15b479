"""What is imported is what is installed: a package that only happens to lie there is found out."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"app", "bench", "deploy", "drills", "local", "serving", "sandbox", "tests", "vault", "wsgi"}


def imported(*places: str) -> set[str]:
    """The packages that the modules at these places import, without Python's own and ours."""
    paths = [ROOT / place for place in places]
    files = [file for path in paths for file in (path.rglob("*.py") if path.is_dir() else [path])]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OURS


def locked(file: str) -> set[str]:
    return set(
        re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,-]+\])?==", (ROOT / file).read_text(), re.MULTILINE)
    )


SHIPPED = ("app", "deploy", "serving", "wsgi.py", "gunicorn.conf.py")
SPANS = "app/observability/spans.py"


@pytest.mark.parametrize(
    ("file", "places", "extras"),
    [
        ("requirements.txt", SHIPPED, {"opentelemetry"}),
        ("requirements-otel.txt", (SPANS,), {"werkzeug"}),
        ("requirements-dev.txt", ("app", "bench", "local", "sandbox", "tests", "vault"), set()),
    ],
)
def test_every_import_is_locked(file: str, places: tuple[str, ...], extras: set[str]) -> None:
    """`extras` are in the other of the two lists that are shipped."""
    distributions = packages_distributions()
    wanted = {
        package: {re.sub(r"[-_.]+", "-", name).lower() for name in distributions.get(package, [])}
        for package in imported(*places) - extras
    }
    lock = locked(file)
    assert wanted
    assert [package for package, names in wanted.items() if not names & lock] == []


def test_only_spans_import_what_is_an_extra() -> None:
    importers = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "app").rglob("*.py")
        if "opentelemetry" in imported(str(file.relative_to(ROOT)))
    ]
    assert importers == [SPANS]
