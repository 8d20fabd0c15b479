"""The kinds of values that the environment holds, and the files that its names point to."""

import re
from collections.abc import Iterable
from os import environ
from pathlib import Path
from urllib.parse import urlsplit

import limits
from environs import EnvError, FileAwareEnv
from marshmallow import ValidationError
from marshmallow.validate import Regexp

from app.domain.secret import SecretString

URL = Regexp(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z")
_BIND = re.compile(r"[^\s:]+:\d{1,5}")
_REDIS_URL = re.compile(r"(?:rediss?|unix)://\S+")
_SMTP_URL = re.compile(r"smtps?://[!-~]+")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_MOST_SECONDS = 3600


def typed_environment() -> FileAwareEnv:
    """environs' reader with our kinds; `X_FILE` names a file that holds the value of `X`."""
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    env.add_parser("addresses", _addresses)
    env.add_parser("rate", _rate)
    env.add_parser("secret", _secret)
    env.add_parser("bind", _bind)
    env.add_parser("redis", _redis)
    env.add_parser("smtp", _smtp)
    env.add_parser("file", _file)
    env.add_parser("seconds", _seconds)
    env.add_parser("optional", lambda text: (text or "").strip() or None)
    return env


def unreadable_files(names: Iterable[str]) -> list[str]:
    """Of these names' `X_FILE` those that name no file which can be read."""
    told = (f"{name}_FILE" for name in names)
    return [name for name in told if environ.get(name) and not _is_readable(environ[name])]


def _is_readable(file: str) -> bool:
    try:
        Path(file).read_text()
    except (OSError, ValueError):
        return False
    return True


def _addresses(text: str) -> tuple[str, ...]:
    """`VAULT_ADDR`: one address, or several with commas."""
    addresses = tuple(address.strip() for address in text.split(","))
    for address in addresses:
        try:
            URL(address)
        except ValidationError:
            raise EnvError("not an address") from None
    return addresses


def _bind(text: str) -> str | None:
    """`METRICS_BIND`, used by gunicorn.conf.py: HOST:PORT, or empty for off."""
    if not text:
        return None
    if not _BIND.fullmatch(text):
        raise EnvError("not HOST:PORT")
    return text


def _seconds(text: str) -> float:
    """More than none, and an hour at most."""
    if not (_NUMBER.fullmatch(text) and 0 < float(text) <= _MOST_SECONDS):
        raise EnvError("not a time in seconds")
    return float(text)


def _redis(text: str | None) -> str | None:
    if text and not _REDIS_URL.fullmatch(text):
        raise EnvError("not a Redis URL")
    return text or None


def _smtp(text: str | None) -> SecretString | None:
    """`SMTP_URL`: smtp[s]://[USER:PASSWORD@]HOST[:PORT][?from=ADDRESS]. It may hold a password."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
    except ValueError:
        whole = False
    if not whole or not _SMTP_URL.fullmatch(text):
        raise EnvError("not an SMTP URL")
    return SecretString(text)


def _file(text: str | None) -> str | None:
    if text and not Path(text).is_file():
        raise EnvError("not a file")
    return text or None


def _rate(text: str) -> limits.RateLimitItem:
    try:
        return limits.parse(text)
    except ValueError:
        raise EnvError("not a rate") from None


def _secret(text: str) -> SecretString:
    if not text.strip():
        raise EnvError("empty")
    return SecretString(text.strip())
