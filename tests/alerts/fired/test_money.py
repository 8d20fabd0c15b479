"""Invoices and keys."""

from itertools import cycle

from tests.alerts.faults import blawby_away, blawby_fails
from tests.alerts.scene import Scene


def test_unknown_invoices_until_an_operator_settles_them(scene: Scene) -> None:
    with blawby_fails(scene.sandbox, "invoice", 500):
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


def test_blawby_is_away(scene: Scene) -> None:
    """For several teams, so that not only the breaker of each opens, but also that of all."""
    teams = cycle([scene.new_team() for _ in range(5)])

    def pay() -> str:
        return scene.pay(next(teams))

    with blawby_away(scene.sandbox):
        scene.prometheus.wait_for("FallbackRate", pay, reason="blawby_unavailable")
        scene.prometheus.wait_for("BreakerOpen", pay, breaker="blawby")
    scene.prometheus.wait_for("ObjectiveBurnsFast", objective="intakes billed")
    # Each worker has a breaker of its own, which closes with its next call.
    scene.prometheus.wait_until_over("BreakerOpen", pay)
    scene.prometheus.wait_until_over("FallbackRate", pay)
    assert scene.pay() == "blawby_api"
