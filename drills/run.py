"""One run for a drill: Vault, the Blawby sandbox and the app under gunicorn, on free ports."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import hvac

from local import commands
from local.processes import Processes
from local.settings import RunSettings
from vault.bootstrap import bootstrap
from vault.client import connect
from vault.credentials import issue
from vault.embedded import EmbeddedVault
from vault.node import local_session
from vault.ports import free_port
from vault.state import StateDir

_TIMEOUT = 30
# Of the shell's environment nothing but what programs need: its settings are for another service.
_GIVEN = ("PATH", "HOME", "LANG", "TMPDIR")
_WORKERS = "2"
_LIMITS = {
    "AGENT_RATE_LIMIT": "1000000/minute",
    "ADDRESS_RATE_LIMIT": "100000000/minute",
}


class Sandbox:
    """The Blawby sandbox's own routes: what it saw, and its faults."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = local_session()

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """`calls`, `customers`, `memos` or `invoices`, in the order in which they came."""
        return list(self._ask("GET", kind))

    def fault(self, call: str, kind: str, **options: Any) -> None:
        """From now on, until `heal`."""
        self._ask("POST", "faults", {"call": call, "kind": kind, "times": None} | options)

    def heal(self) -> None:
        self._ask("DELETE", "faults")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        url = f"{self.url}/_sandbox/{path}"
        answer = self._session.request(method, url, json=body, timeout=_TIMEOUT)
        answer.raise_for_status()
        return answer.json()


class Run:
    """`operator` is an operator's token, `url` where the app answers."""

    def __init__(self, directory: Path, nodes: int) -> None:
        self.state = StateDir(directory)
        self.vault = EmbeddedVault(self.state, nodes=nodes)
        self.url = self.operator = ""
        self.sandbox = Sandbox("")
        self._blawby, self._app = Processes(self.state), Processes(self.state)

    def start(self) -> None:
        """All but the app."""
        self.state.acquire()
        self.vault.start()
        root = self.root()
        issue(root, bootstrap(root), self.state.path, operator_token=True)
        self.operator = (self.state / "operator-token").read_text().strip()
        url_file = self.state / "sandbox-url"
        command = commands.sandbox(free_port(), self.state / "sandbox.json", url_file)
        self._blawby.start("sandbox", command, self._given())
        self.sandbox = Sandbox(self._blawby.wait_for_text(url_file))

    def serve(self, environ: Mapping[str, str]) -> None:
        """Starts the app, instead of the one that runs, with these settings besides."""
        self._app.stop()
        ports = {"PORT": str(free_port()), "METRICS_BIND": f"127.0.0.1:{free_port()}"}
        settings = RunSettings.read({"STATE_DIR": str(self.state.path), **ports})
        own = self._given() | _LIMITS | {"WEB_CONCURRENCY": _WORKERS} | dict(environ)
        app_environ = commands.app_environ(
            own, settings, self.state, self.vault.addresses, self.sandbox.url
        )
        self._app.start("app", commands.app(settings), app_environ)
        self._app.wait_for(f"{settings.own_url}/readyz")
        self.url = settings.own_url

    def app_pid(self) -> int:
        """Of gunicorn's master."""
        return self._app.pid("app")

    def root(self) -> hvac.Client:
        """A client of the node that leads now, which may do everything."""
        address = self.vault.addresses[self.vault.wait_active() - 1]
        return connect({"VAULT_ADDR": address, "VAULT_TOKEN": self.vault.root_token})

    def stop(self) -> None:
        self._app.stop()
        self._blawby.stop()
        self.vault.stop()
        self.state.release()

    def _given(self) -> dict[str, str]:
        return {name: os.environ[name] for name in _GIVEN if name in os.environ}


@contextmanager
def a_run(
    directory: Path, environ: Mapping[str, str] | None = None, nodes: int = 1
) -> Iterator[Run]:
    """Everything started, the app with these settings; everything stopped at the end."""
    run = Run(directory, nodes)
    try:
        run.start()
        run.serve(environ or {})
        yield run
    finally:
        run.stop()
