"""A write whose answer was lost is done once, and is never told to have failed if it was done."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import product

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import team_fields
from app.adapters.vault.kv import CasConflict, KvMount
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.teams import VaultTeamRegistries
from app.adapters.vault.transport import Refused, VaultTransport
from app.domain.ids import Slug, TeamId, TeamUlid
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.domain.team_secret import SecretLabel
from app.errors import (
    SlugTaken,
    ValidationFailed,
    VaultUnavailable,
    VersionConflict,
    WriteUnconfirmed,
)
from app.ports import SecretStore, TeamRegistry
from app.schemas.stored_config import read_config
from tests.scripted_server import ScriptedServer
from tests.unit.adapters.vault.lossy import LossyKv

CALLER = SecretString("a-caller")
KEY = SecretString("a-key-of-blawby")
TEAM, OTHER = TeamId("0" * 26), TeamId("1" + "0" * 25)


@pytest.fixture
def kv(server: ScriptedServer) -> LossyKv:
    kv = LossyKv()
    server.script = kv
    return kv


@pytest.fixture
def addresses(server: ScriptedServer) -> VaultAddresses:
    return VaultAddresses((server.url,), 20.0, None)


@pytest.fixture
def mount(addresses: VaultAddresses) -> KvMount:
    return KvMount(VaultTransport(addresses, CALLER), "teams")


def label(write_id: str = "first-write") -> SecretLabel:
    return SecretLabel(
        TeamUlid("0" * 26), "0123456789ab", write_id, datetime(2031, 5, 1, tzinfo=UTC)
    )


# --- What may be done twice is repeated

REPEATED: dict[str, Callable[[KvMount], None]] = {
    "delete": lambda it: it.delete("x", 3),
    "undelete": lambda it: it.undelete("x", 3),
    "destroy": lambda it: it.destroy("x", [3]),
    "metadata": lambda it: it.forget("x"),
}


@pytest.mark.parametrize("name", REPEATED)
@pytest.mark.parametrize("fates", [["ok"], ["lost", "ok"], ["failed", "lost", "ok"]])
def test_what_may_be_done_twice_is_repeated_until_it_is_confirmed(
    kv: LossyKv, mount: KvMount, name: str, fates: list[str]
) -> None:
    kv.fates.extend(fates)
    REPEATED[name](mount)
    assert len(kv.writes) == len(fates)
    assert {write.split()[1] for write in kv.writes} == {name}


@pytest.mark.parametrize("name", REPEATED)
def test_an_outage_before_anything_was_done_is_one_and_after_it_is_unconfirmed(
    kv: LossyKv, mount: KvMount, name: str
) -> None:
    kv.fates.append("down")
    with pytest.raises(VaultUnavailable) as raised:
        REPEATED[name](mount)
    assert raised.type is VaultUnavailable
    kv.sealed = False
    kv.fates.extend(["failed", "down"])
    with pytest.raises(WriteUnconfirmed):
        REPEATED[name](mount)


@pytest.mark.parametrize("name", REPEATED)
def test_it_is_given_up_after_some_tries(kv: LossyKv, mount: KvMount, name: str) -> None:
    kv.fates.extend(["failed"] * 20)
    with pytest.raises(WriteUnconfirmed):
        REPEATED[name](mount)
    assert 2 <= len(kv.writes) <= 9


@pytest.mark.parametrize(
    ("told", "meaning"),
    [
        ("1 error: check-and-set parameter did not match", CasConflict),
        ("check-and-set parameter required", CasConflict),
        ("request body has high complexity", ValidationFailed),
        ("something else", Refused),
    ],
)
def test_what_a_refused_write_means(
    server: ScriptedServer, mount: KvMount, told: str, meaning: type[Exception]
) -> None:
    server.script = lambda _: (400, {"errors": ["first", told]})
    with pytest.raises(meaning):
        mount.write("x", {"a": 1}, cas=0)
    with pytest.raises(meaning):
        mount.patch("x", {"a": 1}, cas=0)
    first, second = (seen.document for seen in server.seen)
    assert first == second == {"options": {"cas": 0}, "data": {"a": 1}}
    assert server.seen[1].headers["content-type"] == "application/merge-patch+json"


# --- A team's key


@pytest.fixture
def secret(kv: LossyKv, addresses: VaultAddresses) -> SecretStore:
    return VaultSecretStores(addresses, "teams").open(CALLER, TEAM)


# What became of the tries, and whether the key is confirmed.
FATES: list[tuple[Sequence[str], bool]] = [
    (["ok"], True),
    (["lost"], True),
    (["failed", "ok"], True),
    (["failed", "lost"], True),
    (["failed", "failed"], False),
]


@pytest.mark.parametrize(("fates", "confirmed"), FATES)
@pytest.mark.parametrize("before", [0, 2])
def test_a_key_is_written_once(
    kv: LossyKv, secret: SecretStore, before: int, fates: Sequence[str], confirmed: bool
) -> None:
    for number in range(before):
        assert secret.write(KEY, label(f"write-{number}"), number) == number + 1
    kv.writes.clear()
    kv.fates.extend(fates)
    if confirmed:
        assert secret.write(KEY, label(), before) == before + 1
        shown = secret.shown()
        assert shown is not None
        assert (shown.version, shown.label.write_id) == (before + 1, "first-write")
    else:
        with pytest.raises(WriteUnconfirmed):
            secret.write(KEY, label(), before)
    assert len(kv.writes) == len(fates)


def test_a_key_of_somebody_else_is_not_taken_for_ones_own(kv: LossyKv, secret: SecretStore) -> None:
    secret.write(KEY, label("another"), 0)
    with pytest.raises(VersionConflict):
        secret.write(KEY, label(), 0)
    assert secret.write(KEY, label("another"), 0) == 1
    kv.fates.extend(["failed", "ok"])
    with pytest.raises(VersionConflict):
        secret.write(KEY, label(), 0)


def test_a_key_over_which_somebody_wrote_what_is_none_is_not_confirmed(
    kv: LossyKv, secret: SecretStore
) -> None:
    place = f"teams/{TEAM}/blawby_api"
    kv.fates.append("lost")
    kv.after[place] = lambda: kv.documents[place].__setitem__(0, {"nothing": "of a key"})
    with pytest.raises((VersionConflict, WriteUnconfirmed)):
        secret.write(KEY, label(), 0)


def test_an_outage_after_a_lost_answer_is_unconfirmed(kv: LossyKv, secret: SecretStore) -> None:
    def seal() -> None:
        kv.sealed = True

    kv.fates.append("lost")
    kv.after[f"teams/{TEAM}/blawby_api"] = seal
    with pytest.raises(WriteUnconfirmed):
        secret.write(KEY, label(), 0)


# --- A team


@pytest.fixture
def registry(kv: LossyKv, addresses: VaultAddresses) -> TeamRegistry:
    return VaultTeamRegistries(addresses, "teams", read_config).open(CALLER)


def team(slug: str, team_id: TeamId = TEAM, version: int = 0) -> Team:
    return Team(team_id, Slug(slug), "A Firm", TeamConfig({"a": 1}), version)


WRITES_OF_A_REGISTRATION = 7


@pytest.mark.parametrize(
    ("place", "fate"), list(product(range(WRITES_OF_A_REGISTRATION), ["lost", "failed"]))
)
def test_a_registration_is_whole_whichever_answer_is_lost(
    kv: LossyKv, registry: TeamRegistry, place: int, fate: str
) -> None:
    """Or it says that it is unconfirmed, and is whole the next time."""
    kv.fates.extend(["ok"] * place + [fate])
    try:
        assert registry.register(team("a-firm")) is True
    except WriteUnconfirmed:
        registry.register(team("a-firm"))
    assert not kv.fates
    assert registry.find(Slug("a-firm")) == TEAM
    stored = registry.read(TEAM)
    assert stored is not None
    assert (stored.slug, stored.config) == ("a-firm", TeamConfig({"a": 1}))


@pytest.mark.parametrize(("place", "fate"), list(product(range(4), ["lost", "failed"])))
def test_a_new_slug_is_whole_whichever_answer_is_lost(
    kv: LossyKv, registry: TeamRegistry, place: int, fate: str
) -> None:
    registry.register(team("a-firm"))
    kv.fates.extend(["ok"] * place + [fate])
    try:
        assert registry.register(team("another-name", version=1)) is False
    except WriteUnconfirmed:
        stored = registry.read(TEAM)
        assert stored is not None
        registry.register(team("another-name", version=stored.version))
    assert registry.find(Slug("another-name")) == TEAM
    assert registry.find(Slug("a-firm")) is None
    kv.fates.clear()
    assert registry.register(team("a-firm", OTHER)) is True


def test_a_slug_of_another_team_is_refused_and_nothing_changed(
    kv: LossyKv, registry: TeamRegistry
) -> None:
    registry.register(team("a-firm"))
    registry.register(team("another-name", OTHER))
    kv.writes.clear()
    with pytest.raises(SlugTaken):
        registry.register(team("a-firm", OTHER, version=1))
    assert kv.writes == []
    assert registry.find(Slug("another-name")) == OTHER


@pytest.mark.parametrize("version", [2, 1])
def test_an_old_version_is_refused(kv: LossyKv, registry: TeamRegistry, version: int) -> None:
    if version == 1:
        registry.register(team("a-firm"))
        registry.register(team("a-firm", version=1))
    kv.writes.clear()
    with pytest.raises(VersionConflict):
        registry.register(team("a-firm", version=version))
    assert kv.writes == []


CONFIG, WANTED = f"teams/{TEAM}/config", "platform/slugs/wanted"


def write_by_hand(kv: LossyKv, place: str, fields: dict[str, object]) -> None:
    kv.documents.setdefault(place, []).append(fields)


def take_over(kv: LossyKv) -> None:
    """What another team does that claims the slug before this one's claim is final."""
    write_by_hand(kv, WANTED, {"team_id": OTHER})
    write_by_hand(kv, f"teams/{OTHER}/config", dict(team_fields(team("wanted", OTHER))))


def test_who_loses_its_first_slug_is_not_registered(kv: LossyKv, registry: TeamRegistry) -> None:
    kv.after[CONFIG] = lambda: take_over(kv)
    with pytest.raises(SlugTaken):
        registry.register(team("wanted"))
    assert registry.read(TEAM) is None
    assert registry.find(Slug("wanted")) == OTHER


@pytest.mark.parametrize("meanwhile", ["nothing", "other fields", "another slug"])
def test_who_loses_a_new_slug_has_its_former_one_again(
    kv: LossyKv, registry: TeamRegistry, meanwhile: str
) -> None:
    registry.register(team("a-firm"))

    def others_write() -> None:
        take_over(kv)
        fields = {**team_fields(team("wanted")), "name": "Renamed"}
        if meanwhile == "other fields":
            write_by_hand(kv, CONFIG, fields)
        elif meanwhile == "another slug":
            write_by_hand(kv, CONFIG, {**fields, "slug": "third"})

    kv.after[CONFIG] = others_write
    with pytest.raises(SlugTaken):
        registry.register(team("wanted", version=1))
    stored = registry.read(TEAM)
    assert stored is not None
    expected = {
        "nothing": ("a-firm", "A Firm"),
        "other fields": ("a-firm", "Renamed"),
        "another slug": ("third", "Renamed"),
    }
    assert (stored.slug, stored.name) == expected[meanwhile]
    assert registry.find(Slug("wanted")) == OTHER


def test_a_claim_without_a_team_is_taken_over(kv: LossyKv, registry: TeamRegistry) -> None:
    write_by_hand(kv, WANTED, {"team_id": OTHER})
    assert registry.register(team("wanted")) is True
    assert registry.find(Slug("wanted")) == TEAM


def test_a_claim_is_given_up_after_some_tries(kv: LossyKv, registry: TeamRegistry) -> None:
    kv.fates.extend(["failed"] * 20)
    with pytest.raises(VaultUnavailable):
        registry.register(team("wanted"))
    assert len(kv.writes) == 20
    assert registry.read(TEAM) is None
