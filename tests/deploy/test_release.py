"""`make release` in a clone: the version in its one place, a section of the changelog, a tag."""

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEXT = "77.0.1"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This checkout as it is, committed: uncommitted changes are tried too."""
    files = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").split("\n")
    for name in filter(None, files):
        if (ROOT / name).is_file():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
            target.chmod((ROOT / name).stat().st_mode)
    git(tmp_path, "init", "--quiet")
    for setting in (("user.name", "A Maintainer"), ("user.email", "maintainer@example.com")):
        git(tmp_path, "config", *setting)
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=All")
    return tmp_path


def git(directory: Path, *arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(
        command, cwd=directory, check=True, capture_output=True, text=True
    ).stdout.strip()


def release(clone: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [clone / ".ci" / "release", "--no-image", *arguments]
    return subprocess.run(command, cwd=clone, check=False, capture_output=True, text=True)


def test_a_release_is_a_version_a_section_and_a_tag(clone: Path) -> None:
    ended = release(clone, NEXT)
    assert ended.returncode == 0, ended.stderr
    assert git(clone, "status", "--porcelain") == ""
    assert git(clone, "describe") == f"v{NEXT}"
    project = tomllib.loads((clone / "pyproject.toml").read_text())
    assert project["project"]["version"] == NEXT
    lines = (clone / "CHANGELOG.md").read_text().splitlines()
    headings = [line for line in lines if line.startswith("## ")]
    assert headings[0] == "## [Unreleased]"
    assert headings[1].startswith(f"## [{NEXT}] - 20")
    empty = release(clone, "77.0.2")
    assert (empty.returncode, empty.stderr) == (
        1,
        "release: the changelog has nothing under Unreleased\n",
    )


@pytest.mark.parametrize("version", ["", "1", "v1.2.3", "1.2.3-rc1", "0.0.1"])
def test_what_is_no_newer_version_is_refused(clone: Path, version: str) -> None:
    ended = release(clone, *filter(None, [version]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("release: ")
    assert ended.stderr.count("\n") == 1
    assert git(clone, "tag") == ""


def test_an_unclean_tree_is_refused(clone: Path) -> None:
    (clone / "left-over").touch()
    assert release(clone, NEXT).stderr == "release: the tree is not clean\n"
