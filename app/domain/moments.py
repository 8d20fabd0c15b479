"""Moments in time, as ISO 8601 writes them."""

from datetime import UTC, datetime


def read_moment(text: str) -> datetime:
    """Read a moment with its time zone. Raises `ValueError`; `TypeError` for what is no text."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("without a time zone")
    return within_reach(moment)


def within_reach(moment: datetime) -> datetime:
    """The same moment. Raises `ValueError` if it falls outside the years 1 to 9999 in UTC: it could
    be stored, and then neither be shown in UTC nor be subtracted from."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside the years 1 to 9999 in UTC") from None
    return moment
