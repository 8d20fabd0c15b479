"""The documents say what is there: links, named files, variables and commands."""

import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("sandbox/*.md")]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "settings.md").read_text()


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_files(page: Path) -> None:
    prose = re.sub(r"`[^`]*`", "", page.read_text())
    links = re.findall(r"\]\((?!https?:)([^)#]+)", prose)
    assert [link for link in links if not (page.parent / link).exists()] == []


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    headings = (heading.lower() for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_to_headings(page: Path) -> None:
    prose = re.sub(r"`[^`]*`", "", page.read_text())
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", prose)
    pages = [(page.parent / file if file else page, anchor) for file, anchor in links]
    missing = [anchor for to, anchor in pages if to.suffix == ".md" and anchor not in _anchors(to)]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_named_tests_are_there(page: Path) -> None:
    there = {file.name for file in ROOT.glob("tests/**/*.py")}
    named = set(re.findall(r"`(?:tests/[\w/]+/)?(test_\w+\.py)`", page.read_text()))
    assert named - there == set()
    paths = set(re.findall(r"`(tests/[\w/]+\.py)`", page.read_text()))
    assert {path for path in paths if not (ROOT / path).exists()} == set()


def test_the_settings_page_has_each_variable_of_the_app() -> None:
    app = (ROOT / "app" / "settings" / "variables.py").read_text()
    serving = (ROOT / "serving" / "environment.py").read_text()
    read = set(re.findall(r'env\.\w+\("([A-Z_]+)"', app))
    read |= set(re.findall(r'_\w+\("([A-Z_]+)"', serving))
    rows = re.findall(r"^\| (`[A-Z_`, ]+`) \|", SETTINGS, re.MULTILINE)
    told = set(chain.from_iterable(re.findall(r"[A-Z_]+", row) for row in rows))
    assert len(read) > 15
    assert told == read


def test_the_readme_has_each_command_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == set(re.findall(r"`make ([a-z-]+)[` ]", README))


def test_each_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert re.findall(r"\(decisions/([^)]+)\)", index) == [record.name for record in records]
