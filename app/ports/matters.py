"""Matters on record, as the agent keeps them and as callers see them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from app.domain.ids import TeamId
from app.domain.matter import Matter, MatterLabel, MatterVersion, Tombstone
from app.domain.secret import SecretString


class MatterStore(Protocol):
    """One team's matters: KV with check-and-set."""

    def find(self, key: str) -> Matter | Tombstone | None:
        """The same as `read`, and the tombstone of a deleted matter."""

    def read(self, key: str) -> Matter | None:
        """The matter there or, where there is a link, the one that it leads to: its `key` says so.
        Raises `MatterUnusable` for a document that is no matter of this team."""

    def write(self, matter: Matter) -> Matter | None:
        """Writes against `matter.version` (0: must never have been there); the matter with its new
        version, or None where another write came first."""

    def bury(self, matter: Matter) -> bool:
        """Writes a tombstone over that version; False where another write came first. No write
        against an older version can undo it."""

    def link(self, key: str, target: str) -> str | None:
        """Writes a link to a matter unless anything is there, or was. Returns the matter that the
        link there leads to; None where there is no link."""

    def expire(self, key: str) -> None:
        """Limits how long Vault keeps what is written there from now on. Before the first write,
        because Vault does not apply it to what is there already."""

    def destroy(self, key: str, version: int) -> None:
        """Destroys the content of that version and all before it for good. Their place in Vault
        stays taken."""


class MatterStores(Protocol):
    def open(self, team_id: TeamId) -> MatterStore: ...


class MatterDesk(Protocol):
    """One team's matters with a caller's rights: Vault decides who may do what."""

    def admit(self) -> None:
        """Raises `Forbidden` unless the caller may see labels, whether there is a matter or not."""

    def names(self, after: str | None) -> Iterator[str]:
        """Ids in order, beginning behind `after`; those of expired matters and of links too. They
        are looked up while they are used."""

    def label(self, key: str) -> MatterLabel | None:
        """None for a link, too. Raises `MatterUnusable`."""

    def versions(self, key: str) -> Sequence[MatterVersion]:
        """Those that Vault knows of, in rising order."""

    def read(self, key: str) -> Matter | None:
        """The whole matter. Raises `MatterUnusable`."""

    def settle(self, label: MatterLabel, changed: MatterLabel, link: str | None) -> bool:
        """Writes the changed payment, without the right to read the matter; False where another
        write came first. `link`: Blawby's payment link."""

    def admit_destroyer(self, key: str) -> None:
        """Raises `Forbidden` unless the caller may destroy the matter. Changes nothing."""

    def destroy(self, key: str) -> bool:
        """Destroys what is there for good, but a tombstone; False where there is nothing else."""


class MatterDesks(Protocol):
    def open(self, caller: SecretString, team_id: TeamId) -> MatterDesk: ...
