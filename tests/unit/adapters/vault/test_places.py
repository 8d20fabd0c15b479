"""Calls to a slow Vault are limited, calls to a quick one are not."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from app.adapters.vault.places import Places
from app.errors import VaultUnavailable


class Scene:
    def __init__(self, most: int | None = 2) -> None:
        self.now = 100.0
        self.places = Places(most, lambda: self.now)

    @contextmanager
    def calls(self, number: int) -> Iterator[None]:
        with ExitStack() as stack:
            for _ in range(number):
                stack.enter_context(self.places.one())
            yield


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
    with pytest.raises(VaultUnavailable), scene.calls(3):
        pass
    scene.now += 6
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
