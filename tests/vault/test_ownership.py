"""The bootstrap in a Vault that others use too: what is not ours is not touched (attack 15)."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import hvac
import pytest

from app.settings.kinds import KV_MOUNT as APPS_KV_MOUNT
from vault import wanted
from vault.bootstrap import bootstrap, main
from vault.ownership import WANTED
from vault.reconcile import BootstrapError

Environ = dict[str, str]
_NEW_ROLES = ("maintenance", "metrics")
_BODIES = {
    "sys/policies/acl": {"policy": 'path "others/*" { capabilities = ["read"] }'},
    "auth/token/roles": {"allowed_policies": ["others"]},
    "auth/approle/role": {"token_policies": ["others"]},
    "identity/entity/name": {"metadata": {"owner": "others"}},
}


def make(client: hvac.Client, path: str) -> None:
    """Somebody else's thing under a name that we want."""
    kind = path.rpartition("/")[0]
    if kind == "auth/approle/role":
        client.write_data("sys/auth/approle", data={"type": "approle"})
    client.write_data(path, data=_BODIES[kind])


def state_of(client: hvac.Client) -> dict[str, Any]:
    """Everything that a bootstrap could change."""
    seen: dict[str, Any] = {}
    for path in (*WANTED, "sys/mounts", "sys/auth", "teams/config"):
        answer = client.read(path)
        seen[path] = answer["data"] if answer else None
    return seen


@pytest.mark.parametrize("path", WANTED)
def test_what_somebody_else_made_is_left_alone_and_named(client: hvac.Client, path: str) -> None:
    make(client, path)
    before = state_of(client)
    with pytest.raises(BootstrapError) as refusal:
        bootstrap(client)
    assert str(refusal.value) == f"not made by Team Secrets, left alone: {path}"
    assert state_of(client) == before


def _documents(client: hvac.Client, mount: str) -> None:
    client.write_data(f"sys/mounts/{mount}", data={"type": "kv", "options": {"version": "2"}})
    for _ in range(100):
        try:
            client.write_data(f"{mount}/data/others/thing", data={"data": {"a": 1}})
        except hvac.exceptions.InvalidRequest:
            continue
        break


def _logins(client: hvac.Client, mount: str) -> None:
    client.write_data(f"sys/auth/{mount}", data={"type": "approle"})
    client.write_data(f"auth/{mount}/role/others", data={"token_policies": ["others"]})


@pytest.mark.parametrize(
    ("mount", "fill", "named"),
    [
        ("teams", _documents, "teams/"),
        ("platform", _documents, "platform/"),
        ("teams", _logins, "auth/teams/"),
    ],
)
def test_nor_is_a_mount_with_others_things_in_it(
    client: hvac.Client, mount: str, fill: Callable[[hvac.Client, str], None], named: str
) -> None:
    fill(client, mount)
    before = state_of(client)
    with pytest.raises(BootstrapError, match=f"left alone: {named}"):
        bootstrap(client)
    assert state_of(client) == before


def test_an_empty_mount_or_one_with_keys_written_by_hand_is_taken(client: hvac.Client) -> None:
    client.write_data("sys/mounts/teams", data={"type": "kv", "options": {"version": "2"}})
    key = {"data": {"api_key": "by-terraform"}}
    for _ in range(100):
        try:
            client.write_data("teams/data/01aaaaaaaaaaaaaaaaaaaaaaaa/blawby_api", data=key)
        except hvac.exceptions.InvalidRequest:
            continue
        break
    bootstrap(client)
    assert bootstrap(client).changes == []


def test_another_mount_than_the_one_prepared_is_refused(client: hvac.Client) -> None:
    bootstrap(client, mount="clients")
    before = state_of(client)
    with pytest.raises(BootstrapError, match="prepared for the KV mount clients/"):
        bootstrap(client)
    assert state_of(client) == before
    assert bootstrap(client, mount="clients").changes == []


@pytest.mark.parametrize("mount", ["a/b", "", "platform", "transit", "sys", "with blank", "a\n"])
def test_a_mount_that_the_app_would_refuse_is_refused(client: hvac.Client, mount: str) -> None:
    with pytest.raises(BootstrapError, match="VAULT_KV_MOUNT"):
        bootstrap(client, mount=mount)


def test_the_app_and_the_bootstrap_take_the_same_mounts() -> None:
    assert wanted.KV_MOUNT.pattern == APPS_KV_MOUNT


def as_an_older_version_left_it(client: hvac.Client, mount: str = "teams") -> None:
    """Without the list, the marks, and what came with them."""
    bootstrap(client, mount)
    client.delete("platform/metadata/bootstrap")
    for name in ("team-member", "team-agent", "service", "operator", "auditor"):
        path = f"sys/policies/acl/{name}"
        text = client.read(path)["data"]["policy"].removeprefix(wanted.MARK)
        client.write_data(path, data={"policy": text})
    for role in _NEW_ROLES:
        client.delete(f"sys/policies/acl/{role}")
        client.delete(f"auth/approle/role/{role}")
        client.delete(f"identity/entity/name/platform-{role}")


def test_an_installation_by_an_older_version_is_ours(client: hvac.Client) -> None:
    as_an_older_version_left_it(client)
    client.write_data("auth/approle/role/operator", data={"token_ttl": 60})
    changes = bootstrap(client).changes
    assert "list of what is ours: written" in changes
    assert "AppRole operator: corrected" in changes
    assert "policy metrics: created" in changes
    assert bootstrap(client).changes == []


@pytest.mark.parametrize("role", _NEW_ROLES)
def test_what_the_older_version_did_not_make_is_not_ours(client: hvac.Client, role: str) -> None:
    as_an_older_version_left_it(client)
    make(client, f"sys/policies/acl/{role}")
    with pytest.raises(BootstrapError, match=f"left alone: sys/policies/acl/{role}"):
        bootstrap(client)


def test_the_older_ones_mount_is_known(client: hvac.Client) -> None:
    as_an_older_version_left_it(client, "clients")
    with pytest.raises(BootstrapError, match="prepared for the KV mount clients/"):
        bootstrap(client)


def test_a_lost_list_is_made_anew(client: hvac.Client) -> None:
    bootstrap(client)
    client.delete("platform/metadata/bootstrap")
    assert bootstrap(client).changes == ["list of what is ours: written"]


# --- The command


def test_what_was_changed_before_a_failure_is_printed(
    client: hvac.Client, environ: Environ, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token may do everything but write the policies, which come in the middle."""
    client.write_data("sys/policies/acl/most", data={"policy": _MOST})
    token = client.write_data("auth/token/create", data={"policies": ["most"], "no_parent": True})
    assert main([], environ | {"VAULT_TOKEN": token["auth"]["client_token"]}) == 1
    shown = capsys.readouterr()
    assert "KV mount teams/: created" in shown.out
    assert "policy" not in shown.out
    assert shown.err == (
        "bootstrap: Vault did not take it (Forbidden): write sys/policies/acl/team-member\n"
    )
    assert main([], environ) == 0
    assert "KV mount teams/: created" not in capsys.readouterr().out


_MOST = """
path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }
path "sys/policies/acl/*" { capabilities = ["read", "list"] }
"""


@pytest.mark.parametrize("spoil", ["file", "proc", "binary"])
def test_a_place_that_cannot_be_written_stops_it_before_vault_changes(
    client: hvac.Client,
    environ: Environ,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    spoil: str,
) -> None:
    places = {"file": tmp_path / "file", "proc": Path("/proc/out"), "binary": tmp_path / "out"}
    (tmp_path / "file").touch()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret-id").write_bytes(b"\xff\xfe")
    assert main(["--out", str(places[spoil])], environ) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert str(places[spoil]) in shown.err
    assert client.read("sys/policies/acl/operator") is None


@pytest.mark.parametrize("token", ["two words", "ümlaut", "line\nfeed", "\x00"])
def test_what_is_no_token_is_shown_nowhere(
    environ: Environ, capsys: pytest.CaptureFixture[str], token: str
) -> None:
    assert main([], environ | {"VAULT_TOKEN": token}) == 1
    shown = capsys.readouterr()
    assert shown.err == (
        "bootstrap: VAULT_TOKEN is no token: it has blanks or other odd characters\n"
    )


def test_a_newline_behind_the_token_does_no_harm(environ: Environ) -> None:
    assert main([], environ | {"VAULT_TOKEN": environ["VAULT_TOKEN"] + "\n"}) == 0


# --- The scraper's login


def test_the_scrapers_token_reads_metrics_alone(
    client: hvac.Client, environ: Environ, tmp_path: Path
) -> None:
    assert main(["--out", str(tmp_path), "--metrics-token"], environ) == 0
    file = tmp_path / "metrics-token"
    assert file.stat().st_mode & 0o777 == 0o600
    token = client.write_data("auth/token/lookup", data={"token": file.read_text()})["data"]
    assert (token["policies"], token["period"]) == (["metrics"], 32 * 24 * 3600)
    before = file.read_text()
    assert main(["--out", str(tmp_path), "--metrics-token"], environ) == 0
    assert file.read_text() == before
