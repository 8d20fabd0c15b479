"""The whole app with a proxy of ours between it and the sandbox, and what money there is then."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from tests.faults.tcp_proxy import TcpProxy
from tests.leaks import Canaries
from tests.rig import CONFIG, Sandbox, Service, Stage, TeamOnStage
from tests.waiting import eventually

LINK = CONFIG["paymentLink"]
PENDING = {
    "method": "pending",
    "reason": "outcome_unknown",
    "invoiceUrl": None,
    "paymentId": None,
    "amount": "75.00",
    "currency": "USD",
}


def fallback(reason: str) -> dict[str, Any]:
    return PENDING | {"method": "fallback_link", "reason": reason, "invoiceUrl": LINK}


class BlawbyStage:
    """One app with breakers of its own, one team with a key; a call may take 1.5 seconds."""

    def __init__(
        self, service: Service, sandbox: Sandbox, canaries: Canaries, cache: Path, **changes: Any
    ) -> None:
        self.sandbox = sandbox
        self.intakes = 1
        self.proxy = TcpProxy(sandbox.url)
        patience = {"blawby_timeout": 1.5, "agent_deadline": 8.0}
        behind_proxy = replace(service, blawby_url=self.proxy.url)
        self.stage = Stage(behind_proxy, canaries, cache, **(patience | changes))
        self.key = canaries.key()
        self.team = self.stage.team().with_key(apiKey=self.key)

    def fault(self, call: str, kind: str, **options: Any) -> None:
        self.sandbox.admin("POST", "faults", json={"call": call, "kind": kind} | options)

    def turn(self, team: TeamOnStage | None = None, **fields: Any) -> dict[str, Any]:
        answer = (team or self.team).ask(**fields)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        data: dict[str, Any] = answer.json["data"]
        return data

    def pay(self, team: TeamOnStage | None = None, **fields: Any) -> dict[str, Any]:
        """The payment that a finished intake is answered with; its matter is on record."""
        data = self.turn(team, **fields)
        assert data["workflow"] == "matter_created"
        assert data["matter"]["stored"]
        (call,) = data["toolCalls"]
        assert call["parameters"]["email"] == "jane@example.com"
        assert call["parameters"]["matter_id"] == data["matter"]["matterId"]
        payment: dict[str, Any] = data["payment"]
        if payment["invoiceUrl"]:
            assert payment["invoiceUrl"] in data["response"]
        else:
            assert "https://" not in data["response"]
        return payment

    def unfiled(self) -> dict[str, Any]:
        """The payment of an intake whose matter could not be put on record, and says so."""
        data = self.turn()
        assert data["workflow"] == "intake"
        assert data["matter"] == {"matterId": None, "stored": False, "repeat": False}
        assert data["toolCalls"] == []
        assert "https://" not in data["response"]
        payment: dict[str, Any] = data["payment"]
        return payment

    def rows(self, kind: str) -> list[dict[str, Any]]:
        ours = self.team.ulid.lower()
        return [row for row in self.sandbox.admin("GET", kind) if row["team"].lower() == ours]

    def calls(self, call: str) -> int:
        return sum(row["call"] == call for row in self.rows("calls"))

    def wait_for(self, kind: str) -> None:
        """Until Blawby has one: no client waits for a memo."""
        eventually(lambda: bool(self.rows(kind)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Whatever happened: one invoice an intake at most, asked for with this team's key."""
        self.proxy.stop()
        self.sandbox.admin("DELETE", "faults")
        assert len(self.rows("invoices")) <= self.intakes
        shown = {row["keySha256"] for row in self.rows("calls")}
        assert shown <= {hashlib.sha256(self.key.encode()).hexdigest()}
