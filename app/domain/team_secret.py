"""A secret to store, and the result."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.ids import TeamUlid
from app.domain.secret import SecretString


@dataclass(frozen=True, slots=True)
class NewSecret:
    api_key: SecretString
    team_ulid: TeamUlid
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """`created`: there was no secret before. `delayed`: the shared cache did not store the new
    stamp."""

    version: int
    created: bool
    delayed: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    valid: bool
    checked_at: datetime


@dataclass(frozen=True, slots=True)
class SecretLabel:
    """The public part of a secret. `fingerprint`: 12 hex digits of an HMAC of the key under a key
    that only Vault has; `write_id` identifies the write, so that the app recognises its own. Both
    are missing for a key written into Vault by hand."""

    team_ulid: TeamUlid
    fingerprint: str | None
    write_id: str | None
    expires_at: datetime | None = None
    created_at: datetime | None = None
    """When the secret's first version was stored; None in that version."""


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """The public part of the current secret: `updated_at` is the time of this version."""

    version: int
    updated_at: datetime
    label: SecretLabel

    @property
    def created_at(self) -> datetime:
        return self.label.created_at or self.updated_at

    @property
    def by_hand(self) -> bool:
        """Whether it was written directly into Vault, without the app."""
        return self.label.write_id is None


@dataclass(frozen=True, slots=True)
class SecretVersion:
    version: int
    created_at: datetime
    deleted_at: datetime | None
    destroyed: bool

    @property
    def lives(self) -> bool:
        return self.deleted_at is None and not self.destroyed


@dataclass(frozen=True, slots=True)
class SecretHistory:
    """A secret's versions in rising order; empty if there never was one."""

    created_at: datetime | None = None
    versions: tuple[SecretVersion, ...] = ()

    @property
    def latest(self) -> SecretVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def living(self) -> SecretVersion | None:
        """The latest version if it is not deleted: a deleted secret counts as none."""
        return self.latest if self.latest and self.latest.lives else None

    @property
    def version(self) -> int:
        """The check-and-set value of the next write: 0 if there never was a version."""
        return self.latest.version if self.latest else 0
