"""Which keys count as refused now: the observer hears of each that comes and goes."""

from prometheus_client import REGISTRY

from app.domain.ids import TeamId
from app.observability.metrics import count_resolution
from app.services.resolution.rejections import Rejections
from tests.rig import new_ulid

TEAM = TeamId(new_ulid())


def test_a_key_that_was_replaced_is_refused_no_more() -> None:
    heard: list[str] = []
    rejections = Rejections(lambda event, _: heard.append(event))
    rejections.refused(TEAM, "stamp", 1)
    assert rejections.is_pausing(TEAM, "stamp", 1)
    assert not rejections.is_pausing(TEAM, "another", 2)
    assert heard == ["key_rejected", "key_replaced"]
    assert not rejections


def test_a_newer_key_that_is_refused_too_takes_its_place() -> None:
    heard: list[str] = []
    rejections = Rejections(lambda event, _: heard.append(event))
    rejections.refused(TEAM, "stamp", 1)
    rejections.refused(TEAM, "another", 2)
    rejections.accepted(TEAM, "another", 2)
    assert heard == ["key_rejected", "key_replaced", "key_rejected", "key_accepted"]


def test_without_a_stamp_nobody_can_tell() -> None:
    heard: list[str] = []
    rejections = Rejections(lambda event, _: heard.append(event))
    rejections.refused(TEAM, "stamp", 1)
    assert not rejections.is_pausing(TEAM, None, 1)
    assert rejections.is_pausing(TEAM, "stamp", 1)
    assert heard == ["key_rejected"]


def test_refused_and_recovered_keys_are_counted() -> None:
    def value(name: str) -> float:
        found = REGISTRY.get_sample_value(f"team_secrets_{name}")
        assert found is not None
        return found

    refused, rejected = value("keys_refused"), value("key_rejections_total")
    recovered = value("key_recoveries_total")
    rejections = Rejections(count_resolution)
    rejections.refused(TEAM, "stamp", 1)
    assert value("keys_refused") == refused + 1
    rejections.accepted(TEAM, "stamp", 1)
    assert value("keys_refused") == refused
    assert value("key_rejections_total") == rejected + 1
    assert value("key_recoveries_total") == recovered + 1
