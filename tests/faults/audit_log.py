"""Vault's audit log, read from where a test began."""

import json
from pathlib import Path
from typing import Any


class AuditLog:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = path.stat().st_size

    def requests(self, path: str, operation: str = "", **auth: str) -> list[dict[str, Any]]:
        """Those below a path, done or refused; `auth` is of the metadata of who asked."""
        with self._path.open("rb") as file:
            file.seek(self._begin)
            # The last line may be half written.
            whole = file.read().rpartition(b"\n")[0]
        lines = [json.loads(line) for line in whole.splitlines()]
        entries = (line for line in lines if line["type"] == "response")
        return [
            entry
            for entry in entries
            if entry["request"]["path"].startswith(path)
            and operation in {"", entry["request"]["operation"]}
            and auth.items() <= (entry.get("auth") or {}).get("metadata", {}).items()
        ]
