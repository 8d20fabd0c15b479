"""`MatterStore`: the same suite on the fake and on Vault, there with a team's minted token."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import hvac
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.adapters.vault.agents import AgentTokens
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.matter_documents import matter_path
from app.adapters.vault.matters import VaultMatterDesks, VaultMatterStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultAddresses
from app.domain.ids import TeamId, TeamUlid
from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Heard, Matter, Origin, Tombstone, Words
from app.domain.payment import Reason
from app.domain.secret import SecretString
from app.errors import Forbidden, MatterUnusable, Unauthenticated
from app.ports import MatterStore, MatterStores
from tests.fakes.matters import FakeMatterStores
from tests.rig import Service, Stage, new_ulid
from vault.embedded import EmbeddedVault

# A `team-agent` token may not look itself up, so that a policy's no reads as a bad token's.
REFUSED = (Forbidden, Unauthenticated)
KEY, OTHER_KEY = "1" * 32, "2" * 32
AT = datetime(2026, 5, 4, 12, 30, 1, 5, tzinfo=UTC)
STARTED = Bill(
    BillState.STARTED,
    Decimal("75.10"),
    link="https://firm.example/pay",
    attempt="a1",
    request="r1",
    started_at=AT,
    account=TeamUlid("01JQ70JNSTYFZEVC6423CZH50E"),
    customer_id="7",
    doubtful=True,
)
MATTER = Matter(
    key=KEY,
    version=0,
    created_at=AT,
    origin=Origin(2, "0f", 1),
    clients=(
        Client("Jane Doe", "jane@example.com", "+19198296000", "Raleigh, NC"),
        Client("Jane Q. Doe", "jane@example.org", "", None),
    ),
    words=(Words(AT, "My husband\nhas moved out. ¿Sí? \U0001f600"), Words(AT, "")),
    bill=STARTED,
    matter_type='Family / "Divorce" Law.',
    urgency="high",
    language="es",
    session_id="session-1",
    heard=Heard(3, "1e", Client("Jane", "jane@example.org", "", None)),
    revision=3,
    delivered=2,
    opened_at=AT + timedelta(hours=1),
)


@dataclass
class Stores:
    stores: MatterStores
    new_team: Callable[[], TeamId]

    def open(self) -> MatterStore:
        return self.stores.open(self.new_team())


@pytest.fixture(scope="module")
def agents(service: Service) -> AgentTokens:
    addresses = VaultAddresses(tuple(service.vault.addresses), 2.0, None)
    login = ServiceLogin(addresses, AppRoleLogin(service.role_id, SecretString(service.secret_id)))
    return AgentTokens(login, addresses, "teams")


@pytest.fixture(scope="module")
def real(agents: AgentTokens, stage: Stage) -> Stores:
    return Stores(VaultMatterStores(agents.kv, 90), lambda: TeamId(stage.team().team_id))


@pytest.fixture(params=["fake", "vault"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "vault":
        stores: Stores = request.getfixturevalue("real")
        return stores
    return Stores(FakeMatterStores(), lambda: TeamId(new_ulid()))


@pytest.fixture
def store(stores: Stores) -> MatterStore:
    return stores.open()


def with_bill(**changes: Any) -> Matter:
    return replace(MATTER, bill=replace(STARTED, **changes))


def test_there_is_nothing_at_first(store: MatterStore) -> None:
    assert store.read(KEY) is None


@pytest.mark.parametrize(
    "matter",
    [
        MATTER,
        with_bill(
            state=BillState.INVOICED,
            invoice_id="inv-7",
            invoice_link="https://app.blawby.com/invoice/7/pay",
        ),
        with_bill(state=BillState.FAILED, reason=Reason.RATE_LIMITED, customer_id=None),
        with_bill(state=BillState.UNKNOWN, link=None, invoice_id="inv-7"),
        replace(MATTER, bill=Bill(BillState.NONE)),
        replace(MATTER, bill=Bill(BillState.LINK, Decimal("0.10"), None)),
        replace(
            MATTER,
            matter_type=None,
            urgency=None,
            session_id=None,
            heard=None,
            opened_at=None,
        ),
    ],
)
def test_what_is_written_is_read(store: MatterStore, matter: Matter) -> None:
    store.expire(KEY)
    written = store.write(matter)
    assert written == replace(matter, version=1)
    assert store.read(KEY) == written


def test_a_matter_is_changed_against_its_version(store: MatterStore) -> None:
    begun = store.write(MATTER)
    assert begun
    changed = store.write(replace(begun, urgency="low"))
    assert changed == replace(begun, urgency="low", version=2)


@pytest.mark.parametrize("version", [0, 2, 7])
def test_who_comes_second_is_told_so(store: MatterStore, version: int) -> None:
    first = store.write(MATTER)
    assert store.write(replace(MATTER, urgency="low", version=version)) is None
    assert store.read(KEY) == first


def test_ones_own_write_is_known_again(store: MatterStore) -> None:
    """The repeat of a write whose answer was lost meets its own earlier self."""
    first = store.write(MATTER)
    assert store.write(MATTER) == first


def test_of_twelve_at_once_one_begins(store: MatterStore) -> None:
    gate = threading.Barrier(12)

    def begin(number: int) -> Matter | None:
        gate.wait()
        return store.write(with_bill(attempt=f"a{number}"))

    with ThreadPoolExecutor(12) as threads:
        begun = [matter for matter in threads.map(begin, range(12)) if matter]
    assert begun == [store.read(KEY)]


def test_a_link_leads_to_its_matter(store: MatterStore) -> None:
    assert store.link(OTHER_KEY, KEY) == KEY
    assert store.read(OTHER_KEY) is None
    written = store.write(MATTER)
    assert store.read(OTHER_KEY) == written
    assert written
    changed = store.write(replace(written, urgency="low"))
    assert store.read(OTHER_KEY) == store.read(KEY) == changed


def test_a_link_takes_no_place_that_is_taken(store: MatterStore) -> None:
    store.write(MATTER)
    assert store.link(KEY, OTHER_KEY) is None
    assert store.link(OTHER_KEY, KEY) == KEY
    assert store.link(OTHER_KEY, "3" * 32) == KEY
    assert store.write(replace(MATTER, key=OTHER_KEY)) is None


def test_what_is_destroyed_is_gone_and_its_place_stays_taken(store: MatterStore) -> None:
    store.write(MATTER)
    store.destroy(KEY, 1)
    assert store.read(KEY) is None
    assert store.write(MATTER) is None


def test_a_tombstone_replaces_a_matter_and_no_older_write_undoes_it(store: MatterStore) -> None:
    written = store.write(MATTER)
    assert written
    opened = store.write(replace(written, opened_at=AT))
    assert opened
    assert not store.bury(written)
    assert store.read(KEY) == opened
    assert store.bury(opened)
    assert store.bury(opened)
    assert store.find(KEY) == Tombstone(KEY, MATTER.origin)
    assert store.read(KEY) is None
    assert store.write(opened) is None
    assert store.write(MATTER) is None
    assert store.find(KEY) == Tombstone(KEY, MATTER.origin)


def test_teams_do_not_share_matters(stores: Stores) -> None:
    one, other = stores.open(), stores.open()
    one.write(MATTER)
    assert other.read(KEY) is None


# --- Vault's own ------------------------------------------------------------------------------


@pytest.fixture
def root(vault: EmbeddedVault) -> hvac.Client:
    return hvac.Client(vault.address, token=vault.root_token)


def fields_of(root: hvac.Client, team_id: TeamId) -> dict[str, Any]:
    answer = root.secrets.kv.v2.read_secret_version(
        matter_path(team_id, KEY), mount_point="teams", raise_on_deleted_version=True
    )
    return dict(answer["data"]["data"])


def overwrite(root: hvac.Client, team_id: TeamId, fields: Any) -> None:
    root.secrets.kv.v2.create_or_update_secret(
        matter_path(team_id, KEY), secret=fields, mount_point="teams"
    )


def test_a_matter_expires(real: Stores, root: hvac.Client) -> None:
    team_id = real.new_team()
    store = real.stores.open(team_id)
    store.expire(KEY)
    begun = store.write(MATTER)
    assert begun
    store.write(replace(begun, urgency="low"))
    path = matter_path(team_id, KEY)
    metadata = root.secrets.kv.v2.read_secret_metadata(path, mount_point="teams")["data"]
    assert metadata["delete_version_after"] == "2160h0m0s"
    for told in metadata["versions"].values():
        kept = datetime.fromisoformat(told["deletion_time"]) - datetime.fromisoformat(
            told["created_time"]
        )
        assert kept == timedelta(days=90)


def test_former_versions_are_destroyed_and_the_newest_stays(
    real: Stores, root: hvac.Client
) -> None:
    team_id = real.new_team()
    store = real.stores.open(team_id)
    written = store.write(MATTER)
    for urgency in ("low", "normal"):
        assert written
        written = store.write(replace(written, urgency=urgency))
    store.destroy(KEY, 2)
    assert store.read(KEY) == written
    path = matter_path(team_id, KEY)
    metadata = root.secrets.kv.v2.read_secret_metadata(path, mount_point="teams")["data"]
    destroyed = [version["destroyed"] for version in metadata["versions"].values()]
    assert destroyed == [True, True, False]


def test_a_matter_that_is_gone_is_none_and_its_place_stays_taken(
    real: Stores, root: hvac.Client
) -> None:
    team_id = real.new_team()
    store = real.stores.open(team_id)
    store.write(MATTER)
    path = matter_path(team_id, KEY)
    root.secrets.kv.v2.delete_latest_version_of_secret(path, mount_point="teams")
    assert store.read(KEY) is None
    assert store.write(MATTER) is None


def test_names_come_in_order_from_behind_any(
    real: Stores, root: hvac.Client, vault: EmbeddedVault
) -> None:
    """Of ids that share a folder, and of ids that do not."""
    team_id = real.new_team()
    store = real.stores.open(team_id)
    ids = sorted(f"{first:02x}{second:030x}" for first in (0, 1, 16, 255) for second in (0, 7, 9))
    for key in reversed(ids):
        store.link(key, KEY)
    assert len(root.list(f"teams/metadata/{team_id}/matters")["data"]["keys"]) == 4
    addresses = VaultAddresses((vault.address,), 2.0, None)
    desk = VaultMatterDesks(addresses, "teams").open(SecretString(vault.root_token), team_id)
    assert list(desk.names(None)) == ids
    for key in ids:
        for after in (key, key[:-1] + "8"):
            assert list(desk.names(after)) == [each for each in ids if each > after]


def test_nothing_of_the_client_is_in_a_name(real: Stores, root: hvac.Client) -> None:
    """Names are seen without the right to read, and stand in the audit log as they are."""
    team_id = real.new_team()
    invoiced = with_bill(
        state=BillState.INVOICED, invoice_id="inv-7", invoice_link="https://blawby.example/7"
    )
    real.stores.open(team_id).write(invoiced)
    answer = root.adapter.get(f"/v1/teams/subkeys/{matter_path(team_id, KEY)}")
    seen = str(answer["data"]["subkeys"])
    for private in ("Jane", "example.com", "9198", "Raleigh", "husband", "session-1", "https"):
        assert private not in seen


def test_a_matter_that_names_another_team_is_not_used(real: Stores, root: hvac.Client) -> None:
    mine, other = real.new_team(), real.new_team()
    real.stores.open(other).write(MATTER)
    overwrite(root, mine, fields_of(root, other))
    with pytest.raises(MatterUnusable):
        real.stores.open(mine).read(KEY)


@pytest.fixture
def sound(real: Stores, root: hvac.Client) -> tuple[TeamId, dict[str, Any]]:
    """A team, and the fields of its only matter."""
    team_id = real.new_team()
    real.stores.open(team_id).write(MATTER)
    return team_id, fields_of(root, team_id)


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.just("nan"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_garbled_document_is_unusable_or_a_whole_matter(
    real: Stores, root: hvac.Client, sound: tuple[TeamId, dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever somebody writes into a field, in any depth: no half-read matter, no other error."""
    team_id, fields = sound
    spoilt = dict(fields)
    name = data.draw(st.sampled_from([*fields, *fields["label"]]))
    if name in fields["label"]:
        spoilt["label"] = fields["label"] | {name: data.draw(anything)}
    else:
        spoilt[name] = data.draw(anything)
    overwrite(root, team_id, spoilt)
    try:
        matter = real.stores.open(team_id).read(KEY)
    except MatterUnusable:
        return
    assert matter
    assert isinstance(matter.client.email, str)
    assert matter.bill.payment.currency == "USD"
    assert matter.reference


@pytest.mark.parametrize("document", [{}, {"team_id": 5}, {"label": []}, {"note": "by hand"}])
def test_what_is_no_matter_is_unusable(
    real: Stores, root: hvac.Client, document: dict[str, Any]
) -> None:
    team_id = real.new_team()
    overwrite(root, team_id, document)
    with pytest.raises(MatterUnusable):
        real.stores.open(team_id).read(KEY)


def test_a_teams_token_does_not_open_anothers_matters(agents: AgentTokens, real: Stores) -> None:
    mine, other = real.new_team(), real.new_team()
    crossed = VaultMatterStores(lambda _: agents.kv(mine), 90).open(other)
    for call in (
        lambda: crossed.read(KEY),
        lambda: crossed.write(MATTER),
        lambda: crossed.expire(KEY),
        lambda: crossed.destroy(KEY, 1),
    ):
        with pytest.raises(REFUSED):
            call()
