"""Vault misbehaves while money is at stake: what the record makes of lost answers and outages."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults import tcp_proxy as tcp
from tests.faults.blawby_stage import PENDING, BlawbyStage, fallback
from tests.faults.tcp_proxy import Behaviour, TcpProxy
from tests.leaks import Canaries
from tests.rig import Sandbox, Service

LOST = [
    tcp.commits_then_resets,
    tcp.commits_then_closes,
    tcp.commits_then_cuts,
    tcp.commits_then_is_silent,
]
# The conversation's key and the matter are written before Blawby is called.
BEGINNING = (tcp.passes, tcp.passes)
NEVER_DONE = [tcp.resets, tcp.closes, tcp.is_silent]


@dataclass
class Between:
    """The app, with a proxy to Vault and another one to Blawby."""

    blawby: BlawbyStage
    vault: TcpProxy

    @property
    def writes(self) -> str:
        return f"POST /v1/teams/data/{self.blawby.team.team_id}/matters/"

    @property
    def reads(self) -> str:
        return f"GET /v1/teams/data/{self.blawby.team.team_id}/matters/"

    @property
    def expiry(self) -> str:
        return f"POST /v1/teams/metadata/{self.blawby.team.team_id}/matters/"

    @property
    def listing(self) -> str:
        return "POST /v1/platform/data/worklist/matter/"

    @property
    def announcing(self) -> str:
        return "POST /v1/platform/data/worklist/invoice/"

    def pay(self) -> dict[str, Any]:
        return self.blawby.pay()

    @property
    def invoices(self) -> int:
        return len(self.blawby.rows("invoices"))


@pytest.fixture
def between(
    service: Service, sandbox: Sandbox, canaries: Canaries, tmp_path: Path
) -> Iterator[Between]:
    changes: dict[str, Any] = {"vault_timeout": 1.0, "agent_deadline": 10.0}
    with (
        TcpProxy(service.vault.address) as vault,
        BlawbyStage(
            service, sandbox, canaries, tmp_path, vault_addr=(vault.url,), **changes
        ) as blawby,
    ):
        yield Between(blawby, vault)


@pytest.mark.parametrize("behaviour", LOST)
def test_10_a_beginning_whose_answer_was_lost_is_known_again(
    between: Between, behaviour: Behaviour
) -> None:
    between.vault.on(between.writes, behaviour)
    payment = between.pay()
    assert payment["method"] == "blawby_api"
    assert between.pay() == payment


@pytest.mark.parametrize("behaviour", LOST)
def test_10_a_settlement_whose_answer_was_lost_is_known_again(
    between: Between, behaviour: Behaviour
) -> None:
    between.vault.on(between.writes, *BEGINNING, behaviour)
    payment = between.pay()
    assert payment["method"] == "blawby_api"
    assert between.vault.count(between.writes) == 3
    assert between.pay() == payment


@pytest.mark.parametrize("behaviour", NEVER_DONE)
def test_a_settlement_that_did_not_arrive_is_sent_again(
    between: Between, behaviour: Behaviour
) -> None:
    between.vault.on(between.writes, *BEGINNING, behaviour)
    payment = between.pay()
    assert payment["method"] == "blawby_api"
    assert between.pay() == payment


@pytest.mark.parametrize("where", ["writes", "listing", "expiry"])
@pytest.mark.parametrize("behaviour", NEVER_DONE)
def test_without_a_beginning_nothing_is_asked_of_blawby(
    between: Between, behaviour: Behaviour, where: str
) -> None:
    between.vault.always(getattr(between, where), behaviour)
    assert between.blawby.unfiled() == fallback("vault_unavailable")
    assert between.blawby.rows("calls") == []
    between.vault.heal()
    while not between.blawby.turn()["matter"]["stored"]:
        continue  # A Vault that was silent is left alone for a moment.
    assert between.pay()["method"] == "blawby_api"


@pytest.mark.parametrize("behaviour", [*NEVER_DONE, tcp.commits_then_drips])
def test_without_a_look_at_the_record_nothing_is_asked_of_blawby(
    between: Between, behaviour: Behaviour
) -> None:
    between.vault.always(between.reads, behaviour)
    assert between.blawby.unfiled() == fallback("vault_unavailable")
    assert between.blawby.rows("calls") == []


def test_an_invoice_that_cannot_be_written_down_is_given_and_never_made_again(
    between: Between,
) -> None:
    between.vault.on(between.writes, *BEGINNING)
    between.vault.always(between.writes, tcp.resets)
    assert between.pay()["method"] == "blawby_api"
    assert between.pay() == PENDING
    between.vault.heal()
    assert between.pay() == PENDING
    assert between.invoices == 1


def test_a_failure_that_cannot_be_written_down_is_pending(between: Between) -> None:
    between.vault.on(between.writes, *BEGINNING)
    between.vault.always(between.writes, tcp.resets)
    between.blawby.fault("search", "status", status=500)
    assert between.pay() == PENDING
    assert between.invoices == 0


@pytest.mark.parametrize("behaviour", NEVER_DONE)
def test_without_a_place_on_the_worklist_no_invoice_is_asked_for(
    between: Between, behaviour: Behaviour
) -> None:
    """Whatever dies then, an operator finds the invoice in question there."""
    between.vault.always(between.announcing, behaviour)
    assert between.pay() == fallback("vault_unavailable")
    assert between.blawby.calls("invoice") == 0
    between.vault.heal()
    assert between.pay()["method"] == "blawby_api"


@pytest.mark.parametrize("behaviour", LOST)
def test_10_a_place_on_the_worklist_whose_answer_was_lost_costs_no_second_invoice(
    between: Between, behaviour: Behaviour
) -> None:
    between.vault.on(between.announcing, behaviour)
    assert between.pay()["method"] in ("fallback_link", "blawby_api")
    assert between.pay()["method"] == "blawby_api"
    assert between.invoices == 1
