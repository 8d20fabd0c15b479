"""The environment, typed and checked once at start. Each name has a `*_FILE` form for secrets."""

import tempfile
from dataclasses import dataclass, fields
from os import getuid
from pathlib import Path
from typing import Any

import limits
from environs import EnvValidationError

from app.domain.secret import SecretString
from app.settings.kinds import has_unreadable_file, typed_environment

_NO_LOGIN: dict[str, Any] = {
    "vault_role_id": "",
    "vault_secret_id": SecretString(""),
    "vault_jwt_role": "",
    "vault_jwt_file": None,
    "vault_token_file": None,
}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Of a worker's threads this share may call Blawby at a time, unless BLAWBY_CONCURRENCY is set.
_BLAWBY_SHARE = 0.75
# And this share may wait for the language model, unless LLM_CONCURRENCY is set.
_LLM_SHARE = 0.125
_MOST_TOKENS = 10_000
_MOST_THREADS = 1000
_MOST_DAYS = 3650
_NOT_SET = "Environment variable not set."


class BadEnvironment(SystemExit):
    """A variable is missing or malformed. The message names each and the reason, never a value."""

    def __init__(self, reasons: dict[str, str]) -> None:
        told = ", ".join(f"{name} ({reason})" for name, reason in sorted(reasons.items()))
        super().__init__(f"missing or not valid in the environment: {told}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Times are in seconds."""

    vault_addr: tuple[str, ...]
    vault_auth: str
    vault_role_id: str
    vault_secret_id: SecretString
    vault_jwt_role: str
    vault_jwt_file: Path | None
    vault_token_file: Path | None
    vault_namespace: str | None
    vault_cacert: str | None
    vault_kv_mount: str
    vault_timeout: float
    blawby_api_url: str
    blawby_timeout: float
    blawby_idempotent: bool
    blawby_concurrency: int
    agent_deadline: float
    config_cache_ttl: int
    config_stale_if_error: int
    cache_redis_url: str | None
    cache_redis_cacert: str | None
    cache_dir: Path
    cache_threshold: int
    agent_rate_limit: limits.RateLimitItem
    login_rate_limit: limits.RateLimitItem
    address_rate_limit: limits.RateLimitItem
    trusted_proxies: int
    max_body_bytes: int
    worker_threads: int
    matter_retention_days: int
    smtp_url: SecretString | None
    webhook_allow_loopback: bool
    webhook_cacert: str | None
    sweep_seconds: int
    stream_concurrency: int
    otel_exporter_otlp_endpoint: str | None
    llm_base_url: str | None
    llm_model: str | None
    llm_api_key: SecretString | None
    llm_timeout: float
    llm_max_tokens: int
    llm_concurrency: int
    llm_team_tokens: limits.RateLimitItem
    log_level: str

    @classmethod
    def from_environment(cls, *, own_login: bool = True) -> "Settings":
        """Raises `BadEnvironment`, which ends the process with one line on standard error.

        `own_login` False: the service's login may be missing, because a command acts with its
        caller's token.
        """
        names = [field.name.upper() for field in fields(cls)]
        if unreadable := [f"{name}_FILE" for name in names if has_unreadable_file(name)]:
            raise BadEnvironment(dict.fromkeys(unreadable, "not a file that can be read"))
        env = typed_environment()
        read = _read(env)
        try:
            env.seal()
        except EnvValidationError as failure:
            wrong = _reasons(failure.error_messages)
            for name in () if own_login else _NO_LOGIN:
                wrong.pop(name.upper(), None)
            if wrong:
                raise BadEnvironment(wrong) from None
            read |= _NO_LOGIN
        return cls(**read)


def _reasons(messages: Any) -> dict[str, str]:
    """The first message for each name; environs' own words for a missing one become ours."""
    first = {name: str(told[0]) for name, told in messages.items()}
    return {name: "missing" if told == _NOT_SET else told for name, told in first.items()}


def _login(env: Any) -> dict[str, Any]:
    """Reads what VAULT_AUTH asks for, and nothing of the other methods: the command line has a use
    of its own for VAULT_TOKEN_FILE."""
    method = env.level("VAULT_AUTH", "approle", known=("approle", "jwt", "token_file"))
    read: dict[str, Any] = {}
    match method:
        case "approle":
            read["vault_role_id"] = env.printable("VAULT_ROLE_ID")
            read["vault_secret_id"] = env.secret("VAULT_SECRET_ID")
        case "jwt":
            read["vault_jwt_role"] = env.printable("VAULT_JWT_ROLE")
            read["vault_jwt_file"] = env.readable_file("VAULT_JWT_FILE")
        case "token_file":
            read["vault_token_file"] = env.file_to_come("VAULT_TOKEN_FILE")
    return {"vault_auth": method, **_NO_LOGIN, **read}


def _llm(env: Any, threads: int) -> dict[str, Any]:
    """The language model; without its address nothing else of it is needed."""
    url = env.optional_address("LLM_BASE_URL", None)
    model = env.printable("LLM_MODEL") if url else env.printable("LLM_MODEL", None, required=False)
    slots = str(max(1, int(threads * _LLM_SHARE)))
    return {
        "llm_base_url": url,
        "llm_model": model,
        "llm_api_key": env.optional_secret("LLM_API_KEY", None),
        "llm_timeout": env.seconds("LLM_TIMEOUT", "3.0"),
        "llm_max_tokens": env.whole("LLM_MAX_TOKENS", "400", most=_MOST_TOKENS),
        "llm_concurrency": env.whole("LLM_CONCURRENCY", slots, most=threads),
        "llm_team_tokens": env.rate("LLM_TEAM_TOKENS", "500000/hour"),
    }


def _read(env: Any) -> dict[str, Any]:
    cache_dir = Path(tempfile.gettempdir()) / f"team-secrets-{getuid()}"
    threads = env.whole("WORKER_THREADS", "64", most=_MOST_THREADS) or _MOST_THREADS
    slots = str(max(1, int(threads * _BLAWBY_SHARE)))
    return {
        "vault_addr": env.addresses("VAULT_ADDR"),
        **_login(env),
        "vault_namespace": env.namespace("VAULT_NAMESPACE", None),
        "vault_cacert": env.certificates("VAULT_CACERT", None),
        "vault_kv_mount": env.mount("VAULT_KV_MOUNT", "teams"),
        "vault_timeout": env.seconds("VAULT_TIMEOUT", "2.0"),
        "blawby_api_url": env.address("BLAWBY_API_URL", "https://app.blawby.com"),
        "blawby_timeout": env.seconds("BLAWBY_TIMEOUT", "5.0"),
        "blawby_idempotent": env.bool("BLAWBY_IDEMPOTENT", False),
        "blawby_concurrency": env.whole("BLAWBY_CONCURRENCY", slots, most=threads),
        "agent_deadline": env.seconds("AGENT_DEADLINE", "10.0"),
        "config_cache_ttl": env.whole("CONFIG_CACHE_TTL", "300"),
        "config_stale_if_error": env.whole("CONFIG_STALE_IF_ERROR", "900", least=0),
        "cache_redis_url": env.redis("CACHE_REDIS_URL", None),
        "cache_redis_cacert": env.certificates("CACHE_REDIS_CACERT", None),
        "cache_dir": env.directory("CACHE_DIR", str(cache_dir)),
        "cache_threshold": env.whole("CACHE_THRESHOLD", "20000"),
        "agent_rate_limit": env.rate("AGENT_RATE_LIMIT", "60/minute"),
        "login_rate_limit": env.rate("LOGIN_RATE_LIMIT", "10/minute"),
        "address_rate_limit": env.rate("ADDRESS_RATE_LIMIT", "600/minute"),
        "trusted_proxies": env.whole("TRUSTED_PROXIES", "0", least=0, most=100),
        "max_body_bytes": env.whole("MAX_BODY_BYTES", "262144"),
        "worker_threads": threads,
        "matter_retention_days": env.whole("MATTER_RETENTION_DAYS", "90", most=_MOST_DAYS),
        "smtp_url": env.smtp("SMTP_URL", None),
        "webhook_allow_loopback": env.bool("WEBHOOK_ALLOW_LOOPBACK", False),
        "webhook_cacert": env.certificates("WEBHOOK_CACERT", None),
        "sweep_seconds": env.whole("SWEEP_SECONDS", "30", least=0, most=3600),
        "stream_concurrency": env.whole("STREAM_CONCURRENCY", "200", most=_MOST_THREADS),
        "otel_exporter_otlp_endpoint": env.optional_address("OTEL_EXPORTER_OTLP_ENDPOINT", None),
        **_llm(env, threads),
        "log_level": env.level("LOG_LEVEL", "INFO", known=_LEVELS),
    }
