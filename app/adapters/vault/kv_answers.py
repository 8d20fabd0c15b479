"""What a KV v2 mount answers, read from the `data` of Vault's own JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class KvRecord:
    """One version's fields."""

    fields: Mapping[str, Any]
    version: int

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "KvRecord":
        return cls(data["data"] or {}, int(data["metadata"]["version"]))


@dataclass(frozen=True, slots=True)
class KvNames:
    """The names of one version's fields, without their values."""

    names: Mapping[str, Any]
    version: int
    created_at: datetime

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "KvNames":
        told = data["metadata"]
        created_at = datetime.fromisoformat(told["created_time"])
        return cls(data["subkeys"] or {}, int(told["version"]), created_at)


@dataclass(frozen=True, slots=True)
class KvVersion:
    version: int
    created_at: datetime
    deleted_at: datetime | None
    destroyed: bool

    @classmethod
    def of(cls, number: int, told: Mapping[str, Any]) -> "KvVersion":
        deleted = told.get("deletion_time") or None
        return cls(
            number,
            datetime.fromisoformat(told["created_time"]),
            datetime.fromisoformat(deleted) if deleted else None,
            bool(told["destroyed"]),
        )

    @property
    def lives(self) -> bool:
        """Whether the version is readable: Vault also reports a deletion in the future."""
        gone = self.deleted_at is not None and self.deleted_at <= datetime.now(UTC)
        return not gone and not self.destroyed


@dataclass(frozen=True, slots=True)
class KvMetadata:
    """Vault's metadata of a path, without its fields; `versions` in rising order."""

    created_at: datetime
    current_version: int
    versions: tuple[KvVersion, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "KvMetadata":
        versions = sorted((data.get("versions") or {}).items(), key=lambda item: int(item[0]))
        return cls(
            datetime.fromisoformat(data["created_time"]),
            int(data["current_version"]),
            tuple(KvVersion.of(int(number), told) for number, told in versions),
        )

    @property
    def current(self) -> KvVersion | None:
        return next((v for v in reversed(self.versions) if v.version == self.current_version), None)
