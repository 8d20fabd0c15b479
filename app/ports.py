"""What the services need of the world, in the field's words. Adapters implement these.

Stores are bound to one team and one identity when they are made, so that no call can mix two.
Where Vault is behind it, every method may raise `VaultUnavailable`, `Unauthenticated`, `Forbidden`;
what else it raises is said with it.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, Protocol

from limits import RateLimitItem

from app.ids import Slug, TeamId, TeamUlid
from app.secret import SecretString
from app.teams import ResolvedTeam, Team, TeamKey

# --- secrets and teams ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SecretLabel:
    """What may be shown of a secret. `fingerprint`: 12 hex digits of an HMAC of the key under a
    key that only Vault holds; `write_id`: which write made it, to know one's own again."""

    team_ulid: TeamUlid
    fingerprint: str
    write_id: str
    expires_at: datetime | None = None
    created_at: datetime | None = None
    """When the secret's first version came; None in that one."""


@dataclass(frozen=True, slots=True)
class ShownSecret:
    """The living secret as far as it may be shown: `updated_at` is when this version came."""

    version: int
    updated_at: datetime
    label: SecretLabel

    @property
    def created_at(self) -> datetime:
        return self.label.created_at or self.updated_at


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
    """A secret's versions in rising order; empty when there never was one."""

    created_at: datetime | None = None
    versions: tuple[SecretVersion, ...] = ()

    @property
    def latest(self) -> SecretVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def living(self) -> SecretVersion | None:
        """The latest version if it lives: a deleted secret counts as none."""
        return self.latest if self.latest and self.latest.lives else None

    @property
    def version(self) -> int:
        """The check-and-set value of the next write: 0 when there never was one."""
        return self.latest.version if self.latest else 0


class SecretStore(Protocol):
    """One team's secret, with one caller's rights. Nothing here gives the key."""

    def admit_writer(self) -> None:
        """Raises `Forbidden` unless the caller may write it, whether there is one or not."""

    def history(self) -> SecretHistory: ...

    def shown(self, version: int | None = None) -> ShownSecret | None:
        """The newest version unless told, if it lives; in one read."""

    def fingerprint(self, api_key: SecretString) -> str: ...

    def write(self, api_key: SecretString, label: SecretLabel, expected: int) -> int:
        """The new version; `VersionConflict` when `expected` is not the newest any more."""

    def delete(self, version: int) -> None: ...

    def undelete(self, version: int) -> None: ...

    def destroy(self, versions: Sequence[int]) -> None: ...


class SecretStores(Protocol):
    def open(self, caller: SecretString, team_id: TeamId) -> SecretStore: ...


@dataclass(frozen=True, slots=True)
class Credentials:
    """A team's login: its role id, and a token that unwraps a new secret id once."""

    role_id: str
    wrapping_token: SecretString
    expires_in: int
    """Seconds."""


class TeamRegistry(Protocol):
    """The teams, with one caller's rights."""

    def page(self, after: TeamId | None, limit: int) -> Sequence[TeamId]:
        """Team ids in order behind `after`, at most `limit` of them."""

    def own(self) -> TeamId | None:
        """The team that the caller is a member of."""

    def read(self, team_id: TeamId) -> Team | None: ...

    def register(self, team: Team) -> bool:
        """Entity, aliases, AppRole, slug and configuration; whether the team is new.
        Every step may be repeated. Raises `SlugTaken`."""

    def remove(self, team_id: TeamId) -> bool:
        """Everything of it; whether there was anything."""

    def issue_credentials(self, team_id: TeamId) -> Credentials:
        """Raises `TeamNotFound`."""

    def revoke_credentials(self, team_id: TeamId) -> None:
        """All its secret ids. Raises `TeamNotFound`."""


class TeamRegistries(Protocol):
    def open(self, caller: SecretString) -> TeamRegistry: ...


@dataclass(frozen=True, slots=True)
class Login:
    token: SecretString
    expires_in: int
    """Seconds."""
    team_id: TeamId | None


class Logins(Protocol):
    """Vault's login, passed on. Raises `Unauthenticated` for whatever Vault does not take."""

    def login(self, role_id: str, secret_id: SecretString) -> Login: ...

    def unwrap(self, wrapping_token: SecretString) -> SecretString: ...

    def logout(self, token: SecretString) -> None: ...


# --- resolution -----------------------------------------------------------------------------


class TeamSource(Protocol):
    """What resolution reads: the configuration as the service, the key as that team's agent."""

    def find_slug(self, slug: Slug) -> TeamId | None: ...

    def read_team(self, team_id: TeamId) -> Team:
        """Raises `TeamNotFound`."""

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        """The newest version unless told. The team must exist."""


class GenerationsUnavailable(Exception):
    """The shared cache did not answer: nothing kept in memory may be believed."""


class Generations(Protocol):
    """A random stamp per team, seen by all workers of all machines, replaced by every write."""

    def read(self, name: str) -> str | None:
        """Raises `GenerationsUnavailable`."""

    def begin(self, name: str) -> str | None:
        """A new stamp where there is none, put there atomically; None where there is one."""

    def renew(self, name: str) -> None:
        """A new stamp. Raises `GenerationsUnavailable`."""


class RateCounter(Protocol):
    def wait(self, rule: RateLimitItem, *who: str) -> int:
        """Counts one more of `who`; 0 where that is within the rule, else seconds to wait."""


class Values(Protocol):
    """This worker's memory: what is kept never leaves the process."""

    def get(self, key: str) -> Any: ...

    def set(self, key: str, value: Any, timeout: int) -> Any: ...

    def delete(self, key: str) -> Any: ...


# --- payments -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Client:
    """A prospective client, complete: `phone` is E.164."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class InvoiceDraft:
    customer_id: str
    amount: Decimal
    """US dollars, to the cent."""
    description: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as Blawby confirmed it."""

    invoice_id: str
    amount: Decimal
    payment_link: str


class PaymentsGateway(Protocol):
    """One team's account at Blawby, opened with that team's key.

    Raises `KeyRejected` (401, 403), `BlawbyRateLimited`, `BlawbyUnavailable` (surely nothing done),
    and from the creations `OutcomeUnknown` (sent, and the answer lost).
    """

    def verify(self) -> bool:
        """Whether Blawby takes this key for this team."""

    def find_customer(self, email: str) -> str | None:
        """The id of the customer with exactly this address, ignoring case."""

    def create_customer(self, client: Client, idempotency_key: str) -> str:
        """The new customer's id, or that of the one who has the address already."""

    def add_memo(self, customer_id: str, content: str, at: datetime) -> None: ...

    def read_invoice(self, invoice_id: str) -> Invoice | None:
        """As Blawby has it now; None where there is none."""

    def create_invoice(self, draft: InvoiceDraft, idempotency_key: str) -> Invoice: ...


class PaymentsGateways(Protocol):
    def open(
        self, team_id: TeamId, team_ulid: TeamUlid, api_key: SecretString
    ) -> PaymentsGateway: ...


class LedgerState(StrEnum):
    STARTED = "started"
    INVOICED = "invoiced"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """The one entry of an intake; `version` is Vault's, for the next write's check-and-set."""

    state: LedgerState
    version: int
    amount: Decimal
    started_at: datetime
    session_id: str
    attempt: str = ""
    """A random text: which attempt wrote it, to know one's own writes again."""
    invoice_id: str | None = None
    payment_link: str | None = None
    reason: str | None = None
    """Why it failed or is not known, in the contract's words."""


class InvoiceLedger(Protocol):
    """One team's ledger of invoices: KV with check-and-set, keyed by the intake's identity."""

    def read(self, intake_key: str) -> LedgerEntry | None: ...

    def write(self, intake_key: str, entry: LedgerEntry) -> LedgerEntry | None:
        """Writes against `entry.version` (0: must not exist); the entry with its new version,
        or None when somebody else wrote first."""

    def page(self, after: str | None, limit: int) -> Sequence[tuple[str, LedgerEntry]]:
        """Entries in the order of their keys, beginning behind `after`."""


class InvoiceLedgers(Protocol):
    def open(self, team_id: TeamId) -> InvoiceLedger: ...


class KeyHealing(Protocol):
    """What resolution does about a key that Blawby refused."""

    def is_rejected(self, resolved: ResolvedTeam, /) -> bool:
        """Whether this very key was refused before: Blawby is not asked with it again."""

    def reread(self, resolved: ResolvedTeam, /) -> ResolvedTeam | None:
        """The team as Vault has it now, or None where its key is still the refused one."""


class TimeBudget(Protocol):
    """The deadline of the request at hand."""

    def within(self, seconds: float, /) -> AbstractContextManager[None]: ...

    def remaining(self) -> float | None:
        """Seconds left; None where no deadline is set."""


class CallerLedgers(Protocol):
    """The same ledgers with a caller's rights: Vault decides who may look and who may settle."""

    def open(self, caller: SecretString, team_id: TeamId) -> InvoiceLedger: ...


# --- the intake -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Collected:
    """What the client has told so far; None is not known. `phone` is E.164."""

    name: str | None = None
    location: str | None = None
    phone: str | None = None
    email: str | None = None
    matter_type: str | None = None
    description: str | None = None
    urgency: str | None = None


@dataclass(frozen=True, slots=True)
class IntakeTurn:
    """Where the intake stands after the last message. `response` is the next thing to say
    (for a complete intake the services put the words about payment behind it)."""

    response: str
    workflow: Literal["intake", "matter_created", "out_of_scope"]
    collected: Collected
    missing: tuple[str, ...]


class IntakeEngine(Protocol):
    @property
    def name(self) -> Literal["rules", "llm"]: ...

    def turn(self, messages: Sequence[Message], team: Team) -> IntakeTurn: ...
