"""The commands of docs/integrate.md, as they stand there, against a local run."""

import json
import re
from pathlib import Path

from tests.local.pages import Reader, blocks, page
from tests.local.running import ROOT, Run

PAGE = page("docs/integrate.md")


def test_each_command_works(run: Run, tmp_path: Path) -> None:
    limit, anybody, ask, stream = pasted = blocks(PAGE)
    reader = Reader(run, tmp_path / "here")
    printed = dict(zip(pasted, reader.paste(pasted), strict=True))
    for block in (limit, ask, stream):
        reader.assert_printed(block, printed[block])
    assert "allowedOrigins" not in json.loads(printed[anybody])["data"]["config"]


def test_its_own_client_needs_nothing_of_the_blocks_before(run: Run, tmp_path: Path) -> None:
    *_, ask, stream = blocks(PAGE)
    assert Reader(run, tmp_path / "here").paste([ask, stream])


def test_the_line_to_embed_is_that_of_the_example() -> None:
    [line] = re.findall(r"^```html\n(.*?)\n```", PAGE, re.MULTILINE | re.DOTALL)
    assert line in (ROOT / "docs" / "embed-example.html").read_text()
