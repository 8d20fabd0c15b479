"""How long and how many tokens are remembered."""

from app.domain.secret import SecretString
from app.services.token_memory import TokenMemory

MOST = 10_000


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def token(number: int) -> SecretString:
    return SecretString(f"token-{number}")


def test_a_token_is_remembered_for_its_seconds_and_each_use_begins_them_anew() -> None:
    clock = Clock()
    memory = TokenMemory(30.0, clock)
    assert token(1) not in memory
    memory.add(token(1))
    clock.now += 29.0
    assert token(1) in memory
    assert token(2) not in memory
    memory.add(token(1))
    clock.now += 29.0
    assert token(1) in memory
    clock.now += 1.0
    assert token(1) not in memory


def test_a_token_that_was_never_seen_is_not_known_even_at_the_clocks_zero() -> None:
    clock = Clock()
    clock.now = 0.0
    assert token(1) not in TokenMemory(30.0, clock)


def test_a_forgotten_token_is_gone_and_one_that_is_unknown_may_be_forgotten() -> None:
    memory = TokenMemory(30.0, Clock())
    memory.add(token(1))
    memory.forget(token(1))
    memory.forget(token(2))
    assert token(1) not in memory


def test_of_too_many_the_one_used_longest_ago_goes_first() -> None:
    memory = TokenMemory(30.0, Clock())
    for number in range(MOST):
        memory.add(token(number))
    assert token(0) in memory
    memory.add(token(0))
    memory.add(token(MOST))
    assert [number for number in range(MOST + 1) if token(number) not in memory] == [1]
