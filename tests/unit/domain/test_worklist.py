"""Names on the worklist: they sort by time, hold what a list needs, and can be read again."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.ids import TeamId
from app.domain.worklist import WorkItem

TEAM = TeamId("01jq70jnstyfzevc6423czh50e")
KEY = "0123456789abcdef" * 2
ITEM = WorkItem(datetime(2026, 5, 4, 12, 30, 1, 5, tzinfo=UTC), TEAM, KEY)

times = st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(times)
def test_a_name_is_read_again(at: datetime) -> None:
    item = WorkItem(at, TEAM, KEY)
    assert WorkItem.parse(item.name) == item


@given(times, times)
def test_names_sort_by_time(one: datetime, other: datetime) -> None:
    first, second = (WorkItem(at, TEAM, KEY).name for at in (one, other))
    assert (first < second) == (one < other)


def test_an_hour_is_the_same_hour_everywhere() -> None:
    east = timezone(timedelta(hours=9))
    assert WorkItem(ITEM.at.astimezone(east), TEAM, KEY).name == ITEM.name
    assert ITEM.name == f"20260504T123001.000005Z-{TEAM}-{KEY}"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        ITEM.name[:-1],
        ITEM.name + "0",
        ITEM.name + "\n",
        ITEM.name.upper(),
        ITEM.name.replace("20260504", "20261404"),
        ITEM.name.replace(TEAM, "9" * 26),
        ITEM.name.replace(KEY, "g" * 32),
        f"../{ITEM.name}",
    ],
)
def test_what_the_app_did_not_write_is_no_item(name: str) -> None:
    assert WorkItem.parse(name) is None
