"""Calls to a slow Vault are limited, calls to a quick one are not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from app.adapters.vault.places import Places
from app.errors import VaultUnavailable


class Scene:
    def __init__(self, most: int | None = 2) -> None:
        self.now = 0.0
        self.places = Places(most, lambda: self.now)

    @contextmanager
    def calls(self, number: int) -> Iterator[None]:
        with ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(self.places.one())
            yield

    def crowd(self, number: int, seconds: float) -> int:
        """So many threads wait for another's call, which lasts so long: how many give up."""
        if number == 0:
            self.now += seconds
            return 0
        given_up = 0
        looks = iter([False, True])

        def is_over(_seconds: float) -> bool:
            nonlocal given_up
            ends = next(looks)
            given_up += 0 if ends else self.crowd(number - 1, seconds)
            return ends

        try:
            self.places.wait(is_over)
        except VaultUnavailable:
            given_up += 1
        return given_up


def test_a_quick_vault_is_not_limited() -> None:
    scene = Scene()
    for _ in range(3):
        with scene.calls(50):
            scene.now += 0.9


def test_while_a_call_is_slow_only_so_many_wait() -> None:
    scene = Scene()
    with scene.calls(2):
        scene.now += 1.1
        with pytest.raises(VaultUnavailable), scene.calls(1):
            pass
    with scene.calls(2):
        pass


def test_a_vault_that_was_slow_is_so_for_a_while() -> None:
    scene = Scene()
    with scene.calls(1):
        scene.now += 1.1
    scene.now += 4.9
    with pytest.raises(VaultUnavailable), scene.calls(3):
        pass
    scene.now += 0.2
    with scene.calls(3):
        pass


def test_what_is_needed_is_never_refused() -> None:
    scene = Scene(most=1)
    with scene.calls(1):
        scene.now += 1.1
        with scene.places.one(needed=True):
            pass


def test_without_a_number_nothing_is_limited() -> None:
    scene = Scene(most=None)
    with scene.calls(100):
        scene.now += 1
        with scene.calls(100):
            pass


def test_any_number_waits_for_a_quick_call() -> None:
    scene = Scene()
    with scene.calls(1):
        assert scene.crowd(60, 0.9) == 0


def test_when_a_call_becomes_slow_so_many_keep_waiting_for_it() -> None:
    scene = Scene(most=3)
    with scene.calls(1):
        assert scene.crowd(5, 1.1) == 3


def test_who_waits_for_anothers_call_takes_the_place_of_a_call() -> None:
    scene = Scene()
    with scene.calls(1):
        scene.now += 1.1

        def is_over(_seconds: float) -> bool:
            with pytest.raises(VaultUnavailable), scene.calls(1):
                pass
            return True

        scene.places.wait(is_over)
    with scene.calls(1):
        pass


def test_while_vault_is_slow_nobody_waits_without_a_place() -> None:
    scene = Scene()
    with scene.calls(2):
        scene.now += 1.1
        assert scene.crowd(1, 0) == 1


def test_who_waits_looks_again_when_vault_may_have_become_slow() -> None:
    scene, waited = Scene(), []

    def is_over(seconds: float) -> bool:
        waited.append(seconds)
        scene.now += seconds
        return len(waited) == 3

    with scene.calls(1):
        scene.now += 0.25
        scene.places.wait(is_over)
    assert waited == [0.75, 1, 1]


def test_what_is_needed_takes_the_place_of_one_who_waits() -> None:
    scene = Scene(most=1)
    looks = iter([False, False, True])
    with ExitStack() as stack:

        def is_over(_seconds: float) -> bool:
            stack.enter_context(scene.places.one(needed=True))
            scene.now += 0.6
            return next(looks)

        with pytest.raises(VaultUnavailable):
            scene.places.wait(is_over)


def test_without_a_number_any_number_waits() -> None:
    scene = Scene(most=None)
    with scene.calls(1):
        assert scene.crowd(60, 5) == 0
