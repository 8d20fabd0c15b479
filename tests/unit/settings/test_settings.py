"""The environment: typed, checked once, told by name and never by value."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.secret import SecretString
from app.settings import BadEnvironment, Settings
from tests.unit.settings.conftest import NEEDED

Read = Callable[..., Settings]


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
    assert settings.log_level == "INFO"
    assert (settings.matter_retention_days, settings.sweep_seconds) == (90, 30)
    assert (settings.smtp_url, settings.webhook_cacert) == (None, None)
    assert settings.webhook_allow_loopback is False
    assert (settings.llm_base_url, settings.llm_model, settings.llm_api_key) == (None, None, None)
    assert (settings.llm_timeout, settings.llm_max_tokens) == (3.0, 400)
    assert settings.llm_concurrency == 8
    assert str(settings.llm_team_tokens) == "500000 per 1 hour"


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
        ("VAULT_NAMESPACE", "/admin/team.one_2/", "/admin/team.one_2/"),
        ("CACHE_REDIS_URL", "unix:///run/s?db=1&password=w", "unix:///run/s?db=1&password=w"),
        ("BLAWBY_API_URL", "http://[::1]:8/a/..b/", "http://[::1]:8/a/..b/"),
        ("BLAWBY_API_URL", "http://my_blawby.:80", "http://my_blawby.:80"),
        ("SMTP_URL", "smtp://a@b.example:p@h/", SecretString("smtp://a@b.example:p@h/")),
        ("VAULT_TIMEOUT", "0.5", 0.5),
        ("VAULT_CACERT", "", None),
        ("BLAWBY_CONCURRENCY", "64", 64),
        ("BLAWBY_IDEMPOTENT", "true", True),
        ("CONFIG_STALE_IF_ERROR", "0", 0),
        ("CACHE_REDIS_URL", "", None),
        ("LLM_BASE_URL", "", None),
        ("LLM_MODEL", " small ", "small"),
        ("LLM_API_KEY", "", None),
        ("LLM_API_KEY", "sk-1", SecretString("sk-1")),
        ("CACHE_REDIS_URL", "rediss://user:word@host:6379/0", "rediss://user:word@host:6379/0"),
        ("CACHE_DIR", "/somewhere", Path("/somewhere")),
        ("SMTP_URL", "", None),
        (
            "SMTP_URL",
            "smtps://u:p%40ss@mail.example:465?from=a@b.example",
            SecretString("smtps://u:p%40ss@mail.example:465?from=a@b.example"),
        ),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "", None),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", "http://collector:4318"),
        ("SWEEP_SECONDS", "0", 0),
        ("MATTER_RETENTION_DAYS", "1", 1),
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


def test_all_that_is_wrong_is_told_at_once(read: Read) -> None:
    with pytest.raises(
        BadEnvironment, match=r"LOG_LEVEL \(.+\), VAULT_ROLE_ID \(.+\), VAULT_TIMEOUT \("
    ):
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
