"""One installation for the whole session: the guide builds it, and then the tests ask it things."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.containers.guide import Block
from tests.containers.installation import ROOT, Installation, docker
from tests.containers.shell import Shell

PROJECT = "team-secrets-test"


@dataclass
class Site:
    """The guide's shell, and the same installation as a client sees it."""

    shell: Shell
    installation: Installation
    repository: Path
    secrets: dict[str, str]
    told: dict[str, str] = field(default_factory=dict)
    second: Installation | None = None
    second_shell: Shell | None = None

    @property
    def keys(self) -> str:
        return (self.installation.directory / "unseal-keys.json").read_text()

    @property
    def image(self) -> str:
        (name,) = {
            each["Config"]["Image"]
            for each in self.installation.containers()
            if each["Config"]["Labels"]["com.docker.compose.service"] == "app-1"
        }
        return str(name)

    def shell_for(self, block: Block) -> Shell:
        """Before the second machine's first block, somebody has brought the invitation over."""
        if not block.on_second_machine:
            return self.shell
        assert self.second
        assert self.second_shell
        invitation = self.installation.directory / "invitation.json"
        shutil.move(invitation, self.second.directory / invitation.name)
        return self.second_shell

    def add_second_machine(self, more: dict[str, str]) -> None:
        directory = self.installation.directory.parent / "second"
        subprocess.run(["git", "clone", "--quiet", self.repository, directory], check=True)
        files = ("docker-compose.yml", "docker-compose.second-machine.yml")
        ports = {"HTTPS_PORT": "8443", "HTTP_PORT": "8080"}
        url = f"https://localhost:{ports['HTTPS_PORT']}"
        project = f"{PROJECT}-second"
        remove_remains(project)
        self.second = Installation(directory, project, files, {**more, **ports}, url)
        self.second.trusts(self.installation.authority)
        self.second_shell = Shell(directory, {**os.environ, **self.second.settings})


@dataclass
class Figures:
    """Seconds that something took, for docs/measurements.md; no test asserts them."""

    seconds: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, seconds: float) -> None:
        self.seconds.setdefault(what, []).append(seconds)


_figures = Figures()


@pytest.fixture(scope="session")
def figures() -> Figures:
    return _figures


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section("how long it took")
    for what, seconds in _figures.seconds.items():
        terminalreporter.line(f"{what}: {', '.join(f'{each:.1f} s' for each in seconds)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None, Any, Any]:
    """A failure shows what the containers said last."""
    report = yield
    if report.failed and "site" in item.funcargs:
        logs = item.funcargs["site"].installation.compose("logs", "--tail", "15", check=False)
        report.sections.append(("containers", logs))
    return report


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree under test as a repository to clone, with changes that are not committed yet."""
    place = tmp_path_factory.mktemp("repository")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    there = "\0".join(name for name in names.split("\0") if (ROOT / name).is_file())
    archive = ["tar", "--create", "--null", "--files-from=-"]
    packed = subprocess.run(
        archive, cwd=ROOT, input=there.encode(), capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "--extract"], cwd=place, input=packed, check=True)
    for arguments in (["init", "--quiet", "--initial-branch=main"], ["add", "--all"]):
        subprocess.run(["git", *arguments], cwd=place, check=True)
    commit(place, "The tree under test")
    return place


def commit(repository: Path, message: str) -> None:
    name = ["-c", "user.name=Tests", "-c", "user.email=tests@example.com"]
    subprocess.run(
        ["git", *name, "commit", "--quiet", "--all", "--message", message],
        cwd=repository,
        check=True,
    )


@pytest.fixture(scope="session")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Nothing but a shell in an empty directory at first."""
    directory = tmp_path_factory.mktemp("site")
    canaries = {
        "BLAWBY_KEY": f"canary-{secrets.token_hex(16)}",
        "JANES_PASSWORD": f"canary-{secrets.token_hex(16)}",
    }
    installation = Installation(directory / "team-secrets", PROJECT)
    given = {"REPOSITORY": str(repository), "BLAWBY_TEAM": "01k0tngnktm4q0ag0xf0a8st0q"}
    shell = Shell(directory, {**os.environ, **canaries, **given, **installation.settings})
    remove_remains(PROJECT)
    made = Site(shell, installation, repository, canaries)
    yield made
    for opened in (shell, made.second_shell):
        if opened:
            opened.close()
    remove_remains(PROJECT)
    remove_remains(f"{PROJECT}-second")


def remove_remains(project: str) -> None:
    """Of a run that was interrupted: containers, volumes and networks with this project's label."""
    label = f"label=com.docker.compose.project={project}"
    for kind, listing in (
        ("container", ["ps", "--all", "--quiet"]),
        ("volume", ["volume", "ls", "--quiet"]),
        ("network", ["network", "ls", "--quiet"]),
    ):
        if found := docker(*listing, "--filter", label).split():
            force = ["--force"] if kind != "network" else []
            docker(kind, "rm", *force, *found)
