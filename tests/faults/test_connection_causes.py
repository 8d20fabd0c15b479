"""Why a connection failed: each cause is told apart, in the log, the count and the command line."""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from app.adapters.blawby.gateway import BlawbyGateways
from app.adapters.cache.backends import shared_generations
from app.adapters.cache.server import shared_server
from app.adapters.causes import in_words
from app.adapters.connection_failures import ConnectionFailures
from app.adapters.vault.addresses import VaultAddresses
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.secret import SecretString
from app.errors import BlawbyUnavailable, UpstreamFailure, VaultUnavailable, WriteUnconfirmed
from app.observability import upstreams
from app.observability.upstreams import CAUSES, first_end
from app.ports import GenerationsUnavailable
from app.web.requests import ProxiedFlask
from tests.faults.ill_server import WELL, IllServer
from tests.rig import new_ulid

SECONDS = 1.0
TLS = [cause for cause in CAUSES if cause.startswith("tls")]
# Nothing can have been sent; with the others the request was on its way.
BEFORE_SENDING = {"dns", "refused", *TLS}
ROOT = Path(__file__).parents[2]


def failures(upstream: str, cause: str) -> float:
    labels = {"upstream": upstream, "cause": cause}
    value = REGISTRY.get_sample_value("team_secrets_connection_failures_total", labels)
    assert value is not None
    return value


def logged(caplog: pytest.LogCaptureFixture, upstream: str) -> list[tuple[str, str]]:
    lines = [record for record in caplog.records if getattr(record, "upstream", "") == upstream]
    return [(record.cause, record.getMessage()) for record in lines]  # type: ignore[attr-defined]


@pytest.mark.parametrize("cause", CAUSES)
def test_vault(cause: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = failures("vault", cause)
    with IllServer(cause, tmp_path) as server:
        vault = VaultAddresses((server.url("http"),), SECONDS, str(server.authority))
        with pytest.raises(VaultUnavailable) as failure:
            vault.send("POST", "/v1/teams/data/x", b"{}", {})
    assert isinstance(failure.value, WriteUnconfirmed) is (cause not in BEFORE_SENDING)
    assert failures("vault", cause) == before + 1
    assert logged(caplog, "vault") == [(cause, f"connection failed: {in_words(cause)}")]
    if cause in BEFORE_SENDING:
        assert failure.value.to_operators.endswith(f"Vault: {in_words(cause)}.")
        assert in_words(cause) not in failure.value.message


@pytest.mark.parametrize("cause", ["dns", "refused", "reset", "timeout", "tls_unknown_ca", "other"])
def test_blawby(cause: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is verified with the system's authorities, so that more of TLS cannot be tried here."""
    before = failures("blawby", cause)
    with IllServer(cause, tmp_path) as server:
        gateways = BlawbyGateways(server.url("http"), timeout=SECONDS)
        gateway = gateways.open(
            TeamId(new_ulid()), TeamUlid(new_ulid().upper()), SecretString("a-key")
        )
        with pytest.raises(UpstreamFailure) as failure:
            gateway.create_customer(_client(), "key")
    assert isinstance(failure.value, BlawbyUnavailable) is (cause in BEFORE_SENDING)
    assert failures("blawby", cause) == before + 1
    assert [told for told, _ in logged(caplog, "blawby")] == [cause]


@pytest.mark.parametrize("cause", [cause for cause in CAUSES if cause != "other"])
def test_the_shared_cache(cause: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = failures("cache", cause)
    with IllServer(cause, tmp_path) as server:
        where = shared_server(server.url("redis"), str(server.authority))
        generations = shared_generations(ProxiedFlask(__name__, 0), where, tmp_path)
        with pytest.raises(GenerationsUnavailable):
            generations.read("a-name")
    assert failures("cache", cause) == before + 1


def test_a_cause_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    failed = ConnectionFailures("vault")
    for error in (ConnectionRefusedError(), ConnectionRefusedError(), ConnectionResetError()):
        failed.add(error)
    assert [cause for cause, _ in logged(caplog, "vault")] == ["refused", "reset"]


@pytest.mark.parametrize("cause", ["refused", "tls_unknown_ca", "tls_expired", "tls_wrong_name"])
def test_the_bootstrap_says_it(cause: str, tmp_path: Path) -> None:
    with IllServer(cause, tmp_path) as server:
        environ = {
            "VAULT_ADDR": server.url("http"),
            "VAULT_TOKEN": "a-token",
            "VAULT_CACERT": str(server.authority),
        }
        done = subprocess.run(
            [sys.executable, "-m", "vault.bootstrap"],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"]} | environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert in_words(cause) in done.stderr
    assert "Traceback" not in done.stderr


def expiry(certificate: str) -> float:
    name = "team_secrets_certificate_expiry_timestamp_seconds"
    value = REGISTRY.get_sample_value(name, {"certificate": certificate})
    assert value is not None
    return value


def test_certificates_end_when_they_say(tmp_path: Path) -> None:
    """CA files from the start, a server's own from the first handshake on."""
    upstreams.begin(None, None)
    assert expiry("vault_ca") == expiry("vault_server") == math.inf
    with IllServer(WELL, tmp_path) as server:
        upstreams.begin(str(server.authority), str(server.authority))
        assert expiry("vault_ca") == expiry("cache_ca") == first_end(str(server.authority))
        vault = VaultAddresses((server.url("http"),), SECONDS, str(server.authority))
        with pytest.raises(VaultUnavailable):
            vault.send("GET", "/v1/teams/data/x", None, {})
    year_3000 = 32503680000.0
    assert expiry("vault_server") == year_3000
    assert expiry("blawby_server") == math.inf
    upstreams.saw_certificate("blawby", {"notAfter": "Jan  1 00:00:00 3000 GMT"})
    assert expiry("blawby_server") == year_3000
    upstreams.begin(None, None)


def test_the_first_end_in_a_ca_file(tmp_path: Path) -> None:
    with IllServer("tls_wrong_name", tmp_path) as server:
        ends = first_end(str(server.authority))
    assert math.isfinite(ends)
    assert first_end(str(tmp_path)) == ends
    (tmp_path / "no-certificate").write_text("nothing\n")
    assert first_end(str(tmp_path / "no-certificate")) == math.inf


def _client() -> Client:
    return Client("Jane Doe", "jane@example.com", "+17045552671")
