"""`InvoiceLedger`: the same suite on the fake and on Vault, there with a team's minted token."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import hvac
import pytest

from app.adapters.vault.agents import AgentTokens
from app.adapters.vault.ledger import VaultInvoiceLedgers
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultAddresses
from app.domain.ids import TeamId
from app.domain.ledger import LedgerEntry, LedgerState
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable
from app.ports import InvoiceLedger, InvoiceLedgers
from tests.fakes.ledger import FakeLedgers
from tests.rig import Service, Stage, new_ulid
from vault.embedded import EmbeddedVault

# A `team-agent` token may not look itself up, so that a policy's no reads as a bad token's.
REFUSED = (Forbidden, Unauthenticated)
KEYS = [f"{number:032x}" for number in range(5)]
STARTED = LedgerEntry(
    state=LedgerState.STARTED,
    version=0,
    amount=Decimal("75.10"),
    started_at=datetime(2026, 5, 4, 12, 30, tzinfo=UTC),
    session_id="session-1",
    attempt="a1",
)


@dataclass
class Ledgers:
    ledgers: InvoiceLedgers
    new_team: Callable[[], TeamId]

    def open(self) -> InvoiceLedger:
        return self.ledgers.open(self.new_team())


@pytest.fixture(scope="module")
def agents(service: Service) -> AgentTokens:
    addresses = VaultAddresses(tuple(service.vault.addresses), 2.0, None)
    login = ServiceLogin(addresses, service.role_id, SecretString(service.secret_id))
    return AgentTokens(login, addresses, "teams")


@pytest.fixture(scope="module")
def real(agents: AgentTokens, stage: Stage) -> Ledgers:
    return Ledgers(VaultInvoiceLedgers(agents.kv), lambda: TeamId(stage.team().team_id))


@pytest.fixture(params=["fake", "vault"])
def ledgers(request: pytest.FixtureRequest) -> Ledgers:
    if request.param == "vault":
        ledgers: Ledgers = request.getfixturevalue("real")
        return ledgers
    return Ledgers(FakeLedgers(), lambda: TeamId(new_ulid()))


@pytest.fixture
def ledger(ledgers: Ledgers) -> InvoiceLedger:
    return ledgers.open()


def test_there_is_nothing_at_first(ledger: InvoiceLedger) -> None:
    assert ledger.read(KEYS[0]) is None
    assert list(ledger.page(None, 10)) == []


@pytest.mark.parametrize(
    "entry",
    [
        STARTED,
        replace(
            STARTED,
            state=LedgerState.INVOICED,
            invoice_id="inv-7",
            payment_link="https://app.blawby.com/invoice/7/pay",
        ),
        replace(STARTED, state=LedgerState.FAILED, reason="rate_limited", session_id=""),
        replace(STARTED, state=LedgerState.UNKNOWN, reason="outcome_unknown"),
    ],
)
def test_what_is_written_is_read(ledger: InvoiceLedger, entry: LedgerEntry) -> None:
    written = ledger.write(KEYS[0], entry)
    assert written == replace(entry, version=1)
    assert ledger.read(KEYS[0]) == written


def test_an_entry_is_settled_against_its_version(ledger: InvoiceLedger) -> None:
    begun = ledger.write(KEYS[0], STARTED)
    assert begun
    settled = ledger.write(KEYS[0], replace(begun, state=LedgerState.FAILED))
    assert settled == replace(begun, state=LedgerState.FAILED, version=2)


@pytest.mark.parametrize("version", [0, 2, 7])
def test_who_comes_second_is_told_so(ledger: InvoiceLedger, version: int) -> None:
    first = ledger.write(KEYS[0], STARTED)
    assert ledger.write(KEYS[0], replace(STARTED, attempt="a2", version=version)) is None
    assert ledger.read(KEYS[0]) == first


def test_ones_own_write_is_known_again(ledger: InvoiceLedger) -> None:
    """The repeat of a write whose answer was lost meets its own earlier self."""
    first = ledger.write(KEYS[0], STARTED)
    assert ledger.write(KEYS[0], STARTED) == first


def test_of_twelve_at_once_one_begins(ledger: InvoiceLedger) -> None:
    gate = threading.Barrier(12)

    def begin(number: int) -> LedgerEntry | None:
        gate.wait()
        return ledger.write(KEYS[0], replace(STARTED, attempt=f"a{number}"))

    with ThreadPoolExecutor(12) as threads:
        begun = [entry for entry in threads.map(begin, range(12)) if entry]
    assert begun == [ledger.read(KEYS[0])]


def test_teams_do_not_share_entries(ledgers: Ledgers) -> None:
    one, other = ledgers.open(), ledgers.open()
    one.write(KEYS[0], STARTED)
    assert other.read(KEYS[0]) is None
    assert list(other.page(None, 10)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_pages_give_every_entry_once_and_in_order(ledger: InvoiceLedger, limit: int) -> None:
    for key in reversed(KEYS):
        ledger.write(key, STARTED)
    seen: list[str] = []
    while page := ledger.page(seen[-1] if seen else None, limit):
        assert len(page) <= limit
        assert all(entry == replace(STARTED, version=1) for _, entry in page)
        seen += [key for key, _ in page]
    assert seen == KEYS


# --- Vault's own ------------------------------------------------------------------------------


@pytest.fixture
def root(vault: EmbeddedVault) -> hvac.Client:
    return hvac.Client(vault.address, token=vault.root_token)


def test_entries_expire(real: Ledgers, root: hvac.Client) -> None:
    team_id = real.new_team()
    real.ledgers.open(team_id).write(KEYS[0], STARTED)
    path = f"{team_id}/invoices/{KEYS[0]}"
    metadata = root.secrets.kv.v2.read_secret_metadata(path, mount_point="teams")["data"]
    assert metadata["delete_version_after"] == "2160h0m0s"
    told = metadata["versions"]["1"]
    kept = datetime.fromisoformat(told["deletion_time"]) - datetime.fromisoformat(
        told["created_time"]
    )
    assert kept == timedelta(days=90)


def test_an_expired_entry_is_none_and_may_be_begun_anew(real: Ledgers, root: hvac.Client) -> None:
    team_id = real.new_team()
    ledger = real.ledgers.open(team_id)
    ledger.write(KEYS[0], STARTED)
    ledger.write(KEYS[1], STARTED)
    path = f"{team_id}/invoices/{KEYS[0]}"
    root.secrets.kv.v2.delete_latest_version_of_secret(path, mount_point="teams")
    assert ledger.read(KEYS[0]) is None
    assert [key for key, _ in ledger.page(None, 1)] == [KEYS[1]]
    anew = ledger.write(KEYS[0], replace(STARTED, attempt="a2"))
    assert anew == replace(STARTED, attempt="a2", version=2)
    assert ledger.read(KEYS[0]) == anew


def test_of_twelve_at_once_one_begins_anew(real: Ledgers, root: hvac.Client) -> None:
    """Over an expired entry, with Vault's conflict for each of them at first."""
    team_id = real.new_team()
    ledger = real.ledgers.open(team_id)
    for key in KEYS:
        ledger.write(key, STARTED)
        root.secrets.kv.v2.delete_latest_version_of_secret(
            f"{team_id}/invoices/{key}", mount_point="teams"
        )

        def begin(number: int, key: str = key) -> LedgerEntry | None:
            return ledger.write(key, replace(STARTED, attempt=f"a{number}"))

        with ThreadPoolExecutor(12) as threads:
            begun = [entry for entry in threads.map(begin, range(12)) if entry]
        assert begun == [ledger.read(key)]


def test_an_entry_that_names_another_team_is_not_used(real: Ledgers, root: hvac.Client) -> None:
    mine, other = real.new_team(), real.new_team()
    real.ledgers.open(other).write(KEYS[0], STARTED)
    fields = root.secrets.kv.v2.read_secret_version(
        f"{other}/invoices/{KEYS[0]}", mount_point="teams", raise_on_deleted_version=True
    )["data"]["data"]
    root.secrets.kv.v2.create_or_update_secret(
        f"{mine}/invoices/{KEYS[0]}", secret=fields, mount_point="teams"
    )
    with pytest.raises(VaultUnavailable):
        real.ledgers.open(mine).read(KEYS[0])


@pytest.mark.parametrize("damage", [{"state": "paid"}, {"amount": "much"}, {"started_at": None}])
def test_an_entry_that_cannot_be_read_is_not_used(
    real: Ledgers, root: hvac.Client, damage: dict[str, str | None]
) -> None:
    team_id = real.new_team()
    real.ledgers.open(team_id).write(KEYS[0], STARTED)
    path = f"{team_id}/invoices/{KEYS[0]}"
    fields = root.secrets.kv.v2.read_secret_version(
        path, mount_point="teams", raise_on_deleted_version=True
    )["data"]["data"]
    root.secrets.kv.v2.create_or_update_secret(path, secret=fields | damage, mount_point="teams")
    with pytest.raises(VaultUnavailable):
        real.ledgers.open(team_id).read(KEYS[0])


def test_a_teams_token_does_not_open_anothers_ledger(agents: AgentTokens, real: Ledgers) -> None:
    mine, other = real.new_team(), real.new_team()
    crossed = VaultInvoiceLedgers(lambda _: agents.kv(mine)).open(other)
    with pytest.raises(REFUSED):
        crossed.read(KEYS[0])
    with pytest.raises(REFUSED):
        crossed.write(KEYS[0], STARTED)
    with pytest.raises(REFUSED):
        crossed.page(None, 10)
