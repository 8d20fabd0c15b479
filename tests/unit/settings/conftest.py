"""The environment with what the app needs, and changes to it."""

from collections.abc import Callable

import pytest

from app.settings import Settings

NEEDED = {
    "VAULT_ADDR": "http://127.0.0.1:8200",
    "VAULT_ROLE_ID": "the-role",
    "VAULT_SECRET_ID": "the-secret",
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Reads the settings where the environment has what is needed and `changes`."""
    for field in Settings.__slots__:
        monkeypatch.delenv(field.upper(), raising=False)
        monkeypatch.delenv(f"{field.upper()}_FILE", raising=False)

    def reading(**changes: str | None) -> Settings:
        for name, value in (NEEDED | changes).items():
            if value is not None:
                monkeypatch.setenv(name, value)
        return Settings.from_environment()

    return reading
