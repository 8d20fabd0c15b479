"""The processes that a run started: their logs, their health, their end."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests

from local.settings import CannotRun
from vault.node import local_session
from vault.state import StateDir

_POLL = 0.05
_READY_PATIENCE = 60.0
_STOP_PATIENCE = 40.0
_SERVER_ERROR = 500
# How the app and gunicorn name variables that are missing or malformed, or a port that is taken.
_REJECTIONS = ("missing or not valid in the environment: ", "METRICS_BIND cannot be listened on: ")


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    process: "subprocess.Popen[bytes]"
    log: str


class Processes:
    """Started in an order, stopped in the opposite one."""

    def __init__(self, state: StateDir) -> None:
        self._state = state
        self._parts: list[Part] = []
        self._http = local_session()
        # A connection kept alive would be waited for when the app is told to stop.
        self._http.headers["Connection"] = "close"

    def start(self, name: str, command: list[str], environ: Mapping[str, str]) -> None:
        self._parts.append(self._spawn(name, command, environ))

    def run(
        self, name: str, command: list[str], environ: Mapping[str, str], patience: float
    ) -> None:
        """A process that ends by itself; raises `CannotRun` when it fails."""
        part = self._spawn(name, command, environ)
        try:
            status = part.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise CannotRun(f"{name} does not end; see {part.log}") from None
        finally:
            part.process.kill()
            part.process.wait()
        if status != 0:
            raise CannotRun(f"{name} failed{_last_words(part.log)}; see {part.log}")

    def check(self) -> None:
        """Raises `CannotRun` when one of them has ended."""
        for part in self._parts:
            if (status := part.process.poll()) is not None:
                why = _last_words(part.log)
                raise CannotRun(
                    f"{part.name} ended by itself (status {status}){why}; see {part.log}"
                )

    def wait_for(self, url: str) -> None:
        """Waits until this answers, whatever it answers short of a server error."""
        deadline = time.monotonic() + _READY_PATIENCE
        while not self._answers(url):
            self.check()
            if time.monotonic() > deadline:
                raise CannotRun(f"{url} does not answer; see the logs in {self._state.path}")
            time.sleep(_POLL)

    def wait_for_text(self, file: Path) -> str:
        """Waits until a part has written something there, and returns it."""
        deadline = time.monotonic() + _READY_PATIENCE
        while not (file.exists() and (text := file.read_text())):
            self.check()
            if time.monotonic() > deadline:
                raise CannotRun(f"nothing writes {file}; see the logs in {self._state.path}")
            time.sleep(_POLL)
        return text

    def pid(self, name: str) -> int:
        return next(part.process.pid for part in self._parts if part.name == name)

    def stop(self) -> None:
        while self._parts:
            process = self._parts.pop().process
            process.terminate()
            try:
                process.wait(_STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _spawn(self, name: str, command: list[str], environ: Mapping[str, str]) -> Part:
        process = self._state.spawn(command, f"{name}.log", environ)
        return Part(name, process, str(self._state / f"{name}.log"))

    def _answers(self, url: str) -> bool:
        try:
            return self._http.get(url, timeout=2).status_code < _SERVER_ERROR
        except requests.RequestException:
            return False


def _last_words(log: str) -> str:
    """What the log's last line says of the environment, if a process rejected that."""
    *_, line = ["", *Path(log).read_text(errors="replace").splitlines()]
    found = [line[line.index(words) :] for words in _REJECTIONS if words in line]
    return f": {found[0]}" if found else ""
