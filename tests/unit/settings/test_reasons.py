"""Every variable is checked at start: a bad value is named with its reason and never shown."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from app.settings import BadEnvironment, Settings

CANARY = "xyzzy"
NUMBERS = (CANARY, "", "-1", "1.5", "1e3", "٣", "9999999999", "0x10", f"1{CANARY}")
SECONDS = (CANARY, "", "0", "-1", "nan", "inf", "1e9", "3601", "1_0")
RATES = (CANARY, "", "0/minute", f"60/{CANARY}", "-1/minute", "60/minute;5/second",
         "60/minute,1/hour", "1/99999999999 years", "9999999999/minute")  # fmt: skip
URLS = (
    CANARY, "", f"ftp://{CANARY}", f"http://user:{CANARY}@host", f"http://host/?{CANARY}", "http://",
    f"http://host:{CANARY}", "http://host:999999", "http://host:0", "http://host:-1", "http://:80",
    f"http://[{CANARY}]:80", f"http://host{CANARY}\nx", f"http://{CANARY} y",
    f"http://host/../{CANARY}", f"http://host/a/%2e%2E/{CANARY}", f"http://host\\{CANARY}", "http://hÖst",
    f"http://host/ä{CANARY}", f"http://{CANARY}..host",
)  # fmt: skip
# What no text can be wrong for is left out on purpose, each with its reason.
BAD: dict[str, tuple[str, ...]] = {
    "VAULT_ADDR": (*URLS, f"http://a,{CANARY}", "http://a,", "http://a,http://b:x"),
    "VAULT_ROLE_ID": ("", " ", f"a\n{CANARY}", "ä"),
    "VAULT_SECRET_ID": ("", " "),  # an operator may choose any text as a secret id
    "VAULT_AUTH": (CANARY, "", "AppRole"),
    "VAULT_JWT_ROLE": ("", " ", f"a\n{CANARY}", "ä"),
    "VAULT_JWT_FILE": ("", f"/no/such/{CANARY}", "/", "/dev/null", f"{CANARY}.jwt", "\0"),
    "VAULT_TOKEN_FILE": ("", f"/no/such/{CANARY}", "/", "/dev/null", "\0"),
    "VAULT_NAMESPACE": (
        f"a\n{CANARY}", "ä", f"../{CANARY}", f"{CANARY}/..", "a/./b", "..",
        "a//b", "/", "a b", "a\\b",
    ),
    "VAULT_CACERT": (f"/no/such/{CANARY}", "/", __file__, "/dev/null"),
    "VAULT_KV_MOUNT": ("", f"../{CANARY}", "a/b", "a b", "platform", "auth"),
    "VAULT_TIMEOUT": SECONDS,
    "BLAWBY_API_URL": URLS,
    "BLAWBY_TIMEOUT": SECONDS,
    "BLAWBY_IDEMPOTENT": (CANARY, "", "2"),
    "BLAWBY_CONCURRENCY": (*NUMBERS, "0", "65"),
    "AGENT_DEADLINE": SECONDS,
    "CONFIG_CACHE_TTL": (*NUMBERS, "0"),
    "CONFIG_STALE_IF_ERROR": NUMBERS,
    "CACHE_REDIS_URL": (
        CANARY, f"http://{CANARY}", "redis://", f"redis://host:{CANARY}", "redis://host:99999",
        f"redis://host:1/{CANARY}", f"redis://:{CANARY}@host:port", f"redis://host/9999999999?{CANARY}",
        f"redis://host/0?socket_timeout={CANARY}", f"redis://host?db={CANARY}", f"unix:///s?db={CANARY}",
        f"rediss://host?ssl_cert_reqs={CANARY}", f"redis://host?{CANARY}=1", "redis://host?protocol=9",
    ),
    "CACHE_REDIS_CACERT": (f"/no/such/{CANARY}", "/", __file__, "/dev/null"),
    "CACHE_DIR": ("", __file__, f"{__file__}/{CANARY}", "\0"),
    "CACHE_THRESHOLD": (*NUMBERS, "0"),
    "AGENT_RATE_LIMIT": RATES,
    "LOGIN_RATE_LIMIT": RATES,
    "ADDRESS_RATE_LIMIT": RATES,
    "TRUSTED_PROXIES": (*NUMBERS, "101"),
    "MAX_BODY_BYTES": (*NUMBERS, "0"),
    "WORKER_THREADS": (*NUMBERS, "0", "1001"),
    "MATTER_RETENTION_DAYS": (*NUMBERS, "0", "3651"),
    "SMTP_URL": (
        CANARY, f"http://{CANARY}", f"smtp://u:{CANARY}@", f"smtp://u:{CANARY}@host:99999", "smtp://",
        f"smtp://{CANARY} with blank", f"smtp://host:{CANARY}", f"smtp://[{CANARY}",
        f"smtp://host/{CANARY}", f"smtp://host?{CANARY}=a@b.example", f"smtp://host?from={CANARY}",
        f"smtp://host?from=a@b%0d%0aBcc:{CANARY}", f"smtp://host?from=a@b&x={CANARY}", "smtp://hÖst",
    ),
    "WEBHOOK_ALLOW_LOOPBACK": (CANARY, "", "2"),
    "WEBHOOK_CACERT": (f"/no/such/{CANARY}", "/", __file__, "/dev/null"),
    "SWEEP_SECONDS": (*NUMBERS, "3601"),
    "STREAM_CONCURRENCY": (*NUMBERS, "0", "1001"),
    "OTEL_EXPORTER_OTLP_ENDPOINT": tuple(text for text in URLS if text),
    "LLM_BASE_URL": tuple(url for url in URLS if url),
    "LLM_MODEL": (f"a\n{CANARY}", "ä"),
    "LLM_API_KEY": (f"a\n{CANARY}", "ä", f"\x7f{CANARY}"),
    "LLM_TIMEOUT": SECONDS,
    "LLM_MAX_TOKENS": (*NUMBERS, "0", "10001"),
    "LLM_CONCURRENCY": (*NUMBERS, "0", "65"),
    "LLM_TEAM_TOKENS": RATES,
    "LOG_LEVEL": (CANARY, "", "info"),
}  # fmt: skip
# Read only where VAULT_AUTH asks for them.
METHOD_OF = {
    **dict.fromkeys(("VAULT_JWT_ROLE", "VAULT_JWT_FILE"), "jwt"),
    "VAULT_TOKEN_FILE": "token_file",
}
LINE = re.compile(
    r"missing or not valid in the environment: ([A-Z_]+ \([^()\n]{5,}\)(?:, (?=[A-Z_]+ \()|$))+"
)
Read = Callable[..., Settings]


def test_every_variable_has_its_bad_values() -> None:
    assert BAD.keys() == {name.upper() for name in Settings.__slots__}


def cases() -> list[tuple[str, str]]:
    return [(name, text) for name, texts in BAD.items() for text in texts]


@pytest.mark.parametrize(("name", "text"), cases())
@pytest.mark.parametrize("form", ["variable", "file"])
def test_a_bad_value_is_named_with_its_reason_and_not_shown(
    read: Read, tmp_path: Path, name: str, text: str, form: str
) -> None:
    if form == "file":
        (tmp_path / "value").write_text(text)
        changes = {name: None, f"{name}_FILE": str(tmp_path / "value")}
    elif "\0" in text:
        return
    else:
        changes = {name: text}
    if name in METHOD_OF:
        changes["VAULT_AUTH"] = METHOD_OF[name]
    with pytest.raises(BadEnvironment) as refusal:
        read(**changes)
    message = str(refusal.value)
    assert LINE.fullmatch(message), message
    assert f"{name} (" in message
    assert CANARY not in message.lower()


@pytest.mark.parametrize("name", ["VAULT_ADDR", "VAULT_ROLE_ID", "VAULT_SECRET_ID", *METHOD_OF])
def test_what_is_missing_is_told_from_what_is_malformed(read: Read, name: str) -> None:
    with pytest.raises(BadEnvironment) as missing:
        read(**{"VAULT_AUTH": METHOD_OF.get(name), name: None})
    with pytest.raises(BadEnvironment) as malformed:
        read(**{"VAULT_AUTH": METHOD_OF.get(name), name: " "})
    assert f"{name} (missing)" in str(missing.value)
    assert f"{name} (missing)" not in str(malformed.value)


@pytest.mark.parametrize("name", METHOD_OF)
def test_what_another_login_method_needs_is_not_read(read: Read, name: str) -> None:
    assert not getattr(read(**{name: f"/no/such/{CANARY}"}), name.lower())


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("approle", ("VAULT_ROLE_ID", "VAULT_SECRET_ID")),
        ("jwt", ("VAULT_JWT_FILE", "VAULT_JWT_ROLE")),
        ("token_file", ("VAULT_TOKEN_FILE",)),
    ],
)
def test_each_login_method_names_what_it_lacks_and_nothing_else(
    read: Read, method: str, needed: tuple[str, ...]
) -> None:
    with pytest.raises(BadEnvironment) as refusal:
        read(VAULT_AUTH=method, VAULT_ROLE_ID=None, VAULT_SECRET_ID=None)
    told = ", ".join(f"{name} (missing)" for name in needed)
    assert str(refusal.value) == f"missing or not valid in the environment: {told}"


def test_a_language_model_needs_its_name(read: Read) -> None:
    with pytest.raises(BadEnvironment) as refusal:
        read(LLM_BASE_URL="http://127.0.0.1:1/v1")
    assert "LLM_MODEL (missing)" in str(refusal.value)
    assert read(LLM_BASE_URL="http://127.0.0.1:1/v1", LLM_MODEL="small").llm_model == "small"


def test_a_token_file_may_come_after_the_start(read: Read, tmp_path: Path) -> None:
    settings = read(VAULT_AUTH="token_file", VAULT_TOKEN_FILE=str(tmp_path / "token"))
    assert settings.vault_token_file == tmp_path / "token"


def test_a_command_needs_no_login(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    read()
    for method in ("jwt", "token_file", "approle"):
        monkeypatch.setenv("VAULT_AUTH", method)
        monkeypatch.delenv("VAULT_SECRET_ID", raising=False)
        settings = Settings.from_environment(own_login=False)
        assert (settings.vault_auth, settings.vault_role_id) == (method, "")
