"""Every row of the contract's table of errors as seen over HTTP, each in the one shape."""

from collections.abc import Callable

import pytest
from limits import parse
from werkzeug.test import TestResponse

from tests.http.answers import SHAPE, refusal_of
from tests.http.test_agent_checks import turn
from tests.odd_server import WORDS
from tests.rig import CONFIG, Caller, NewStage, Sandbox, Stage, new_ulid
from vault.ports import free_port


class World:
    """What the provocations below need; other apps are started when one asks for them."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self.stage: Stage = request.getfixturevalue("stage")
        self.sandbox: Sandbox = request.getfixturevalue("sandbox")
        self.charlie: Caller = request.getfixturevalue("charlie")
        self.operator, self.nobody = self.stage.operator, self.stage.nobody
        self.team = self.stage.team().with_key()
        self.key = self.team.new_key()

    def another(self, name: str) -> Stage:
        stage: Stage = self._request.getfixturevalue(name)
        return stage

    def verified_at(self, stage: Stage) -> TestResponse:
        caller = Caller(stage.client, self.operator.token)
        return caller.post(f"{self.stage.team().secret}?verify=true", json=self.key)


@pytest.fixture(scope="module")
def limited(new_stage: NewStage) -> Stage:
    return new_stage(agent_rate_limit=parse("1/hour"))


@pytest.fixture(scope="module")
def broken(new_stage: NewStage) -> Stage:
    """An app with a defect."""
    stage = new_stage()

    def defect() -> None:
        raise RuntimeError(WORDS)

    stage.app.add_url_rule("/defect", view_func=defect)
    return stage


@pytest.fixture(scope="module")
def no_blawby(new_stage: NewStage) -> Stage:
    return new_stage(blawby_api_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture(scope="module")
def impatient(new_stage: NewStage) -> Stage:
    return new_stage(blawby_timeout=0.2)


@pytest.fixture
def world(request: pytest.FixtureRequest) -> World:
    return World(request)


def _malformed(w: World) -> TestResponse:
    return w.operator.post(w.team.secret, data="{", content_type="application/json")


def _invalid(w: World) -> TestResponse:
    return w.operator.post(w.team.secret, json={})


def _secret_in_config(w: World) -> TestResponse:
    return w.operator.patch(w.team.path, json={"config": {"apiKey": w.key["apiKey"]}})


def _unauthenticated(w: World) -> TestResponse:
    return w.nobody.get(w.team.secret)


def _forbidden(w: World) -> TestResponse:
    return w.charlie.get(w.team.secret)


def _origin_not_allowed(w: World) -> TestResponse:
    team = w.stage.team(CONFIG | {"allowedOrigins": ["https://firm.example"]})
    headers = {"Origin": "https://evil.example"}
    return w.nobody.post("/api/agent", json=turn(team.team_id), headers=headers)


def _not_found(w: World) -> TestResponse:
    return w.nobody.get("/nothing/here")


def _team_not_found(w: World) -> TestResponse:
    return w.operator.get(f"/api/teams/{new_ulid()}")


def _secret_not_found(w: World) -> TestResponse:
    return w.operator.delete(w.stage.team().secret)


def _version_not_found(w: World) -> TestResponse:
    return w.operator.post(f"{w.team.secret}/rollback", json={"version": 7})


def _method_not_allowed(w: World) -> TestResponse:
    return w.operator.patch(w.team.secret, json={})


def _too_large(w: World) -> TestResponse:
    return w.operator.post(w.team.secret, json=w.key | {"pad": "x" * 300_000})


def _media_type(w: World) -> TestResponse:
    return w.operator.post(w.team.secret, data={"apiKey": w.key["apiKey"]})


def _rate_limited(w: World) -> TestResponse:
    team = w.another("limited").team()
    team.ask("Hello")
    return team.ask("Hello")


def _secret_exists(w: World) -> TestResponse:
    return w.operator.post(w.team.secret, json=w.key)


def _slug_taken(w: World) -> TestResponse:
    return w.operator.patch(w.stage.team().path, json={"slug": w.team.slug})


def _invoice_settled(w: World) -> TestResponse:
    w.team.ask()
    [invoice] = w.operator.get(f"{w.team.path}/invoices").json["data"]["invoices"]
    path = f"{w.team.path}/invoices/{invoice['id']}/resolve"
    return w.operator.post(path, json={"outcome": "failed"})


def _version_conflict(w: World) -> TestResponse:
    return w.operator.put(w.team.secret, json=w.key, headers={"If-Match": '"7"'})


def _key_rejected(w: World) -> TestResponse:
    bad = w.key | {"apiKey": w.stage.canaries.key("bad")}
    return w.operator.put(f"{w.team.secret}?verify=true", json=bad)


def _internal_error(w: World) -> TestResponse:
    return w.another("broken").nobody.get("/defect")


def _upstream_error(w: World) -> TestResponse:
    return Caller(w.another("puzzled").client, w.operator.token).get(w.team.secret)


def _vault_unavailable(w: World) -> TestResponse:
    return w.another("away").nobody.post("/api/agent", json=turn(w.team.team_id))


def _blawby_unavailable(w: World) -> TestResponse:
    return w.verified_at(w.another("no_blawby"))


def _upstream_timeout(w: World) -> TestResponse:
    w.sandbox.admin("POST", "faults", json={"call": "team", "kind": "slow", "seconds": 2})
    return w.verified_at(w.another("impatient"))


TABLE: list[tuple[int, str, Callable[[World], TestResponse]]] = [
    (400, "malformed_request", _malformed),
    (400, "validation_failed", _invalid),
    (400, "secret_in_config", _secret_in_config),
    (401, "unauthenticated", _unauthenticated),
    (403, "forbidden", _forbidden),
    (403, "origin_not_allowed", _origin_not_allowed),
    (404, "not_found", _not_found),
    (404, "team_not_found", _team_not_found),
    (404, "secret_not_found", _secret_not_found),
    (404, "version_not_found", _version_not_found),
    (405, "method_not_allowed", _method_not_allowed),
    (413, "payload_too_large", _too_large),
    (415, "unsupported_media_type", _media_type),
    (429, "rate_limited", _rate_limited),
    (409, "secret_exists", _secret_exists),
    (409, "slug_taken", _slug_taken),
    (409, "invoice_settled", _invoice_settled),
    (412, "version_conflict", _version_conflict),
    (422, "key_rejected", _key_rejected),
    (500, "internal_error", _internal_error),
    (502, "upstream_error", _upstream_error),
    (503, "vault_unavailable", _vault_unavailable),
    (503, "blawby_unavailable", _blawby_unavailable),
    (504, "upstream_timeout", _upstream_timeout),
]
WAITING = {"rate_limited", "vault_unavailable", "blawby_unavailable"}
DETAILED = {"validation_failed", "secret_in_config"}


@pytest.mark.parametrize(("status", "code", "provoke"), TABLE, ids=[row[1] for row in TABLE])
def test_each_failure_has_the_one_shape(
    world: World, status: int, code: str, provoke: Callable[[World], TestResponse]
) -> None:
    answer = provoke(world)
    body = refusal_of(answer, status, code)
    assert (body.keys() == SHAPE | {"details"}) is (code in DETAILED)
    assert ("Retry-After" in answer.headers) is (code in WAITING)
    assert body["error"].endswith(".")
    assert WORDS not in answer.get_data(as_text=True)
    assert_headers(answer)


def test_what_is_allowed_is_told_with_a_405(world: World) -> None:
    answer = _method_not_allowed(world)
    allowed = {method.strip() for method in answer.headers["Allow"].split(",")}
    assert allowed >= {"GET", "POST", "PUT", "DELETE"}
    assert "PATCH" not in allowed


@pytest.mark.parametrize("path", ["/api//teams", "//evil.example/api", "/api/teams/", "/API/teams"])
def test_no_path_leads_elsewhere(nobody: Caller, path: str) -> None:
    """No redirect: what is not written as it is served is not there."""
    answer = nobody.get(path)
    assert "Location" not in answer.headers
    refusal_of(answer, 404, "not_found")


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_no_other_method_is_served(nobody: Caller, method: str) -> None:
    refusal_of(nobody.request(method, "/healthz"), 405, "method_not_allowed")


def assert_headers(answer: TestResponse) -> None:
    """What every answer carries, each header once."""
    for name, value in {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
    }.items():
        assert answer.headers.getlist(name) == [value]
    assert len(answer.headers.getlist("Content-Security-Policy")) == 1
    assert len(answer.headers.getlist("X-Request-ID")) == 1
