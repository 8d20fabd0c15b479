"""Notices of new matters survive what happens to the app and to the firm's receiver."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from standardwebhooks.webhooks import Webhook

from app.adapters.vault.agents import PLATFORM_MOUNT
from app.adapters.vault.kv import KvMount
from app.adapters.vault.transport import VaultAddresses, VaultTransport
from app.adapters.vault.worklist import item_folders
from app.domain.secret import SecretString
from app.domain.worklist import Kind
from tests.faults.gunicorn import Gunicorn
from tests.leaks import Canaries
from tests.receivers import HttpsReceiver, MailServer
from tests.rig import COMPLETE, Service, Stage, TeamOnStage
from tests.waiting import eventually

SECRET = "whsec_" + b64encode(b"another canary that signs, 32 by").decode()
FREE = {"requiresPayment": False}


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[HttpsReceiver]:
    with HttpsReceiver(tmp_path) as receiver:
        yield receiver


@pytest.fixture
def team(stage: Stage, receiver: HttpsReceiver) -> TeamOnStage:
    team = stage.team(FREE | {"notify": {"webhook": receiver.url}})
    stage.operator.put(f"{team.path}/webhook-secret", json={"secret": SECRET})
    return team


@pytest.fixture
def gunicorn(
    service: Service, receiver: HttpsReceiver, canaries: Canaries, tmp_path: Path
) -> Iterator[Gunicorn]:
    """Two workers that make a round each second."""
    environment = {
        "WEB_CONCURRENCY": "2",
        "SWEEP_SECONDS": "1",
        "WEBHOOK_ALLOW_LOOPBACK": "true",
        "WEBHOOK_CACERT": receiver.cacert,
    }
    with Gunicorn(service, tmp_path, **environment) as server:
        yield server
    log = server.log.read_bytes()
    canaries.keep("gunicorn", log)
    for private in (b"Jane", b"jane@example.com", b"555 2671", b"whsec_"):
        assert private not in log


def file(gunicorn: Gunicorn, team: TeamOnStage) -> str:
    body = {"teamId": team.team_id, "messages": [{"role": "user", "content": COMPLETE}]}
    answer = requests.post(f"{gunicorn.url}/api/agent", json=body, timeout=30)
    return str(answer.json()["data"]["matter"]["matterId"])


def listed(platform: KvMount, team: TeamOnStage, kind: Kind) -> list[str]:
    """Paths of the team's items."""
    folders = item_folders(kind)
    return [folders.path(name) for name in folders.names(platform) if team.team_id in name]


def restart_when_due(
    gunicorn: Gunicorn, platform: KvMount, team: TeamOnStage, kind: Kind = Kind.WEBHOOK
) -> None:
    """What would be tried in a minute is due now, for workers that remember nothing."""
    (path,) = listed(platform, team, kind)
    platform.write(path, {"due": datetime.now(UTC).isoformat(), "tries": 1})
    gunicorn.kill_workers()
    for _ in range(8):
        gunicorn.wait_ready()


@pytest.fixture
def platform(service: Service) -> KvMount:
    addresses = VaultAddresses((service.vault.address,), 2.0, None)
    transport = VaultTransport(addresses, SecretString(service.vault.root_token))
    return KvMount(transport, PLATFORM_MOUNT)


def wait_until_told(platform: KvMount, team: TeamOnStage, kind: Kind = Kind.WEBHOOK) -> None:
    eventually(lambda: not listed(platform, team, kind))


def test_a_failing_receiver_is_tried_again_after_restarts_under_the_same_id(
    gunicorn: Gunicorn, team: TeamOnStage, receiver: HttpsReceiver, platform: KvMount
) -> None:
    receiver.answers += [500, 302]
    key = file(gunicorn, team)
    for tried in (1, 2):
        receiver.wait_for(tried)
        restart_when_due(gunicorn, platform, team)
    receiver.wait_for(3)
    wait_until_told(platform, team)
    assert {post.headers["webhook-id"] for post in receiver.posts} == {f"msg_{key}_1"}
    assert Webhook(SECRET).verify(receiver.posts[-1].body, receiver.posts[-1].headers)
    assert len(receiver.posts) == 3


def test_workers_that_are_killed_lose_no_notice(
    gunicorn: Gunicorn, team: TeamOnStage, receiver: HttpsReceiver, platform: KvMount
) -> None:
    """In the middle of the first try. Whoever comes then tells the team."""
    go_on = threading.Event()
    receiver.answers.append(lambda _: go_on.wait(60) and None)
    key = file(gunicorn, team)
    receiver.wait_for(1)
    restart_when_due(gunicorn, platform, team)
    receiver.wait_for(2)
    go_on.set()
    wait_until_told(platform, team)
    assert receiver.posts[-1].headers["webhook-id"] == f"msg_{key}_1"


def test_of_all_workers_one_sends(
    gunicorn: Gunicorn, team: TeamOnStage, receiver: HttpsReceiver, platform: KvMount
) -> None:
    receiver.answers.append(500)
    file(gunicorn, team)
    receiver.wait_for(1)
    restart_when_due(gunicorn, platform, team)
    wait_until_told(platform, team)
    threading.Event().wait(2.5)
    assert len(receiver.posts) == 2


def test_the_owner_is_told_by_e_mail(
    service: Service, stage: Stage, canaries: Canaries, tmp_path: Path, platform: KvMount
) -> None:
    team = stage.team(FREE | {"ownerEmail": "owner@firm.example"})
    with MailServer(tmp_path) as mail:
        url = f"smtp://127.0.0.1:{mail.port}"
        with Gunicorn(service, tmp_path, SMTP_URL=url, SWEEP_SECONDS="1") as server:
            mail.refuses = True
            file(server, team)
            eventually(lambda: bool(listed(platform, team, Kind.EMAIL)))
            eventually(lambda: b"could not be delivered" in server.log.read_bytes())
            mail.refuses = False
            restart_when_due(server, platform, team, Kind.EMAIL)
            wait_until_told(platform, team, Kind.EMAIL)
        (letter,) = mail.letters
        assert letter.rcpt_tos == ["owner@firm.example"]
        canaries.keep("gunicorn", server.log.read_bytes())
