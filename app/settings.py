"""The environment, typed and checked once at start. Each name has a `*_FILE` form for secrets."""

import re
import tempfile
from dataclasses import dataclass
from os import getuid
from pathlib import Path
from typing import Any

import limits
from environs import EnvError, EnvValidationError, FileAwareEnv
from marshmallow import ValidationError
from marshmallow.validate import Length, OneOf, Range, Regexp

from app.secret import SecretString

_URL = Regexp(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z")
_MOUNT = Regexp(r"[A-Za-z0-9_-]+\Z")
_BIND = re.compile(r"[^\s:]+:\d{1,5}")
_POSITIVE = Range(min=0, min_inclusive=False)
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadEnvironment(SystemExit):
    """A variable is missing or does not fit; the message names it and shows no value."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are in seconds."""

    vault_addr: tuple[str, ...]
    vault_role_id: str
    vault_secret_id: SecretString
    vault_namespace: str | None
    vault_cacert: str | None
    vault_kv_mount: str
    vault_timeout: float
    blawby_api_url: str
    blawby_timeout: float
    blawby_idempotent: bool
    agent_deadline: float
    config_cache_ttl: int
    config_stale_if_error: int
    cache_redis_url: str | None
    cache_dir: Path
    cache_threshold: int
    agent_rate_limit: limits.RateLimitItem
    login_rate_limit: limits.RateLimitItem
    trusted_proxies: int
    max_body_bytes: int
    metrics_bind: str | None
    log_level: str

    @classmethod
    def from_environment(cls) -> "Settings":
        """Raises `BadEnvironment`, which ends the process with one line on standard error."""
        env = FileAwareEnv(eager=False)
        env.add_parser("addresses", _addresses)
        env.add_parser("rate", _rate)
        env.add_parser("secret", _secret)
        env.add_parser("bind", _bind)
        env.add_parser("optional", lambda text: (text or "").strip() or None)
        read = _read(env)
        try:
            env.seal()
        except EnvValidationError as failure:
            names = ", ".join(sorted(failure.error_messages))
            raise BadEnvironment(f"missing or not valid in the environment: {names}") from None
        return cls(**read)


def _read(env: Any) -> dict[str, Any]:
    cache_dir = Path(tempfile.gettempdir()) / f"team-secrets-{getuid()}"
    return {
        "vault_addr": env.addresses("VAULT_ADDR"),
        "vault_role_id": env.str("VAULT_ROLE_ID", validate=Length(1)),
        "vault_secret_id": env.secret("VAULT_SECRET_ID"),
        "vault_namespace": env.optional("VAULT_NAMESPACE", None),
        "vault_cacert": env.optional("VAULT_CACERT", None),
        "vault_kv_mount": env.str("VAULT_KV_MOUNT", "teams", validate=_MOUNT),
        "vault_timeout": env.float("VAULT_TIMEOUT", 2.0, validate=_POSITIVE),
        "blawby_api_url": env.str("BLAWBY_API_URL", "https://app.blawby.com", validate=_URL),
        "blawby_timeout": env.float("BLAWBY_TIMEOUT", 5.0, validate=_POSITIVE),
        "blawby_idempotent": env.bool("BLAWBY_IDEMPOTENT", False),
        "agent_deadline": env.float("AGENT_DEADLINE", 10.0, validate=_POSITIVE),
        "config_cache_ttl": env.int("CONFIG_CACHE_TTL", 300, validate=Range(min=1)),
        "config_stale_if_error": env.int("CONFIG_STALE_IF_ERROR", 900, validate=Range(min=0)),
        "cache_redis_url": env.optional("CACHE_REDIS_URL", None),
        "cache_dir": env.path("CACHE_DIR", cache_dir),
        "cache_threshold": env.int("CACHE_THRESHOLD", 20_000, validate=Range(min=1)),
        "agent_rate_limit": env.rate("AGENT_RATE_LIMIT", "60/minute"),
        "login_rate_limit": env.rate("LOGIN_RATE_LIMIT", "10/minute"),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=Range(min=0)),
        "max_body_bytes": env.int("MAX_BODY_BYTES", 262_144, validate=Range(min=1)),
        "metrics_bind": env.bind("METRICS_BIND", "127.0.0.1:9464"),
        "log_level": env.str("LOG_LEVEL", "INFO", validate=OneOf(_LEVELS)),
    }


def _addresses(text: str) -> tuple[str, ...]:
    """`VAULT_ADDR`: one address, or several with commas."""
    addresses = tuple(address.strip() for address in text.split(","))
    for address in addresses:
        try:
            _URL(address)
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


def _rate(text: str) -> limits.RateLimitItem:
    try:
        return limits.parse(text)
    except ValueError:
        raise EnvError("not a rate") from None


def _secret(text: str) -> SecretString:
    if not text.strip():
        raise EnvError("empty")
    return SecretString(text.strip())
