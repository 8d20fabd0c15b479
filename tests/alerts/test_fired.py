"""Alerts fired for real: a fault in the running service, and what Prometheus says then."""

import os
import signal
import time
from collections.abc import Callable

import requests

from tests.alerts.scene import Scene
from tests.faults.test_vault_disk import audit_disk_full


def until_it_fires(scene: Scene, name: str, fault: Callable[[], object]) -> dict[str, str]:
    """The labels of the alert, after as many faults as it needs."""
    ends = time.monotonic() + 100
    while name not in (firing := scene.prometheus.firing()):
        assert time.monotonic() < ends, (name, sorted(firing))
        fault()
        time.sleep(0.2)
    labels: dict[str, str] = firing[name]["labels"]
    return labels


def test_nothing_fires_while_all_is_well(scene: Scene) -> None:
    assert scene.pay() == "blawby_api"
    scene.prometheus.wait_for("Watchdog")
    # Longer than most alerts wait.
    for _ in range(10):
        assert scene.pay() == "blawby_api"
        time.sleep(1)
    assert set(scene.prometheus.firing()) == {"Watchdog"}
    assert scene.alertmanager.alerts() == {"Watchdog"}


def test_unknown_invoices_until_an_operator_settles_them(scene: Scene) -> None:
    with scene.blawby_fails("invoice", 500):
        assert scene.pay() == "pending"
    alert = scene.prometheus.wait_for("UnknownInvoicesOpen")
    assert alert["annotations"]["summary"].startswith("1 invoices are unknown")
    unknown = scene.operator("GET", "invoices?state=unknown").json()["data"]["invoices"]
    (invoice,) = unknown
    path = f"teams/{scene.team_id}/invoices/{invoice['id']}/resolve"
    assert scene.operator("POST", path, {"outcome": "failed"}).ok
    scene.prometheus.wait_until_over("UnknownInvoicesOpen")


def test_a_key_that_blawby_refuses(scene: Scene) -> None:
    other = scene.new_team()
    scene.set_key(other, scene.canaries.key("bad"))
    assert scene.pay(other) == "fallback_link"
    scene.prometheus.wait_for("KeyRefused")


def test_fallbacks_by_reason(scene: Scene) -> None:
    with scene.blawby_fails("search", 503):
        labels = until_it_fires(scene, "FallbackRate", scene.pay)
    assert labels["reason"] == "blawby_unavailable"
    scene.prometheus.wait_for("ObjectiveBurnsFast")
    while scene.pay() != "blawby_api":
        time.sleep(1)
    scene.prometheus.wait_until_over("FallbackRate")


def test_requests_that_policies_refuse(scene: Scene) -> None:
    def trespass() -> None:
        metrics = (scene.credentials / "metrics-token").read_text()
        answer = requests.get(
            f"{scene.app.url}/api/team-secrets/{scene.team_id}",
            headers={"Authorization": f"Bearer {metrics}"},
            timeout=15,
        )
        assert answer.status_code == 403

    until_it_fires(scene, "RefusalsSpike", trespass)


def test_a_flood_of_logins(scene: Scene) -> None:
    def knock() -> None:
        body = {"roleId": "nobody", "secretId": "nothing"}
        requests.post(f"{scene.app.url}/api/auth/login", json=body, timeout=15)

    until_it_fires(scene, "RateLimitedMuch", knock)


def test_a_wrapping_token_that_is_foreign(scene: Scene) -> None:
    body = {"wrappingToken": "hvs.neither-ours-nor-anybodys"}
    answer = requests.post(f"{scene.app.url}/api/auth/unwrap", json=body, timeout=15)
    assert answer.status_code == 401
    scene.prometheus.wait_for("WrappingTokenRefused")


def test_the_shared_cache_is_away(scene: Scene) -> None:
    with scene.cache_frozen():
        until_it_fires(scene, "SharedCacheAway", lambda: scene.ask("Hello"))
    scene.prometheus.wait_until_over("SharedCacheAway")


def test_the_login_of_the_service_is_refused(scene: Scene) -> None:
    with scene.login_refused():
        scene.app.signal(signal.SIGHUP)
        until_it_fires(scene, "ServiceLoginRefused", lambda: scene.ask("Hello"))
    until_answered(scene)
    scene.prometheus.wait_until_over("ServiceLoginRefused")


def test_vault_is_sealed(scene: Scene) -> None:
    """Teams in memory are served meanwhile, and the secrets API burns its budget."""
    until_answered(scene)
    scene.seal()
    try:
        until_it_fires(scene, "VaultAway", lambda: scene.ask("Hello"))
        until_it_fires(scene, "ServedFromMemory", lambda: scene.ask("Hello"))

        def look() -> None:
            scene.operator("GET", f"team-secrets/{scene.team_id}")

        until_it_fires(scene, "ObjectiveBurnsFast", look)
        assert "VaultAway" in scene.alertmanager.alerts()
    finally:
        scene.unseal()
    scene.prometheus.wait_until_over("VaultAway")
    until_answered(scene)


def test_workers_that_end_unasked(scene: Scene) -> None:
    def kill() -> None:
        scene.app.kill_workers()
        scene.app.wait_ready()

    until_it_fires(scene, "WorkersCrash", kill)
    until_answered(scene)


def test_the_disk_of_the_audit_log_is_full(scene: Scene) -> None:
    """Vault refuses the scrape, too, because it cannot write that down."""
    with audit_disk_full(scene.vault):
        until_it_fires(scene, "VaultAway", lambda: scene.ask("Hello"))
    until_answered(scene)
    scene.prometheus.wait_until_over("VaultAway")


def test_a_disk_fills(scene: Scene) -> None:
    scene.disk.fill([scene.disks.pid])
    try:
        alert = scene.prometheus.wait_for("DiskFills")
        assert alert["labels"]["mountpoint"].endswith("/disk")
    finally:
        scene.disk.empty([scene.disks.pid])
    scene.prometheus.wait_until_over("DiskFills")


def test_nobody_takes_the_alerts(scene: Scene) -> None:
    scene.alertmanager.stop()
    try:
        scene.prometheus.wait_for("AlertsNotDelivered")
    finally:
        scene.alertmanager.start()
    scene.prometheus.wait_until_over("AlertsNotDelivered")


def test_the_app_is_away(scene: Scene) -> None:
    """Stopped, not ended: a scrape gets no answer in time."""
    master = scene.app.pid
    children = scene.app.children()
    for pid in (master, *children):
        os.kill(pid, signal.SIGSTOP)
    try:
        labels = scene.prometheus.wait_for("InstanceAway")["labels"]
        assert labels["job"] == "team-secrets"
    finally:
        for pid in (*children, master):
            os.kill(pid, signal.SIGCONT)
    scene.prometheus.wait_until_over("InstanceAway")


def until_answered(scene: Scene) -> None:
    ends = time.monotonic() + 100
    while not (answer := scene.ask("Hello")).ok:
        assert time.monotonic() < ends, answer.text
        time.sleep(1)
