"""The life of a team's secret over HTTP, as the contract has it."""

from datetime import datetime
from typing import Any

import pytest

from tests.http.answers import data_of, refusal_of
from tests.rig import Caller, Stage, TeamOnStage, new_ulid

INVALID = "validation_failed"


# --- storing and replacing --------------------------------------------------------------------


def test_a_second_post_is_a_conflict_and_stores_nothing(team: TeamOnStage) -> None:
    operator = team.with_key().stage.operator
    refusal_of(operator.post(team.secret, json=team.new_key()), 409, "secret_exists")
    assert data_of(operator.get(team.secret))["version"] == 1


def test_put_creates_what_is_not_there_yet(team: TeamOnStage, operator: Caller) -> None:
    told = data_of(operator.put(team.secret, json=team.new_key()), 201)
    assert told["version"] == 1
    assert data_of(operator.put(team.secret, json=team.new_key()), 200)["version"] == 2


def test_post_after_delete_is_a_creation(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.delete(team.with_key().secret))
    assert data_of(operator.post(team.secret, json=team.new_key()), 201)["version"] == 2


def test_put_after_delete_is_a_creation(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.delete(team.with_key().secret))
    assert data_of(operator.put(team.secret, json=team.new_key()), 201)["version"] == 2


def test_post_after_destroy_is_a_creation(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.delete(f"{team.with_key().secret}?destroy=true"))
    assert data_of(operator.post(team.secret, json=team.new_key()), 201)["version"] == 2


def test_a_key_is_stored_for_registered_teams_alone(stage: Stage, operator: Caller) -> None:
    key = {"apiKey": stage.canaries.key(), "teamUlid": new_ulid()}
    path = f"/api/team-secrets/{new_ulid()}"
    refusal_of(operator.post(path, json=key), 404, "team_not_found")
    refusal_of(operator.put(path, json=key), 404, "team_not_found")


def test_a_pasted_bearer_prefix_is_taken_off(team: TeamOnStage, operator: Caller) -> None:
    new = team.new_key()
    data_of(operator.post(team.secret, json=new), 201)
    plain = data_of(operator.get(team.secret))["fingerprint"]
    for prefix in ("Bearer ", "bearer  ", "BEARER "):
        data_of(operator.put(team.secret, json=new | {"apiKey": prefix + new["apiKey"]}))
        assert data_of(operator.get(team.secret))["fingerprint"] == plain


def test_the_team_ulid_is_kept_as_it_was_given(team: TeamOnStage, operator: Caller) -> None:
    for given in (team.ulid.lower(), team.ulid.upper()):
        operator.put(team.secret, json=team.new_key(teamUlid=given))
        assert data_of(operator.get(team.secret))["teamUlid"] == given


def test_ids_are_one_team_in_either_case(team: TeamOnStage, operator: Caller) -> None:
    shouted = f"/api/team-secrets/{team.team_id.upper()}"
    assert data_of(operator.post(shouted, json=team.new_key()), 201)["teamId"] == team.team_id
    assert data_of(operator.get(team.secret))["hasSecret"] is True
    assert data_of(operator.get(shouted))["teamId"] == team.team_id


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2031-05-01T12:00:00Z", "2031-05-01T12:00:00+00:00"),
        ("2031-05-01T12:00:00+02:00", "2031-05-01T12:00:00+02:00"),
        ("2031-05-01T12:00:00", "2031-05-01T12:00:00+00:00"),
        (None, None),
    ],
)
def test_expiry_is_kept(
    team: TeamOnStage, operator: Caller, given: str | None, shown: str | None
) -> None:
    data_of(operator.post(team.secret, json=team.new_key(expiresAt=given)), 201)
    assert data_of(operator.get(team.secret))["expiresAt"] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        *("tomorrow", "2031-13-01T00:00:00Z", 1893456000, True, {}, ""),
        *("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_expiry_is_a_point_in_time(team: TeamOnStage, operator: Caller, wrong: object) -> None:
    answer = operator.post(team.secret, json=team.new_key(expiresAt=wrong))
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"expiresAt"}


@pytest.mark.parametrize(
    "wrong",
    [
        *("short", "x" * 513, "with space", "line\nbreak", "line-break\n", "tab\tbed-key"),
        *("schlüssel", "nul\0-inside", "ключ-ключ", "smile-\U0001f600", "Bearer short", "Bearer "),
        *(12345678, None, ["listed-key"], {"a": "nested-key"}, True),
    ],
)
def test_a_key_is_printable_ascii(team: TeamOnStage, operator: Caller, wrong: object) -> None:
    answer = operator.post(team.secret, json=team.new_key(apiKey=wrong))
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"apiKey"}
    if isinstance(wrong, str) and len(wrong) > 8:
        assert wrong[:8] not in answer.get_data(as_text=True)


def test_a_key_of_8_and_of_512_characters_is_one(team: TeamOnStage, operator: Caller) -> None:
    for length in (8, 512):
        key = team.stage.canaries.key().ljust(512, "!")[:length]
        data_of(
            operator.put(team.secret, json=team.new_key(apiKey=key)), 201 if length == 8 else 200
        )


@pytest.mark.parametrize("wrong", ["", "x", "8" + "0" * 25, "0" * 26 + "\n", 7, None])
def test_the_team_ulid_is_checked(team: TeamOnStage, operator: Caller, wrong: object) -> None:
    answer = operator.post(team.secret, json=team.new_key(teamUlid=wrong))
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"teamUlid"}


# --- If-Match ---------------------------------------------------------------------------------


@pytest.mark.parametrize("guard", ['"2"', "*", '"1", "2"', '"9","2"'])
def test_a_matching_guard_lets_the_write_through(
    team: TeamOnStage, operator: Caller, guard: str
) -> None:
    data_of(operator.put(team.with_key().secret, json=team.new_key()))
    answer = operator.put(team.secret, json=team.new_key(), headers={"If-Match": guard})
    assert data_of(answer)["version"] == 3


@pytest.mark.parametrize("guard", ['"1"', '"3"', '"9", "8"', 'W/"2"', '""', '"02"', "garbage", ""])
def test_a_guard_that_does_not_match_stores_nothing(
    team: TeamOnStage, operator: Caller, guard: str
) -> None:
    data_of(operator.put(team.with_key().secret, json=team.new_key()))
    answer = operator.put(team.secret, json=team.new_key(), headers={"If-Match": guard})
    refusal_of(answer, 412, "version_conflict")
    assert data_of(operator.get(team.secret))["version"] == 2


@pytest.mark.parametrize("guard", ['"0"', '"1"', "*", "garbage"])
def test_nothing_matches_where_there_is_no_secret(
    team: TeamOnStage, operator: Caller, guard: str
) -> None:
    put = {"json": team.new_key(), "headers": {"If-Match": guard}}
    refusal_of(operator.put(team.secret, **put), 412, "version_conflict")
    data_of(operator.delete(team.with_key().secret))
    refusal_of(operator.put(team.secret, **put), 412, "version_conflict")


def test_the_etag_is_the_version_and_guards_the_next_write(
    team: TeamOnStage, operator: Caller
) -> None:
    seen = operator.get(team.with_key().secret).headers["ETag"]
    assert seen == '"1"'
    first = operator.put(team.secret, json=team.new_key(), headers={"If-Match": seen})
    assert data_of(first)["version"] == 2
    second = operator.put(team.secret, json=team.new_key(), headers={"If-Match": seen})
    refusal_of(second, 412, "version_conflict")
    assert operator.get(team.secret).headers["ETag"] == '"2"'


@pytest.mark.parametrize("guard", ['"1"', '"3"', 'W/"2"', "garbage", ""])
def test_a_rollback_is_guarded_too(team: TeamOnStage, operator: Caller, guard: str) -> None:
    data_of(operator.put(team.with_key().secret, json=team.new_key()))
    path, body = f"{team.secret}/rollback", {"version": 1}
    answer = operator.post(path, json=body, headers={"If-Match": guard})
    refusal_of(answer, 412, "version_conflict")
    assert data_of(operator.get(team.secret))["version"] == 2
    assert data_of(operator.post(path, json=body, headers={"If-Match": '"2"'}))["version"] == 3
    data_of(operator.delete(team.secret))
    answer = operator.post(path, json=body, headers={"If-Match": "*"})
    refusal_of(answer, 412, "version_conflict")


def test_a_guard_that_a_call_cannot_keep_is_refused(team: TeamOnStage, operator: Caller) -> None:
    """Vault deletes without check-and-set: the caller's condition could fail in between."""
    body = team.with_key().new_key()
    writes: list[tuple[str, str, Any]] = [
        ("DELETE", team.secret, None),
        ("DELETE", f"{team.secret}?destroy=true", None),
        ("POST", f"{team.secret}/undelete", None),
        ("POST", team.secret, body),
        ("PATCH", team.path, {"name": "Another"}),
        ("DELETE", team.path, None),
    ]
    for method, path, sent in writes:
        answer = operator.request(method, path, json=sent, headers={"If-Match": '"1"'})
        assert refusal_of(answer, 400, INVALID)["details"].keys() == {"If-Match"}, (method, path)
    for name in ("If-None-Match", "If-Unmodified-Since"):
        answer = operator.put(team.secret, json=body, headers={name: "*"})
        assert refusal_of(answer, 400, INVALID)["details"].keys() == {name}
    assert data_of(operator.get(team.secret))["version"] == 1
    data_of(operator.get(team.secret, headers={"If-None-Match": '"7"'}))


# --- deleting and bringing back ---------------------------------------------------------------


def test_a_deleted_secret_counts_as_none(team: TeamOnStage, operator: Caller) -> None:
    assert data_of(operator.delete(team.with_key().secret))["version"] == 1
    assert data_of(operator.get(team.secret))["hasSecret"] is False
    refusal_of(operator.delete(team.secret), 404, "secret_not_found")
    refusal_of(operator.post(f"{team.secret}/verify"), 404, "secret_not_found")


def test_undelete_brings_the_last_version_back(team: TeamOnStage, operator: Caller) -> None:
    before = data_of(operator.get(team.with_key().secret))
    data_of(operator.delete(team.secret))
    assert data_of(operator.post(f"{team.secret}/undelete"))["version"] == 1
    assert data_of(operator.get(team.secret)) == before


def test_undelete_of_what_lives_changes_nothing(team: TeamOnStage, operator: Caller) -> None:
    before = data_of(operator.get(team.with_key().secret))
    assert data_of(operator.post(f"{team.secret}/undelete"))["version"] == 1
    assert data_of(operator.get(team.secret)) == before


def test_undelete_without_anything_to_bring_back(team: TeamOnStage, operator: Caller) -> None:
    refusal_of(operator.post(f"{team.secret}/undelete"), 404, "secret_not_found")
    data_of(operator.delete(f"{team.with_key().secret}?destroy=true"))
    refusal_of(operator.post(f"{team.secret}/undelete"), 404, "version_not_found")


def test_destroy_erases_every_version(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.put(team.with_key().secret, json=team.new_key()))
    data_of(operator.delete(team.secret))
    data_of(operator.delete(f"{team.secret}?destroy=true"))
    listed = data_of(operator.get(f"{team.secret}/versions"))["versions"]
    assert [entry["destroyed"] for entry in listed] == [True, True]
    refusal_of(operator.post(f"{team.secret}/rollback", json={"version": 1}), 404, VERSION)
    refusal_of(operator.delete(f"{team.secret}?destroy=true"), 404, "secret_not_found")


@pytest.mark.parametrize("wrong", ["perhaps", "2", ""])
def test_destroy_is_yes_or_no(team: TeamOnStage, operator: Caller, wrong: str) -> None:
    answer = operator.delete(team.with_key().secret, query_string={"destroy": wrong})
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"destroy"}
    assert data_of(operator.get(team.secret))["hasSecret"] is True


VERSION = "version_not_found"


# --- versions and rollback --------------------------------------------------------------------


def test_versions_tell_the_whole_life(team: TeamOnStage, operator: Caller) -> None:
    refusal_of(operator.get(f"{team.secret}/versions"), 404, "secret_not_found")
    data_of(operator.get(team.with_key().secret))
    print_of_first = data_of(operator.get(team.secret))["fingerprint"]
    data_of(operator.put(team.secret, json=team.new_key()))
    data_of(operator.delete(team.secret))
    first, second = data_of(operator.get(f"{team.secret}/versions"))["versions"]
    assert (first["version"], first["current"], first["deletedAt"]) == (1, False, None)
    assert (second["version"], second["current"], second["destroyed"]) == (2, True, False)
    assert (first["fingerprint"], second["fingerprint"]) == (print_of_first, None)
    assert datetime.fromisoformat(second["deletedAt"]) > datetime.fromisoformat(second["createdAt"])


def test_rollback_makes_a_new_version_of_the_old_key(team: TeamOnStage, operator: Caller) -> None:
    new = team.new_key(expiresAt="2031-05-01T12:00:00+00:00")
    data_of(operator.post(team.secret, json=new), 201)
    old = data_of(operator.get(team.secret))
    data_of(operator.put(team.secret, json=team.new_key(teamUlid=new_ulid())))
    assert data_of(operator.post(f"{team.secret}/rollback", json={"version": 1}))["version"] == 3
    told = data_of(operator.get(team.secret))
    for name in ("fingerprint", "teamUlid", "expiresAt", "createdAt"):
        assert told[name] == old[name]


def test_rollback_of_a_deleted_secret_brings_an_older_key(
    team: TeamOnStage, operator: Caller
) -> None:
    data_of(operator.put(team.with_key().secret, json=team.new_key()))
    data_of(operator.delete(team.secret))
    assert data_of(operator.post(f"{team.secret}/rollback", json={"version": 1}))["version"] == 3
    assert data_of(operator.get(team.secret))["hasSecret"] is True


def test_rollback_needs_a_version_that_lives(team: TeamOnStage, operator: Caller) -> None:
    back = f"{team.secret}/rollback"
    refusal_of(operator.post(back, json={"version": 1}), 404, "secret_not_found")
    data_of(operator.delete(team.with_key().secret))
    refusal_of(operator.post(back, json={"version": 1}), 404, VERSION)
    refusal_of(operator.post(back, json={"version": 2}), 404, VERSION)


@pytest.mark.parametrize("wrong", [0, -1, "1", 1.5, True, None, [1]])
def test_rollback_takes_a_version_number(
    team: TeamOnStage, operator: Caller, wrong: object
) -> None:
    answer = operator.post(f"{team.with_key().secret}/rollback", json={"version": wrong})
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"version"}


# --- trying a key on Blawby -------------------------------------------------------------------


def test_a_key_that_blawby_takes_is_stored_after_the_trial(
    team: TeamOnStage, operator: Caller
) -> None:
    data_of(operator.post(f"{team.secret}?verify=true", json=team.new_key()), 201)
    data_of(operator.put(f"{team.secret}?verify=true", json=team.new_key()))


def test_a_key_that_blawby_refuses_is_not_stored(team: TeamOnStage, operator: Caller) -> None:
    bad = team.new_key(apiKey=team.stage.canaries.key("revoked"))
    refusal_of(operator.post(f"{team.secret}?verify=true", json=bad), 422, "key_rejected")
    assert data_of(operator.get(team.secret))["hasSecret"] is False
    team.with_key()
    refusal_of(operator.put(f"{team.secret}?verify=true", json=bad), 422, "key_rejected")
    assert data_of(operator.get(team.secret))["version"] == 1


def test_a_guard_that_does_not_match_spares_the_trial(team: TeamOnStage, operator: Caller) -> None:
    bad = team.new_key(apiKey=team.stage.canaries.key("bad"))
    guard = {"If-Match": '"7"'}
    answer = operator.put(f"{team.with_key().secret}?verify=true", json=bad, headers=guard)
    refusal_of(answer, 412, "version_conflict")


def test_verify_tries_the_stored_key(team: TeamOnStage, operator: Caller) -> None:
    refusal_of(operator.post(f"{team.secret}/verify"), 404, "secret_not_found")
    good = data_of(operator.post(f"{team.with_key().secret}/verify"))
    assert good.keys() == {"valid", "checkedAt"}
    assert good["valid"] is True
    assert datetime.fromisoformat(good["checkedAt"]).tzinfo
    bad = team.new_key(apiKey=team.stage.canaries.key("invalid"))
    data_of(operator.put(team.secret, json=bad))
    told = data_of(operator.post(f"{team.secret}/verify"))
    assert (told["valid"], told["reason"]) == (False, "key_rejected")


# --- the list ---------------------------------------------------------------------------------


def test_the_list_goes_page_by_page_over_living_secrets(
    fresh_teams: list[TeamOnStage], operator: Caller
) -> None:
    """Of six teams in a row, those with a living secret, two at a time."""
    first, second, third, deleted, _without, last = fresh_teams
    for team in (first, second, third, deleted, last):
        team.with_key()
    data_of(operator.delete(deleted.secret))
    seen: list[str] = []
    after = _before(first.team_id)
    while after and (not seen or seen[-1] < last.team_id):
        page = data_of(operator.get(f"/api/team-secrets?after={after}&limit=2"))
        assert page["count"] == len(page["teams"]) <= 2
        assert all(entry["hasSecret"] is True for entry in page["teams"])
        seen += [entry["teamId"] for entry in page["teams"]]
        after = page["next"]
    assert seen[:4] == [first.team_id, second.team_id, third.team_id, last.team_id]


def test_a_member_sees_its_own_team_alone(alice: Caller, acme: TeamOnStage) -> None:
    told = data_of(alice.get("/api/team-secrets"))
    assert told == {
        "teams": [{"teamId": acme.team_id, "hasSecret": True}],
        "count": 1,
        "next": None,
    }
    past = data_of(alice.get("/api/team-secrets", query_string={"after": acme.team_id}))
    assert past == {"teams": [], "count": 0, "next": None}


def test_a_member_without_a_secret_sees_an_empty_list(team: TeamOnStage) -> None:
    assert data_of(team.member().get("/api/team-secrets"))["teams"] == []


def test_an_auditor_sees_the_list_and_nobody_does_not(auditor: Caller, nobody: Caller) -> None:
    data_of(auditor.get("/api/team-secrets"))
    refusal_of(nobody.get("/api/team-secrets"), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        *(("limit", text) for text in ("0", "1001", "many", "1e2", "+5", " 5", "1_0", "٣")),
        *(("limit", ["1", "2"]), ("after", "x"), ("after", ["0" * 26, "1" * 26])),
    ],
)
def test_every_list_checks_its_page(
    operator: Caller, team: TeamOnStage, field: str, wrong: str | list[str]
) -> None:
    for path in (
        *("/api/team-secrets", "/api/teams", "/api/invoices", "/api/attention"),
        *(f"{team.path}/{part}" for part in ("matters", "invoices")),
    ):
        query = {"state": "unknown", field: wrong} if path == "/api/invoices" else {field: wrong}
        answer = operator.get(path, query_string=query)
        assert refusal_of(answer, 400, INVALID)["details"].keys() == {field}, path


@pytest.mark.parametrize("both", [["true", "false"], ["false", "true"], ["true", "true"]])
def test_a_flag_that_is_given_twice_does_nothing(
    team: TeamOnStage, operator: Caller, both: list[str]
) -> None:
    data_of(operator.post(team.secret, json=team.new_key()), 201)
    answer = operator.delete(team.secret, query_string={"destroy": both})
    told = refusal_of(answer, 400, INVALID)["details"]
    assert told == {"destroy": ["Given more than once."]}
    assert data_of(operator.get(team.secret))["hasSecret"] is True


def test_a_name_that_no_field_has_may_be_given_twice(operator: Caller) -> None:
    data_of(operator.get("/api/teams", query_string={"utm": ["a", "b"], "limit": "1"}))


# --- whose hands ------------------------------------------------------------------------------


def test_a_member_does_all_of_it_for_its_own_team(team: TeamOnStage) -> None:
    member = team.member()
    data_of(member.post(team.secret, json=team.new_key()), 201)
    data_of(member.put(team.secret, json=team.new_key(), headers={"If-Match": '"1"'}))
    assert data_of(member.get(team.secret))["version"] == 2
    assert len(data_of(member.get(f"{team.secret}/versions"))["versions"]) == 2
    data_of(member.post(f"{team.secret}/rollback", json={"version": 1}))
    data_of(member.delete(team.secret))
    data_of(member.post(f"{team.secret}/undelete"))
    assert data_of(member.post(f"{team.secret}/verify"))["valid"] is True
    data_of(member.delete(f"{team.secret}?destroy=true"))


def test_another_teams_member_is_refused_everywhere(acme: TeamOnStage, charlie: Caller) -> None:
    """The same bytes for a team that exists and for one that doesn't."""
    for calls in (
        ("GET", "", None),
        ("POST", "", acme.new_key()),
        ("PUT", "", acme.new_key()),
        ("DELETE", "", None),
        ("DELETE", "?destroy=true", None),
        ("GET", "/versions", None),
        ("POST", "/rollback", {"version": 1}),
        ("POST", "/undelete", None),
        ("POST", "/verify", None),
    ):
        method, path, body = calls
        headers = {"X-Request-ID": "the-same"}
        answers = [
            charlie.request(method, f"{base}{path}", json=body, headers=headers)
            for base in (acme.secret, f"/api/team-secrets/{new_ulid()}")
        ]
        refusal_of(answers[0], 403, "forbidden")
        assert answers[0].get_data() == answers[1].get_data()


# --- the shared cache is away -----------------------------------------------------------------


def test_a_write_stands_when_the_shared_cache_did_not_take_the_news(
    deaf: Stage, team: TeamOnStage
) -> None:
    operator = Caller(deaf.client, team.stage.operator.token)
    answers = [
        (operator.post(team.secret, json=team.new_key()), 201),
        (operator.put(team.secret, json=team.new_key()), 200),
        (operator.post(f"{team.secret}/rollback", json={"version": 1}), 200),
        (operator.delete(team.secret), 200),
        (operator.post(f"{team.secret}/undelete"), 200),
        (operator.delete(f"{team.secret}?destroy=true"), 200),
        (operator.delete(team.path), 200),
    ]
    for answer, status in answers:
        assert data_of(answer, status)["propagation"] == "delayed"


def test_nothing_is_delayed_as_a_rule(team: TeamOnStage, operator: Caller) -> None:
    assert "propagation" not in data_of(operator.post(team.secret, json=team.new_key()), 201)
    assert "propagation" not in data_of(operator.delete(team.path))


def _before(team_id: str) -> str:
    """An id just before; `fresh_teams` end in a digit above 0."""
    return team_id[:-1] + "0"
