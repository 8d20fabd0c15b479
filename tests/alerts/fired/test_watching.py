"""Nobody watches, or nobody is told."""

from tests.alerts.scene import Scene


def test_nobody_takes_the_alerts(scene: Scene) -> None:
    scene.alertmanager.stop()
    try:
        scene.prometheus.wait_for("AlertsNotDelivered")
    finally:
        scene.alertmanager.start()
    scene.prometheus.wait_until_over("AlertsNotDelivered")


def test_vault_is_no_target_any_more(scene: Scene) -> None:
    with scene.prometheus.scraping("vault"):
        scene.prometheus.wait_for("MetricsMissing", job="vault")
    scene.prometheus.wait_until_over("MetricsMissing")
