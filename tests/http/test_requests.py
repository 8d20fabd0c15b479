"""What every request is held to, and what every answer carries (rows 40 and 41 of the faults)."""

import gzip
import json
import re
from typing import Any

import pytest
from limits import parse

from tests.http.answers import data_of, refusal_of
from tests.http.test_agent_checks import turn
from tests.http.test_error_shape import assert_headers
from tests.rig import Caller, NewStage, TeamOnStage

JSON = "application/json"


# --- request ids and headers ------------------------------------------------------------------


@pytest.mark.parametrize("given", ["a", "A-1_b.2", "x" * 128])
def test_a_well_formed_request_id_is_kept(nobody: Caller, given: str) -> None:
    answer = nobody.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", [None, "", "x" * 129, "a b", "a,b", '"', "é", "<script>"])
def test_any_other_request_id_is_replaced(nobody: Caller, given: str | None) -> None:
    headers = {} if given is None else {"X-Request-ID": given}
    made = nobody.get("/healthz", headers=headers).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made)


def test_no_two_requests_are_given_the_same_id(nobody: Caller) -> None:
    made = {nobody.get("/healthz").headers["X-Request-ID"] for _ in range(20)}
    assert len(made) == 20


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/healthz"),
        ("HEAD", "/healthz"),
        ("OPTIONS", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/readyz/traffic"),
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/docs/assets/swagger-ui.css"),
        ("GET", "/docs/assets/nothing"),
        ("GET", "/api/teams"),
        ("POST", "/api/agent"),
        ("POST", "/api/auth/logout"),
        ("GET", "/nothing"),
    ],
)
def test_every_answer_carries_the_headers(nobody: Caller, method: str, path: str) -> None:
    assert_headers(nobody.request(method, path))


def test_successes_carry_the_headers(team: TeamOnStage, operator: Caller) -> None:
    member = team.member()
    for answer in (
        operator.post(team.secret, json=team.new_key()),
        operator.get(team.secret),
        team.ask("Hello"),
        member.post("/api/auth/logout"),
    ):
        assert_headers(answer)


# --- bodies -----------------------------------------------------------------------------------


NOT_JSON = "The body is not JSON."
NOT_UTF_8 = "The body is not UTF-8."
NO_OBJECT = "The body is not a JSON object."
NAN = "The body has NaN or Infinity, which JSON does not have."
TOO_LARGE = "The body has a number that is too large."
TOO_LONG = "The body has a whole number beyond 2^53 - 1."
TWICE = "The body has the same name twice in an object."
TOO_DEEP = "The body has more than 64 levels."
HALF = "The body has half of a surrogate pair."
BODIES = {
    "nothing": (b"", NOT_JSON),
    "half": (b'{"apiKey": ', NOT_JSON),
    "no JSON": (b"apiKey=x", NOT_JSON),
    "NaN": (b'{"x": NaN}', NAN),
    "Infinity": (b'{"x": -Infinity}', NAN),
    "beyond a double": (b'{"x": 1e999}', TOO_LARGE),
    "beyond 53 bits": (b'{"x": -9007199254740992}', TOO_LONG),
    "5,000 digits": (b'{"x": ' + b"9" * 5000 + b"}", TOO_LONG),
    "a name twice": (b'{"x": 1, "x": 2}', TWICE),
    "a name twice inside": (b'{"y": [{"x": 1, "x": 2}]}', TWICE),
    "a name twice by an escape": (b'{"x": 1, "\\u0078": 2}', TWICE),
    "100,000 deep": (b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", TOO_DEEP),
    "80 deep": (b'{"x": ' + b"[" * 80 + b"]" * 80 + b"}", TOO_DEEP),
    "80 objects deep": (b'{"x": ' * 80 + b"1" + b"}" * 80, TOO_DEEP),
    "a lone surrogate": (b'{"x": "\\ud800"}', HALF),
    "surrogates in disorder": (b'{"x": "\\udc00\\ud800"}', HALF),
    "a lone surrogate as a name": (b'{"\\uDBFF": 1}', HALF),
    "a surrogate in UTF-8": (b'{"x": "\xed\xa0\x80"}', NOT_UTF_8),
    "no UTF-8": (b'{"x": "\xff"}', NOT_UTF_8),
    "UTF-16": ('{"x": 1}'.encode("utf-16"), NOT_UTF_8),
    "a byte order mark": (b'\xef\xbb\xbf{"x": 1}', NOT_JSON),
    "a list": (b"[]", NO_OBJECT),
    "a text": (b'"x"', NO_OBJECT),
    "a number": (b"7", NO_OBJECT),
    "null": (b"null", NO_OBJECT),
    "a control character": (b'{"x": "a\nb"}', NOT_JSON),
    "something behind": (b'{"x": 1} {"y": 2}', NOT_JSON),
}


@pytest.mark.parametrize(("body", "sentence"), BODIES.values(), ids=BODIES)
def test_what_is_no_sound_json_object_is_refused(
    team: TeamOnStage, operator: Caller, body: bytes, sentence: str
) -> None:
    """At each kind of reader, with the same words: they name the broken rule."""
    for method, path in (
        ("POST", team.secret),
        ("PUT", team.path),
        ("PATCH", team.path),
        ("POST", "/api/agent"),
        ("POST", "/api/auth/login"),
    ):
        answer = operator.request(method, path, data=body, content_type=JSON)
        assert refusal_of(answer, 400, "malformed_request")["error"] == sentence


def test_a_pair_of_surrogates_is_one_letter(team: TeamOnStage, operator: Caller) -> None:
    body = b'{"name": "smile \\ud83d\\ude00"}'
    told = data_of(operator.patch(team.path, data=body, content_type=JSON))
    assert told["name"] == "smile \U0001f600"


def test_names_that_are_not_known_are_left_out(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.post(team.secret, json=team.new_key(unknown={"x": [1]})), 201)
    data_of(team.ask("Hello", unknown=1))


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json", ""],
)
def test_another_media_type_is_refused(
    team: TeamOnStage, operator: Caller, content_type: str
) -> None:
    body = json.dumps(team.new_key())
    answer = operator.post(team.secret, data=body, content_type=content_type)
    refusal_of(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "identity, gzip"])
def test_an_encoded_body_is_refused(team: TeamOnStage, operator: Caller, coding: str) -> None:
    """Whether or not it is really encoded: nobody here decodes it."""
    plain = json.dumps(team.new_key()).encode()
    headers = {"Content-Encoding": coding}
    for body in (plain, gzip.compress(plain)):
        answer = operator.post(team.secret, data=body, content_type=JSON, headers=headers)
        refusal_of(answer, 415, "unsupported_media_type")
    headers = {"Content-Encoding": "Identity"}
    data_of(operator.post(team.secret, data=plain, content_type=JSON, headers=headers), 201)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON"])
def test_json_is_json_however_it_is_written(
    team: TeamOnStage, operator: Caller, content_type: str
) -> None:
    body = json.dumps(team.new_key())
    data_of(operator.post(team.secret, data=body, content_type=content_type), 201)


# --- sizes ------------------------------------------------------------------------------------


def test_a_key_of_a_megabyte_is_too_large(team: TeamOnStage, operator: Caller) -> None:
    answer = operator.post(team.secret, json=team.new_key(apiKey="k" * 1_000_000))
    refusal_of(answer, 413, "payload_too_large")
    assert "kkkk" not in answer.get_data(as_text=True)


def test_the_largest_body_is_262144_bytes(team: TeamOnStage, operator: Caller) -> None:
    for size, status in ((262_144, 201), (262_145, 413)):
        body = json.dumps(team.new_key(pad=""))
        body = body[:-2] + "x" * (size - len(body)) + body[-2:]
        answer = operator.post(team.secret, data=body, content_type=JSON)
        assert answer.status_code == status


def test_a_configuration_stays_small(team: TeamOnStage, operator: Caller) -> None:
    """Also one that grows by merges: each worker has it in memory."""
    body = {"slug": team.slug, "name": "N", "config": {"x": "y" * 70_000}}
    answer = operator.put(team.path, json=body)
    assert refusal_of(answer, 400, "validation_failed")["details"].keys() == {"config"}
    data_of(operator.patch(team.path, json={"config": {"x": "y" * 40_000}}))
    grown = operator.patch(team.path, json={"config": {"y": "y" * 40_000}})
    refusal_of(grown, 400, "validation_failed")
    assert "y" not in data_of(operator.get(team.path))["config"]


def test_numbers_are_kept(team: TeamOnStage, operator: Caller) -> None:
    config = {"most": 2**53 - 1, "least": 1 - 2**53, "fraction": 0.30000000000000004}
    data_of(operator.patch(team.path, json={"config": config}))
    told = data_of(operator.get(team.path))["config"]
    assert {name: told[name] for name in config} == config


# --- where from -------------------------------------------------------------------------------


@pytest.mark.parametrize(("proxies", "statuses"), [(0, [200, 429]), (1, [200, 200])])
def test_a_forwarded_address_is_believed_of_our_own_proxies_alone(
    new_stage: NewStage, proxies: int, statuses: list[int]
) -> None:
    """Else a flood could have as many addresses as it likes."""
    stage = new_stage(agent_rate_limit=parse("1/hour"), trusted_proxies=proxies)
    body = turn(stage.team().team_id, "Hello")
    answers = [
        stage.nobody.post("/api/agent", json=body, headers={"X-Forwarded-For": f"192.0.2.{n}"})
        for n in range(2)
    ]
    assert [answer.status_code for answer in answers] == statuses


def test_only_the_last_of_the_forwarded_addresses_is_our_proxys(new_stage: NewStage) -> None:
    stage = new_stage(agent_rate_limit=parse("1/hour"), trusted_proxies=1)
    body = turn(stage.team().team_id, "Hello")
    statuses = [
        stage.nobody.post(
            "/api/agent", json=body, headers={"X-Forwarded-For": f"198.51.100.{n}, 192.0.2.1"}
        ).status_code
        for n in range(2)
    ]
    assert statuses == [200, 429]


ONE_CLIENT = ("[2001:db8:1:2::3]:40001", "2001:DB8:1:2:ffff::", "2001:db8:1:2:0:0:0:9")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/agent", {"teamId": "a-team", "messages": [{"role": "user", "content": "Hello"}]}),
        ("/api/auth/login", {"roleId": "a-role", "secretId": "a-secret"}),
        ("/api/auth/unwrap", {"wrappingToken": "a-token"}),
    ],
)
def test_one_client_has_one_limit_however_its_address_is_spelled(
    new_stage: NewStage, path: str, body: dict[str, Any]
) -> None:
    rule = parse("1/hour")
    stage = new_stage(agent_rate_limit=rule, login_rate_limit=rule, trusted_proxies=1)
    if "teamId" in body:
        body = body | {"teamId": stage.team().slug}
    statuses = [
        stage.nobody.post(path, json=body, headers={"X-Forwarded-For": address}).status_code
        for address in (*ONE_CLIENT, "2001:db8:1:3::3")
    ]
    assert [status == 429 for status in statuses] == [False, True, True, False]
