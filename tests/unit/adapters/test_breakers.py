"""A breaker's changes: one line and one count for each, and none for a trial that fails."""

import logging
from contextlib import suppress
from itertools import count

import pytest
from prometheus_client import REGISTRY
from pybreaker import CircuitBreaker, CircuitBreakerError

from app.adapters.breakers import Watched
from app.adapters.vault.breaker import VaultBreaker
from app.observability.upstreams import BREAKERS, TEAM_BREAKERS


def changes(breaker: str) -> tuple[float | None, ...]:
    name = "team_secrets_breaker_changes_total"
    states = ("open", "closed")
    return tuple(REGISTRY.get_sample_value(name, {"breaker": breaker, "state": s}) for s in states)


def is_open(breaker: str) -> float | None:
    return REGISTRY.get_sample_value("team_secrets_breaker_open", {"breaker": breaker})


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == "app.adapters.breakers"]


@pytest.mark.parametrize("breaker", [*BREAKERS, TEAM_BREAKERS])
def test_it_opens_tries_in_vain_and_closes(breaker: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    circuit = CircuitBreaker(fail_max=1, reset_timeout=0, listeners=[Watched(breaker)])
    opened, closed = changes(breaker)
    assert opened is not None
    assert closed is not None
    for _ in range(3):
        with suppress(CircuitBreakerError), circuit.calling():
            raise ConnectionError
    assert changes(breaker) == (opened + 1, closed)
    assert is_open(breaker) == (None if breaker == TEAM_BREAKERS else 1)
    with circuit.calling():
        pass
    assert changes(breaker) == (opened + 1, closed + 1)
    assert is_open(breaker) == (None if breaker == TEAM_BREAKERS else 0)
    assert lines(caplog) == ["a breaker opened", "a breaker closed"]


def test_vaults_own(caplog: pytest.LogCaptureFixture) -> None:
    a_second_each = count(1).__next__
    breaker, waited = VaultBreaker(a_second_each), changes("vault")
    with suppress(ConnectionError), breaker.around():
        raise ConnectionError
    assert is_open("vault") == 1
    for _ in range(2):
        breaker.heard()
    assert is_open("vault") == 0
    assert changes("vault") == tuple((before or 0) + 1 for before in waited)
    assert lines(caplog) == ["a breaker opened", "a breaker closed"]
