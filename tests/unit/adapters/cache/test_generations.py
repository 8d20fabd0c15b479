"""What is owed to a backend that did not take the news, and who pays it."""

import threading
from typing import Any

import pytest
import redis
from prometheus_client import REGISTRY

from app.adapters.cache.generations import SharedGenerations
from app.domain.stamps import announced
from app.ports import GenerationsUnavailable
from tests.waiting import eventually


class Backend:
    """A cache in this process that can be away, or of which one value cannot be read."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}
        self.error: Exception | None = None
        self.takes = True
        self.unreadable = ""

    def get(self, name: str) -> Any:
        if self.error:
            raise self.error
        if name == self.unreadable:
            raise redis.ResponseError("WRONGTYPE")
        return self.kept.get(name)

    def set(self, name: str, value: Any, timeout: int) -> bool:
        if self.error:
            raise self.error
        if self.takes:
            self.kept[name] = value
        return self.takes

    def add(self, name: str, value: Any, timeout: int) -> bool:
        if self.error:
            raise self.error
        if name in self.kept:
            return False
        self.kept[name] = value
        return True


def errors() -> float:
    return REGISTRY.get_sample_value("team_secrets_generation_errors_total") or 0.0


def payers() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if "_pay_when_possible" in one.name}


@pytest.fixture
def backend() -> Backend:
    return Backend()


@pytest.fixture
def generations(backend: Backend) -> SharedGenerations:
    return SharedGenerations(backend, 60, remote=False)


@pytest.mark.parametrize("error", [None, redis.ConnectionError(), redis.TimeoutError(), OSError()])
def test_what_was_not_taken_is_owed_and_paid_by_one_thread(
    backend: Backend, generations: SharedGenerations, error: Exception | None
) -> None:
    backend.error, backend.takes = error, False
    before, failed = payers(), errors()
    for name in ("first", "second", "first"):
        with pytest.raises(GenerationsUnavailable):
            generations.renew(name)
    assert len(payers() - before) == 1
    assert errors() == failed + 3
    with pytest.raises(GenerationsUnavailable):
        generations.read("first")
    assert errors() == failed + 4
    backend.error, backend.takes = None, True
    eventually(lambda: set(backend.kept) == {"first", "second"})
    eventually(lambda: payers() <= before)
    assert generations.read("first") == backend.kept["first"]


def test_what_is_owed_is_paid_before_anything_is_read(
    backend: Backend, generations: SharedGenerations
) -> None:
    backend.takes = False
    with pytest.raises(GenerationsUnavailable):
        generations.renew("first")
    backend.takes = True
    assert generations.read("other") is None
    assert generations.read("first") == backend.kept["first"] is not None


def test_a_value_of_another_type_is_none_and_the_others_are_read(
    backend: Backend, generations: SharedGenerations
) -> None:
    stamp = generations.begin("first")
    assert stamp is not None
    backend.unreadable = "second"
    before = errors()
    assert generations.read("second") is None
    assert generations.read("first") == stamp
    assert errors() == before


def test_who_begins_behind_another_type_renews_it(
    backend: Backend, generations: SharedGenerations
) -> None:
    backend.kept["first"] = object()
    backend.unreadable = "first"
    assert generations.begin("first") is None
    assert isinstance(backend.kept["first"], str)


def test_a_stamp_says_which_version_it_was_renewed_for(
    backend: Backend, generations: SharedGenerations
) -> None:
    generations.renew("first")
    assert announced(backend.kept["first"]) == 0
    generations.renew("first", 7)
    assert announced(backend.kept["first"]) == 7


def test_who_begins_second_changes_nothing(
    backend: Backend, generations: SharedGenerations
) -> None:
    stamp = generations.begin("first")
    assert generations.begin("first") is None
    assert backend.kept["first"] == stamp


@pytest.mark.parametrize("remote", [True, False])
def test_a_backend_that_is_away_is_told(backend: Backend, remote: bool) -> None:
    generations = SharedGenerations(backend, 60, remote=remote)
    backend.error = redis.ConnectionError()
    before = errors()
    for call in (generations.probe, lambda: generations.read("x"), lambda: generations.begin("x")):
        with pytest.raises(GenerationsUnavailable):
            call()
    assert errors() == before + 3
