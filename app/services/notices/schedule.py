"""The time of the next try after a failure."""

import random
from datetime import datetime, timedelta

_MINUTES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 360)


def next_try(now: datetime, tries: int) -> datetime:
    """After one minute, two, four ..., finally every six hours, spread by a tenth. It is written
    before the try and so is also its lease: no try takes a minute."""
    pause = timedelta(minutes=_MINUTES[min(tries, len(_MINUTES) - 1)])
    return now + pause * random.uniform(1.0, 1.1)  # noqa: S311 (spreads load, guards nothing)
