"""docs/auditing.md, block by block, against a local run. What its queries answer is tried in
tests/attack/test_auditing.py."""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.pages import Reader, blocks, page
from tests.local.running import ROOT, Run, running

TEAM = "01jq70jnstyfzevc6423czh50e"
KEY = {"apiKey": "a-key-for-the-audit", "teamUlid": TEAM}
# jq as the page calls it, because no package brings the command.
JQ = f"""#!{sys.executable}
import json, sys, jq
words, args, raw, texts = sys.argv[1:], {{}}, False, []
while words:
    word = words.pop(0)
    if word == "-r":
        raw = True
    elif word in ("--arg", "--slurpfile"):
        name, value = words.pop(0), words.pop(0)
        args[name] = value if word == "--arg" else [json.load(open(value))]
    else:
        texts.append(word)
program, *files = texts
given = open(files[0]).read() if files else sys.stdin.read()
for found in jq.compile(program, args=args).input_text(given):
    print(found if raw and isinstance(found, str) else json.dumps(found))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with running(tmp_path_factory.mktemp("runs") / "auditing") as run:
        assert run.api("PUT", f"team-secrets/{TEAM}", KEY).status_code == 201
        said = [{"role": "user", "content": "Hello, I need help with a divorce"}]
        assert run.api("POST", "agent", {"teamId": TEAM, "messages": said}).ok
        yield run


def test_each_block_works_behind_the_others(run: Run, tmp_path: Path) -> None:
    place = tmp_path / "tools"
    place.mkdir()
    (place / "jq").write_text(JQ)
    (place / "jq").chmod(0o755)
    pasted = blocks(page("docs/auditing.md"))
    reader = Reader(run, tmp_path / "here", f"{place}:{os.environ['PATH']}")
    prepared, names, person, changed, read, turns, tried, wrapping, due = reader.paste(
        pasted, typed="a-password-of-janes\n"
    )
    assert (prepared, names) == ("", "")
    assert "Success!" in person
    [line] = changed.splitlines()
    assert line.split("\t")[1:] == ["platform-operator", "data", "1"]
    for counted in (read, turns):
        assert counted.split()[1:] == [TEAM]
    assert (tried, wrapping) == ("", "")
    assert due == ""


def test_each_identity_of_the_bootstrap_is_in_its_table() -> None:
    made = set(re.findall(r'"(platform-\w+)"', (ROOT / "vault" / "wanted.py").read_text()))
    rows = re.findall(r"^\| (`.*?) \|", page("docs/auditing.md"), re.MULTILINE)
    assert len(made) > 3
    assert made == set(re.findall(r"`(platform-\w+)`", " ".join(rows)))
