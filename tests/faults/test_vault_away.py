"""Rows 5, 6, 7 and 19 of the faults: Vault sealed, gone, silent, dripping or answering nonsense."""

import time
from collections.abc import Iterator

import hvac
import pytest

from tests.faults import tcp_proxy as tcp
from tests.faults.conftest import NewVaultStage
from tests.faults.tcp_proxy import Behaviour, Exchange
from tests.faults.vault_proxy import (
    HTML,
    PAGE,
    answers,
    commits_then_answers,
    drips,
    redirects,
)
from tests.faults.vault_stage import (
    VaultStage,
    is_served,
    is_vault_away,
    readiness,
)
from tests.leaks import Canaries
from tests.rig import Service
from tests.waiting import eventually

NONSENSE = {
    **{str(status): answers(status) for status in (412, 429, 472, 473, 474, 500, 503)},
    "502 as HTML": answers(502, PAGE, HTML),
    "200 as HTML": answers(200, PAGE, HTML),
    "403 as HTML": answers(403, PAGE, HTML),
    "404 as HTML": answers(404, PAGE, HTML),
    "404 of another's": answers(404, b'{"message": "no such route"}'),
    "404 of a mount away": answers(404, b'{"errors": ["no handler for route"]}'),
    "cut JSON": answers(200, b'{"request_id": "1", "data": {"da'),
    "null": answers(200, b"null"),
    "[]": answers(200, b"[]"),
    "{}": answers(200, b"{}"),
    "no data": answers(200, b'{"request_id": "1", "data": null}'),
    "deep": answers(200, b"[" * 100_000),
    "a redirect to itself": redirects(lambda: "/v1/sys/health"),
    "reset": tcp.resets,
    "closed": tcp.closes,
    "reset halfway": tcp.commits_then_resets_halfway,
    "cut": tcp.commits_then_cuts,
}


@pytest.fixture
def sealed(fragile: Service, behind_proxy: NewVaultStage) -> Iterator[VaultStage]:
    stage = behind_proxy(fragile)
    stage.breaks(tcp.passes)
    root = hvac.Client(fragile.vault.address, token=fragile.vault.root_token)
    root.sys.seal()
    eventually(root.sys.is_sealed)
    yield stage
    fragile.vault.stop_node()
    fragile.vault.start_node()
    fragile.vault.wait_active()


def assert_calm(stage: VaultStage) -> None:
    """Warm traffic goes on and says so; the rest is told when to come again."""
    assert is_served(stage.warm.ask("Hello"), degraded=True)
    assert is_vault_away(stage.cold.ask("Hello"))
    assert is_vault_away(stage.stage.operator.get(stage.cold.secret))
    assert is_vault_away(stage.stage.operator.get(stage.warm.secret))
    eventually(lambda: readiness(stage.stage)[0] == 503)
    assert readiness(stage.stage)[1]["vault"] == "unavailable"
    assert stage.stage.nobody.get("/healthz").status_code == 200


def test_row_05_sealed(sealed: VaultStage) -> None:
    assert_calm(sealed)
    assert is_vault_away(sealed.stage.operator.put(sealed.warm.secret, json=sealed.warm.new_key()))
    paid = sealed.warm.ask()
    assert is_served(paid, degraded=True)
    assert paid.json["data"]["payment"]["method"] == "fallback_link"
    assert paid.json["data"]["payment"]["reason"] == "vault_unavailable"
    assert paid.json["data"]["matter"] == {"matterId": None, "stored": False, "repeat": False}
    assert paid.json["data"]["workflow"] == "intake"


def test_row_05_unsealed_again(sealed: VaultStage, fragile: Service) -> None:
    assert_calm(sealed)
    fragile.vault.stop_node()
    fragile.vault.start_node()
    sealed.recovers()
    eventually(lambda: readiness(sealed.stage)[0] == 200)


def test_row_06_refused(fragile: Service, behind_proxy: NewVaultStage) -> None:
    stage = behind_proxy(fragile, vault_addr=tuple(fragile.vault.addresses))
    stage.breaks(tcp.passes)
    fragile.vault.kill()
    try:
        assert_calm(stage)
    finally:
        fragile.vault.start_node()
        fragile.vault.wait_active()
    stage.recovers()


@pytest.mark.parametrize("behaviour", [tcp.resets, tcp.closes])
def test_row_06_reset(behind_proxy: NewVaultStage, behaviour: Behaviour) -> None:
    stage = behind_proxy()
    stage.breaks(behaviour)
    assert_calm(stage)
    stage.proxy.heal()
    stage.recovers()


@pytest.mark.parametrize("behaviour", [tcp.is_silent, drips])
def test_row_07_silent_or_dripping(behind_proxy: NewVaultStage, behaviour: Behaviour) -> None:
    """What would take a minute is given up: the proxy has not ended one exchange by then."""
    stage = behind_proxy()
    stage.becomes_impatient()
    stage.breaks(behaviour)
    before = len(stage.proxy.exchanges)
    assert_calm(stage)
    begun = stage.proxy.exchanges[before:]
    assert begun
    assert all(exchange.sent < 100 for exchange in begun)
    stage.proxy.heal()
    stage.recovers()


def test_row_07_waiting_does_not_eat_the_workers(behind_proxy: NewVaultStage) -> None:
    """Forty cold requests, and but a few of them waited: one at a time asks whether it is back."""
    stage = behind_proxy()
    stage.becomes_impatient()
    stage.breaks(tcp.is_silent)
    before = len(stage.proxy.exchanges)
    for _ in range(40):
        assert is_vault_away(stage.cold.ask("Hello"))
    assert len(stage.proxy.exchanges) - before <= 4


@pytest.mark.parametrize("silent", ["/config", "auth/token/create", "/matters/"])
def test_row_07_a_turn_has_a_deadline_in_all(behind_proxy: NewVaultStage, silent: str) -> None:
    """Whatever Vault is silent about, and however long a call to it may take."""
    stage = behind_proxy(vault_timeout=60.0, agent_deadline=1.5)
    team = stage.stage.team().with_key()
    stage.proxy.always(silent, tcp.is_silent)
    began = time.monotonic()
    answer = team.ask()
    assert time.monotonic() - began < 20
    if silent == "/config":
        assert is_vault_away(answer)
    else:
        assert is_served(answer, degraded=True)
        payment = answer.json["data"]["payment"]
        assert (payment["method"], payment["reason"]) == ("fallback_link", "vault_unavailable")


def test_rows_05_to_07_an_outage_within_the_ttl_is_said(behind_proxy: NewVaultStage) -> None:
    """The team's values are fresh, so that only filing the matter meets the outage."""
    stage = behind_proxy(config_cache_ttl=300)
    stage.proxy.always("/v1/", tcp.resets)
    assert is_served(stage.warm.ask("Hello"), degraded=False)
    answer = stage.warm.ask()
    assert is_served(answer, degraded=True)
    assert answer.json["data"]["matter"]["stored"] is False
    assert answer.json["data"]["payment"]["reason"] == "vault_unavailable"


def test_row_07_one_slow_path_is_no_outage(behind_proxy: NewVaultStage) -> None:
    stage = behind_proxy()
    stage.becomes_impatient()
    stage.breaks(tcp.is_silent, where=f"{stage.warm.team_id}/config")
    for _ in range(3):
        assert is_served(stage.warm.ask("Hello"), degraded=True)
    stage.recovers()


@pytest.fixture(scope="module")
def expired(
    service: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VaultStage]:
    """Its warm team's value has expired; its cold team was never asked while Vault was well."""
    stage = VaultStage(service, canaries, tmp_path_factory.mktemp("cache"), vault_timeout=2.0)
    stage.breaks(tcp.passes)
    yield stage
    stage.proxy.stop()


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_row_19_nonsense_to_all(expired: VaultStage, nonsense: str) -> None:
    expired.proxy.always("/v1/", NONSENSE[nonsense])
    assert_calm(expired)
    expired.proxy.heal()


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_row_19_nonsense_instead_of_the_key(expired: VaultStage, nonsense: str) -> None:
    expired.proxy.heal()
    team = expired.stage.team().with_key()
    expired.proxy.always(f"/{team.team_id}/blawby_api", NONSENSE[nonsense])
    answer = team.ask()
    expired.proxy.heal()
    assert is_served(answer, degraded=True)
    assert answer.json["data"]["payment"]["method"] == "fallback_link"
    assert answer.json["data"]["payment"]["reason"] == "vault_unavailable"


@pytest.mark.parametrize(
    "lost",
    [
        commits_then_answers(502, PAGE, HTML),
        commits_then_answers(200, PAGE, HTML),
        commits_then_answers(200, b"null"),
        commits_then_answers(503, b'{"errors":["shutting down"]}'),
        tcp.commits_then_cuts,
        tcp.commits_then_resets,
        tcp.commits_then_is_silent,
    ],
)
def test_row_19_nonsense_after_a_write(expired: VaultStage, lost: Behaviour) -> None:
    """Never "failed" when it was committed."""
    expired.proxy.heal()
    team = expired.stage.team().with_key()
    expired.proxy.on(f"POST /v1/teams/data/{team.team_id}/blawby_api", lost)
    answer = expired.stage.operator.put(team.secret, json=team.new_key())
    assert expired.proxy.count(f"POST /v1/teams/data/{team.team_id}/blawby_api") > 1
    assert answer.status_code == 200
    assert answer.json["data"]["version"] == 2


def test_row_19_too_long(behind_proxy: NewVaultStage) -> None:
    """Fifty megabytes are not read to their end."""

    def floods(exchange: Exchange) -> None:
        tcp.floods(exchange)

    stage = behind_proxy()
    stage.breaks(floods)
    assert is_vault_away(stage.cold.ask("Hello"))
    assert all(one.sent < 40 * 2**20 for one in stage.proxy.exchanges)
