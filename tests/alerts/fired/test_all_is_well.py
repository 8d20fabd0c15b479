"""What fires without a fault: the watchdog alone."""

import time

from tests.alerts.scene import Scene


def test_nothing_fires_while_all_is_well(scene: Scene) -> None:
    assert scene.pay() == "blawby_api"
    scene.prometheus.wait_for("Watchdog")
    # Longer than most alerts wait.
    for _ in range(10):
        assert scene.pay() == "blawby_api"
        time.sleep(1)
    assert scene.prometheus.names() == {"Watchdog"}
    assert scene.alertmanager.alerts() == {"Watchdog"}
