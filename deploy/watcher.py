"""The token by which Prometheus reads Vault's own metrics: its copy, and its renewal once a day."""

import time
from dataclasses import dataclass, field

from hvac.exceptions import Forbidden

from app.domain.secret import SecretString
from deploy.access import Access
from deploy.places import Places
from vault.state import write_private

_DAY = 86_400.0
_TOKEN = "metrics-token"  # noqa: S105 (the name of a file)


@dataclass(slots=True)
class WatcherToken:
    """The token ends 32 days after its last renewal."""

    access: Access
    places: Places
    _renewed: float | None = field(default=None, init=False)

    @staticmethod
    def copy(places: Places) -> None:
        """Into the directory that Prometheus sees, which holds no other login."""
        write_private(places.watcher / _TOKEN, (places.credentials / _TOKEN).read_bytes())

    def is_due(self) -> bool:
        return self._renewed is None or time.monotonic() - self._renewed > _DAY

    def renew(self) -> bool:
        """Whether there is a token that works. Another try comes after a day in any case."""
        self._renewed = time.monotonic()
        try:
            token = SecretString((self.places.watcher / _TOKEN).read_text())
            self.access.client(token).auth.token.renew_self()
        except (FileNotFoundError, Forbidden):
            return False
        return True
