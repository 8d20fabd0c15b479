"""README.md and docs/cli.md, block by block, against a local run: they print what the page says."""

from pathlib import Path

import pytest

from tests.local.pages import Reader, blocks, page, section
from tests.local.running import Run

README = page("README.md")


def test_the_blocks_to_paste(run: Run, tmp_path: Path) -> None:
    """One after another, from the first call to the operator's command line."""
    before = README.split("## Try it with curl")[0]
    listing = [block for block in blocks(before) if "/api/teams" in block.commands]
    trying = blocks(section(README, "Try it with curl"))
    operating = blocks(section(README, "The operator's command line"))
    pasted = [*listing, *trying, *operating]
    reader = Reader(run, tmp_path / "here")
    printed = reader.paste(pasted, typed="another-key-for-the-sandbox\n")
    told = [(block, text) for block, text in zip(pasted, printed, strict=True) if block.printed]
    assert len(told) == 10
    for block, text in told:
        reader.assert_printed(block, text)
    # Only variables, and a login that ends with the status.
    silent = [text for block, text in zip(pasted, printed, strict=True) if not block.printed]
    assert silent[0] == ""
    assert '"wrappingToken"' in silent[1]
    assert '"hasSecret":true' in silent[1]
    assert len(silent) == 2


def test_the_command_line_without_its_directory(run: Run, tmp_path: Path) -> None:
    [block] = blocks(page("docs/cli.md"))
    assert "north-carolina-legal-services" in Reader(run, tmp_path / "here").paste([block])[0]


def test_a_wrong_answer_is_noticed(run: Run, tmp_path: Path) -> None:
    reader = Reader(run, tmp_path / "here")
    [block] = blocks("```sh\necho one two\n```\n\n```\none … three\n```\n")
    with pytest.raises(AssertionError):
        reader.assert_printed(block, *reader.paste([block]))
