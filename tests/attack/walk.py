"""The walk over the whole URL map: each route, and the answer to each kind of caller.

The routes come from the app, so that a test covers each new one. `python -m tests.attack.walk`
writes the last part of docs/isolation.md from real answers.
"""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import hvac
from flask import Flask
from werkzeug.test import TestResponse

from app.adapters.vault.matter_documents import matter_fields, matter_path
from app.domain.ids import TeamId
from app.domain.intake import Client
from app.domain.matter import Bill, BillState, Matter, Origin, Words
from tests.attack.apart import service_apart
from tests.leaks import Canaries
from tests.rig import CONFIG, Caller, Sandbox, Stage, TeamOnStage
from tests.vault.matrix import DOCUMENT, HTTP_PART
from tests.waiting import eventually

REQUEST_ID = {"X-Request-ID": "walk"}
MATTER = "1" * 32
PUBLIC = {
    "api-docs.openapi_json",
    "api-docs.openapi_swagger_ui",
    "docs_assets",
    "start",
    "auth.login",
    "auth.unwrap",
    "auth.renew",
    "auth.logout",
    "agent.ask_agent",
    "agent.stream_answer",
    "pages.chat",
    "pages.asset",
    "pages.embed",
    "operations.healthz",
    "operations.readyz",
    "operations.traffic",
}
# What each caller may use; the app must deny everything else.
MEMBERS = {
    "teams.get_team",
    "invoices.list_invoices",
    "matters.list_matters",
    "matters.get_matter",
    "matters.delete_matter",
    "webhooks.put_webhook_secret",
    "webhooks.delete_webhook_secret",
    "team-secrets.list_secrets",
    "team-secrets.store_secret",
    "team-secrets.replace_secret",
    "team-secrets.get_secret_status",
    "team-secrets.delete_secret",
    "team-secrets.list_secret_versions",
    "team-secrets.rollback_secret",
    "team-secrets.undelete_secret",
    "team-secrets.verify_secret",
}
STRANGERS = {"team-secrets.list_secrets"}
AUDITORS = {
    "team-secrets.list_secrets",
    "team-secrets.get_secret_status",
    "team-secrets.list_secret_versions",
}


@dataclass(frozen=True)
class Route:
    endpoint: str
    method: str
    rule: str

    @property
    def title(self) -> str:
        rule = self.rule.replace("<team_id:team_id>", "{teamId}").replace("<matter_id:key>", "{id}")
        return f"{self.method} {rule}"

    @property
    def names_a_team(self) -> bool:
        return "<team_id:team_id>" in self.rule

    def path(self, team_id: str) -> str:
        return self.rule.replace("<team_id:team_id>", team_id).replace("<matter_id:key>", MATTER)

    def body(self, team: TeamOnStage) -> dict[str, Any] | None:
        """A valid body, so that only the caller can be the reason of a refusal."""
        team_body = {"slug": team.slug, "name": "Another Name", "config": CONFIG}
        bodies: dict[str, Callable[[], dict[str, Any]]] = {
            "teams.put_team": lambda: team_body,
            "teams.patch_team": lambda: {"name": "Another Name"},
            "team-secrets.store_secret": team.new_key,
            "team-secrets.replace_secret": team.new_key,
            "team-secrets.rollback_secret": lambda: {"version": 1},
            "webhooks.put_webhook_secret": lambda: {"secret": team.stage.canaries.key()},
            "invoices.resolve_invoice": lambda: {"outcome": "failed"},
        }
        make = bodies.get(self.endpoint)
        return make() if make else None

    def ask(self, caller: Caller, team: TeamOnStage, team_id: str | None = None) -> TestResponse:
        path = self.path(team_id or team.team_id)
        return caller.request(self.method, path, json=self.body(team), headers=REQUEST_ID)


def routes(app: Flask) -> list[Route]:
    return [
        Route(rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def guarded(app: Flask) -> list[Route]:
    """Routes whose blueprint's guard requires a token."""
    guards: dict[str, str] = app.extensions["guards"]
    return [r for r in routes(app) if guards[r.endpoint.partition(".")[0]] == "bearer"]


def told(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """Every byte of an answer."""
    return answer.status_code, sorted(answer.headers.items()), answer.get_data()


def target(stage: Stage) -> TeamOnStage:
    """A team with a key, and a matter with an unknown invoice."""
    team = stage.team().with_key()
    matter = Matter(
        key=MATTER,
        version=0,
        created_at=datetime.now(UTC),
        origin=Origin(1, "digest"),
        clients=(Client("Jane Doe", "jane@example.com", "+17045552671"),),
        words=(Words(datetime.now(UTC), "I need help with a divorce"),),
        bill=Bill(BillState.UNKNOWN, Decimal(75), started_at=datetime.now(UTC)),
    )
    document = matter_fields(TeamId(team.team_id), matter)
    root = hvac.Client(stage.service.vault.address, token=stage.service.vault.root_token)
    path = matter_path(TeamId(team.team_id), MATTER)
    root.adapter.post(f"/v1/teams/data/{path}", json={"data": document})
    return team


class Callers:
    """All kinds of callers without rights to a team; their tokens come directly from Vault."""

    def __init__(self, stage: Stage, rival: TeamOnStage) -> None:
        vault = stage.service.vault
        self._stage = stage
        self._root = hvac.Client(vault.address, token=vault.root_token)
        self.nobody = stage.nobody
        self.garbage = Caller(stage.client, "hvs.CAESIGarbageGarbageGarbageGarbageGarbage")
        self.revoked = Caller(stage.client, self._revoked())
        self.expired = Caller(stage.client, self._expired())
        self.auditor = Caller(stage.client, stage.staff_token("auditor"))
        self.stranger = rival.member()
        self.foreign_agent = Caller(stage.client, self._agent_of(rival))

    def _revoked(self) -> str:
        token = self._stage.staff_token("operator")
        self._root.revoke_token(token)
        return token

    def _expired(self) -> str:
        created = self._root.auth.token.create(policies=["operator"], explicit_max_ttl="1s")["auth"]
        alive = hvac.Client(self._stage.service.vault.address, token=created["client_token"])
        eventually(lambda: not alive.is_authenticated())
        return str(created["client_token"])

    def _agent_of(self, team: TeamOnStage) -> str:
        body = {"entity_alias": team.team_id, "ttl": "600s"}
        answer = self._root.adapter.post("/v1/auth/token/create/team-agent", json=body)
        return str(answer["auth"]["client_token"])


def render(stage: Stage) -> str:
    """Render the table of answers to each caller at each route."""
    callers = Callers(stage, stage.team().with_key())
    head = ("operator", "member", "another team's member", "auditor", "nobody, bad token")
    lines = [
        f"{HTTP_PART}\n",
        "`python -m tests.attack.walk` writes this table from the app's answers, which follow",
        "Vault's. It calls each route of the URL map, except the public ones, with each caller's",
        "token. A bad token is invented, revoked or expired. A denial is identical for a team that",
        "exists and for one that does not. A member's list of secrets has only its own team.\n",
        f"| route | {' | '.join(head)} |",
        "|---" * (len(head) + 1) + "|",
    ]
    for route in guarded(stage.app):
        row = [_cell(stage, route, each) for each in _columns(stage, callers)]
        lines.append(f"| `{route.title}` | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _columns(stage: Stage, callers: Callers) -> Iterable[Callable[[TeamOnStage], list[Caller]]]:
    bad = [callers.nobody, callers.garbage, callers.revoked, callers.expired]
    return (
        lambda team: [stage.operator],
        lambda team: [team.member()],
        lambda team: [callers.stranger],
        lambda team: [callers.auditor],
        lambda team: bad,
    )


def _cell(stage: Stage, route: Route, who: Callable[[TeamOnStage], list[Caller]]) -> str:
    """Use a separate team, because former callers may have removed theirs."""
    team = target(stage)
    statuses = {route.ask(caller, team).status_code for caller in who(team)}
    refused = statuses & {401, 403}
    assert len(statuses) == 1, (route, statuses)
    assert max(statuses) < 500, (route, statuses)
    return str(*refused) if refused else "yes"


def main() -> None:
    sandbox = Sandbox()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        with service_apart(place, sandbox) as service:
            section = render(Stage(service, Canaries(place), place / "cache"))
    sandbox.stop()
    DOCUMENT.write_text(DOCUMENT.read_text().partition(HTTP_PART)[0] + section)


if __name__ == "__main__":
    main()
