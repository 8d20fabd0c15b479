"""`SecretStore`: the same suite on the fake and on Vault, there with the callers' own tokens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.ids import TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team_secret import SecretHistory, SecretLabel
from app.errors import Forbidden, Unauthenticated, VersionConflict
from app.ports import SecretStore
from tests.contract.vaults import NOBODY, Parts
from tests.rig import new_ulid

ULID = TeamUlid(new_ulid().upper())
LABEL = SecretLabel(ULID, "0123456789ab", "write-1")
KEY = SecretString("a-contract-key")


@pytest.fixture
def team_id(parts: Parts) -> TeamId:
    return parts.team().team_id


@pytest.fixture
def store(parts: Parts, team_id: TeamId) -> SecretStore:
    return parts.stores.open(parts.operator, team_id)


def test_there_is_nothing_at_first(store: SecretStore) -> None:
    assert store.history() == SecretHistory()
    assert (store.history().version, store.history().living) == (0, None)
    assert store.shown() is None
    assert store.shown(1) is None


def test_what_is_written_is_the_newest_version(store: SecretStore) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    assert store.write(KEY, LABEL, 0) == 1
    assert store.write(KEY, SecretLabel(ULID, "ba9876543210", "write-2"), 1) == 2
    history = store.history()
    assert [version.version for version in history.versions] == [1, 2]
    assert history.living == history.latest == history.versions[-1]
    assert history.created_at
    assert began < history.created_at <= history.versions[1].created_at
    shown = store.shown()
    assert shown
    assert (shown.version, shown.label.write_id) == (2, "write-2")
    assert shown.updated_at == history.versions[1].created_at


def test_a_label_comes_back_as_it_was_written(store: SecretStore) -> None:
    expires = datetime(2031, 5, 1, 12, 0, tzinfo=UTC)
    created = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)
    label = SecretLabel(TeamUlid(ULID.lower()), "0123456789ab", "w", expires, created)
    store.write(KEY, label, 0)
    shown = store.shown(1)
    assert shown
    assert shown.label == label
    assert shown.created_at == created


def test_a_write_is_upon_the_version_that_was_expected(store: SecretStore) -> None:
    for wrong in (1, 5):
        with pytest.raises(VersionConflict):
            store.write(KEY, LABEL, wrong)
    store.write(KEY, LABEL, 0)
    for wrong in (0, 2):
        with pytest.raises(VersionConflict):
            store.write(KEY, SecretLabel(ULID, "0123456789ab", "another"), wrong)
    assert store.history().version == 1


def test_a_deleted_version_can_come_back(store: SecretStore) -> None:
    store.write(KEY, LABEL, 0)
    store.delete(1)
    history = store.history()
    assert (history.living, history.version) == (None, 1)
    assert history.versions[0].deleted_at
    assert not history.versions[0].destroyed
    assert store.shown() is None
    store.undelete(1)
    assert store.history().living
    assert store.shown()


def test_a_write_after_a_deletion_goes_on_counting(store: SecretStore) -> None:
    store.write(KEY, LABEL, 0)
    store.delete(1)
    assert store.write(KEY, SecretLabel(ULID, "0123456789ab", "another"), 1) == 2
    assert store.history().living == store.history().versions[1]


def test_what_is_destroyed_does_not_come_back(store: SecretStore) -> None:
    for expected in range(3):
        store.write(KEY, SecretLabel(ULID, "0123456789ab", f"write-{expected}"), expected)
    store.destroy([1, 3])
    store.undelete(3)
    history = store.history()
    assert [version.destroyed for version in history.versions] == [True, False, True]
    assert history.living is None
    assert store.shown() is None
    shown = store.shown(2)
    assert shown
    assert shown.version == 2


def test_a_fingerprint_tells_keys_apart_and_tells_no_key(store: SecretStore) -> None:
    first, again = store.fingerprint(KEY), store.fingerprint(SecretString(KEY.reveal()))
    assert first == again
    assert first != store.fingerprint(SecretString("another-key"))
    assert len(bytes.fromhex(first)) == 6


CALLS: list[Callable[[SecretStore], object]] = [
    lambda store: store.admit_writer(),
    lambda store: store.history(),
    lambda store: store.shown(),
    lambda store: store.write(KEY, LABEL, 0),
    lambda store: store.delete(1),
    lambda store: store.undelete(1),
    lambda store: store.destroy([1]),
]


@pytest.mark.parametrize("call", CALLS)
def test_another_teams_member_may_do_none_of_it(
    parts: Parts, team_id: TeamId, call: Callable[[SecretStore], object]
) -> None:
    stranger = parts.member(parts.team().team_id)
    with pytest.raises(Forbidden):
        call(parts.stores.open(stranger, team_id))
    with pytest.raises(Forbidden):
        call(parts.stores.open(stranger, TeamId(new_ulid())))
    with pytest.raises(Unauthenticated):
        call(parts.stores.open(NOBODY, team_id))


def test_a_member_may_do_all_of_it_for_its_own(parts: Parts, team_id: TeamId) -> None:
    store = parts.stores.open(parts.member(team_id), team_id)
    store.admit_writer()
    assert store.write(KEY, LABEL, 0) == 1
    store.delete(1)
    store.undelete(1)
    assert store.shown()
    assert store.fingerprint(KEY)
    store.destroy([1])
    assert store.history().living is None
