"""Logins, limits, the shared cache, the processes of the app."""

import signal

import requests

from tests.alerts.faults import cache_frozen, login_locked, login_refused
from tests.alerts.scene import Scene
from tests.frozen import frozen


def test_requests_that_policies_refuse(scene: Scene) -> None:
    def trespass() -> None:
        metrics = (scene.credentials / "metrics-token").read_text()
        answer = requests.get(
            f"{scene.app.url}/api/team-secrets/{scene.team_id}",
            headers={"Authorization": f"Bearer {metrics}"},
            timeout=15,
        )
        assert answer.status_code == 403

    scene.prometheus.wait_for("RefusalsSpike", trespass)


def test_a_flood_of_logins(scene: Scene) -> None:
    def knock() -> None:
        body = {"roleId": "nobody", "secretId": "nothing"}
        requests.post(f"{scene.app.url}/api/auth/login", json=body, timeout=15)

    scene.prometheus.wait_for("RateLimitedMuch", knock)


def test_a_wrapping_token_that_is_foreign(scene: Scene) -> None:
    body = {"wrappingToken": "hvs.neither-ours-nor-anybodys"}
    answer = requests.post(f"{scene.app.url}/api/auth/unwrap", json=body, timeout=15)
    assert answer.status_code == 401
    scene.prometheus.wait_for("WrappingTokenRefused")


def test_the_shared_cache_is_away(scene: Scene) -> None:
    with cache_frozen(scene):
        scene.prometheus.wait_for("SharedCacheAway", lambda: scene.ask("Hello"))
    scene.prometheus.wait_until_over("SharedCacheAway")


def test_the_login_of_the_service_is_refused(scene: Scene) -> None:
    with login_refused(scene):
        scene.app.signal(signal.SIGHUP)
        scene.prometheus.wait_for("ServiceLoginRefused", lambda: scene.ask("Hello"))
    with_new_workers(scene)
    scene.prometheus.wait_until_over("ServiceLoginRefused")


def test_the_login_of_the_service_is_locked_until_a_bootstrap(scene: Scene) -> None:
    with login_locked(scene):
        scene.app.signal(signal.SIGHUP)
        scene.prometheus.wait_for("ServiceLoginLocked", lambda: scene.ask("Hello"))
    with_new_workers(scene)
    scene.prometheus.wait_until_over("ServiceLoginLocked")


def with_new_workers(scene: Scene) -> None:
    """The old ones log in again within a minute."""
    scene.app.signal(signal.SIGHUP)
    scene.until_answered()


def test_workers_that_end_unasked(scene: Scene) -> None:
    def kill() -> None:
        scene.app.kill_workers()
        scene.app.wait_ready()

    scene.prometheus.wait_for("WorkersCrash", kill)
    scene.until_answered()


def test_the_app_is_away(scene: Scene) -> None:
    """A scrape gets no answer in time."""
    with frozen(scene.app.pid, *scene.app.children()):
        scene.prometheus.wait_for("InstanceAway", job="team-secrets")
    scene.prometheus.wait_until_over("InstanceAway")
