"""A paid turn beside its own raw calls to Vault and Blawby, one after the other."""

import http.client
import json
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from app import create_app
from app.adapters.vault.matter_documents import matter_path
from app.adapters.vault.worklist import item_path
from app.domain.ids import TeamId
from app.domain.worklist import Kind, WorkItem
from app.settings import Settings
from bench.bursts import Blawby, blawby
from bench.resolution import milliseconds
from bench.world import World

_TURNS = 120


class Turn:
    """The whole app in this process, without a network in front."""

    def __init__(self, world: World, stand_in: Blawby) -> None:
        environ = world.environ("paid") | {"BLAWBY_API_URL": stand_in.url, "LOG_LEVEL": "ERROR"}
        os.environ.update(environ)
        self._client = create_app(Settings.from_environment()).test_client()

    def __call__(self, team_id: TeamId) -> None:
        said = (
            "Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, "
            f"{secrets.token_hex(6)}@example.com, I need help with a divorce"
        )
        body = {"teamId": team_id, "messages": [{"role": "user", "content": said}]}
        answer = self._client.post("/api/agent", json=body).get_json()["data"]
        assert answer["payment"]["method"] == "blawby_api", answer["payment"]

    def register(self, teams: Sequence[TeamId], headers: dict[str, str]) -> None:
        """New teams with a key each, over the API."""
        config = {"requiresPayment": True, "consultationFee": 75, "blawbyApi": {"enabled": True}}
        for team_id in teams:
            body = {"slug": f"team-{team_id}", "name": "A Team", "config": config}
            path, key = f"/api/teams/{team_id}", {"apiKey": "bench-key-00", "teamUlid": team_id}
            made = self._client.put(path, json=body, headers=headers)
            kept = self._client.post(f"/api/team-secrets/{team_id}", json=key, headers=headers)
            assert (made.status_code, kept.status_code) == (201, 201)


class RawCalls:
    """The calls of a paid turn with nothing of ours around them: Vault's on one kept-alive
    connection, Blawby's on a new one each, because the sandbox closes them."""

    def __init__(self, world: World, stand_in: Blawby) -> None:
        self._vault = http.client.HTTPConnection(urlsplit(world.vault.address).netloc)
        self._blawby = urlsplit(stand_in.url).netloc
        self._headers = {"X-Vault-Token": world.vault.root_token}
        self.calls = 0

    def __call__(self, team_id: TeamId) -> None:
        key, now = secrets.token_hex(16), datetime.now(UTC)
        path, item = matter_path(team_id, key), WorkItem(now, team_id, key)
        email, document = f"{key}@example.com", {"text": "x" * 600, "label": {"a": {"b": True}}}
        due, self.calls = _kv({"due": now.isoformat()}, 0), 0
        own = matter_path(team_id, secrets.token_hex(16))
        self._ask_vault("GET", f"teams/data/{path}")
        # The conversation's own name leads to the matter.
        self._ask_vault("POST", f"teams/metadata/{own}", {"delete_version_after": "2160h"})
        self._ask_vault("POST", f"teams/data/{own}", _kv({"link": key}, 0))
        self._ask_vault("POST", _listed(Kind.MATTER, item), due)
        self._ask_vault("POST", f"teams/metadata/{path}", {"delete_version_after": "2160h"})
        self._ask_vault("POST", f"teams/data/{path}", _kv(document, 0))
        self._ask_blawby("GET", f"{team_id}/customers?search={email}")
        made = self._ask_blawby("POST", f"{team_id}/customer", _customer(team_id, email))
        self._ask_vault("POST", _listed(Kind.INVOICE, item), due)
        self._ask_blawby("POST", f"{team_id}/invoice", _invoice(made["data"]["id"]))
        self._ask_vault("POST", f"teams/data/{path}", _kv(document, 1))

    def _ask_vault(self, method: str, path: str, body: Any = None) -> None:
        self.calls += 1
        self._vault.request(method, f"/v1/{path}", json.dumps(body), self._headers)
        self._vault.getresponse().read()

    def _ask_blawby(self, method: str, path: str, body: Any = None) -> Any:
        self.calls += 1
        headers = {"Authorization": "Bearer bench-key-00", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection(self._blawby)
        connection.request(method, f"/api/v1/teams/{path}", json.dumps(body), headers)
        return json.loads(connection.getresponse().read())


def rows(world: World, row: Callable[[str, str, str, bool], None]) -> None:
    teams: Sequence[TeamId] = world.teams(2)
    with blawby() as stand_in:
        stand_in.delay(0)
        turn, raw = Turn(world, stand_in), RawCalls(world, stand_in)
        for team_id in teams:
            turn(team_id)
        ours, theirs = milliseconds((turn, raw), [*teams] * (_TURNS // 2))
    ratio = ours / theirs
    told = f"{ratio:.2f} ({ours:.1f} ms ÷ {theirs:.1f} ms for {raw.calls} calls)"
    row("paid turn ÷ its own raw calls", told, "≤ 1.5", ratio <= 1.5)


def _listed(kind: Kind, item: WorkItem) -> str:
    return f"platform/data/{item_path(kind, item)}"


def _kv(fields: dict[str, Any], cas: int) -> dict[str, Any]:
    return {"data": fields, "options": {"cas": cas}}


def _customer(team_id: TeamId, email: str) -> dict[str, Any]:
    return {
        "name": "Jane Doe",
        "email": email,
        "phone": "+17045552671",
        "currency": "USD",
        "status": "Lead",
        "team_id": team_id,
    }


def _invoice(customer_id: int) -> dict[str, Any]:
    line = {"description": "Fee", "quantity": 1, "unit_price": 75.0, "line_total": 75.0}
    return {
        "customer_id": customer_id,
        "currency": "USD",
        "due_date": "2030-01-01",
        "status": "draft",
        "line_items": [line],
    }
