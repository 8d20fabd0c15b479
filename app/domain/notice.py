"""Notices of matters to a team."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    WEBHOOK = "webhook"
    EMAIL = "email"


class NoticeFailed(Exception):
    """A notice did not arrive, as far as we know. `cause` is a word or two for the log."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Letter:
    to: str
    subject: str
    text: str
