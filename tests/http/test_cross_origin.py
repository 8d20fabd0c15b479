"""Web pages of other origins: preflights, who may ask, and that every answer can be read."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.http.answers import data_of, refusal_of
from tests.rig import CONFIG, Caller, Stage, TeamOnStage

FIRM, EVIL = "https://firm.example", "https://evil.example"
PATHS = ("/api/agent", "/api/agent/stream")


@pytest.fixture(scope="module")
def choosy(stage: Stage) -> TeamOnStage:
    return stage.team(CONFIG | {"allowedOrigins": [FIRM, "http://localhost:3000"]})


def ask(team: TeamOnStage, path: str, **headers: str) -> TestResponse:
    said = [{"role": "user", "content": "Hello"}]
    body = {"teamId": team.team_id, "messages": said}
    return team.stage.nobody.post(path, json=body, headers=headers)


def is_readable(answer: TestResponse) -> bool:
    """By a page of any origin, which sent no credentials."""
    assert "Access-Control-Allow-Credentials" not in answer.headers
    return (
        answer.headers.getlist("Access-Control-Allow-Origin") == ["*"]
        and "Origin" in answer.headers["Vary"]
        and "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    )


@pytest.mark.parametrize("path", PATHS)
def test_a_preflight_admits_the_call_of_any_page(nobody: Caller, path: str) -> None:
    asks = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = nobody.request("OPTIONS", path, headers=asks)
    assert answer.status_code == 200
    assert is_readable(answer)
    assert answer.headers["Access-Control-Allow-Methods"] == "POST"
    assert "content-type" in answer.headers["Access-Control-Allow-Headers"].lower()
    assert int(answer.headers["Access-Control-Max-Age"]) > 0


@pytest.mark.parametrize("path", PATHS)
def test_any_page_may_ask_a_team_that_names_no_origins(team: TeamOnStage, path: str) -> None:
    for origin in (FIRM, EVIL, "null"):
        answer = ask(team, path, Origin=origin)
        assert answer.status_code == 200
        assert is_readable(answer)


@pytest.mark.parametrize("path", PATHS)
def test_a_team_that_names_its_origins_is_asked_from_those_alone(
    choosy: TeamOnStage, path: str
) -> None:
    for origin in (FIRM, "http://localhost:3000"):
        assert ask(choosy, path, Origin=origin).status_code == 200
    for origin in (EVIL, "null", f"{FIRM}.evil.example", "http://firm.example", f"{FIRM}/", ""):
        answer = ask(choosy, path, Origin=origin)
        refusal_of(answer, 403, "origin_not_allowed")
        assert is_readable(answer)


@pytest.mark.parametrize("path", PATHS)
def test_our_own_pages_and_clients_without_an_origin_may_ask(
    choosy: TeamOnStage, path: str
) -> None:
    assert ask(choosy, path).status_code == 200
    assert ask(choosy, path, Origin="http://localhost").status_code == 200
    # Of the same host, and yet another origin: nothing says that TLS ended before us.
    refusal_of(ask(choosy, path, Origin="https://localhost"), 403, "origin_not_allowed")
    behind_tls = {"Origin": "https://chat.example:8443", "Sec-Fetch-Site": "same-origin"}
    assert ask(choosy, path, **behind_tls).status_code == 200
    for site in ("cross-site", "same-site", "none"):
        answer = ask(choosy, path, **(behind_tls | {"Sec-Fetch-Site": site}))
        refusal_of(answer, 403, "origin_not_allowed")


@pytest.mark.parametrize("path", PATHS)
def test_without_tls_a_name_is_not_ours_because_an_attackers_may_lead_here(
    choosy: TeamOnStage, path: str
) -> None:
    """A page of http://evil.example calls its own name, which by now has this service's address."""
    for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil"):
        answer = ask(choosy, path, Origin=f"http://{host}", Host=host)
        refusal_of(answer, 403, "origin_not_allowed")
    for host in ("127.0.0.1:8000", "192.0.2.7", "[2001:db8::7]:8000", "localhost:8000"):
        assert ask(choosy, path, Origin=f"http://{host}", Host=host).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_refusals_can_be_read_as_well(nobody: Caller, path: str) -> None:
    headers = {"Origin": EVIL}
    for answer, status in (
        (nobody.post(path, json={}, headers=headers), 400),
        (nobody.get(path, headers=headers), 405),
        (nobody.post(path, data="x" * 300_000, headers=headers), 413),
        (nobody.post(path, data="x", headers=headers), 415),
    ):
        assert answer.status_code == status
        assert is_readable(answer)


def test_no_other_answer_can_be_read_by_another_origin(stage: Stage) -> None:
    """The whole URL map, and paths that are nearly the agent's."""
    adapter = stage.app.url_map.bind("")
    rules = [
        adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "x" * 32), force_external=False)
        for rule in stage.app.url_map.iter_rules()
    ]
    for path in {*rules, "/api/agent/", "/api/agent/x", "/API/agent"} - set(PATHS):
        for method in ("OPTIONS", "GET", "POST"):
            answer = stage.nobody.request(method, path, headers={"Origin": FIRM})
            cors = [name for name, _ in answer.headers if name.startswith("Access-Control")]
            assert cors == [], path


@pytest.mark.parametrize(
    ("origins", "is_fine"),
    [
        ([], True),
        (None, True),
        ([FIRM, "http://127.0.0.1:8080"], True),
        (["*"], False),
        ([f"{FIRM}/"], False),
        (["firm.example"], False),
        ([FIRM] * 51, False),
        (FIRM, False),
        ([7], False),
    ],
)
def test_origins_are_checked_when_they_are_named(
    team: TeamOnStage, operator: Caller, origins: Any, is_fine: bool
) -> None:
    """With PUT, so that null is a value and no removal."""
    body = {"slug": team.slug, "name": "A Team", "config": CONFIG | {"allowedOrigins": origins}}
    answer = operator.put(team.path, json=body)
    if is_fine:
        assert data_of(answer)["config"]["allowedOrigins"] == origins
    else:
        refusal_of(answer, 400, "validation_failed")


def test_a_change_of_the_origins_counts_at_once(team: TeamOnStage, operator: Caller) -> None:
    assert ask(team, "/api/agent", Origin=EVIL).status_code == 200
    operator.patch(team.path, json={"config": {"allowedOrigins": [FIRM]}})
    refusal_of(ask(team, "/api/agent", Origin=EVIL), 403, "origin_not_allowed")
    operator.patch(team.path, json={"config": {"allowedOrigins": None}})
    assert ask(team, "/api/agent", Origin=EVIL).status_code == 200
