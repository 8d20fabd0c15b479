"""The environment: typed, checked once, told by name and never by value."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.secret import SecretString
from app.settings import BadEnvironment, Settings

NEEDED = {
    "VAULT_ADDR": "http://127.0.0.1:8200",
    "VAULT_ROLE_ID": "the-role",
    "VAULT_SECRET_ID": "the-secret",
}
Read = Callable[..., Settings]
NAMES = [name.upper() for name in Settings.__slots__]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads the settings where the environment has what is needed and `changes`."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)

    def reading(**changes: str | None) -> Settings:
        for name, value in (NEEDED | changes).items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return Settings.from_environment()

    return reading


def test_what_is_not_told_is_as_the_contract_says(read: Read) -> None:
    settings = read()
    assert settings.vault_addr == ("http://127.0.0.1:8200",)
    assert settings.vault_role_id == "the-role"
    assert settings.vault_secret_id == SecretString("the-secret")
    assert "the-secret" not in repr(settings)
    assert (settings.vault_namespace, settings.vault_cacert) == (None, None)
    assert (settings.vault_kv_mount, settings.vault_timeout) == ("teams", 2.0)
    assert settings.blawby_api_url == "https://app.blawby.com"
    assert (settings.blawby_timeout, settings.agent_deadline) == (5.0, 10.0)
    assert settings.blawby_idempotent is False
    assert (settings.config_cache_ttl, settings.config_stale_if_error) == (300, 900)
    assert settings.cache_redis_url is None
    assert str(settings.agent_rate_limit) == "60 per 1 minute"
    assert str(settings.login_rate_limit) == "10 per 1 minute"
    assert (settings.trusted_proxies, settings.max_body_bytes) == (0, 262_144)
    assert (settings.metrics_bind, settings.log_level) == ("127.0.0.1:9464", "INFO")
    assert (settings.matter_retention_days, settings.sweep_seconds) == (90, 30)
    assert (settings.smtp_url, settings.webhook_cacert) == (None, None)
    assert settings.webhook_allow_loopback is False


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        (
            "VAULT_ADDR",
            "https://a:1, http://b/vault ,https://c",
            ("https://a:1", "http://b/vault", "https://c"),
        ),
        ("VAULT_NAMESPACE", " ns/one ", "ns/one"),
        ("VAULT_NAMESPACE", "", None),
        ("VAULT_TIMEOUT", "0.5", 0.5),
        ("VAULT_CACERT", "", None),
        ("VAULT_CACERT", __file__, __file__),
        ("BLAWBY_IDEMPOTENT", "true", True),
        ("CONFIG_STALE_IF_ERROR", "0", 0),
        ("CACHE_REDIS_URL", "", None),
        ("CACHE_REDIS_URL", "rediss://user:word@host:6379/0", "rediss://user:word@host:6379/0"),
        ("CACHE_DIR", "/somewhere", Path("/somewhere")),
        ("SMTP_URL", "", None),
        (
            "SMTP_URL",
            "smtps://u:p%40ss@mail.example:465?from=a@b.example",
            SecretString("smtps://u:p%40ss@mail.example:465?from=a@b.example"),
        ),
        ("SWEEP_SECONDS", "0", 0),
        ("MATTER_RETENTION_DAYS", "1", 1),
        ("METRICS_BIND", "", None),
        ("LOG_LEVEL", "DEBUG", "DEBUG"),
    ],
)
def test_a_value_is_typed(read: Read, name: str, text: str, value: Any) -> None:
    assert getattr(read(**{name: text}), name.lower()) == value


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_needed_is_named_when_it_is_missing(read: Read, name: str) -> None:
    for missing in (None, ""):
        with pytest.raises(BadEnvironment, match=name):
            read(**{name: missing})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("VAULT_ADDR", "localhost-xyzzy:8200"),
        ("VAULT_ADDR", "http://a,ftp://xyzzy"),
        ("VAULT_ADDR", "http://user:xyzzy@host"),
        ("VAULT_KV_MOUNT", "../xyzzy"),
        ("VAULT_TIMEOUT", "xyzzy"),
        ("VAULT_TIMEOUT", "0"),
        ("VAULT_TIMEOUT", "-1"),
        ("VAULT_TIMEOUT", "nan"),
        ("VAULT_TIMEOUT", "inf"),
        ("VAULT_CACERT", "/no/such/xyzzy"),
        ("BLAWBY_API_URL", "xyzzy"),
        ("BLAWBY_IDEMPOTENT", "xyzzy"),
        ("AGENT_DEADLINE", "1e9"),
        ("CONFIG_CACHE_TTL", "0"),
        ("CONFIG_CACHE_TTL", "1.5"),
        ("CONFIG_STALE_IF_ERROR", "-1"),
        ("CACHE_REDIS_URL", "http://xyzzy"),
        ("CACHE_THRESHOLD", "0"),
        ("SMTP_URL", "xyzzy"),
        ("SMTP_URL", "http://xyzzy"),
        ("SMTP_URL", "smtp://u:xyzzy@"),
        ("SMTP_URL", "smtp://u:xyzzy@host:99999"),
        ("SMTP_URL", "smtp://xyzzy with blank"),
        ("MATTER_RETENTION_DAYS", "0"),
        ("SWEEP_SECONDS", "-1"),
        ("WEBHOOK_ALLOW_LOOPBACK", "xyzzy"),
        ("WEBHOOK_CACERT", "/no/such/xyzzy"),
        ("AGENT_RATE_LIMIT", "xyzzy"),
        ("LOGIN_RATE_LIMIT", ""),
        ("TRUSTED_PROXIES", "-1"),
        ("MAX_BODY_BYTES", "0"),
        ("METRICS_BIND", "xyzzy"),
        ("LOG_LEVEL", "xyzzy"),
    ],
)
def test_what_does_not_fit_is_named_and_not_shown(read: Read, name: str, text: str) -> None:
    with pytest.raises(BadEnvironment) as refusal:
        read(**{name: text})
    assert name in str(refusal.value)
    assert "xyzzy" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_all_that_is_wrong_is_told_at_once(read: Read) -> None:
    with pytest.raises(BadEnvironment, match="LOG_LEVEL, VAULT_ROLE_ID, VAULT_TIMEOUT"):
        read(VAULT_ROLE_ID=None, VAULT_TIMEOUT="x", LOG_LEVEL="x")


def test_a_secret_is_read_from_a_file(read: Read, tmp_path: Path) -> None:
    for name in ("VAULT_ROLE_ID", "VAULT_SECRET_ID"):
        (tmp_path / name).write_text(f"of the file {name}\n")
    settings = read(
        VAULT_ROLE_ID=None,
        VAULT_ROLE_ID_FILE=str(tmp_path / "VAULT_ROLE_ID"),
        VAULT_SECRET_ID=None,
        VAULT_SECRET_ID_FILE=str(tmp_path / "VAULT_SECRET_ID"),
    )
    assert settings.vault_role_id == "of the file VAULT_ROLE_ID"
    assert settings.vault_secret_id == SecretString("of the file VAULT_SECRET_ID")


def test_a_file_that_cannot_be_read_is_named(read: Read, tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    (tmp_path / "empty").write_text("\n")
    for name in ("nothing", "binary", "empty", "."):
        with pytest.raises(BadEnvironment, match="VAULT_SECRET_ID") as refusal:
            read(VAULT_SECRET_ID=None, VAULT_SECRET_ID_FILE=str(tmp_path / name))
        assert str(tmp_path) not in str(refusal.value)
