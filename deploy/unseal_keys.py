"""The file with the unseal keys, which the operator moves away after the first start."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.domain.secret import SecretString
from vault.state import write_private


class NoUnsealKeys(RuntimeError):
    """There are no unseal keys, neither stored nor given. The message says what to do."""


@dataclass(frozen=True, slots=True)
class UnsealKeys:
    """`threshold` of the `shares` unseal Vault, or with auto-unseal allow a new root token.

    `root_token` is set between the initialisation and the end of the first preparation.
    """

    shares: tuple[SecretString, ...]
    threshold: int
    root_token: SecretString | None = None

    @classmethod
    def parse(cls, text: str) -> "UnsealKeys":
        """Raises `NoUnsealKeys` if the text is no such file."""
        try:
            found = json.loads(text)
            root = found.get("root_token")
            return cls(
                tuple(SecretString(str(share)) for share in found["keys"]),
                int(found["threshold"]),
                SecretString(root) if root else None,
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            raise NoUnsealKeys("the unseal keys cannot be read: not a file of ours") from None

    @property
    def enough(self) -> Iterable[SecretString]:
        return self.shares[: self.threshold]

    def without_root_token(self) -> "UnsealKeys":
        return replace(self, root_token=None)

    def as_json(self) -> str:
        content: dict[str, Any] = {
            "keys": [share.reveal() for share in self.shares],
            "threshold": self.threshold,
        }
        if self.root_token:
            content["root_token"] = self.root_token.reveal()
        return json.dumps(content, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """Where the keys are stored until the operator moves them away."""

    path: Path

    def read(self) -> UnsealKeys | None:
        return UnsealKeys.parse(self.path.read_text()) if self.path.exists() else None

    def write(self, keys: UnsealKeys) -> None:
        write_private(self.path, keys.as_json().encode())
