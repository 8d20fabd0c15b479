"""A webhook secret is used only if it is this team's and a text."""

from typing import Any

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import KvMount
from app.adapters.vault.transport import VaultTransport
from app.adapters.vault.webhook_secrets import VaultWebhookSecrets
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from tests.scripted_server import ScriptedServer, found

TEAM, OTHER = TeamId("0" * 26), TeamId("1" * 26)


def read(server: ScriptedServer, fields: dict[str, Any]) -> SecretString | None:
    server.script = lambda _: found(data=fields, metadata={"version": 1})
    addresses = VaultAddresses((server.url,), 20.0, None)
    mount = KvMount(VaultTransport(addresses, SecretString("an-agent")), "teams")
    return VaultWebhookSecrets(lambda _: mount, addresses, "teams").read(TEAM)


def test_a_secret_comes_back(server: ScriptedServer) -> None:
    assert read(server, {"team_id": TEAM, "secret": "whsec_x"}) == SecretString("whsec_x")


@pytest.mark.parametrize(
    "fields",
    [
        {"team_id": OTHER, "secret": "whsec_x"},
        {"secret": "whsec_x"},
        {"team_id": TEAM},
        *({"team_id": TEAM, "secret": value} for value in ("", None, 7, ["whsec_x"])),
    ],
)
def test_what_is_no_secret_of_this_team_is_none(
    server: ScriptedServer, fields: dict[str, Any]
) -> None:
    assert read(server, fields) is None


def test_a_team_without_one_has_none(server: ScriptedServer) -> None:
    addresses = VaultAddresses((server.url,), 20.0, None)
    mount = KvMount(VaultTransport(addresses, SecretString("an-agent")), "teams")
    server.script = lambda _: (404, {"errors": []})
    assert VaultWebhookSecrets(lambda _: mount, addresses, "teams").read(TEAM) is None
