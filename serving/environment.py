"""The variables for serving, checked before anything else at start."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from os import environ
from pathlib import Path

_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,3})?")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_MOST_PORT = 65_535
_MOST_DRAIN_SECONDS = 300


class BadServingEnvironment(SystemExit):
    """A variable is malformed. The one line has its name and the reason, never the value."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"missing or not valid in the environment: {name} ({reason})")


@dataclass(frozen=True, slots=True)
class Serving:
    """How to serve. An empty variable counts as unset; METRICS_BIND is off then."""

    bind: str
    workers: int
    threads: int
    metrics_bind: tuple[str, int] | None
    drain_seconds: float
    max_body_bytes: int

    @classmethod
    def from_environment(cls) -> "Serving":
        """Raises `BadServingEnvironment`, which ends the process."""
        host, port = _host("HOST", "127.0.0.1"), _whole("PORT", "8000", _MOST_PORT)
        return cls(
            bind=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
            workers=_whole("WEB_CONCURRENCY", "2", 1_000),
            threads=_whole("WORKER_THREADS", "64", 1_000),
            metrics_bind=_metrics_bind(),
            drain_seconds=_seconds("DRAIN_SECONDS", "5"),
            max_body_bytes=_whole("MAX_BODY_BYTES", "262144", 999_999_999),
        )


def _text(name: str) -> str | None:
    """The variable's value, or the content of the file in `<NAME>_FILE`; None if unset."""
    file = environ.get(f"{name}_FILE")
    if not file:
        return environ[name].strip() if name in environ else None
    try:
        return Path(file).read_text().strip()
    except (OSError, ValueError):
        raise BadServingEnvironment(f"{name}_FILE", "not a file that can be read") from None


def _whole(name: str, default: str, most: int) -> int:
    text = _text(name) or default
    if not (_WHOLE.fullmatch(text) and 1 <= int(text) <= most):
        raise BadServingEnvironment(name, f"not a whole number from 1 to {most}")
    return int(text)


def _seconds(name: str, default: str) -> float:
    text = _text(name) or default
    if not (_NUMBER.fullmatch(text) and float(text) <= _MOST_DRAIN_SECONDS):
        raise BadServingEnvironment(name, f"not seconds from 0 to {_MOST_DRAIN_SECONDS}")
    return float(text)


def _host(name: str, default: str) -> str:
    host = _plain_host(_text(name) or default)
    if host is None:
        raise BadServingEnvironment(name, "neither an address nor a host's name")
    if not _is_ours(host):
        raise BadServingEnvironment(name, "no address of this machine")
    return host


def _metrics_bind() -> tuple[str, int] | None:
    text = _text("METRICS_BIND")
    if text is None:
        return "127.0.0.1", 9464
    if not text:
        return None
    place, _, port = text.rpartition(":")
    host = _plain_host(place)
    is_port = _WHOLE.fullmatch(port) and 1 <= int(port) <= _MOST_PORT
    if host is None or not is_port or (":" in host and not place.startswith("[")):
        raise BadServingEnvironment("METRICS_BIND", "not HOST:PORT, or [ADDRESS]:PORT for IPv6")
    if not _is_ours(host):
        raise BadServingEnvironment("METRICS_BIND", "no address of this machine")
    return host, int(port)


def _is_ours(host: str) -> bool:
    """Whether this machine can listen there. gunicorn would try again for seconds, and not name
    the variable."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
    except (OSError, UnicodeError):
        return False
    return True


def _plain_host(text: str) -> str | None:
    """Without the brackets around an IPv6 address; None if it is no host."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if ":" not in inner:
        return inner if inner == text and _HOST_NAME.fullmatch(inner) else None
    try:
        return str(ipaddress.IPv6Address(inner))
    except ValueError:
        return None
