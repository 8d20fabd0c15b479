"""The environment, typed and checked once at start. Each name has a `*_FILE` form for secrets."""

import tempfile
from dataclasses import dataclass, fields
from os import getuid
from pathlib import Path
from typing import Any

import limits
from environs import EnvValidationError
from marshmallow.validate import Length, OneOf, Range, Regexp

from app.domain.secret import SecretString
from app.settings.kinds import URL, typed_environment, unreadable_files

# vault/wanted.py has the same expression: the bootstrap makes no other mount.
KV_MOUNT = r"(?!(?:platform|transit|sys|identity|cubbyhole|auth)\Z)[A-Za-z0-9_-]+\Z"
_LOGIN = {"VAULT_ROLE_ID", "VAULT_SECRET_ID"}
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
    address_rate_limit: limits.RateLimitItem
    trusted_proxies: int
    max_body_bytes: int
    metrics_bind: str | None
    log_level: str

    @classmethod
    def from_environment(cls, *, own_login: bool = True) -> "Settings":
        """Raises `BadEnvironment`, which ends the process with one line on standard error.

        `own_login` False: the service's AppRole may be missing, because a command acts with its
        caller's token.
        """
        env = typed_environment()
        if unreadable := unreadable_files(field.name.upper() for field in fields(cls)):
            raise BadEnvironment(f"names no file that can be read: {', '.join(unreadable)}")
        read = _read(env)
        try:
            env.seal()
        except EnvValidationError as failure:
            wrong = set(failure.error_messages) - (set() if own_login else _LOGIN)
            if wrong:
                names = ", ".join(sorted(wrong))
                raise BadEnvironment(f"missing or not valid in the environment: {names}") from None
            read |= {"vault_role_id": "", "vault_secret_id": SecretString("")}
        return cls(**read)


def _read(env: Any) -> dict[str, Any]:
    cache_dir = Path(tempfile.gettempdir()) / f"team-secrets-{getuid()}"
    return {
        "vault_addr": env.addresses("VAULT_ADDR"),
        "vault_role_id": env.str("VAULT_ROLE_ID", validate=Length(1)),
        "vault_secret_id": env.secret("VAULT_SECRET_ID"),
        "vault_namespace": env.optional("VAULT_NAMESPACE", None),
        "vault_cacert": env.file("VAULT_CACERT", None),
        "vault_kv_mount": env.str("VAULT_KV_MOUNT", "teams", validate=Regexp(KV_MOUNT)),
        "vault_timeout": env.seconds("VAULT_TIMEOUT", "2.0"),
        "blawby_api_url": env.str("BLAWBY_API_URL", "https://app.blawby.com", validate=URL),
        "blawby_timeout": env.seconds("BLAWBY_TIMEOUT", "5.0"),
        "blawby_idempotent": env.bool("BLAWBY_IDEMPOTENT", False),
        "agent_deadline": env.seconds("AGENT_DEADLINE", "10.0"),
        "config_cache_ttl": env.int("CONFIG_CACHE_TTL", 300, validate=Range(min=1)),
        "config_stale_if_error": env.int("CONFIG_STALE_IF_ERROR", 900, validate=Range(min=0)),
        "cache_redis_url": env.redis("CACHE_REDIS_URL", None),
        "cache_dir": env.path("CACHE_DIR", cache_dir),
        "cache_threshold": env.int("CACHE_THRESHOLD", 20_000, validate=Range(min=1)),
        "agent_rate_limit": env.rate("AGENT_RATE_LIMIT", "60/minute"),
        "login_rate_limit": env.rate("LOGIN_RATE_LIMIT", "10/minute"),
        "address_rate_limit": env.rate("ADDRESS_RATE_LIMIT", "600/minute"),
        "trusted_proxies": env.int("TRUSTED_PROXIES", 0, validate=Range(min=0)),
        "max_body_bytes": env.int("MAX_BODY_BYTES", 262_144, validate=Range(min=1)),
        "metrics_bind": env.bind("METRICS_BIND", "127.0.0.1:9464"),
        "log_level": env.str("LOG_LEVEL", "INFO", validate=OneOf(_LEVELS)),
    }
