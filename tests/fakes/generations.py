"""The shared stamps and a worker's memory, in plain dictionaries."""

from typing import Any

from app.domain.stamps import announced, first_stamp, new_stamp
from app.ports import GenerationsUnavailable


class FakeGenerations:
    """Implements `Generations`. `away`: it answers nobody."""

    def __init__(self) -> None:
        self.stamps: dict[str, str] = {}
        self.away = False

    def read(self, name: str) -> str | None:
        self._answer()
        return self.stamps.get(name)

    def begin(self, name: str) -> str | None:
        self._answer()
        mine = first_stamp()
        # One step, as in the real ones: of several threads one begins.
        return mine if self.stamps.setdefault(name, mine) is mine else None

    def renew(self, name: str, version: int = 0) -> None:
        self._answer()
        self.stamps[name] = new_stamp(version or announced(self.stamps.get(name)))

    def _answer(self) -> None:
        if self.away:
            raise GenerationsUnavailable


class FakeValues:
    """Implements `Values`; it forgets nothing by itself."""

    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self.kept.get(key)

    def set(self, key: str, value: Any, timeout: int) -> None:
        assert timeout > 0
        self.kept[key] = value

    def delete(self, key: str) -> None:
        self.kept.pop(key, None)
