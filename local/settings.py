"""The environment of `make run`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vault.ports import HIGHEST_PORT, LOOPBACK, free_port, is_free, is_here, vault_ports

_METRICS_PORT = 9464
_NODES = (1, 3)
_MOST_WORKERS = 1000


class CannotRun(RuntimeError):
    """The run cannot begin or continue; the message is one line and names the cause."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """`blawby_api_url` empty: a sandbox is started. `sandbox_port` None: the usual port, or the
    next free one. `sandbox_model`: the sandbox's language model is started too."""

    host: str
    port: int
    vault_port: int
    nodes: int
    state_dir: Path
    kv_mount: str
    blawby_api_url: str
    sandbox_port: int | None
    metrics_bind: str
    sandbox_model: bool

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "RunSettings":
        _check_workers(environ)
        return cls(
            host=_plain(environ.get("HOST") or LOOPBACK),
            port=_port(environ, "PORT", 8000),
            vault_port=_port(environ, "VAULT_PORT", 8200),
            nodes=_nodes(environ.get("NODES") or "1"),
            state_dir=Path(environ.get("STATE_DIR") or ".local").resolve(),
            kv_mount=environ.get("VAULT_KV_MOUNT") or "teams",
            blawby_api_url=environ.get("BLAWBY_API_URL", "").strip(),
            sandbox_port=_port(environ, "SANDBOX_PORT", 0) if environ.get("SANDBOX_PORT") else None,
            metrics_bind=_metrics_bind(environ),
            sandbox_model=_sandbox_model(environ),
        )

    @property
    def url(self) -> str:
        return f"http://{_bracketed(self.host)}:{self.port}"

    @property
    def bind(self) -> str:
        return f"{_bracketed(self.host)}:{self.port}"

    @property
    def own_url(self) -> str:
        """The address at which this machine reaches the app, even if it listens on every
        address."""
        here = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://{_bracketed(here)}:{self.port}"

    def check_ports(self) -> None:
        """Raise `CannotRun` with the first port that is used twice or that another process has."""
        self._check_ours()
        if not is_here(self.host):
            raise CannotRun("HOST is no address of this machine")
        named = [("SANDBOX_PORT", LOOPBACK, self.sandbox_port), ("PORT", self.host, self.port)]
        for name, host, port in [*named, ("METRICS_BIND", *_place(self.metrics_bind))]:
            if port and not is_free(port, host):
                raise CannotRun(f"port {port} on {host} is busy: set {name} to a free one")
        for port in vault_ports(self.vault_port, self.nodes):
            if not is_free(port):
                raise CannotRun(
                    f"port {port} on {LOOPBACK} is busy (Vault's, from VAULT_PORT "
                    f"{self.vault_port}): set VAULT_PORT to a free one"
                )

    def _check_ours(self) -> None:
        ours = dict.fromkeys(vault_ports(self.vault_port, self.nodes), "VAULT_PORT")
        if (last := max(ours)) > HIGHEST_PORT:
            raise CannotRun(f"VAULT_PORT is too high: Vault takes ports up to {last}")
        _, metrics = _place(self.metrics_bind)
        wanted = {"PORT": self.port, "SANDBOX_PORT": self.sandbox_port, "METRICS_BIND": metrics}
        for name, port in wanted.items():
            if port in ours:
                raise CannotRun(
                    f"{name} {port} is a port that {ours[port]} takes too (Vault's are VAULT_PORT "
                    f"and 7 above it for each node): set {name} to another one"
                )
            if port:
                ours[port] = name


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT):
        raise CannotRun(f"{name} is not a port number")
    return int(text)


def _check_workers(environ: Mapping[str, str]) -> None:
    """gunicorn reads it before any file of ours, and ends with a traceback."""
    text = environ.get("WEB_CONCURRENCY", "1")
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_WORKERS):
        raise CannotRun("WEB_CONCURRENCY is not a number of workers")


def _nodes(text: str) -> int:
    if text not in {str(number) for number in _NODES}:
        raise CannotRun("NODES is neither 1 nor 3")
    return int(text)


def _sandbox_model(environ: Mapping[str, str]) -> bool:
    told = environ.get("LLM") or ""
    if told not in ("", "sandbox"):
        raise CannotRun("LLM is not `sandbox`: for another model set LLM_BASE_URL and LLM_MODEL")
    return bool(told)


def _metrics_bind(environ: Mapping[str, str]) -> str:
    """The given value, even empty (off); else the usual port, or any free one if that is in use."""
    if (told := environ.get("METRICS_BIND")) is not None:
        return told
    port = _METRICS_PORT if is_free(_METRICS_PORT) else free_port()
    return f"{LOOPBACK}:{port}"


def _place(bind: str) -> tuple[str, int | None]:
    """Host and port; no port where metrics are off, or where the app will reject the text."""
    host, _, port = bind.strip().rpartition(":")
    is_port = port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT
    host = _plain(host)
    return (host, int(port)) if is_port and is_here(host) else (host, None)


def _plain(host: str) -> str:
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
