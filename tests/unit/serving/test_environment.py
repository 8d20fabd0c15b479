"""What the environment says about serving: defaults, spellings, and reasons without values."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from app.settings import Settings
from serving.environment import BadServingEnvironment, Serving

CANARY = "xyzzy"
NUMBERS = (CANARY, "0", "-1", "1.5", "1e3", "٣", "9999999999", "0x10")
BAD: dict[str, tuple[str, ...]] = {
    "HOST": (
        CANARY + "/", "a b", "[::1", "::1]", "[127.0.0.1]", "127.0.0.1:80", ":::", f"[{CANARY}]",
        f"{CANARY}.invalid", f"{CANARY}." + "a" * 64, "203.0.113.5", "2001:db8::1",
    ),
    "PORT": (*NUMBERS, "65536"),
    "WEB_CONCURRENCY": (*NUMBERS, "1001"),
    "WORKER_THREADS": (*NUMBERS, "1001"),
    "METRICS_BIND": (
        CANARY, f"{CANARY}:", f"{CANARY}:0", f"{CANARY}:65536", ":9464", "::1:9464", "[]:1",
        f"[{CANARY}]:1", "[::1]", "a b:1",
        f"{CANARY}.invalid:1", "203.0.113.5:1", "[2001:db8::1]:1",
    ),
    "DRAIN_SECONDS": (CANARY, "-1", "301", "nan", "inf", "1e2"),
    "MAX_BODY_BYTES": NUMBERS,
}  # fmt: skip
Read = Callable[..., Serving]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    for name in BAD:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)

    def reading(**changes: str) -> Serving:
        for name, value in changes.items():
            monkeypatch.setenv(name, value)
        return Serving.from_environment()

    return reading


def test_what_is_unset_is_as_the_contract_says(read: Read) -> None:
    assert read() == Serving("127.0.0.1:8000", 2, 64, ("127.0.0.1", 9464), 5.0, 262_144)


def test_the_app_has_the_same_defaults(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VAULT_ADDR", "VAULT_ROLE_ID", "VAULT_SECRET_ID"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    app, serving = Settings.from_environment(), read()
    assert (app.worker_threads, app.max_body_bytes) == (serving.threads, serving.max_body_bytes)


@pytest.mark.parametrize("name", BAD)
def test_an_empty_variable_counts_as_unset(read: Read, name: str) -> None:
    expected = read()
    if name == "METRICS_BIND":
        assert read(METRICS_BIND="").metrics_bind is None
    else:
        assert read(**{name: ""}) == expected


@pytest.mark.parametrize(
    ("host", "bind"),
    [
        ("0.0.0.0", "0.0.0.0:8000"),
        ("localhost", "localhost:8000"),
        ("::1", "[::1]:8000"),
        ("[::1]", "[::1]:8000"),
        ("::", "[::]:8000"),
    ],
)
def test_a_host_is_spelled_as_people_do(read: Read, host: str, bind: str) -> None:
    assert read(HOST=host).bind == bind


def test_metrics_take_ipv6_and_a_file(read: Read, tmp_path: Path) -> None:
    assert read(METRICS_BIND="[::1]:9999").metrics_bind == ("::1", 9999)
    (tmp_path / "bind").write_text("0.0.0.0:9998\n")
    assert read(METRICS_BIND_FILE=str(tmp_path / "bind")).metrics_bind == ("0.0.0.0", 9998)


def test_every_variable_has_its_bad_values() -> None:
    read = {"bind", "workers"} | {name.lower() for name in BAD}
    assert {field.name for field in fields(Serving)} <= read | {"threads"}


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, texts in BAD.items() for text in texts]
)
@pytest.mark.parametrize("form", ["variable", "file"])
def test_a_bad_value_is_named_with_its_reason_and_not_shown(
    read: Read, tmp_path: Path, name: str, text: str, form: str
) -> None:
    (tmp_path / "value").write_text(text)
    changes = {name: text} if form == "variable" else {f"{name}_FILE": str(tmp_path / "value")}
    with pytest.raises(BadServingEnvironment) as refusal:
        read(**changes)
    assert str(refusal.value).startswith(f"missing or not valid in the environment: {name} (")
    assert CANARY not in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_file_that_cannot_be_read_is_named(read: Read, tmp_path: Path) -> None:
    with pytest.raises(BadServingEnvironment, match="PORT_FILE") as refusal:
        read(PORT_FILE=str(tmp_path / "nothing"))
    assert str(tmp_path) not in str(refusal.value)
