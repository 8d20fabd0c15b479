"""Identifiers, parsed once at the edge by allow-list and trusted inside.

Paths in Vault are built from them, and hvac resolves `a/../b` to `b`: nothing else may stand there.
"""

import hashlib
import re
from typing import Self

from app.errors import ValidationFailed

_ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}", re.ASCII)
_SLUG = re.compile(r"[a-z0-9](?:-?[a-z0-9])*", re.ASCII)
_SLUG_LENGTH = 63
ULID_PATTERN = f"^{_ULID.pattern}$"
SLUG_PATTERN = f"^{_SLUG.pattern}$"


class TeamId(str):
    """A team's ULID in canonical form, lower case; either case is read (github.com/ulid/spec)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, field: str = "teamId") -> Self:
        if not _ULID.fullmatch(text):
            raise ValidationFailed({field: ["Not a team id (a ULID)."]})
        return cls(text.lower())


class TeamUlid(str):
    """Blawby's own id of a team: checked like a team id, but kept and sent exactly as given."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, field: str = "teamUlid") -> Self:
        if not _ULID.fullmatch(text):
            raise ValidationFailed({field: ["Not a ULID."]})
        return cls(text)


class Slug(str):
    """A team's readable name in links: `[a-z0-9](-?[a-z0-9])*`, 1 to 63 characters. A new one has
    not the form of a team id, because it would be read as the id (`parse_team_reference`)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, field: str = "slug") -> Self:
        if not is_slug(text):
            raise ValidationFailed({field: ["Not a slug (a-z, 0-9 and single hyphens)."]})
        if is_team_id(text):
            raise ValidationFailed({field: ["It has the form of a team id."]})
        return cls(text)


def is_team_id(text: str) -> bool:
    """Whether it is a team id in its canonical form."""
    return bool(_ULID.fullmatch(text)) and text == text.lower()


def is_ulid(text: object) -> bool:
    """Whether it is a ULID in either case."""
    return isinstance(text, str) and bool(_ULID.fullmatch(text))


def is_slug(text: object) -> bool:
    return isinstance(text, str) and len(text) <= _SLUG_LENGTH and bool(_SLUG.fullmatch(text))


def parse_team_reference(text: str) -> TeamId | Slug:
    """A team as the agent's clients name it: a ULID or a slug. A text that is both is the id."""
    if _ULID.fullmatch(text):
        return TeamId(text.lower())
    return Slug.parse(text, field="teamId")


def session_mark(session_id: str) -> str:
    """What a session is called in logs. Its id helps a client to be known again, so that whoever
    reads a log must not learn it."""
    return hashlib.sha256(session_id.encode()).hexdigest()[:16]
