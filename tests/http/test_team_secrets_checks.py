"""The twelve checks of a team-secrets API that the predecessor listed, on real parts."""

import pytest

from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, Stage, TeamOnStage


def test_store(team: TeamOnStage, operator: Caller) -> None:
    told = data_of(operator.post(team.secret, json=team.new_key()), 201)
    assert told == {"teamId": team.team_id, "version": 1, "message": "The secret is stored."}


def test_retrieve(team: TeamOnStage, operator: Caller) -> None:
    told = data_of(operator.get(team.with_key().secret))
    assert told.keys() == {
        "teamId",
        "hasSecret",
        "message",
        "version",
        "createdAt",
        "updatedAt",
        "expiresAt",
        "teamUlid",
        "fingerprint",
    }
    assert (told["teamId"], told["hasSecret"], told["version"]) == (team.team_id, True, 1)
    assert (told["teamUlid"], told["expiresAt"]) == (team.ulid, None)


def test_update(team: TeamOnStage, operator: Caller) -> None:
    before = data_of(operator.get(team.with_key().secret))
    told = data_of(operator.put(team.secret, json=team.new_key()))
    after = data_of(operator.get(team.secret))
    assert told["version"] == after["version"] == 2
    assert after["fingerprint"] != before["fingerprint"]
    assert after["createdAt"] == before["createdAt"] < after["updatedAt"]


def test_delete(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.delete(team.with_key().secret))
    assert data_of(operator.get(team.secret))["hasSecret"] is False


def test_list(team: TeamOnStage, stage: Stage, operator: Caller) -> None:
    without = stage.team(team_id=next_id(team.team_id))
    before = {"after": previous_id(team.with_key().team_id), "limit": 1}
    told = data_of(operator.get("/api/team-secrets", query_string=before))
    assert told["teams"] == [{"teamId": team.team_id, "hasSecret": True}]
    assert told["count"] == 1
    rest = data_of(operator.get("/api/team-secrets", query_string={"after": team.team_id}))
    assert without.team_id not in [entry["teamId"] for entry in rest["teams"]]


def test_missing_key(team: TeamOnStage, operator: Caller) -> None:
    body = refusal_of(operator.post(team.secret, json={"teamUlid": team.ulid}), 400, FIELDS)
    assert body["details"].keys() == {"apiKey"}


def test_missing_ulid(team: TeamOnStage, operator: Caller) -> None:
    sent = {"apiKey": team.new_key()["apiKey"]}
    body = refusal_of(operator.post(team.secret, json=sent), 400, FIELDS)
    assert body["details"].keys() == {"teamUlid"}


def test_non_existent_secret(team: TeamOnStage, operator: Caller) -> None:
    answer = operator.get(team.secret)
    assert data_of(answer) == {
        "teamId": team.team_id,
        "hasSecret": False,
        "message": "The team has no secret.",
    }
    assert "ETag" not in answer.headers
    refusal_of(operator.delete(team.secret), 404, "secret_not_found")


def test_storage_errors(away: Stage, team: TeamOnStage) -> None:
    """Vault refuses connections: every call says so, and none that it did its work."""
    caller = Caller(away.client, team.stage.operator.token)
    answers = [
        caller.get(team.secret),
        caller.post(team.secret, json=team.new_key()),
        caller.put(team.secret, json=team.new_key()),
        caller.delete(team.secret),
        caller.delete(f"{team.secret}?destroy=true"),
        caller.get(f"{team.secret}/versions"),
        caller.post(f"{team.secret}/rollback", json={"version": 1}),
        caller.post(f"{team.secret}/undelete"),
        caller.post(f"{team.secret}/verify"),
        caller.get("/api/team-secrets"),
    ]
    for answer in answers:
        refusal_of(answer, 503, "vault_unavailable")
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("body", ["{", "", "[]", '"text"', "null", '{"apiKey": }', "{'a': 1}"])
def test_invalid_json(team: TeamOnStage, operator: Caller, body: str) -> None:
    answer = operator.post(team.secret, data=body, content_type="application/json")
    refusal_of(answer, 400, "malformed_request")


def test_no_key_in_answers(team: TeamOnStage, operator: Caller) -> None:
    """What every canary watches, once more by hand: each call with a key, and what it answers."""
    first, second = team.new_key(), team.new_key(apiKey=team.stage.canaries.key("bad"))
    answers = [
        operator.post(team.secret, json=first),
        operator.post(team.secret, json=first),
        operator.put(team.secret, json=first),
        operator.put(f"{team.secret}?verify=true", json=second),
        operator.put(team.secret, json=first | {"teamUlid": first["apiKey"]}),
        operator.put(team.secret, json=first | {"expiresAt": first["apiKey"]}),
        operator.put(team.secret, json={"apiKey": [first["apiKey"]], "teamUlid": team.ulid}),
        operator.get(team.secret),
        operator.get(f"{team.secret}/versions"),
        operator.post(f"{team.secret}/verify"),
        operator.post(f"{team.secret}/rollback", json={"version": 1}),
        operator.get(team.path),
        team.ask(),
        operator.delete(team.secret),
        operator.post(f"{team.secret}/undelete"),
        operator.delete(f"{team.secret}?destroy=true"),
    ]
    assert [answer.status_code for answer in answers[:4]] == [201, 409, 200, 422]
    told = b"\n".join(answer.get_data() + str(answer.headers).encode() for answer in answers)
    for key in (first["apiKey"], second["apiKey"]):
        random_part = key.split("/")[1].split("+")[0]
        assert random_part.encode() not in told


@pytest.mark.parametrize(
    "wrong",
    ["team", "8" + "0" * 25, "0" * 25, "0" * 27, "0" * 25 + "u", "0" * 25 + "%0a", "0" * 25 + "."],
)
def test_team_id_format(operator: Caller, team: TeamOnStage, wrong: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        path = f"/api/team-secrets/{wrong}"
        body = refusal_of(operator.request(method, path, json=team.new_key()), 400, FIELDS)
        assert body["details"].keys() == {"teamId"}


FIELDS = "validation_failed"
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def next_id(team_id: str) -> str:
    return _beside(team_id, 1)


def previous_id(team_id: str) -> str:
    return _beside(team_id, -1)


def _beside(team_id: str, step: int) -> str:
    number = sum(_ALPHABET.index(c) * 32**place for place, c in enumerate(reversed(team_id)))
    digits = [(number + step) >> 5 * place & 31 for place in reversed(range(len(team_id)))]
    return "".join(_ALPHABET[digit] for digit in digits)
