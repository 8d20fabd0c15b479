"""Clients in containers of their own, each with its own address, while something is done."""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.containers.installation import Installation, docker

_CLIENTS = 6
_SECONDS_BEFORE = 2.0


@dataclass
class Told:
    """What the clients saw, once they have ended."""

    done: int = 0
    failed: list[object] = field(default_factory=list)


@contextmanager
def load(
    installation: Installation, image: str, token: str, teams: list[str], place: Path
) -> Iterator[Told]:
    """Every client has teams of its own, so that it stays below the rate limits."""
    place.mkdir()
    place.chmod(0o755)
    shutil.copy(Path(__file__).parent / "clients.py", place)
    shutil.copy(installation.authority, place / "ca.crt")
    (place / "token").write_text(token)
    for file in place.iterdir():
        file.chmod(0o644)
    told = Told()
    share = [teams[number::_CLIENTS] for number in range(_CLIENTS)]
    clients = [_start(installation, image, place, mine) for mine in share]
    try:
        for client in clients:
            while "started" not in docker("logs", client):
                time.sleep(0.1)
        time.sleep(_SECONDS_BEFORE)
        yield told
    finally:
        docker("stop", *clients)
        for client in clients:
            last = json.loads(docker("logs", client).splitlines()[-1])
            told.done += last["done"]
            told.failed += last["failed"]
        docker("rm", *clients)


def _start(installation: Installation, image: str, place: Path, teams: list[str]) -> str:
    network = f"{installation.project}_edge"
    mount = f"{place}:/client:ro"
    command = ["python", "/client/clients.py", "/client/token", *teams]
    options = ["--detach", "--init", "--no-healthcheck", "--network", network, "--volume", mount]
    return docker("run", *options, image, *command).strip()
