"""Limits at their edges: the size of a configuration, and how often something may be done."""

import json
from typing import Any

import pytest
from limits import RateLimitItem, parse

from app.domain.team import TeamConfig
from app.errors import RateLimited, ValidationFailed
from app.services.config_size import check_size
from app.services.rate_limits import RateLimit

LARGEST, MOST = 64 * 1024, 900


def refusal(document: dict[str, Any]) -> str:
    with pytest.raises(ValidationFailed) as refused:
        check_size(TeamConfig(document))
    details: Any = refused.value.details
    (said,) = details["config"]
    return str(said)


def test_a_configuration_has_64_kilobytes_at_most() -> None:
    empty = len(json.dumps({"a": ""}))
    check_size(TeamConfig({"a": "x" * (LARGEST - empty)}))
    assert refusal({"a": "x" * (LARGEST + 1 - empty)}) == "Larger than 64 KiB."


def nested(many: int) -> dict[str, Any]:
    """Of so many names and texts: three above the list, three in each of its elements."""
    deep = [{"b": "x", "c": 1}] * ((many - 3) // 3)
    return {"a": {"deep": deep}, "rest": ["y"] * ((many - 3) % 3)}


@pytest.mark.parametrize("many", [MOST, MOST - 1, MOST - 2])
def test_a_configuration_has_900_names_and_texts_at_most(many: int) -> None:
    check_size(TeamConfig(nested(many)))
    check_size(TeamConfig({str(number): number for number in range(many)}))
    for document in (nested(many + 3), {str(number): number for number in range(many + 3)}):
        assert refusal(document) == "More than 900 names and texts."
    assert refusal({str(number): number for number in range(MOST + 1)})


class Counter:
    """Makes everybody wait for so long."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        self.counted: list[tuple[str, ...]] = []

    def wait(self, rule: RateLimitItem, *who: str) -> int:
        self.counted.append((str(rule), *who))
        return self.seconds


def test_who_need_not_wait_is_admitted_and_counted() -> None:
    counter = Counter(0)
    RateLimit(counter, parse("3/minute")).admit("a", "b")
    assert counter.counted == [("3 per 1 minute", "a", "b")]


@pytest.mark.parametrize("seconds", [1, 60])
def test_who_has_to_wait_is_told_how_long(seconds: int) -> None:
    with pytest.raises(RateLimited) as refused:
        RateLimit(Counter(seconds), parse("3/minute")).admit("a")
    assert refused.value.retry_after == seconds
