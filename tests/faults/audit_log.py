"""Vault's audit log, read from where a test began."""

import json
from pathlib import Path
from typing import Any


def written(path: Path, begin: int = 0) -> list[dict[str, Any]]:
    """Its entries. The last line may still be on its way: what works in the background asks Vault
    also while nobody waits for it."""
    with path.open("rb") as file:
        file.seek(begin)
        whole, _, _ = file.read().rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()]


class AuditLog:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = path.stat().st_size

    def requests(self, path: str, operation: str = "", **auth: str) -> list[dict[str, Any]]:
        """Those below a path, done or refused; `auth` is of the metadata of who asked."""
        entries = (one for one in written(self._path, self._begin) if one["type"] == "response")
        return [
            entry
            for entry in entries
            if entry["request"]["path"].startswith(path)
            and operation in {"", entry["request"]["operation"]}
            and auth.items() <= (entry.get("auth") or {}).get("metadata", {}).items()
        ]
