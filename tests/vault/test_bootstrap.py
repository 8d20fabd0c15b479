"""The bootstrap on a real server: what it makes, that it repeats itself, what it leaves alone."""

from pathlib import Path

import hvac
import pytest

from tests.vault.conftest import keys_of
from tests.vault.hashicorp import hashicorp_like
from vault.bootstrap import bootstrap, main
from vault.embedded import EmbeddedVault
from vault.ports import free_port
from vault.reconcile import BootstrapError
from vault.wanted import FINGERPRINT_KEY, POLICIES

Environ = dict[str, str]


def test_it_makes_everything_and_a_second_run_changes_nothing(client: hvac.Client) -> None:
    first = bootstrap(client)
    assert first.changes
    assert bootstrap(client).changes == []
    assert set(POLICIES) <= set(keys_of(client, "sys/policies/acl"))
    assert {"teams/", "platform/", "transit/"} <= set(client.read("sys/mounts")["data"])
    assert {"approle/", "teams/", "token/"} <= set(client.read("sys/auth")["data"])
    roles = keys_of(client, "auth/approle/role")
    assert roles == ["auditor", "maintenance", "metrics", "operator", "team-secrets-service"]
    assert client.read("teams/config")["data"]["max_versions"] == 10
    assert not client.read("teams/config")["data"]["cas_required"]


def test_the_fingerprints_key_never_leaves_vault(client: hvac.Client) -> None:
    bootstrap(client)
    key = client.read(f"transit/keys/{FINGERPRINT_KEY}")["data"]
    assert key["type"] == "hmac"
    assert not key["exportable"]
    assert not key["deletion_allowed"]
    assert not key["allow_plaintext_backup"]


def test_the_agents_tokens_are_batch_tokens_without_default(client: hvac.Client) -> None:
    bootstrap(client)
    role = client.read("auth/token/roles/team-agent")["data"]
    assert role["token_type"] == "batch"
    assert role["allowed_policies"] == ["team-agent"]
    assert role["token_no_default_policy"]
    assert role["orphan"]
    assert not role["renewable"]


def test_what_somebody_changed_is_corrected_and_named(client: hvac.Client) -> None:
    bootstrap(client)
    client.write_data("sys/policies/acl/service", data={"policy": 'path "x" {}'})
    client.write_data("auth/approle/role/operator", data={"token_policies": ["root-like"]})
    client.write_data("teams/config", data={"max_versions": 1})
    changes = bootstrap(client).changes
    assert [change.split(":")[0] for change in changes] == [
        "KV mount teams/ settings",
        "policy service",
        "AppRole operator",
    ]
    assert all(change.endswith("corrected") for change in changes)


def test_a_login_seen_before_gets_its_named_entity(client: hvac.Client) -> None:
    """A first login makes a nameless entity; its alias moves to the named one."""
    bootstrap(client)
    client.delete("identity/entity/name/platform-operator")
    role_id = client.read("auth/approle/role/operator/role-id")["data"]["role_id"]
    secret = client.write_data("auth/approle/role/operator/secret-id", data={})["data"]
    login = {"role_id": role_id, "secret_id": secret["secret_id"]}
    client.write_data("auth/approle/login", data=login)
    assert "entity platform-operator: alias attached" in bootstrap(client).changes
    aliases = client.read("identity/entity/name/platform-operator")["data"]["aliases"]
    assert [alias["name"] for alias in aliases] == [role_id]
    assert bootstrap(client).changes == []


def test_the_policies_are_of_the_configured_mount(client: hvac.Client) -> None:
    bootstrap(client, mount="clients")
    text = client.read("sys/policies/acl/team-member")["data"]["policy"]
    assert 'path "clients/data/{{identity.entity.metadata.team_id}}/blawby_api"' in text
    assert "teams/" not in text
    assert "$" not in text
    assert bootstrap(client, mount="clients").changes == []


def test_a_mount_of_another_kind_is_left_alone(client: hvac.Client) -> None:
    client.write_data("sys/mounts/teams", data={"type": "kv", "options": {"version": "1"}})
    with pytest.raises(BootstrapError, match="KV mount teams/ is in use"):
        bootstrap(client)


def test_an_exportable_fingerprint_key_is_refused(client: hvac.Client) -> None:
    client.write_data("sys/mounts/transit", data={"type": "transit"})
    body = {"type": "hmac", "key_size": 32, "exportable": True}
    client.write_data(f"transit/keys/{FINGERPRINT_KEY}", data=body)
    with pytest.raises(BootstrapError, match="may leave Vault"):
        bootstrap(client)


# --- The audit device


def test_openbao_has_its_audit_device_from_its_configuration(bare_vault: EmbeddedVault) -> None:
    client = hvac.Client(bare_vault.address, token=bare_vault.root_token)
    report = bootstrap(client)
    assert not any("audit device" in change for change in report.changes)
    assert report.notes == []
    assert bare_vault.audit_log.stat().st_mode & 0o777 == 0o600


def test_a_namespace_has_those_of_the_root(client: hvac.Client) -> None:
    assert bootstrap(client).notes == [
        "Auditing is set up in the root namespace: see there that an audit device is on and that "
        "X-Request-Id is an audited header."
    ]


def test_openbao_without_one_is_told_where_to_get_it(bare_vault: EmbeddedVault) -> None:
    """OpenBao's own refusal, by a server that lists no device."""
    with hashicorp_like(bare_vault.address, takes_devices=False) as (address, _):
        notes = bootstrap(hvac.Client(address, token=bare_vault.root_token)).notes
    assert len(notes) == 1
    assert "OpenBao takes it from its server's configuration alone" in notes[0]


def test_hashicorp_vault_gets_it_over_the_api(bare_vault: EmbeddedVault) -> None:
    with hashicorp_like(bare_vault.address) as (address, devices):
        client = hvac.Client(address, token=bare_vault.root_token)
        changes = bootstrap(client, audit_file="/vault/logs/audit.log").changes
        assert "audit device file/: writes to /vault/logs/audit.log" in changes
        assert devices["file/"]["options"] == {"file_path": "/vault/logs/audit.log"}
        assert bootstrap(client).changes == []


def test_an_audit_log_that_cannot_be_written_stops_it(bare_vault: EmbeddedVault) -> None:
    with hashicorp_like(bare_vault.address, refuses=True) as (address, _):
        client = hvac.Client(address, token=bare_vault.root_token)
        with pytest.raises(BootstrapError, match="cannot write its audit log"):
            bootstrap(client, audit_file="/nowhere")


# --- The command


def test_the_command_writes_private_files_that_work(
    client: hvac.Client, environ: Environ, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["--out", str(out), "--operator-token"], environ) == 0
    assert out.stat().st_mode & 0o777 == 0o700
    contents = {file.name: file.read_text() for file in out.iterdir()}
    assert set(contents) == {"role-id", "secret-id", "operator-token"}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in out.iterdir())
    shown = capsys.readouterr()
    assert not any(secret in shown.out + shown.err for secret in contents.values())
    login = {"role_id": contents["role-id"], "secret_id": contents["secret-id"]}
    auth = client.write_data("auth/approle/login", data=login)["auth"]
    assert auth["policies"] == ["service"]
    assert auth["renewable"]
    token = client.write_data("auth/token/lookup", data={"token": contents["operator-token"]})
    assert token["data"]["policies"] == ["default", "operator"]
    assert token["data"]["orphan"]


def test_a_second_run_keeps_the_files_and_says_so(
    environ: Environ, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--out", str(tmp_path), "--operator-token"]
    assert main(arguments, environ) == 0
    before = {file.name: file.read_text() for file in tmp_path.iterdir()}
    capsys.readouterr()
    assert main(arguments, environ) == 0
    assert capsys.readouterr().out.startswith("Nothing changed.\n")
    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_no_operator_token_unless_asked(environ: Environ, tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path)], environ) == 0
    assert not (tmp_path / "operator-token").exists()


def test_what_no_longer_works_is_made_anew(
    client: hvac.Client, environ: Environ, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--out", str(tmp_path), "--operator-token"]
    assert main(arguments, environ) == 0
    token = (tmp_path / "operator-token").read_text()
    client.write_data("auth/token/revoke", data={"token": token})
    (tmp_path / "secret-id").write_text("stale")
    capsys.readouterr()
    assert main(arguments, environ) == 0
    written = capsys.readouterr().out.splitlines()
    assert [line for line in written if "written" in line] == [
        f"{tmp_path / 'secret-id'}: written",
        f"{tmp_path / 'operator-token'}: written",
    ]
    assert (tmp_path / "operator-token").read_text() != token


def test_no_login_of_an_operator_is_left_behind(
    client: hvac.Client, environ: Environ, tmp_path: Path
) -> None:
    assert main(["--out", str(tmp_path), "--operator-token"], environ) == 0
    assert keys_of(client, "auth/approle/role/operator/secret-id") == []


def test_a_standby_or_dead_address_is_passed_over(environ: Environ) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    assert main([], {**environ, "VAULT_ADDR": f"{dead}, {environ['VAULT_ADDR']}/"}) == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"VAULT_ADDR": ""}, "VAULT_ADDR is not set"),
        ({"VAULT_TOKEN": ""}, "VAULT_TOKEN is not set"),
        ({"VAULT_TOKEN": "", "VAULT_TOKEN_FILE": "/dev/null"}, "VAULT_TOKEN is not set"),
        ({"VAULT_TOKEN": "", "VAULT_TOKEN_FILE": "/canary"}, "VAULT_TOKEN_FILE is not a file"),
        ({"VAULT_TOKEN": "", "VAULT_TOKEN_FILE": "/dev"}, "VAULT_TOKEN_FILE is not a file"),
        ({"VAULT_TOKEN": "canary-token"}, "Vault did not take it (Forbidden)"),
        ({"VAULT_ADDR": "http://127.0.0.1:1"}, "no server at VAULT_ADDR is active"),
    ],
)
def test_what_is_wrong_is_one_line_without_values(
    environ: Environ, changed: Environ, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([], {**environ, **changed}) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err
    assert "canary" not in shown.err


def test_the_token_may_lie_in_a_file(environ: Environ, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(f"{environ['VAULT_TOKEN']}\n")
    others = {name: value for name, value in environ.items() if name != "VAULT_TOKEN"}
    assert main([], {**others, "VAULT_TOKEN_FILE": str(file)}) == 0


def test_an_operator_token_needs_a_place(environ: Environ) -> None:
    with pytest.raises(SystemExit):
        main(["--operator-token"], environ)
