"""docs/auditing.md answers what it asks: its lines of jq run on a real audit log and app log."""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hvac
import jq
import pytest

from tests.attack.apart import service_apart
from tests.cli.conftest import document
from tests.http.answers import data_of, refusal_of
from tests.leaks import Canaries
from tests.rig import Caller, Sandbox, Stage, TeamOnStage

DOCUMENT = Path(__file__).parents[2] / "docs" / "auditing.md"
NOW = datetime.now(UTC)


def day_after(days: int) -> str:
    """As seen from the start of this module's tests, whatever the day is when they end."""
    return (NOW + timedelta(days=days)).date().isoformat()


DAYS = (day_after(0), day_after(1))


@dataclass
class History:
    """Two teams, what happened to them, and the logs of it. It may reach over midnight."""

    stage: Stage
    acme: TeamOnStage
    rival: TeamOnStage
    audit_log: str
    app_log: str
    names: dict[str, str]

    def told_by(self, words: str, **arguments: Any) -> list[str]:
        """What the document's line with these words prints."""
        (block,) = (block for block in _blocks() if words in block)
        tokens = shlex.split(block)
        program = next(token for token in tokens if "select(" in token)
        log = self.app_log if "$APP_LOG" in tokens else self.audit_log
        found = jq.compile(program, args={"names": [self.names]} | arguments).input_text(log)
        return [str(line) for line in found]


def _blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)


@pytest.fixture(scope="module")
def history(
    sandbox: Sandbox, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[History]:
    place = tmp_path_factory.mktemp("history")
    with service_apart(place, sandbox) as service:
        vault = service.vault
        root = hvac.Client(vault.address, token=vault.root_token)
        stage = Stage(service, canaries, place / "cache")
        captured = canaries.captured / "logs"
        begin = captured.stat().st_size
        acme, rival = stage.team(), stage.team().with_key()
        live(stage, acme, rival, a_person(root, stage))
        auditor = hvac.Client(vault.address, token=stage.staff_token("auditor"))
        entities = auditor.adapter.list("/v1/identity/entity/id")["data"]["key_info"]
        (names,) = jq.compile(".data.key_info | map_values(.name)").input_value(
            {"data": {"key_info": entities}}
        )
        app_log = captured.read_bytes()[begin:].decode()
        yield History(stage, acme, rival, vault.audit_log.read_text(), app_log, names)


def a_person(root: hvac.Client, stage: Stage) -> Caller:
    """Jane, an operator with a login of her own, as the document says."""
    root.sys.enable_auth_method("userpass")
    password = stage.canaries.key()
    user = {"token_policies": ["operator"], "password": password}
    root.adapter.post("/v1/auth/userpass/users/jane", json=user)
    entity = root.adapter.post("/v1/identity/entity", json={"name": "jane.doe"})["data"]["id"]
    mount = root.adapter.get("/v1/sys/auth")["data"]["userpass/"]["accessor"]
    alias = {"name": "jane", "canonical_id": entity, "mount_accessor": mount}
    root.adapter.post("/v1/identity/entity-alias", json=alias)
    login = root.adapter.post("/v1/auth/userpass/login/jane", json={"password": password})
    return Caller(stage.client, login["auth"]["client_token"])


def live(stage: Stage, acme: TeamOnStage, rival: TeamOnStage, jane: Caller) -> None:
    member, stranger = acme.member(), rival.member()
    data_of(jane.post(acme.secret, json=acme.new_key()), 201)
    data_of(member.put(acme.secret, json=acme.new_key()))
    data_of(acme.ask())
    data_of(jane.post(f"{acme.secret}/rollback", json={"version": 1}))
    data_of(member.delete(acme.secret))
    data_of(jane.post(f"{acme.secret}/undelete"))
    refusal_of(stranger.get(acme.secret), 403, "forbidden")
    refusal_of(stranger.put(acme.secret, json=acme.new_key()), 403, "forbidden")
    refusal_of(stranger.delete(acme.path), 403, "forbidden")
    credentials = data_of(stage.operator.post(f"{acme.path}/credentials"), 201)
    wrapped = {"wrappingToken": credentials["wrappingToken"]}
    data_of(stage.nobody.post("/api/auth/unwrap", json=wrapped))
    again = stage.nobody.post("/api/auth/unwrap", json=wrapped, headers={"X-Request-ID": "late"})
    refusal_of(again, 401, "unauthenticated")


def columns(lines: list[str]) -> list[tuple[str, ...]]:
    """Without the time, which is that of this run."""
    rows = [line.split("\t") for line in lines]
    assert all(row[0].startswith(DAYS) for row in rows)
    return [tuple(row[1:]) for row in rows]


def test_who_changed_a_teams_key(history: History) -> None:
    lines = history.told_by("--arg team", team=history.acme.team_id)
    assert columns(lines) == [
        ("jane.doe", "data", "1"),
        (f"team-{history.acme.team_id}", "data", "2"),
        ("jane.doe", "data", "3"),
        (f"team-{history.acme.team_id}", "delete", ""),
        ("jane.doe", "undelete", ""),
    ]


def test_which_teams_the_agent_acted_for(history: History) -> None:
    for words in ("team-agent", "/api/agent/stream"):
        counted = Counter(line for day in DAYS for line in history.told_by(words, day=day))
        assert counted.keys() == {history.acme.team_id}
        assert history.told_by(words, day="2001-01-01") == []


def test_whether_anybody_tried_another_teams(history: History) -> None:
    stranger, acme = f"team-{history.rival.team_id}", history.acme.team_id
    assert set(columns(history.told_by("permission denied"))) == {
        (stranger, "read", f"teams/subkeys/{acme}/blawby_api"),
        (stranger, "update", f"teams/delete/{acme}/blawby_api"),
        (stranger, "read", f"teams/data/{acme}/config"),
    }


def test_a_used_wrapping_token(history: History) -> None:
    assert columns(history.told_by("wrapping token refused")) == [("127.0.0.1", "late")]


def test_every_line_of_jq_is_tried() -> None:
    programs = [block for block in _blocks() if "select(" in block]
    assert len(programs) == 5
    assert sum("jq " in block for block in _blocks()) == len(programs) + 3


def test_no_key_is_in_the_audit_log(history: History) -> None:
    """The session's canaries were in every request; Vault keeps their HMACs."""
    history.stage.canaries.keep("vault-audit", history.audit_log.encode())
    entries = [json.loads(line) for line in history.audit_log.splitlines()]
    stored = [
        entry["request"]["data"]["data"]["api_key"]
        for entry in entries
        if entry["type"] == "request"
        and entry["request"]["operation"] in {"create", "update"}
        and re.fullmatch(r"teams/data/[^/]+/blawby_api", entry["request"]["path"])
    ]
    assert len(stored) == 4
    assert all(value.startswith("hmac-sha256:") for value in stored)


# --- flask secret due


def due(stage: Stage, token: str, *options: str) -> dict[str, tuple[str, ...]]:
    """The columns that the command prints, by team."""
    runner = stage.app.test_cli_runner(env={"VAULT_TOKEN": token})
    rows = document(runner.invoke(args=["secret", "due", "--json", *options]))
    days = ((row["teamId"], row["updatedAt"][:10], row["expiresAt"] or "never") for row in rows)
    told = ((row["why"], str(row["version"])) for row in rows)
    return {
        team: (*what, updated, expires[:10])
        for (team, updated, expires), what in zip(days, told, strict=True)
    }


def expiring(days: int) -> str:
    return (NOW + timedelta(days=days)).isoformat()


def stored_on(team: TeamOnStage) -> str:
    day: str = data_of(team.stage.operator.get(team.secret))["updatedAt"][:10]
    return day


def test_what_is_due_for_rotation(history: History) -> None:
    stage = history.stage
    auditor = stage.staff_token("auditor")
    expired = stage.team().with_key(expiresAt=expiring(-1))
    soon = stage.team().with_key(expiresAt=expiring(10))
    later = stage.team().with_key(expiresAt=expiring(20))
    endless, deleted = stage.team().with_key(), stage.team().with_key()
    data_of(stage.operator.delete(deleted.secret))

    found = due(stage, auditor)
    assert found == {
        expired.team_id: ("expired", "1", stored_on(expired), day_after(-1)),
        soon.team_id: ("expires soon", "1", stored_on(soon), day_after(10)),
    }
    assert set(due(stage, auditor, "--soon", "30")) == {
        expired.team_id,
        soon.team_id,
        later.team_id,
    }
    old = due(stage, auditor, "--days", "0")
    assert old[endless.team_id] == ("old", "1", stored_on(endless), "never")
    assert old[expired.team_id][0] == "expired"
    assert deleted.team_id not in old


def test_what_is_due_is_not_for_members(history: History) -> None:
    runner = history.stage.app.test_cli_runner(env={"VAULT_TOKEN": history.acme.member().token})
    done = runner.invoke(args=["secret", "due"])
    assert done.exit_code == 1
    assert "may not do that" in done.output
