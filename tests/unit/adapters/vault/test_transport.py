"""What each of Vault's answers means, and what is sent and counted for it."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.transport import NothingThere, Refused, VaultTransport, operation_of
from app.domain.secret import SecretString
from app.errors import (
    Forbidden,
    TokenUnclear,
    Unauthenticated,
    VaultUnavailable,
    WriteUnconfirmed,
)
from app.observability import correlation
from app.observability.upstreams import VAULT_OPERATIONS
from tests.scripted_server import Answer, ScriptedServer, Seen, found

TOKEN = SecretString("a-token-of-vault")
LOOKUP = "/v1/auth/token/lookup-self"


@pytest.fixture
def transport(server: ScriptedServer) -> VaultTransport:
    return VaultTransport(VaultAddresses((server.url,), 20.0, None), TOKEN)


def counted(operation: str, outcome: str) -> float:
    labels = {"operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("team_secrets_vault_calls_total", labels) or 0.0


@pytest.mark.parametrize(
    ("method", "answer", "meaning", "outcome"),
    [
        ("get", (200, {"request_id": "r"}), VaultUnavailable, "unavailable"),
        ("get", (200, {"request_id": "r", "data": []}), VaultUnavailable, "unavailable"),
        ("get", (200, {"data": {}}), VaultUnavailable, "unavailable"),
        ("list", (200, {"request_id": "r"}), VaultUnavailable, "unavailable"),
        ("post", (200, {"data": {}}), WriteUnconfirmed, "unconfirmed"),
        ("get", (200, b"<html>"), VaultUnavailable, "unavailable"),
        ("get", (200, [1]), VaultUnavailable, "unavailable"),
        ("get", (200, b"[" * 100_000), VaultUnavailable, "unavailable"),
        ("post", (201, {"request_id": "r", "data": {}}), VaultUnavailable, "unavailable"),
        ("get", (400, {"errors": ["no"]}), Refused, "rejected"),
        ("get", (400, {"message": "no"}), VaultUnavailable, "unavailable"),
        ("get", (403, {"message": "no"}), VaultUnavailable, "unavailable"),
        ("get", (404, {"errors": []}), NothingThere, "absent"),
        ("get", (404, {"data": {"metadata": {}}}), NothingThere, "absent"),
        ("get", (404, {"errors": ["no handler"]}), VaultUnavailable, "unavailable"),
        ("get", (404, b"nothing here"), VaultUnavailable, "unavailable"),
    ],
)
def test_an_answer_that_is_no_success(
    server: ScriptedServer,
    transport: VaultTransport,
    method: str,
    answer: Answer,
    meaning: type[Exception],
    outcome: str,
) -> None:
    server.script = lambda _: answer
    before = counted("other", outcome)
    with pytest.raises(meaning) as raised:
        transport.request(method, "/v1/sys/health")
    assert raised.type is meaning
    assert counted("other", outcome) == before + 1


@pytest.mark.parametrize(
    ("method", "answer", "read"),
    [
        ("get", found(a=1), {"request_id": "r", "data": {"a": 1}}),
        ("post", (200, {"request_id": "r"}), {"request_id": "r"}),
        ("delete", (204, b""), {}),
    ],
)
def test_an_answer_that_is_a_success(
    server: ScriptedServer,
    transport: VaultTransport,
    method: str,
    answer: Answer,
    read: dict[str, Any],
) -> None:
    server.script = lambda _: answer
    before = counted("other", "ok")
    assert transport.request(method, "/v1/sys/health") == read
    assert counted("other", "ok") == before + 1


def test_the_words_of_a_refusal_are_kept_and_other_things_are_not(
    server: ScriptedServer, transport: VaultTransport
) -> None:
    server.script = lambda _: (400, {"errors": ["first", 2, "third"]})
    with pytest.raises(Refused) as refused:
        transport.request("get", "/v1/sys/health")
    assert refused.value.errors[0] == "first"
    server.script = lambda _: (404, {"errors": [], "data": {"metadata": {"version": 2}}})
    with pytest.raises(NothingThere) as absent:
        transport.request("get", "/v1/sys/health")
    assert absent.value.json["data"] == {"metadata": {"version": 2}}


@pytest.mark.parametrize(
    ("lookup", "meaning"),
    [
        (found(id="x"), Forbidden),
        ((403, {"errors": ["permission denied"]}), Unauthenticated),
        ((403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}), TokenUnclear),
        ((403, {"errors": "permission denied"}), Unauthenticated),
    ],
)
@pytest.mark.parametrize("path", ["/v1/teams/data/x", LOOKUP])
def test_a_403_means_the_policy_or_the_token(
    server: ScriptedServer,
    transport: VaultTransport,
    path: str,
    lookup: Answer,
    meaning: type[Exception],
) -> None:
    def answer(seen: Seen) -> Answer:
        return lookup if seen.path == LOOKUP else (403, {"errors": ["permission denied"]})

    server.script = answer
    if path == LOOKUP and meaning is Forbidden:
        transport.request("get", path)
        return
    with pytest.raises((Unauthenticated, Forbidden)) as raised:
        transport.request("get", path)
    assert raised.type is meaning
    assert server.paths() == ([path, LOOKUP] if path != LOOKUP else [LOOKUP])


def test_what_is_sent(server: ScriptedServer, transport: VaultTransport) -> None:
    with correlation.of("an-id", None):
        transport.request(
            "post",
            "/v1/sys/health",
            {"X-More": "m"},
            json={"a": 1},
            params={"b": 2, "c": None},
            wrap_ttl="60s",
        )
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.document) == ("POST", "/v1/sys/health?b=2", {"a": 1})
    sent = {
        "x-vault-request": "true",
        "x-vault-token": TOKEN.reveal(),
        "x-vault-wrap-ttl": "60s",
        "content-type": "application/json",
        "x-request-id": "an-id",
        "x-more": "m",
    }
    assert {name: seen.headers.get(name) for name in sent} == sent
    assert "x-vault-namespace" not in seen.headers


def test_what_nobody_of_a_namespace_sends(server: ScriptedServer) -> None:
    nobody = VaultTransport(VaultAddresses((server.url,), 20.0, None), None, "tenant")
    nobody.request("get", "/v1/sys/health")
    (seen,) = server.seen
    assert (seen.path, seen.body) == ("/v1/sys/health", b"")
    assert seen.headers["x-vault-namespace"] == "tenant"
    assert "x-vault-token" not in seen.headers
    assert "x-vault-wrap-ttl" not in seen.headers


def test_whose_token_it_carries(transport: VaultTransport) -> None:
    assert transport.carries(TOKEN)
    assert not transport.carries(SecretString("another"))


def test_a_login_is_read_as_hvac_reads_it(transport: VaultTransport) -> None:
    assert transport.get_login_token({"auth": {"client_token": "t"}}) == "t"


OPERATIONS = {
    ("POST", "/v1/auth/approle/login"): "login",
    ("POST", "/v1/auth/jwt/login"): "login",
    ("GET", "/v1/auth/teams/role/team-x/role-id"): "identity",
    ("GET", LOOKUP): "token",
    ("POST", "/v1/identity/entity"): "identity",
    ("POST", "/v1/sys/wrapping/unwrap"): "wrapping",
    ("GET", "/v1/sys/health?standbyok=true"): "other",
    ("GET", "/v1/teams/data/x?version=2"): "kv_read",
    ("LIST", "/v1/teams/metadata/x"): "kv_list",
    ("POST", "/v1/teams/data/x"): "kv_write",
    ("PATCH", "/v1/teams/data/x"): "kv_write",
    ("PUT", "/v1/teams/undelete/x"): "kv_delete",
    ("PUT", "/v1/teams/destroy/x"): "kv_delete",
    ("POST", "/v1/teams/delete/x"): "kv_delete",
    ("DELETE", "/v1/teams/metadata/x"): "kv_delete",
}


@pytest.mark.parametrize(("method", "url"), OPERATIONS)
def test_an_operation_is_told_by_its_place(method: str, url: str) -> None:
    assert operation_of(method, url) == OPERATIONS[method, url]


def test_every_operation_has_a_place() -> None:
    assert set(OPERATIONS.values()) == set(VAULT_OPERATIONS)
