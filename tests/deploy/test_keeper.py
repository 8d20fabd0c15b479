"""The keeper and the commands beside it, on a real OpenBao with the composition's configuration."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hvac
import pytest

from app.domain.secret import SecretString
from deploy.__main__ import main
from deploy.access import Access
from deploy.keeper import Keeper
from deploy.nodes import State
from deploy.preparing import Preparation
from deploy.unseal_keys import KeyFile, UnsealKeys
from deploy.watcher import WatcherToken
from tests.deploy.composed_vault import ComposedVault
from tests.vault.hashicorp import hashicorp_like
from vault.embedded import EmbeddedVault


class Installation:
    """A composed Vault and the keeper that would run beside it."""

    def __init__(self, vault: ComposedVault) -> None:
        self.vault = vault
        self.said: list[str] = []
        self.well = vault.places.root / "well"
        self.key_file = KeyFile(vault.places.keys / "unseal-keys.json")
        self.access = Access(vault.environ, vault.places.keys)
        self.preparation = Preparation(self.access, vault.places, "teams")
        self.keeper = Keeper(
            [vault.node],
            self.key_file,
            self.preparation,
            WatcherToken(self.access, vault.places),
            self.said.append,
            self.well,
        )

    @property
    def keys(self) -> UnsealKeys:
        keys = self.key_file.read()
        assert keys
        return keys

    def tend(self, rounds: int = 60) -> None:
        """Rounds of the keeper until all is well."""
        for _ in range(rounds):
            self.keeper.look_once()
            if self.well.exists():
                return
            self.vault.node.wait_for(State.ACTIVE, State.SEALED)
        raise AssertionError(self.said)

    def restart_vault(self) -> None:
        self.vault.stop()
        self.vault.start()

    def run(self, command: str, given: bytes = b"") -> bytes:
        """What the command writes."""
        out = io.BytesIO()
        status = main([command], self.vault.environ, self.vault.places, io.BytesIO(given), out)
        assert status == 0
        return out.getvalue()

    def login(self, role_id: str, secret_id: str) -> hvac.Client:
        client = self.access.client(SecretString("none"))
        body = {"role_id": role_id.strip(), "secret_id": secret_id.strip()}
        client.token = client.write_data("auth/approle/login", data=body)["auth"]["client_token"]
        return client

    def service(self, secret_id: str | None = None) -> hvac.Client:
        credentials = self.vault.places.credentials
        return self.login(
            (credentials / "role-id").read_text(),
            secret_id or (credentials / "secret-id").read_text(),
        )


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    vault = ComposedVault(tmp_path)
    try:
        vault.start()
        made = Installation(vault)
        made.tend()
        yield made
    finally:
        vault.stop()


def test_it_initialises_prepares_and_gives_root_back(installation: Installation) -> None:
    keys = installation.keys
    assert (len(keys.shares), keys.threshold, keys.root_token) == (5, 3, None)
    assert installation.service().auth.token.lookup_self()["data"]["policies"] == ["service"]
    assert [token["policies"] for token in _tokens(installation)].count(["root"]) == 1
    assert "prepared" in installation.said[-1]


def test_the_audit_log_begins_before_the_first_change(installation: Installation) -> None:
    lines = [json.loads(line) for line in installation.vault.audit_log.read_text().splitlines()]
    paths = [line["request"]["path"] for line in lines]
    assert paths.index("sys/audit") < paths.index("sys/mounts/platform")
    assert paths.index("sys/audit") < paths.index("sys/mounts/teams")


def test_a_second_round_changes_nothing(installation: Installation) -> None:
    before = installation.vault.audit_log.stat().st_size
    installation.keeper.look_once()
    assert installation.vault.audit_log.stat().st_size == before


def test_the_first_operator_logs_in_with_the_kept_password(installation: Installation) -> None:
    password = (installation.vault.places.keys / "operator-password").read_text()
    client = installation.access.client(SecretString("none"))
    login = client.write_data("auth/userpass/login/operator", data={"password": password})
    assert set(login["auth"]["token_policies"]) == {"default", "operator"}
    entity = _as_root(installation, "identity/entity/name/first-operator")
    assert entity["data"]["id"] == login["auth"]["entity_id"]


def test_it_unseals_after_a_restart(installation: Installation) -> None:
    installation.restart_vault()
    assert installation.vault.node.state() is State.SEALED
    installation.tend()
    assert installation.vault.node.state() is State.ACTIVE


def test_without_the_keys_it_says_what_to_do_and_waits(installation: Installation) -> None:
    moved = installation.key_file.path.read_bytes()
    installation.key_file.path.unlink()
    installation.restart_vault()
    installation.keeper.look_once()
    assert "keep-keys" in installation.said[-1]
    assert not installation.well.exists()
    said = len(installation.said)
    installation.keeper.look_once()
    assert len(installation.said) == said
    installation.run("keep-keys", moved)
    installation.tend()
    installation.run("wait")
    assert installation.vault.node.state() is State.ACTIVE


def test_a_new_release_is_applied_with_a_root_token_from_the_keys(
    installation: Installation,
) -> None:
    with installation.access.root(installation.keys) as root:
        root.write_data("sys/policies/acl/auditor", data={"policy": 'path "x" {}'})
    (installation.vault.places.keys / "prepared").write_text("an older release")
    installation.tend()
    assert "policy auditor: corrected" in installation.said


def test_a_printed_root_token_is_one(installation: Installation) -> None:
    root = installation.access.client(SecretString(installation.run("root-token").decode().strip()))
    assert root.auth.token.lookup_self()["data"]["policies"] == ["root"]
    root.auth.token.revoke_self()


def test_hashicorp_vault_gives_root_without_a_token(tmp_path: Path) -> None:
    vault = ComposedVault(tmp_path, root_without_token=True)
    try:
        vault.start()
        installation = Installation(vault)
        installation.tend()
        authority = vault.environ["VAULT_CACERT"]
        with hashicorp_like(vault.node.address, authority=authority) as (address, _):
            access = Access({"VAULT_ADDR": address}, vault.places.keys)
            with access.root(installation.keys) as root:
                assert root.auth.token.lookup_self()["data"]["policies"] == ["root"]
    finally:
        vault.stop()


def test_a_secret_id_is_rotated_in_two_steps(installation: Installation) -> None:
    file = installation.vault.places.credentials / "secret-id"
    old = file.read_text()
    installation.run("rotate-secret-id")
    assert file.read_text() != old
    assert installation.service(old).is_authenticated()
    assert installation.service().is_authenticated()
    assert installation.run("retire-secret-ids") == b"1 retired\n"
    assert installation.service().is_authenticated()
    with pytest.raises(hvac.exceptions.InvalidRequest):
        installation.service(old)


def test_a_snapshot_comes_back_into_an_empty_vault(installation: Installation) -> None:
    with installation.access.root(installation.keys) as root:
        root.write_data("platform/data/slugs/kept", data={"data": {"team_id": "x"}})
    content = installation.run("snapshot")
    _wipe(installation)
    installation.run("restore", content)
    kept = _as_root(installation, "platform/data/slugs/kept")
    assert kept["data"]["data"]["team_id"] == "x"
    assert installation.service().is_authenticated()


def test_kept_keys_are_never_overwritten(installation: Installation) -> None:
    """They may be the only ones that open a backup of the data that are gone."""
    kept = installation.key_file.path.read_text()
    _wipe(installation)
    installation.keeper.look_once()
    assert "restore a snapshot" in installation.said[-1]
    assert installation.key_file.path.read_text() == kept
    assert installation.vault.node.state() is State.UNINITIALISED
    installation.key_file.path.unlink()
    installation.tend()
    assert installation.service().is_authenticated()
    assert installation.run("root-token")


def _wipe(installation: Installation) -> None:
    installation.vault.stop()
    shutil.rmtree(installation.vault.data)
    installation.vault.start()


def test_a_snapshot_never_overwrites(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    places, environ = installation.vault.places, installation.vault.environ
    assert main(["restore"], environ, places, io.BytesIO(b"x"), io.BytesIO()) == 1
    assert "start empty" in capsys.readouterr().err


def test_the_static_seal_opens_by_itself(tmp_path: Path) -> None:
    vault = ComposedVault(tmp_path, more=("seal-static.hcl",))
    try:
        vault.start()
        installation = Installation(vault)
        installation.tend()
        installation.restart_vault()
        vault.node.wait_for(State.ACTIVE)
        with installation.access.root(installation.keys) as root:
            assert root.auth.token.lookup_self()["data"]["policies"] == ["root"]
    finally:
        vault.stop()


def test_another_vaults_transit_key_opens_it(vault: EmbeddedVault, tmp_path: Path) -> None:
    other = hvac.Client(vault.address, token=vault.root_token)
    other.write_data("transit/keys/unseal", data={})
    sealed = ComposedVault(tmp_path, more=("seal-transit.hcl",), unsealed_by=vault)
    try:
        sealed.start()
        installation = Installation(sealed)
        installation.tend()
        installation.restart_vault()
        sealed.node.wait_for(State.ACTIVE)
    finally:
        sealed.stop()


def _as_root(installation: Installation, path: str) -> dict[str, Any]:
    with installation.access.root(installation.keys) as root:
        answer = root.read(path)
    assert answer
    return dict(answer)


def _tokens(installation: Installation) -> list[dict[str, Any]]:
    """All tokens that live while a root token looks at them; that one is among them."""
    with installation.access.root(installation.keys) as root:
        accessors = root.list("auth/token/accessors")["data"]["keys"]
        return [dict(root.auth.token.lookup_accessor(each)["data"]) for each in accessors]


def test_prometheus_gets_a_token_for_metrics_alone_and_it_is_renewed(
    installation: Installation,
) -> None:
    places = installation.vault.places
    assert [file.name for file in places.watcher.iterdir()] == ["metrics-token"]
    token = (places.watcher / "metrics-token").read_text()
    client = installation.access.client(SecretString(token))
    assert "vault_token_" in client.adapter.get("/v1/sys/metrics?format=prometheus").text
    assert client.auth.token.lookup_self()["data"]["policies"] == ["metrics"]
    assert _renewals(installation) == 1
    installation.keeper.look_once()
    assert _renewals(installation) == 1
    # After a restart of `init`.
    WatcherToken(installation.access, places).renew()
    assert _renewals(installation) == 2


def test_a_token_of_prometheus_that_ended_is_said_and_ails_nobody(
    installation: Installation,
) -> None:
    (installation.vault.places.watcher / "metrics-token").write_text("hvs.ended")
    installation.keeper.watcher = WatcherToken(installation.access, installation.vault.places)
    installation.keeper.look_once()
    assert any("MetricsMissing" in line for line in installation.said)
    assert installation.well.exists()


def _renewals(installation: Installation) -> int:
    lines = [json.loads(line) for line in installation.vault.audit_log.read_text().splitlines()]
    return sum(
        line["type"] == "response" and line["request"]["path"] == "auth/token/renew-self"
        for line in lines
    )
