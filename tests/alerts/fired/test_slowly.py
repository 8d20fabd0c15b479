"""Alerts that wait for half an hour or more: all faults begin at once, so that they wait together.

Beside the app runs another version of it, from a copy of the checkout that lacks a file.
"""

import signal
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
import trustme

from app.domain.worklist import Kind
from tests.alerts.earlier import Earlier
from tests.alerts.faults import blawby_fails
from tests.alerts.scene import Scene
from tests.contract.tls_front import TlsRelay
from tests.deploy.test_image_files import copied
from tests.faults.gunicorn import Gunicorn

_SECRET = "whsec_" + b64encode(b"another canary that signs, 32 by").decode()


class Endpoint:
    """TLS in front of a server. `authority` is the file to verify it with."""

    def __init__(self, upstream_port: int, authority: Path, days: int) -> None:
        self.authority = authority
        self._signer = trustme.CA()
        self._signer.cert_pem.write_to_path(str(authority))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.renew(days)
        self.relay = TlsRelay(upstream_port, self._context)
        self.address = f"127.0.0.1:{self.relay.port}"

    def renew(self, days: int) -> None:
        ends = datetime.now(UTC) + timedelta(days=days)
        self._signer.issue_cert("127.0.0.1", not_after=ends).configure_cert(self._context)


class Faults:
    """What goes wrong from the beginning, and what a test needs to end it."""

    def __init__(self, scene: Scene, parts: ExitStack) -> None:
        self.scene = scene
        self.earlier = Earlier(scene.vault)
        self.receiver = scene.receiver
        self.unread_team, self.unread = self._unread_for_a_day()
        self.untold = self._untold_for_twenty_minutes()
        with blawby_fails(scene.sandbox, "search", 503):
            for _ in range(10):
                scene.pay()
        directory = scene.new_directory()
        vault_port = int(scene.vault.address.rpartition(":")[2])
        self.vault = Endpoint(vault_port, directory / "vault-ca.pem", days=10)
        self.cache = Endpoint(scene.valkey.port, directory / "cache-ca.pem", days=100)
        for endpoint in (self.vault, self.cache):
            parts.enter_context(endpoint.relay)
        self.app = parts.enter_context(self._another_version(directory))

    def talk(self) -> None:
        """With the other version."""
        assert self.scene.ask("Hello", app=self.app).ok

    def _unread_for_a_day(self) -> tuple[str, str]:
        team_id = self.scene.new_team(requiresPayment=False)
        key = matter_of(self.scene.ask(team_id=team_id))
        self.earlier.matter(team_id, key, timedelta(hours=25))
        return team_id, key

    def _untold_for_twenty_minutes(self) -> str:
        notify = {"webhook": self.receiver.url}
        team_id = self.scene.new_team(requiresPayment=False, notify=notify)
        path = f"teams/{team_id}/webhook-secret"
        assert self.scene.operator("PUT", path, {"secret": _SECRET}).ok
        self.receiver.answers += [500] * 1000
        key = matter_of(self.scene.ask(team_id=team_id))
        self.receiver.wait_for(1)
        self.earlier.item(Kind.WEBHOOK, key, timedelta(minutes=20))
        return key

    def _another_version(self, directory: Path) -> AbstractContextManager[Gunicorn]:
        """It trusts another authority than the cache's, and Vault's certificate ends soon."""
        root = copied(directory / "srv")
        project = root / "pyproject.toml"
        project.write_text(project.read_text().replace('version = "', 'version = "99.', 1))
        (root / "app" / "pages" / "chat.html").unlink()
        return self.scene.another_app(
            root=root,
            VAULT_ADDR=f"https://{self.vault.address}",
            VAULT_CACERT=str(self.vault.authority),
            CACHE_REDIS_URL=f"rediss://{self.cache.address}/0",
            CACHE_REDIS_CACERT=str(self.vault.authority),
        )


def matter_of(answer: requests.Response) -> str:
    return str(answer.json()["data"]["matter"]["matterId"])


@pytest.fixture(scope="module")
def faults(scene: Scene) -> Iterator[Faults]:
    with ExitStack() as parts:
        yield Faults(scene, parts)
    scene.prometheus.wait_until_over("VersionSkew")
    scene.prometheus.wait_until_over("UpstreamUnsafe")


def test_a_file_of_the_app_is_lost(scene: Scene, faults: Faults) -> None:
    def open_chat() -> None:
        answer = requests.get(f"{faults.app.url}/chat/{scene.team_id}", timeout=15)
        assert answer.status_code == 500

    scene.prometheus.wait_for("InternalErrors", open_chat, route="/chat/<reference>")


def test_the_cache_is_of_an_unknown_authority(scene: Scene, faults: Faults) -> None:
    scene.prometheus.wait_for(
        "UpstreamUnsafe", faults.talk, upstream="cache", cause="tls_unknown_ca"
    )


def test_a_firm_cannot_be_told(scene: Scene, faults: Faults) -> None:
    scene.prometheus.wait_for("NoticesFailing")
    faults.receiver.answers.clear()
    faults.earlier.is_due(Kind.WEBHOOK, faults.untold)
    # New workers remember nothing of when it was due, and make rounds from their first request on.
    scene.app.signal(signal.SIGHUP)
    scene.prometheus.wait_until_over("NoticesFailing", lambda: scene.ask("Hello"))


def test_two_versions_side_by_side(scene: Scene, faults: Faults) -> None:
    summary = scene.prometheus.wait_for("VersionSkew")["annotations"]["summary"]
    assert summary.startswith("2 versions")


def test_a_certificate_ends_soon(scene: Scene, faults: Faults) -> None:
    scene.prometheus.wait_for("CertificateEnds", certificate="vault_server")
    faults.vault.renew(days=100)
    # New workers shake hands anew.
    faults.app.signal(signal.SIGHUP)
    scene.prometheus.wait_until_over("CertificateEnds", faults.talk)


def test_nobody_opens_a_matter(scene: Scene, faults: Faults) -> None:
    scene.prometheus.wait_for("MattersUnopened")
    path = f"teams/{faults.unread_team}/matters/{faults.unread}"
    member = scene.member(faults.unread_team)
    assert requests.get(f"{scene.app.url}/api/{path}", headers=member, timeout=15).ok
    scene.prometheus.wait_until_over("MattersUnopened")


def test_more_fails_than_the_objective_allows(scene: Scene, faults: Faults) -> None:
    scene.prometheus.wait_for("ObjectiveBurnsSlowly", objective="intakes billed")
