"""What each call of a KV mount sends, and what it reads out of the answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.kv import KvMount
from app.adapters.vault.kv_answers import KvMetadata, KvNames, KvRecord, KvVersion
from app.adapters.vault.transport import VaultTransport
from app.domain.secret import SecretString
from app.errors import Forbidden
from tests.scripted_server import Answer, ScriptedServer, Seen, found

AT = datetime(2021, 5, 1, 12, tzinfo=UTC)
TOLD = "2021-05-01T12:00:00Z"


@pytest.fixture
def mount(server: ScriptedServer) -> KvMount:
    addresses = VaultAddresses((server.url,), 20.0, None)
    return KvMount(VaultTransport(addresses, SecretString("a-caller")), "teams")


SENT: dict[str, tuple[Callable[[KvMount], object], str, str, Any]] = {
    "delete": (lambda it: it.delete("a/b", 3), "POST", "delete/a/b", {"versions": [3]}),
    "undelete": (lambda it: it.undelete("a/b", 3), "POST", "undelete/a/b", {"versions": [3]}),
    "destroy": (lambda it: it.destroy("a/b", [1, 2]), "POST", "destroy/a/b", {"versions": [1, 2]}),
    "forget": (lambda it: it.forget("a/b"), "DELETE", "metadata/a/b", None),
    "expire": (
        lambda it: it.set_metadata("a/b", "7h"),
        "POST",
        "metadata/a/b",
        {"delete_version_after": "7h"},
    ),
    "admit writer": (lambda it: it.admit_writer("a/b"), "POST", "delete/a/b", {"versions": []}),
    "admit destroyer": (
        lambda it: it.admit_destroyer("a/b"),
        "POST",
        "destroy/a/b",
        {"versions": []},
    ),
    "patch": (
        lambda it: it.patch("a/b", {"c": None}, 4),
        "PATCH",
        "data/a/b",
        {"options": {"cas": 4}, "data": {"c": None}},
    ),
}


@pytest.mark.parametrize("name", SENT)
def test_what_a_call_sends(server: ScriptedServer, mount: KvMount, name: str) -> None:
    call, method, path, document = SENT[name]
    server.script = lambda _: (204, b"")
    call(mount)
    (seen,) = server.seen
    assert (seen.method, seen.path) == (method, f"/v1/teams/{path}")
    assert (seen.document if document else None) == document


@pytest.mark.parametrize("cas", [None, 0, 3])
def test_what_a_write_sends(server: ScriptedServer, mount: KvMount, cas: int | None) -> None:
    server.script = lambda _: found(version=5)
    assert mount.write("a/b", {"c": 1}, cas) == 5
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/teams/data/a/b")
    options = {} if cas is None else {"cas": cas}
    assert seen.document == {"options": options, "data": {"c": 1}}


@pytest.mark.parametrize("name", ["admit writer", "admit destroyer"])
def test_who_may_is_told_by_vaults_refusal(
    server: ScriptedServer, mount: KvMount, name: str
) -> None:
    server.script = lambda _: (400, {"errors": ["no versions"]})
    SENT[name][0](mount)

    def denied(seen: Seen) -> Answer:
        return found() if seen.method == "GET" else (403, {"errors": ["permission denied"]})

    server.script = denied
    with pytest.raises(Forbidden):
        SENT[name][0](mount)


@pytest.mark.parametrize(("version", "query"), [(None, ""), (2, "?version=2")])
def test_what_is_read(
    server: ScriptedServer, mount: KvMount, version: int | None, query: str
) -> None:
    about = {"version": 2, "created_time": TOLD}
    server.script = lambda _: found(data={"c": 1}, subkeys={"c": None}, metadata=about)
    assert mount.read("a/b", version) == KvRecord({"c": 1}, 2)
    assert mount.read_subkeys("a/b", version) == KvNames({"c": None}, 2, AT)
    assert server.paths() == [f"/v1/teams/data/a/b{query}", f"/v1/teams/subkeys/a/b{query}"]
    server.script = lambda _: found(data=None, subkeys=None, metadata=about)
    assert mount.read("a/b", version) == KvRecord({}, 2)
    assert mount.read_subkeys("a/b", version) == KvNames({}, 2, AT)


def test_what_is_not_there(server: ScriptedServer, mount: KvMount) -> None:
    server.script = lambda _: (404, {"errors": []})
    assert mount.read("a/b") is None
    assert mount.read_subkeys("a/b") is None
    assert mount.read_metadata("a/b") is None
    assert mount.list_names("a") == []


def test_metadata_in_rising_order(server: ScriptedServer, mount: KvMount) -> None:
    later = datetime.now(UTC) + timedelta(days=1)
    told = {"created_time": TOLD, "deletion_time": "", "destroyed": False}
    server.script = lambda _: found(
        created_time=TOLD,
        current_version=10,
        versions={
            "10": told,
            "9": told | {"deletion_time": TOLD},
            "2": told | {"destroyed": True},
            "11": told | {"deletion_time": later.isoformat()},
        },
    )
    metadata = mount.read_metadata("a/b")
    assert metadata == KvMetadata(
        AT,
        10,
        (
            KvVersion(2, AT, None, destroyed=True),
            KvVersion(9, AT, AT, destroyed=False),
            KvVersion(10, AT, None, destroyed=False),
            KvVersion(11, AT, later, destroyed=False),
        ),
    )
    assert metadata.current == metadata.versions[2]
    assert KvMetadata(AT, 3, metadata.versions).current is None
    assert [one.lives for one in metadata.versions] == [False, False, True, True]


@pytest.mark.parametrize(
    ("after", "limit", "names", "query"),
    [
        (None, None, ["a", "b", "c/"], ""),
        ("a", None, ["b", "c/"], "?after=a"),
        (None, 2, ["a", "b"], "?limit=2"),
        ("a", 1, ["b"], "?after=a&limit=1"),
    ],
)
def test_names_are_in_order_and_no_more_than_wanted(
    server: ScriptedServer,
    mount: KvMount,
    after: str | None,
    limit: int | None,
    names: list[str],
    query: str,
) -> None:
    server.script = lambda _: found(keys=["c/", "a", "b"])
    assert mount.list_names("x", after, limit) == names
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("LIST", f"/v1/teams/metadata/x{query}")
