"""Which keys open which accounts: any well-formed key, until keys are declared for a team."""

import re
import threading

_KEY = re.compile(r"[!-~]{8,512}", re.ASCII)
_REFUSED_PREFIXES = ("revoked", "bad", "invalid")


class Keys:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._declared: dict[str, set[str]] = {}
            self._revoked: set[str] = set()

    def declare(self, team: str, key: str) -> None:
        """From now on only declared keys open this team's account."""
        with self._lock:
            self._declared.setdefault(team.lower(), set()).add(key)
            self._revoked.discard(key)

    def revoke(self, key: str) -> None:
        with self._lock:
            self._revoked.add(key)

    def refusal(self, team: str, key: str | None) -> int | None:
        """401 for no valid key, 404 for another team's key, None for a key that opens."""
        if key is None or not _KEY.fullmatch(key) or key.startswith(_REFUSED_PREFIXES):
            return 401
        with self._lock:
            if key in self._revoked:
                return 401
            owned = self._declared.get(team.lower())
            if owned is None:
                return None if not self._belongs_elsewhere(key) else 404
            if key in owned:
                return None
            return 404 if self._belongs_elsewhere(key) else 401

    def _belongs_elsewhere(self, key: str) -> bool:
        return any(key in owned for owned in self._declared.values())
