"""One running composition, as its operator and its clients see it."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
FILES = ("docker-compose.yml", "docker-compose.openbao.yml")
TEST_FILE = "tests/containers/docker-compose.test.yml"
WATCHING = ("prometheus", "alertmanager", "disks")
LASTING = ("vault", "init", "cache", "app-1", "app-2", "proxy", *WATCHING)
_PATIENCE = 180.0
COMPLETE = (
    "I am Jane Doe from Raleigh, North Carolina. Reach me at 919-832-1234 or {email}. "
    "I need help with a divorce."
)


@dataclass
class Installation:
    """`directory` holds the checkout; `project` is Compose's name for it."""

    directory: Path
    project: str
    files: tuple[str, ...] = FILES
    more: Mapping[str, str] = field(default_factory=dict)
    url: str = "https://localhost"

    @property
    def settings(self) -> dict[str, str]:
        """What the guide has in `.env`, and what the tests lay over it."""
        return {
            "COMPOSE_PROJECT_NAME": self.project,
            "COMPOSE_FILE": ":".join((*self.files, TEST_FILE)),
            "COMPOSE_PROGRESS": "plain",
            **self.more,
        }

    @property
    def authority(self) -> Path:
        """The installation's own CA certificate, and that of the operator's own certificate."""
        own, other = self.directory / "ca.crt", self.directory / "own-ca.pem"
        if not own.exists():
            self.compose("cp", "init:/installation/trust/ca.crt", str(own))
        both = self.directory / "trusted.pem"
        both.write_bytes(b"".join(each.read_bytes() for each in (own, other) if each.exists()))
        return both

    def trusts(self, authority: Path) -> None:
        """Of another machine's installation, whose authority signed this one's certificate."""
        (self.directory / "ca.crt").write_bytes(authority.read_bytes())

    def compose(self, *arguments: str, given: str = "", check: bool = True) -> str:
        """What the command writes to standard output."""
        ended = subprocess.run(
            ["docker", "compose", *arguments],
            cwd=self.directory,
            env={**os.environ, **self.settings},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and ended.returncode:
            raise AssertionError(f"{' '.join(arguments)}\n{ended.stdout}\n{ended.stderr}")
        return ended.stdout

    def execute(self, service: str, *command: str, given: str = "") -> str:
        return self.compose("exec", "-T", service, *command, given=given)

    def up(self) -> None:
        self.compose("up", "--detach", "--wait")

    def settle(self) -> None:
        """Waits until every container is well, without starting any."""
        deadline = time.monotonic() + _PATIENCE
        while states := self._unwell():
            if time.monotonic() > deadline:
                raise AssertionError(states)
            time.sleep(0.5)

    def health(self, service: str) -> str:
        """What Docker says of its health; empty where it has no check."""
        return self._health()[service]

    def _unwell(self) -> dict[str, str]:
        lasting = {name: told for name, told in self._health().items() if name != "setup"}
        return {name: told for name, told in lasting.items() if told != "healthy"}

    def _health(self) -> dict[str, str]:
        return {
            each["Config"]["Labels"]["com.docker.compose.service"]: (
                each["State"].get("Health", {}).get("Status", "")
            )
            for each in self.containers()
        }

    def remove(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "5")

    def containers(self) -> list[dict[str, Any]]:
        """`docker inspect` of all of them, the ended ones too."""
        ids = self.compose("ps", "--all", "--quiet").split()
        return list(json.loads(docker("inspect", *ids)))

    def logs(self) -> str:
        return self.compose("logs", "--no-color")

    def keep_keys(self, keys: str) -> None:
        self.execute("init", "python", "-m", "deploy", "keep-keys", given=keys)

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.authority)
        return session

    def pay(self, team: str, email: str) -> dict[str, Any]:
        """A complete intake of somebody; its payment."""
        body = {
            "teamId": team,
            "sessionId": email.partition("@")[0],
            "messages": [{"role": "user", "content": COMPLETE.format(email=email)}],
        }
        answer = self.session().post(f"{self.url}/api/agent", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"]["payment"])


def private_address() -> str:
    """An address of this machine that its containers reach too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: the system only chooses the way.
        probe.connect(("192.0.2.1", 9))
        return str(probe.getsockname()[0])


def docker(*arguments: str) -> str:
    ended = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise AssertionError(f"{' '.join(arguments)}\n{ended.stdout}\n{ended.stderr}")
    return ended.stdout
