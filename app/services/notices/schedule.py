"""The time of the next try after a failure."""

import random
from datetime import datetime, timedelta

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=6)
_DOUBLINGS = 12


def next_try(now: datetime, tries: int) -> datetime:
    """After one minute, two, four ..., finally every six hours, spread by a tenth. It is written
    before the try and so is also its lease: no try takes a minute."""
    pause = min(_FIRST_PAUSE * (1 << min(tries, _DOUBLINGS)), _LONGEST_PAUSE)
    return now + pause * random.uniform(1.0, 1.1)  # noqa: S311 (spreads load, guards nothing)
