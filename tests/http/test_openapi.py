"""The API's description: valid, complete, and true to what the routes answer."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from schemathesis.specs.openapi.definitions import OPENAPI_30

from tests.described import codes_of
from tests.rig import Caller, Stage, TeamOnStage

_RULE = re.compile(r"<(?:[a-z_]+:)?([a-z_]+)>")
_UNDESCRIBED = {
    *("/", "/openapi.json", "/docs", "/docs/assets/{name}"),
    *("/chat/{reference}", "/chat/assets/{digest}/{name}", "/embed.js"),
}
_TRYING_A_KEY = {
    "/api/team-secrets/{team_id}",
    "/api/teams/{team_id}/invoices/{key}/resolve",
}
_LOGINS = {"/api/auth/login", "/api/auth/unwrap"}


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


def test_each_call_that_a_page_or_an_error_names_is_there(described: dict[str, Any]) -> None:
    told = {
        (method.upper(), re.sub(r"{.*?}", "{}", path))
        for method, path, _ in operations_of(described)
    }
    root = Path(__file__).parents[2]
    named: set[tuple[str, str]] = set()
    for page in (*root.glob("*.md"), *root.glob("docs/*.md"), root / "app" / "errors.py"):
        calls = re.findall(
            r"\b(GET|POST|PUT|PATCH|DELETE) (/api/[\w/{}-]+)(?!\w*…)", page.read_text()
        )
        named |= {(method, re.sub(r"{.*?}", "{}", path.rstrip("/"))) for method, path in calls}
    assert ("PUT", "/api/team-secrets/{}") in named
    assert named - told == set()


def test_who_needs_a_token_is_told(stage: Stage, described: dict[str, Any]) -> None:
    """As the guards have it."""
    for method, path, operation in operations_of(described):
        endpoint = stage.app.url_map.bind("").match(_filled(path), method.upper())[0]
        guard = stage.app.extensions["guards"][endpoint.rpartition(".")[0]]
        needs_token = guard == "bearer" or path in {"/api/auth/logout", "/api/auth/renew"}
        assert bool(operation.get("security")) is needs_token, (method, path)


def test_every_failure_is_described_with_its_codes_and_headers(described: dict[str, Any]) -> None:
    """No status is promised that is never given: what does not fit is a 400, not a 422."""
    for method, path, operation in operations_of(described):
        failures = {
            int(status): told
            for status, told in operation["responses"].items()
            if not str(status).startswith("2")
        }
        assert 500 in failures, (method, path)
        tries_a_key = path in _TRYING_A_KEY and method not in {"get", "delete"}
        assert (422 in failures) is tries_a_key, (method, path)
        assert (401 in failures) is (bool(operation.get("security")) or path in _LOGINS)
        assert "default" not in operation["responses"]
        for status, told in failures.items():
            codes = codes_of(described, told)
            assert codes, (method, path, status)
            headers = set(told["headers"]) - {"X-Request-ID"}
            wanted = {401: {"WWW-Authenticate"}, 429: {"Retry-After"}, 503: {"Retry-After"}}
            assert headers == wanted.get(status, set())


def _told(schema: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a schema, at any depth, with where it stands."""
    if isinstance(schema, dict):
        for name, field in (schema.get("properties") or {}).items():
            yield f"{path}.{name}", field
        for name, inner in schema.items():
            yield from _told(inner, f"{path}.{name}")
    elif isinstance(schema, list):
        for inner in schema:
            yield from _told(inner, path)


def test_nothing_is_without_a_description(described: dict[str, Any]) -> None:
    components = described["components"]
    fields = dict(_told(components["schemas"], ""))
    assert len(fields) > 150
    assert [place for place, field in fields.items() if not field.get("description")] == []
    headers = components["headers"]
    assert [name for name, header in headers.items() if not header["description"]] == []
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if method == "parameters":
                assert all(each["description"] for each in operation), path
                continue
            assert operation["summary"], (method, path)
            assert "`" not in operation["summary"], (method, path)
            for parameter in operation.get("parameters", []):
                assert parameter["description"], (method, path, parameter["name"])
    assert components["securitySchemes"]["token"]["description"]
    assert all(tag["description"] for tag in described["tags"])
    assert described["info"]["license"]["name"] == "MIT"
    assert described["servers"]


def test_a_list_takes_every_parameter_without_a_value(
    described: dict[str, Any], acme: TeamOnStage
) -> None:
    """The contract writes `?after=&limit=`. No other route has a parameter for a cursor."""
    lists = {
        path: [each["name"] for each in operation["parameters"] if each.get("allowEmptyValue")]
        for _, path, operation in operations_of(described)
        if any(each["name"] in ("after", "limit") for each in operation.get("parameters", []))
    }
    assert len(lists) >= 6
    operator = acme.stage.operator
    for path, names in lists.items():
        assert {"after", "limit"} <= set(names), path
        here = path.replace("{team_id}", acme.team_id)
        answer = operator.get(here, query_string=dict.fromkeys(names, ""))
        assert (answer.status_code, answer.json) == (200, operator.get(here).json), path


def test_each_operation_has_a_name_of_its_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations_of(described)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+([A-Z][a-z]+)*", name) for name in names), names


def test_every_component_is_used(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    unused = [
        f"{kind}/{name}"
        for kind, components in described["components"].items()
        for name in components
        if kind != "securitySchemes" and f"#/components/{kind}/{name}" not in text
    ]
    assert unused == []


def test_what_may_be_null_has_a_type_all_the_same(described: dict[str, Any]) -> None:
    """Or generated clients know nothing of it."""
    schemas = described["components"]["schemas"]
    payment = schemas["AgentAnswer"]["properties"]["payment"]
    assert payment["allOf"] == [{"$ref": "#/components/schemas/Payment"}]
    assert payment["nullable"] is True
    assert "anyOf" not in json.dumps(schemas)
    config = schemas["TeamAnswer"]["properties"]["config"]
    assert config["allOf"] == [{"$ref": "#/components/schemas/Config"}]


def test_examples_fit_their_schemas(described: dict[str, Any]) -> None:
    for place, field in _told(described["components"]["schemas"], ""):
        if "example" in field and "$ref" not in json.dumps(field):
            schema = _nullable_as_draft4(field)
            assert list(Draft4Validator(schema).iter_errors(field["example"])) == [], place


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
        ("get", "/readyz/traffic", "", {}),
        ("post", f"{secret}/rollback", "", {"json": {"version": 99}}),
        ("delete", path, "", {}),
    ]
    for method, template, query, options in calls:
        answer = operator.request(
            method.upper(), template.format(team_id=team.team_id) + query, **options
        )
        told = described["paths"][template][method]["responses"]
        assert_described(answer.json, told[str(answer.status_code)], described)


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


def test_the_root_leads_to_the_page(nobody: Caller) -> None:
    answer = nobody.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/docs"
