"""The API's description: valid, complete, and true to what the routes answer."""

import re
from typing import Any

import pytest
from jsonschema import Draft4Validator
from schemathesis.specs.openapi.definitions import OPENAPI_30

from tests.rig import Caller, Stage, TeamOnStage

_RULE = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")
_UNDESCRIBED = {
    *("/openapi.json", "/docs", "/docs/assets/{name}"),
    *("/chat/{reference}", "/chat/assets/{digest}/{name}", "/embed.js"),
}


@pytest.fixture(scope="module")
def described(stage: Stage) -> dict[str, Any]:
    answer = stage.nobody.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    document: dict[str, Any] = answer.json
    return document


def operations_of(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_it_is_valid_openapi(described: dict[str, Any]) -> None:
    assert list(Draft4Validator(OPENAPI_30).iter_errors(described)) == []


def test_every_route_is_described(stage: Stage, described: dict[str, Any]) -> None:
    routes = {
        (method.lower(), _RULE.sub(r"{\1}", rule.rule))
        for rule in stage.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    told = {(method, path) for method, path, _ in operations_of(described)}
    assert {route for route in routes if route[1] not in _UNDESCRIBED} == told


def test_who_needs_a_token_is_told(stage: Stage, described: dict[str, Any]) -> None:
    """As the guards have it."""
    for method, path, operation in operations_of(described):
        endpoint = stage.app.url_map.bind("").match(_filled(path), method.upper())[0]
        guard = stage.app.extensions["guards"][endpoint.rpartition(".")[0]]
        needs_token = guard == "bearer" or path == "/api/auth/logout"
        assert bool(operation.get("security")) is needs_token, (method, path)


def test_every_failure_is_described_with_the_one_shape(described: dict[str, Any]) -> None:
    """No status is promised that is never given: what does not fit is a 400, not a 422."""
    components = described["components"]
    for method, path, operation in operations_of(described):
        told = operation["responses"]
        failures = {status for status in told if not status.startswith("2")}
        assert failures <= {"400", "422", "503", "default"}, (method, path)
        assert ("422" in failures) is (path == "/api/team-secrets/{team_id}" and method[0] == "p")
        for status in failures:
            name = told[status]["$ref"].rpartition("/")[2]
            content = components["responses"][name]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Error"}


def test_no_secret_is_described_as_going_out(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    holders = {
        (name, field)
        for name, schema in schemas.items()
        for field, told in schema.get("properties", {}).items()
        if re.search("key|token|secretid", field.lower()) and not told.get("writeOnly")
    }
    assert holders == {
        ("Session", "token"),
        ("Unwrapped", "secretId"),
        ("Credentials", "wrappingToken"),
    }


def test_every_parameter_of_a_call_is_described(described: dict[str, Any]) -> None:
    put = described["paths"]["/api/team-secrets/{team_id}"]["put"]
    assert {(p["in"], p["name"]) for p in put["parameters"]} == {
        ("query", "verify"),
        ("header", "If-Match"),
    }


def test_answers_are_as_described(
    team: TeamOnStage, operator: Caller, described: dict[str, Any]
) -> None:
    """Each success of a team's life, and one failure, against its schema."""
    secret, path = "/api/team-secrets/{team_id}", "/api/teams/{team_id}"
    calls = [
        ("post", secret, "", {"json": team.new_key()}),
        ("put", secret, "", {"json": team.new_key(), "headers": {"If-Match": '"1"'}}),
        ("get", secret, "", {}),
        ("get", f"{secret}/versions", "", {}),
        ("post", f"{secret}/rollback", "", {"json": {"version": 1}}),
        ("post", f"{secret}/verify", "", {}),
        ("delete", secret, "", {}),
        ("get", secret, "", {}),
        ("post", f"{secret}/undelete", "", {}),
        ("get", "/api/team-secrets", "?limit=1", {}),
        ("get", "/api/teams", "?limit=1", {}),
        ("get", path, "", {}),
        ("patch", path, "", {"json": {"name": "B"}}),
        ("post", f"{path}/credentials", "", {}),
        ("delete", f"{path}/credentials", "", {}),
        ("get", f"{path}/invoices", "", {}),
        ("post", "/api/agent", "", {"json": turn(team)}),
        ("get", "/healthz", "", {}),
        ("get", "/readyz", "", {}),
        ("post", f"{secret}/rollback", "", {"json": {"version": 99}}),
        ("delete", path, "", {}),
    ]
    for method, template, query, options in calls:
        answer = operator.request(
            method.upper(), template.format(team_id=team.team_id) + query, **options
        )
        told = described["paths"][template][method]["responses"]
        response = told.get(str(answer.status_code), told["default"])
        assert_described(answer.json, response, described)


def turn(team: TeamOnStage) -> dict[str, Any]:
    return {"teamId": team.slug, "messages": [{"role": "user", "content": "I am Jane Doe"}]}


def assert_described(body: Any, response: dict[str, Any], described: dict[str, Any]) -> None:
    if "$ref" in response:
        response = described["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = _nullable_as_draft4(response["content"]["application/json"]["schema"])
    components = _nullable_as_draft4(described["components"])
    errors = Draft4Validator({**schema, "components": components}).iter_errors(body)
    assert [error.message for error in errors] == []


def _nullable_as_draft4(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the terms of JSON Schema."""
    if isinstance(schema, list):
        return [_nullable_as_draft4(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    read = {name: _nullable_as_draft4(inner) for name, inner in schema.items()}
    return {"anyOf": [read, {"type": "null"}]} if schema.get("nullable") is True else read


def _filled(path: str) -> str:
    return path.replace("{team_id}", "0" * 26).replace("{key}", "0" * 32)


def test_the_page_needs_no_other_host(nobody: Caller) -> None:
    page = nobody.get("/docs")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    links = re.findall(r'(?:src|href|url)\s*[=:]\s*"([^"]*)"', text)
    assert "/openapi.json" in links
    assert len(links) >= 4
    assert re.search(r"https?:|//[a-z]", text) is None
    for link in links:
        answer = nobody.get(link)
        assert answer.status_code == 200, link
        assert answer.get_data()


def test_the_pages_policy_lets_in_what_it_needs(nobody: Caller) -> None:
    """Its own scripts and styles, those in it too, and nothing from anywhere else."""
    policy = nobody.get("/docs").headers["Content-Security-Policy"]
    assert "'self'" in policy
    assert "'unsafe-inline'" in policy
    assert "http" not in policy
    assert "'unsafe-inline'" not in nobody.get("/healthz").headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["nothing.js", "../__init__.py", "..%2f__init__.py", "%00"])
def test_no_other_file_is_served(nobody: Caller, name: str) -> None:
    assert nobody.get(f"/docs/assets/{name}").status_code == 404
