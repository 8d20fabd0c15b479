"""An app with few threads, and two whose disk is full."""

import pytest

from tests.alerts.faults import blawby_slow
from tests.alerts.scene import Scene
from tests.faults.small_disk import SmallDisk
from tests.faults.test_full_disk import restart_workers_on_a_full_disk
from tests.faults.test_vault_cluster import running

_THREADS = 8


def test_a_slow_blawby_and_few_threads(scene: Scene) -> None:
    """More clients than threads: some wait for a place at Blawby, others for a thread."""
    with scene.another_app(alone=True, WORKER_THREADS=str(_THREADS)) as app:

        def pay() -> None:
            scene.ask(app=app)

        with blawby_slow(scene.sandbox, "search", 2), running(pay, threads=2 * _THREADS):
            scene.prometheus.wait_for("PlacesExhausted")
            scene.prometheus.wait_for("ThreadsExhausted")
        scene.prometheus.wait_until_over("PlacesExhausted")
        scene.prometheus.wait_until_over("ThreadsExhausted")


@pytest.fixture
def disk(scene: Scene) -> SmallDisk:
    return SmallDisk(scene.new_directory() / "small")


def test_workers_find_no_room_for_what_they_share(scene: Scene, disk: SmallDisk) -> None:
    cache = disk.directory / "cache"
    with scene.another_app(prefix=disk.prefix, CACHE_DIR=str(cache)) as app:
        until_scraped(scene, 2)
        restart_workers_on_a_full_disk(app, disk, ["rates", "changes"])
        scene.prometheus.wait_for("SharedMemoryFails", lambda: scene.ask("Hello", app=app))
        disk.empty([app.pid])
        scene.prometheus.wait_until_over("SharedMemoryFails")


def test_workers_find_no_room_for_their_metrics(scene: Scene, disk: SmallDisk) -> None:
    """It answers the scrape, and says nothing."""
    with scene.another_app(prefix=disk.prefix, TMPDIR=str(disk.directory)) as app:
        until_scraped(scene, 2)
        restart_workers_on_a_full_disk(app, disk, ["*.db"])
        scene.prometheus.wait_for("MetricsMissing", job="team-secrets")
        disk.empty([app.pid])
        scene.prometheus.wait_until_over("MetricsMissing")


def until_scraped(scene: Scene, instances: int) -> None:
    scene.prometheus.wait_until(f"count(team_secrets_build_info) == {instances}")
