"""URLs of servers in the environment.

Each parser raises `EnvError` with the reason in our own words. A reason never contains the value.
"""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from environs import EnvError

from app.domain.secret import SecretString

_HOST = r"(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?"
_URL = re.compile(rf"https?://{_HOST}(?:/[^\s?#\\]*)?")
_SMTP_URL = re.compile(rf"smtps?://(?:[^\s/?#]+@)?{_HOST}/?(?:\?from=[^\s&#]+)?")
_REDIS_URL = re.compile(r"rediss?://[^\s/?#]+(?:/[0-9]{0,9})?(?:\?\S*)?|unix://\S+")
# Of a redis:// URL. redis-py fails on other values, some of them only when it connects.
_ANY = re.compile(r".+")
_REDIS_OPTIONS = {
    "db": re.compile(r"[0-9]{1,9}"),
    "protocol": re.compile(r"[23]"),
    "ssl_cert_reqs": re.compile(r"none|optional|required"),
    "ssl_check_hostname": re.compile(r"true|false"),
    **dict.fromkeys(("username", "password", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile"), _ANY),
}


def address(text: str) -> str:
    if not (text.isascii() and _URL.fullmatch(text)):
        raise EnvError("not an http:// or https:// URL of a host, without a user or a query")
    if not _is_reachable(text):
        raise EnvError("its host or its port is not valid")
    if {".", ".."} & set(unquote(urlsplit(text).path).split("/")):
        raise EnvError("its path has dots for a name")
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
    for name, value in parse_qsl(urlsplit(text).query, keep_blank_values=True):
        if name not in _REDIS_OPTIONS or not _REDIS_OPTIONS[name].fullmatch(value):
            raise EnvError("an option behind the question mark is not known or not valid")
    return text


def smtp(text: str | None) -> SecretString | None:
    """A mail server, with `user:password@` and `?from=` if needed: it may contain a password."""
    if not text:
        return None
    if not (text.isascii() and _SMTP_URL.fullmatch(text)):
        raise EnvError("not an smtp:// or smtps:// URL, with ?from= or without a query")
    if not _is_reachable(text) or not urlsplit(text).hostname:
        raise EnvError("its host or its port is not valid")
    sender = unquote(urlsplit(text).query.removeprefix("from="))
    if sender and not ("@" in sender and sender.isprintable()):
        raise EnvError("the sender behind from= is no address")
    return SecretString(text)


def _is_reachable(text: str) -> bool:
    """Whether the URL has a host and a valid port; `urlsplit` raises for some that have none."""
    try:
        parts = urlsplit(text)
        return parts.port != 0 and (bool(parts.hostname) or not parts.netloc)
    except ValueError:
        return False
