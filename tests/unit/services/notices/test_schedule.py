"""When a failed notice or memo is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from app.services.notices.schedule import next_try

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "minutes"),
    [
        *enumerate((1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360)),
        (1_000, 360),
    ],
)
def test_pauses_double_up_to_six_hours_and_are_spread_by_a_tenth(tries: int, minutes: int) -> None:
    shortest = timedelta(minutes=minutes)
    pauses = [next_try(NOW, tries) - NOW for _ in range(50)]
    assert all(shortest <= pause <= 1.1 * shortest for pause in pauses)
    assert len(set(pauses)) > 1
