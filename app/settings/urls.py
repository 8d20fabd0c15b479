"""URLs of servers in the environment.

Each parser raises `EnvError` with the reason in our own words. A reason never contains the value.
"""

import re
from urllib.parse import urlsplit

from environs import EnvError

from app.domain.secret import SecretString

_URL = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")
_SMTP_URL = re.compile(r"smtps?://[!-~]+")
_REDIS_URL = re.compile(r"rediss?://[^\s/?#]+(?:/\d*)?(?:\?\S*)?|unix://\S+")


def address(text: str) -> str:
    if not _URL.fullmatch(text):
        raise EnvError("not an http:// or https:// URL of a host, without a user or a query")
    if not _is_reachable(text):
        raise EnvError("its host or its port is not valid")
    return text


def optional_address(text: str | None) -> str | None:
    return address(text) if text else None


def addresses(text: str) -> tuple[str, ...]:
    """One URL, or several with commas."""
    return tuple(address(part.strip()) for part in text.split(","))


def redis(text: str | None) -> str | None:
    if not text:
        return None
    if not _REDIS_URL.fullmatch(text):
        raise EnvError("not a redis://, rediss:// or unix:// URL")
    if not _is_reachable(text):
        raise EnvError("its host or its port is not valid")
    return text


def smtp(text: str | None) -> SecretString | None:
    """A mail server, with `user:password@` and `?from=` if needed: it may contain a password."""
    if not text:
        return None
    if not _SMTP_URL.fullmatch(text):
        raise EnvError("not an smtp:// or smtps:// URL")
    if not _is_reachable(text) or not urlsplit(text).hostname:
        raise EnvError("its host or its port is not valid")
    return SecretString(text)


def _is_reachable(text: str) -> bool:
    """Whether the URL has a host and a valid port; `urlsplit` raises for some that have none."""
    try:
        parts = urlsplit(text)
        return parts.port != 0 and (bool(parts.hostname) or not parts.netloc)
    except ValueError:
        return False
