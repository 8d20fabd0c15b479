"""Who waits for a silent Vault, and who need not."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from app.adapters.vault.breaker import VaultBreaker
from app.errors import VaultUnavailable
from tests.unit.adapters.vault.conftest import Clock


@pytest.fixture
def breaker(clock: Clock) -> VaultBreaker:
    return VaultBreaker(clock)


def changes() -> tuple[float, float]:
    """How often breakers of Vault opened, and closed."""
    name = "team_secrets_breaker_changes_total"
    labels = [{"breaker": "vault", "state": state} for state in ("open", "closed")]
    opened, closed = (REGISTRY.get_sample_value(name, one) or 0.0 for one in labels)
    return opened, closed


def wait_in_vain(breaker: VaultBreaker, clock: Clock, seconds: float = 1.0) -> None:
    with breaker.around():
        clock.now += seconds


def be_answered(breaker: VaultBreaker, clock: Clock, seconds: float = 0.0) -> None:
    with breaker.around():
        clock.now += seconds
        breaker.heard()


def is_refused(breaker: VaultBreaker) -> bool:
    try:
        with breaker.around():
            return False
    except VaultUnavailable:
        return True


@pytest.mark.parametrize(("seconds", "opens"), [(0.0, 0), (0.0625, 0), (0.125, 1), (10.0, 1)])
def test_only_a_call_that_waited_in_vain_opens_it(
    breaker: VaultBreaker, clock: Clock, seconds: float, opens: int
) -> None:
    """Who is refused at once has not waited."""
    opened, closed = changes()
    wait_in_vain(breaker, clock, seconds)
    assert changes() == (opened + opens, closed)


def test_a_slow_answer_is_none_in_vain(breaker: VaultBreaker, clock: Clock) -> None:
    before = changes()
    for _ in range(3):
        be_answered(breaker, clock, seconds=10.0)
    assert changes() == before


def test_a_silent_call_is_none_in_vain_while_others_are_answered(
    breaker: VaultBreaker, clock: Clock
) -> None:
    before = changes()
    with breaker.around():
        be_answered(breaker, clock)
        clock.now += 10.0
    assert changes() == before
    with breaker.around():
        clock.now += 10.0
    assert changes() != before


def test_after_one_in_vain_the_next_tries_at_once_and_an_answer_closes_it(
    breaker: VaultBreaker, clock: Clock
) -> None:
    opened, closed = changes()
    wait_in_vain(breaker, clock)
    be_answered(breaker, clock)
    assert changes() == (opened + 1, closed + 1)
    with breaker.around():
        be_answered(breaker, clock)
    assert changes() == (opened + 1, closed + 1)


def test_after_a_trial_in_vain_nobody_tries_for_half_a_second(
    breaker: VaultBreaker, clock: Clock
) -> None:
    opened, closed = changes()
    wait_in_vain(breaker, clock)
    wait_in_vain(breaker, clock)
    for moved in (0.0, 0.25, 0.125):
        clock.now += moved
        assert is_refused(breaker)
    clock.now += 0.125
    be_answered(breaker, clock)
    assert changes() == (opened + 1, closed + 1)
    assert not is_refused(breaker)


def test_a_trial_that_fails_at_once_leaves_the_next_to_try(
    breaker: VaultBreaker, clock: Clock
) -> None:
    wait_in_vain(breaker, clock)
    for _ in range(3):
        assert not is_refused(breaker)


def test_while_one_tries_the_rest_fail(breaker: VaultBreaker, clock: Clock) -> None:
    wait_in_vain(breaker, clock)
    with breaker.around():
        with ThreadPoolExecutor(2) as pool:
            assert all(pool.map(is_refused, [breaker] * 3))
        breaker.heard()
    assert not is_refused(breaker)


def test_who_waited_for_a_trial_in_vain_does_not_repeat_it(
    breaker: VaultBreaker, clock: Clock
) -> None:
    """The second waits for the first's place and gets it; by then there is a pause."""
    wait_in_vain(breaker, clock)
    waiting = threading.Thread(target=lambda: refused.append(is_refused(breaker)))
    refused: list[bool] = []
    with breaker.around():
        waiting.start()
        clock.now += 1.0
    waiting.join()
    assert refused == [True]
    clock.now += 0.5
    assert not is_refused(breaker)
