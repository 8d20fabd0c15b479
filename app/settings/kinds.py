"""The kinds of values that the environment holds.

Each parser raises `EnvError` with the reason in our own words. A reason never contains the value.
"""

import re
from collections.abc import Callable
from os import environ
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext, SSLError
from typing import Any

import limits
from environs import EnvError, FileAwareEnv

from app.domain.secret import SecretString
from app.settings.urls import address, addresses, optional_address, redis, smtp

_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")
_PRINTABLE = re.compile(r"[ -~]+")
# vault/wanted.py has the same expression: the bootstrap makes no other mount.
KV_MOUNT = r"(?!(?:platform|transit|sys|identity|cubbyhole|auth)\Z)[A-Za-z0-9_-]+\Z"
_MOUNT = re.compile(KV_MOUNT)
_NAMESPACE_NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9_.~+=:@-]+")
_MOST_SECONDS = 3600
# Counters hold a window's end in 32 bits, and a count too.
_LONGEST_WINDOW = 366 * 86_400
_MOST_IN_A_WINDOW = 999_999_999


def typed_environment() -> FileAwareEnv:
    """environs' reader with our kinds; `X_FILE` is the path of a file with the value of `X`."""
    env = FileAwareEnv(eager=False, strip_whitespace=True)
    for parser in _PARSERS:
        env.add_parser(parser.__name__, parser)
    return env


def has_unreadable_file(name: str) -> bool:
    """Whether `X_FILE` is set and its file cannot be read as text."""
    file = environ.get(f"{name}_FILE")
    if not file:
        return False
    try:
        Path(file).read_text()
    except (OSError, ValueError):
        return True
    return False


def certificates(text: str | None) -> str | None:
    """The path of a file with certificates in PEM form."""
    if not text:
        return None
    try:
        SSLContext(PROTOCOL_TLS_CLIENT).load_verify_locations(text)
    except SSLError:
        raise EnvError("the file holds no certificate") from None
    except (OSError, ValueError):
        raise EnvError("not a file that can be read") from None
    return text


def directory(text: str) -> Path:
    """A directory, or a path where one can be made."""
    path = Path(text)
    if not text or "\0" in text or not _nearest(path).is_dir():
        raise EnvError("not a directory")
    return path


def readable_file(text: str) -> Path:
    """A file that is there, with text in it. What it holds is not kept: it changes."""
    try:
        held = Path(text).read_text()
    except (OSError, ValueError):
        raise EnvError("not a file that can be read") from None
    if not held.strip():
        raise EnvError("an empty file")
    return Path(text)


def file_to_come(text: str) -> Path:
    """A file that is there and can be read, or an absolute path where one may still be written."""
    try:
        path = Path(text)
        if path.is_absolute() and not path.exists() and path.parent.is_dir():
            return path
    except (OSError, ValueError):
        raise EnvError("not a file that can be read") from None
    return readable_file(text)


def mount(text: str) -> str:
    if not _MOUNT.fullmatch(text):
        raise EnvError("not a mount that teams can have: letters, digits, - and _")
    return text


def namespace(text: str | None) -> str | None:
    """The path of one of Vault's namespaces."""
    text = (text or "").strip()
    if not text:
        return None
    names = text.removeprefix("/").removesuffix("/").split("/")
    if not all(_NAMESPACE_NAME.fullmatch(name) for name in names):
        raise EnvError("not a namespace: names of letters, digits and - _ . with / between them")
    return text


def printable(text: str | None, *, required: bool = True) -> str | None:
    """A value that can stand in a header; blanks around it are dropped."""
    text = (text or "").strip()
    if not text and not required:
        return None
    if not _PRINTABLE.fullmatch(text):
        raise EnvError("not a text of printable ASCII characters")
    return text


def whole(text: str, *, least: int = 1, most: int = 999_999_999) -> int:
    if not (_WHOLE.fullmatch(text) and least <= int(text) <= most):
        raise EnvError(f"not a whole number from {least} to {most}")
    return int(text)


def seconds(text: str) -> float:
    if not (_NUMBER.fullmatch(text) and 0 < float(text) <= _MOST_SECONDS):
        raise EnvError(f"not a number of seconds above 0 and up to {_MOST_SECONDS}")
    return float(text)


def rate(text: str) -> limits.RateLimitItem:
    try:
        rules = limits.parse_many(text)
    except ValueError:
        raise EnvError("not a rate such as 60/minute") from None
    if len(rules) > 1:
        raise EnvError("several rates, where one is allowed")
    if rules[0].amount < 1:
        raise EnvError("a rate of 0 admits nobody")
    if rules[0].get_expiry() > _LONGEST_WINDOW or rules[0].amount > _MOST_IN_A_WINDOW:
        raise EnvError("a rate of more than nine digits, or over more than a year")
    return rules[0]


def secret(text: str) -> SecretString:
    if not text.strip():
        raise EnvError("empty")
    return SecretString(text.strip())


def optional_secret(text: str | None) -> SecretString | None:
    """A key that is sent in a header."""
    if text and not _PRINTABLE.fullmatch(text):
        raise EnvError("not a text of printable ASCII characters")
    return secret(text) if text else None


def level(text: str, *, known: tuple[str, ...]) -> str:
    if text not in known:
        raise EnvError(f"none of {', '.join(known)}")
    return text


def _nearest(path: Path) -> Path:
    """The path itself, or the first of its parents that exists."""
    return next((place for place in (path, *path.parents) if place.exists()), path)


_PARSERS: tuple[Callable[..., Any], ...] = (
    *(address, addresses, optional_address, redis, smtp),
    *(certificates, directory, readable_file, file_to_come),
    *(mount, namespace, printable, whole, seconds, rate, secret, optional_secret, level),
)
