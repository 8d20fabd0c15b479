"""Starts the parts of a local run in order, watches them, stops them in the opposite order."""

import signal
import time
from collections.abc import Callable, Mapping
from types import FrameType

from local import commands, env_file
from local.processes import Processes
from local.settings import CannotRun, RunSettings
from vault.bootstrap import bootstrap
from vault.client import connect
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.state import StateDir

_WATCH = 0.2
_IMPORT_PATIENCE = 60.0
_RESTART_PAUSE = 5.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """A signal requested the end of the run."""


class Supervisor:
    """One local run. When `run` ends, every process that it started has ended."""

    def __init__(self, settings: RunSettings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._state = StateDir(settings.state_dir)
        self._vault = EmbeddedVault(self._state, settings.vault_port, settings.nodes)
        self._processes = Processes(self._state)
        self._restart_at: dict[int, float] = {}

    def run(self, begin: Callable[[], None], announce: Callable[[str, list[str]], None]) -> None:
        """Return after a request to stop; raise `CannotRun` when a part fails.

        `begin` is called before the parts start. `announce` gets the address of Blawby and those
        of Vault, as soon as all parts answer.
        """
        _on_signal(_stop)
        try:
            self._state.acquire()
            self._run(begin, announce)
        except Stopped:
            pass
        finally:
            _on_signal(signal.SIG_IGN)
            self._state.release()

    def _run(self, begin: Callable[[], None], announce: Callable[[str, list[str]], None]) -> None:
        """Only under the directory's lock: what is stopped and removed at the end is our own."""
        try:
            self._settings.check_ports()
            begin()
            announce(self._start(), self._vault.addresses)
            while True:
                self._check()
                time.sleep(_WATCH)
        finally:
            _on_signal(signal.SIG_IGN)
            self._processes.stop()
            self._vault.stop()

    def _start(self) -> str:
        blawby = self._settings.blawby_api_url or self._start_sandbox()
        model = self._start_model() if self._settings.sandbox_model else ""
        self._vault.start()
        self._prepare_vault()
        environ = commands.app_environ(
            self._environ, self._settings, self._state, self._vault.addresses, blawby, model
        )
        self._import_samples(environ)
        env_file.write(self._state, environ)
        self._processes.start("app", commands.app(self._settings), environ)
        self._processes.wait_for(f"{self._settings.own_url}/healthz")
        return blawby

    def _start_sandbox(self) -> str:
        """Its records are beside Vault's data, because the ledger there refers to them."""
        url_file = self._state / "sandbox-url"
        url_file.unlink(missing_ok=True)
        self._vault.data.mkdir(mode=0o700, exist_ok=True)
        kept = self._vault.data / "sandbox.json"
        command = commands.sandbox(self._settings.sandbox_port, kept, url_file)
        self._processes.start("sandbox", command, self._environ)
        return self._processes.wait_for_text(url_file)

    def _start_model(self) -> str:
        url_file = self._state / "model-url"
        url_file.unlink(missing_ok=True)
        self._processes.start("model", commands.language_model(url_file), self._environ)
        return self._processes.wait_for_text(url_file)

    def _prepare_vault(self) -> None:
        addresses = ",".join(self._vault.addresses)
        client = connect({"VAULT_ADDR": addresses, "VAULT_TOKEN": self._vault.root_token})
        report = bootstrap(client, self._settings.kv_mount)
        issue(client, report, self._state.path, operator_token=True)

    def _import_samples(self, environ: Mapping[str, str]) -> None:
        """Only once: a sample team that somebody changed or removed stays so."""
        done = self._vault.data / "samples-imported"
        if done.exists():
            return
        operator = {"VAULT_TOKEN": (self._state / "operator-token").read_text()}
        command = commands.import_samples()
        self._processes.run("import", command, {**environ, **operator}, _IMPORT_PATIENCE)
        done.touch()

    def _check(self) -> None:
        """Raises `CannotRun` when a part has ended. A cluster's node is started again."""
        self._processes.check()
        died = self._vault.died()
        if died and self._settings.nodes == 1:
            raise CannotRun(f"Vault ended by itself; see {self._state / 'vault-1.log'}")
        for number in died:
            self._restart_later(number)

    def _restart_later(self, number: int) -> None:
        """Not at once, so that a person who kills a node can watch the others."""
        now = time.monotonic()
        if now >= self._restart_at.setdefault(number, now + _RESTART_PAUSE):
            del self._restart_at[number]
            self._vault.begin_node(number)


def _on_signal(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in _SIGNALS:
        if number is not signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _stop(_number: int, _frame: FrameType | None) -> None:
    _on_signal(signal.SIG_IGN)
    raise Stopped
