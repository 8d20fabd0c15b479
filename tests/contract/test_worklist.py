"""`Worklist`: the same suite on the fake and on Vault, there with the service's own token."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import hvac
import pytest

from app.adapters.vault.agents import AgentTokens
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultAddresses
from app.adapters.vault.worklist import VaultWorklist, item_path
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.domain.worklist import Kind, Turn, WorkItem, WorkPage
from app.errors import Forbidden
from app.ports import Worklist
from tests.fakes.matters import FakeWorklist
from tests.rig import Service, Stage
from vault.embedded import EmbeddedVault

AT = datetime(2026, 5, 4, 12, 30, 1, 5, tzinfo=UTC)


@pytest.fixture
def root(vault: EmbeddedVault) -> hvac.Client:
    return hvac.Client(vault.address, token=vault.root_token)


def empty(root: hvac.Client, path: str) -> None:
    """Whatever is below it, by whoever."""
    answer = root.list(f"platform/metadata/{path}")
    for name in answer["data"]["keys"] if answer else ():
        if name.endswith("/"):
            empty(root, path + name)
        else:
            root.secrets.kv.v2.delete_metadata_and_all_versions(path + name, "platform")


@pytest.fixture(params=["fake", "vault"])
def worklist(request: pytest.FixtureRequest) -> Worklist:
    """An empty one."""
    if request.param == "fake":
        return FakeWorklist()
    root: hvac.Client = request.getfixturevalue("root")
    empty(root, "worklist/")
    real: VaultWorklist = request.getfixturevalue("real")
    return real


@pytest.fixture(scope="module")
def real(service: Service) -> VaultWorklist:
    addresses = VaultAddresses(tuple(service.vault.addresses), 2.0, None)
    login = ServiceLogin(addresses, AppRoleLogin(service.role_id, SecretString(service.secret_id)))
    agents = AgentTokens(login, addresses, "teams")
    return VaultWorklist(login, agents.platform, addresses)


@pytest.fixture(scope="module")
def team_id(stage: Stage) -> TeamId:
    return TeamId(stage.team().team_id)


Items = Callable[[int], list[WorkItem]]


@pytest.fixture
def items(team_id: TeamId) -> Items:
    """So many of one team, a second apart."""

    def make(count: int) -> list[WorkItem]:
        return [
            WorkItem(AT + timedelta(seconds=number), team_id, f"{number:032x}")
            for number in range(count)
        ]

    return make


def test_there_is_nothing_at_first(worklist: Worklist, items: Items) -> None:
    (item,) = items(1)
    assert list(worklist.kinds()) == []
    assert worklist.page(Kind.MATTER, None, 10) == WorkPage([], None)
    assert worklist.turn(Kind.MATTER, item) is None
    worklist.remove(Kind.MATTER, item)


def test_what_is_added_is_there_until_it_is_removed(worklist: Worklist, items: Items) -> None:
    (item,) = items(1)
    assert worklist.add(Kind.MATTER, item)
    assert list(worklist.kinds()) == [Kind.MATTER]
    assert worklist.page(Kind.MATTER, None, 10) == WorkPage([item], None)
    assert worklist.page(Kind.INVOICE, None, 10) == WorkPage([], None)
    worklist.remove(Kind.MATTER, item)
    assert list(worklist.kinds()) == []
    assert worklist.add(Kind.MATTER, item)


def test_of_many_who_add_one_is_the_first(worklist: Worklist, items: Items) -> None:
    (item,) = items(1)
    with ThreadPoolExecutor(8) as threads:
        first = list(threads.map(lambda _: worklist.add(Kind.INVOICE, item), range(8)))
    assert first.count(True) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 10])
def test_pages_give_every_item_once_and_in_order(
    worklist: Worklist, items: Items, limit: int
) -> None:
    added = items(5)
    for item in reversed(added):
        worklist.add(Kind.MATTER, item)
    seen: list[WorkItem] = []
    after = None
    while True:
        page = worklist.page(Kind.MATTER, after, limit)
        assert len(page.items) <= limit
        seen += page.items
        after = page.next
        if after is None:
            break
    assert seen == added


@pytest.mark.parametrize("bound", [-1, 0, 1, 59, 60, 90, 24 * 3600, 24 * 3600 + 1])
def test_a_page_ends_before_a_time(worklist: Worklist, team_id: TeamId, bound: int) -> None:
    seconds = (0, 1, 58, 59, 60, 90, 3600, 24 * 3600, 24 * 3600 + 90)
    added = [WorkItem(AT + timedelta(seconds=each), team_id, "a" * 32) for each in seconds]
    for item in added:
        worklist.add(Kind.KEPT, item)
    before = AT + timedelta(seconds=bound)
    expected = [item for item in added if item.at < before]
    assert worklist.page(Kind.KEPT, None, 10, before) == WorkPage(expected, None)


def test_of_many_who_take_an_item_one_gets_it(worklist: Worklist, items: Items) -> None:
    (item,) = items(1)
    worklist.add(Kind.WEBHOOK, item)
    turn = worklist.turn(Kind.WEBHOOK, item)
    assert turn == Turn(1, 0, item.at)
    due = AT + timedelta(minutes=1)
    with ThreadPoolExecutor(8) as threads:
        took = list(threads.map(lambda _: worklist.take(Kind.WEBHOOK, item, turn, due), range(8)))
    assert took.count(True) == 1
    assert worklist.turn(Kind.WEBHOOK, item) == Turn(2, 1, due)


def test_an_item_may_be_due_later(worklist: Worklist, items: Items) -> None:
    (item,) = items(1)
    worklist.add(Kind.MEMO, item, AT + timedelta(hours=1))
    assert worklist.turn(Kind.MEMO, item) == Turn(1, 0, AT + timedelta(hours=1))


# --- Vault's own ------------------------------------------------------------------------------


def test_an_operator_reads_the_list_and_a_member_does_not(
    real: VaultWorklist, items: Items, stage: Stage
) -> None:
    worklist, (item,) = real, items(1)
    worklist.add(Kind.INVOICE, item)
    operator = SecretString(stage.operator.token or "")
    assert item in worklist.page_as(operator, Kind.INVOICE, None, 1000).items
    member = SecretString(stage.team().member().token or "")
    with pytest.raises(Forbidden):
        worklist.page_as(member, Kind.INVOICE, None, 1000)


def test_no_folder_grows_without_end(
    real: VaultWorklist, items: Items, root: hvac.Client, team_id: TeamId
) -> None:
    """Vault reads a folder as a whole for a page of it."""
    empty(root, "worklist/")
    later = [WorkItem(AT + timedelta(minutes=each), team_id, "a" * 32) for each in range(1, 131)]
    added = [*items(8), *later]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda item: real.add(Kind.MEMO, item), added))
    minute = root.list("platform/metadata/worklist/memo/20260504/20260504T1230")
    assert minute["data"]["keys"] == [item.name for item in items(8)]
    first = real.page(Kind.MEMO, None, 1000)
    assert first == WorkPage(added[:107], added[106].name), "it looks into 100 folders at most"
    assert real.page(Kind.MEMO, first.next, 1000) == WorkPage(added[107:], None)


def test_what_others_put_there_is_passed_over(
    real: VaultWorklist, items: Items, root: hvac.Client
) -> None:
    empty(root, "worklist/")
    worklist, (item, garbled, late) = real, items(3)
    path, folder = item_path(Kind.MEMO, garbled), "worklist/memo/"
    beside = path.removesuffix(garbled.name)
    others = [folder + "0", folder + "zz", folder + "0/1/2/3", beside + "0", beside + "zz"]
    kv = root.secrets.kv.v2
    for each in (*others, path):
        kv.create_or_update_secret(each, secret={"due": 5, "tries": "x"}, mount_point="platform")
    beyond = {"due": "0001-01-01T00:00:00+23:00", "tries": 1}
    kv.create_or_update_secret(item_path(Kind.MEMO, late), secret=beyond, mount_point="platform")
    worklist.add(Kind.MEMO, item)
    assert worklist.page(Kind.MEMO, None, 1000) == WorkPage([item, garbled, late], None)
    assert worklist.page(Kind.MEMO, None, 1) == WorkPage([item], item.name)
    assert worklist.turn(Kind.MEMO, garbled) == Turn(1, 0, garbled.at)
    assert worklist.turn(Kind.MEMO, late) == Turn(1, 0, late.at)
