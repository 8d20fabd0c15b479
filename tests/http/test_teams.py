"""Teams over HTTP: registered, read, changed, listed, removed, and given credentials."""

from typing import Any

import hvac
import pytest

from tests.http.answers import data_of, refusal_of
from tests.http.test_agent_checks import turn
from tests.rig import CONFIG, Caller, Stage, TeamOnStage, new_ulid
from vault.embedded import EmbeddedVault

INVALID = "validation_failed"


def body_of(team: TeamOnStage, **changes: Any) -> dict[str, Any]:
    return {"slug": team.slug, "name": "A Team", "config": CONFIG} | changes


# --- registering and reading ------------------------------------------------------------------


def test_put_registers_and_then_replaces(stage: Stage, operator: Caller) -> None:
    team_id = new_ulid()
    path, slug = f"/api/teams/{team_id}", f"slug-{team_id}"
    told = data_of(operator.put(path, json={"slug": slug, "name": "One", "config": CONFIG}), 201)
    assert told == {"teamId": team_id, "slug": slug, "name": "One", "config": CONFIG}
    told = data_of(operator.put(path, json={"slug": slug, "name": "Two"}), 200)
    assert told == {"teamId": team_id, "slug": slug, "name": "Two", "config": {}}
    assert data_of(operator.get(path)) == told


def test_a_member_reads_its_own_team_and_changes_nothing(
    acme: TeamOnStage, alice: Caller, charlie: Caller
) -> None:
    assert data_of(alice.get(acme.path))["slug"] == acme.slug
    refusal_of(charlie.get(acme.path), 403, "forbidden")
    for answer in (
        alice.put(acme.path, json=body_of(acme)),
        alice.patch(acme.path, json={"name": "Mine"}),
        alice.delete(acme.path),
        alice.post(f"{acme.path}/credentials"),
        alice.delete(f"{acme.path}/credentials"),
        alice.get("/api/teams"),
    ):
        refusal_of(answer, 403, "forbidden")
    assert data_of(alice.get(acme.path))["name"] == "A Team"


def test_an_unknown_team_is_not_found(operator: Caller) -> None:
    path = f"/api/teams/{new_ulid()}"
    for answer in (
        operator.get(path),
        operator.patch(path, json={"name": "x"}),
        operator.delete(path),
        operator.post(f"{path}/credentials"),
        operator.delete(f"{path}/credentials"),
    ):
        refusal_of(answer, 404, "team_not_found")


def test_ids_are_one_team_in_either_case(team: TeamOnStage, operator: Caller) -> None:
    shouted = f"/api/teams/{team.team_id.upper()}"
    assert data_of(operator.get(shouted))["teamId"] == team.team_id
    assert data_of(operator.put(shouted, json=body_of(team)), 200)["teamId"] == team.team_id


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": None}, "slug"),
        ({"slug": "Upper"}, "slug"),
        ({"slug": "x" * 64}, "slug"),
        ({"slug": 7}, "slug"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": ["x"]}, "name"),
        ({"config": None}, "config"),
        ({"config": []}, "config"),
        ({"config": "{}"}, "config"),
    ],
)
def test_a_team_is_checked(
    team: TeamOnStage, operator: Caller, change: dict[str, Any], field: str
) -> None:
    answer = operator.put(team.path, json=body_of(team, **change))
    assert set(refusal_of(answer, 400, INVALID)["details"]) == {field}


def test_what_is_missing_is_named(operator: Caller) -> None:
    answer = operator.put(f"/api/teams/{new_ulid()}", json={})
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {"slug", "name"}


# --- the configuration ------------------------------------------------------------------------


FULL: dict[str, Any] = {
    "requiresPayment": True,
    "consultationFee": 75.5,
    "paymentLink": "https://pay.example.com/x?amount=7500",
    "availableServices": ["Family Law"],
    "jurisdiction": {
        "type": "state",
        "supportedStates": ["NC"],
        "supportedCountries": ["US"],
        "primaryState": "NC",
        "description": "North Carolina",
        "kept": [1, {"a": None}],
    },
    "ownerEmail": "owner@example.com",
    "description": "A firm",
    "introMessage": "Hello",
    "blawbyApi": {"enabled": True, "teamUlid": "01JQ70JNSTYFZEVC6423CZH50e", "kept": 1.5},
    "brandColor": "#000",
    "nested": {"deep": [{"er": True}], "ünïcode": "smile \U0001f600"},
}


def test_a_configuration_comes_back_as_it_was_put(team: TeamOnStage, operator: Caller) -> None:
    assert data_of(operator.put(team.path, json=body_of(team, config=FULL)))["config"] == FULL
    assert data_of(operator.get(team.path))["config"] == FULL


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"requiresPayment": "yes"}, "requiresPayment"),
        ({"requiresPayment": 1}, "requiresPayment"),
        ({"consultationFee": -1}, "consultationFee"),
        ({"consultationFee": 75.001}, "consultationFee"),
        ({"consultationFee": "75"}, "consultationFee"),
        ({"consultationFee": True}, "consultationFee"),
        ({"consultationFee": 1e300}, "consultationFee"),
        ({"consultationFee": None}, "consultationFee"),
        ({"paymentLink": "http://pay.example.com"}, "paymentLink"),
        ({"paymentLink": "javascript:alert(1)"}, "paymentLink"),
        ({"paymentLink": ""}, "paymentLink"),
        ({"paymentLink": "https://pay.example.com/" + "x" * 2048}, "paymentLink"),
        ({"availableServices": "Family Law"}, "availableServices"),
        ({"availableServices": [7]}, "availableServices.0"),
        ({"jurisdiction": {"type": "planet"}}, "jurisdiction.type"),
        ({"jurisdiction": []}, "jurisdiction"),
        ({"jurisdiction": {"supportedStates": "NC"}}, "jurisdiction.supportedStates"),
        ({"ownerEmail": "nobody"}, "ownerEmail"),
        ({"description": 7}, "description"),
        ({"blawbyApi": {"enabled": "true"}}, "blawbyApi.enabled"),
        ({"blawbyApi": {"teamUlid": "x"}}, "blawbyApi.teamUlid"),
        ({"blawbyApi": None}, "blawbyApi"),
    ],
)
def test_a_configuration_is_checked(
    team: TeamOnStage, operator: Caller, config: dict[str, Any], field: str
) -> None:
    answer = operator.put(team.path, json=body_of(team, config=config))
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {f"config.{field}"}
    assert data_of(operator.get(team.path))["config"] == CONFIG


@pytest.mark.parametrize(
    ("config", "place"),
    [
        ({"apiKey": "x"}, "config.apiKey"),
        ({"blawbyApi": {"apiKey": "x"}}, "config.blawbyApi.apiKey"),
        ({"a": [{"b": {"Client_Secret": "x"}}]}, "config.a.b.Client_Secret"),
        ({"PASSWORD": 7}, "config.PASSWORD"),
        ({"smtp": {"passwd": "x"}}, "config.smtp.passwd"),
        ({"pass_phrase": "x"}, "config.pass_phrase"),
        ({"Private-Key": ["x"]}, "config.Private-Key"),
        ({"token": {"value": "x"}}, "config.token"),
        ({"\uff41pi\uff2bey": "x"}, "config.*"),
    ],
)
def test_a_secret_in_a_configuration_is_refused(
    team: TeamOnStage, operator: Caller, config: dict[str, Any], place: str
) -> None:
    for answer in (
        operator.put(team.path, json=body_of(team, config=config)),
        operator.patch(team.path, json={"config": config}),
    ):
        body = refusal_of(answer, 400, "secret_in_config")
        assert body["details"].keys() == {place}
    assert data_of(operator.get(team.path))["config"] == CONFIG


def test_an_empty_value_under_a_secrets_name_is_kept(team: TeamOnStage, operator: Caller) -> None:
    config = {"apiKey": "", "token": None, "secrets": [], "hasPassword": True, "keyNote": "x"}
    told = data_of(operator.put(team.path, json=body_of(team, config=config)))
    assert told["config"] == config


# --- PATCH: a merge ---------------------------------------------------------------------------


def test_patch_merges(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.put(team.path, json=body_of(team, config=FULL)))
    changes = {
        "name": "B",
        "config": {
            "consultationFee": 80,
            "paymentLink": None,
            "jurisdiction": {"primaryState": None, "supportedStates": ["NC", "SC"]},
            "nested": {"deep": None, "new": {"a": 1, "gone": None}},
            "brandColor": {"light": "#fff", "none": None},
        },
    }
    wanted = {
        **FULL,
        "consultationFee": 80,
        "jurisdiction": {
            **{k: v for k, v in FULL["jurisdiction"].items() if k != "primaryState"},
            "supportedStates": ["NC", "SC"],
        },
        "nested": {"ünïcode": "smile \U0001f600", "new": {"a": 1}},
        "brandColor": {"light": "#fff"},
    }
    del wanted["paymentLink"]
    told = data_of(operator.patch(team.path, json=changes))
    assert told == {"teamId": team.team_id, "slug": team.slug, "name": "B", "config": wanted}
    assert data_of(operator.get(team.path)) == told


@pytest.mark.parametrize("name", [*FULL])
def test_patch_removes_with_null(team: TeamOnStage, operator: Caller, name: str) -> None:
    data_of(operator.put(team.path, json=body_of(team, config=FULL)))
    told = data_of(operator.patch(team.path, json={"config": {name: None}}))
    assert told["config"] == {k: v for k, v in FULL.items() if k != name}


def test_patch_removes_all_of_a_configuration(team: TeamOnStage, operator: Caller) -> None:
    assert data_of(operator.patch(team.path, json={"config": None}))["config"] == {}


def test_an_empty_patch_changes_nothing(team: TeamOnStage, operator: Caller) -> None:
    before = data_of(operator.get(team.path))
    for nothing in ({}, {"config": {}}, {"unknown": 1}):
        assert data_of(operator.patch(team.path, json=nothing)) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"slug": None}, "slug"),
        ({"slug": "A"}, "slug"),
        ({"config": {"consultationFee": -1}}, "config.consultationFee"),
        ({"config": {"blawbyApi": {"enabled": 1}}}, "config.blawbyApi.enabled"),
        ({"config": {"availableServices": [None]}}, "config.availableServices.0"),
        ({"config": {"jurisdiction": "NC"}}, "config.jurisdiction"),
    ],
)
def test_patch_is_checked(
    team: TeamOnStage, operator: Caller, changes: dict[str, Any], field: str
) -> None:
    before = data_of(operator.get(team.path))
    answer = operator.patch(team.path, json=changes)
    assert refusal_of(answer, 400, INVALID)["details"].keys() == {field}
    assert data_of(operator.get(team.path)) == before


def test_patch_fills_no_place_that_was_kept_empty_with_a_secret(
    team: TeamOnStage, operator: Caller
) -> None:
    data_of(operator.put(team.path, json=body_of(team, config={"token": {}})))
    answer = operator.patch(team.path, json={"config": {"token": {"value": "x"}}})
    refusal_of(answer, 400, "secret_in_config")
    assert data_of(operator.patch(team.path, json={"config": {"token": {"value": None}}}))


# --- slugs ------------------------------------------------------------------------------------


def test_a_slug_belongs_to_one_team(team: TeamOnStage, stage: Stage, operator: Caller) -> None:
    other = stage.team()
    for answer in (
        operator.put(other.path, json=body_of(team)),
        operator.patch(other.path, json={"slug": team.slug}),
        operator.put(f"/api/teams/{new_ulid()}", json=body_of(team)),
    ):
        refusal_of(answer, 409, "slug_taken")
    assert data_of(operator.get(other.path))["slug"] == other.slug
    assert data_of(operator.get(team.path))["slug"] == team.slug


def test_a_slug_is_free_again_once_its_team_moved_or_left(
    team: TeamOnStage, stage: Stage, operator: Caller
) -> None:
    data_of(operator.patch(team.path, json={"slug": f"{team.slug}-moved"}))
    second = stage.team(slug=team.slug)
    data_of(operator.delete(second.path))
    third = stage.team(slug=team.slug)
    told = data_of(stage.nobody.post("/api/agent", json=turn(team.slug, "Hello")))
    assert told["metadata"]["teamId"] == third.team_id


# --- the list ---------------------------------------------------------------------------------


def test_the_list_goes_page_by_page(fresh_teams: list[TeamOnStage], operator: Caller) -> None:
    ids = [team.team_id for team in fresh_teams]
    after = ids[0][:-1] + "0"
    seen: list[dict[str, str]] = []
    for _ in range(3):
        page = data_of(operator.get(f"/api/teams?after={after}&limit=2"))
        assert page["count"] == len(page["teams"]) == 2
        seen += page["teams"]
        after = page["next"] or seen[-1]["teamId"]
    assert [entry["teamId"] for entry in seen] == ids
    assert seen[0] == {"teamId": ids[0], "slug": fresh_teams[0].slug, "name": "A Team"}


def test_the_last_page_has_no_next(fresh_teams: list[TeamOnStage], operator: Caller) -> None:
    page = data_of(operator.get("/api/teams?after=7zzzzzzzzzzzzzzzzzzzzzzzzz"))
    assert page == {"teams": [], "count": 0, "next": None}


# --- removal ----------------------------------------------------------------------------------


def test_a_removed_team_is_gone_with_all_of_it(team: TeamOnStage, operator: Caller) -> None:
    """Its logins and tokens too, by the time the answer arrives."""
    member = team.with_key().member()
    issued = data_of(operator.post(f"{team.path}/credentials"), 201)
    nobody = team.stage.nobody
    unwrapped = data_of(
        nobody.post("/api/auth/unwrap", json={"wrappingToken": issued["wrappingToken"]})
    )
    told = data_of(operator.delete(team.path))
    assert told == {"teamId": team.team_id, "message": "The team is removed."}
    refusal_of(member.get(team.secret), 401, "unauthenticated")
    login = {"roleId": issued["roleId"], "secretId": unwrapped["secretId"]}
    refusal_of(nobody.post("/api/auth/login", json=login), 401, "unauthenticated")
    refusal_of(nobody.post("/api/agent", json=turn(team.team_id)), 404, "team_not_found")
    refusal_of(operator.get(team.path), 404, "team_not_found")
    refusal_of(operator.delete(team.path), 404, "team_not_found")
    refusal_of(operator.get(team.secret), 404, "team_not_found")
    refusal_of(operator.get(f"{team.secret}/versions"), 404, "team_not_found")
    refusal_of(operator.get(f"{team.path}/invoices"), 404, "team_not_found")
    refusal_of(operator.post(f"{team.secret}/undelete"), 404, "secret_not_found")


def test_a_team_that_comes_back_has_no_key(team: TeamOnStage, stage: Stage) -> None:
    data_of(stage.operator.delete(team.with_key().path))
    again = stage.team(team_id=team.team_id)
    assert data_of(stage.operator.get(again.secret))["hasSecret"] is False
    assert data_of(again.ask())["payment"]["reason"] == "no_key"


def test_a_removal_that_stopped_half_way_can_be_repeated(
    team: TeamOnStage, operator: Caller, vault: EmbeddedVault
) -> None:
    """Only the login is left of the team: it is removed all the same."""
    root = hvac.Client(vault.address, token=vault.root_token)
    root.secrets.kv.v2.delete_metadata_and_all_versions(
        f"{team.team_id}/config", mount_point="teams"
    )
    refusal_of(operator.get(team.path), 404, "team_not_found")
    data_of(operator.delete(team.path))
    refusal_of(operator.delete(team.path), 404, "team_not_found")


# --- credentials ------------------------------------------------------------------------------


def test_credentials_are_wrapped_and_several_can_live(team: TeamOnStage, operator: Caller) -> None:
    issued = data_of(operator.post(f"{team.path}/credentials"), 201)
    assert issued.keys() == {"roleId", "wrappingToken", "expiresIn"}
    assert issued["expiresIn"] > 0
    for member in (team.member(), team.member()):
        data_of(member.get(team.path))


def test_revoked_credentials_log_nobody_in(team: TeamOnStage, operator: Caller) -> None:
    nobody = team.stage.nobody
    issued = data_of(operator.post(f"{team.path}/credentials"), 201)
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    secret_id = data_of(nobody.post("/api/auth/unwrap", json=wrapped))["secretId"]
    login = {"roleId": issued["roleId"], "secretId": secret_id}
    data_of(nobody.post("/api/auth/login", json=login))
    told = data_of(operator.delete(f"{team.path}/credentials"))
    assert told["teamId"] == team.team_id
    refusal_of(nobody.post("/api/auth/login", json=login), 401, "unauthenticated")
    data_of(operator.delete(f"{team.path}/credentials"))
    data_of(team.member().get(team.path))


# --- the shared cache is away -----------------------------------------------------------------


def test_a_change_stands_when_the_shared_cache_did_not_take_the_news(
    deaf: Stage, team: TeamOnStage
) -> None:
    operator = Caller(deaf.client, team.stage.operator.token)
    for answer in (
        operator.put(team.path, json=body_of(team)),
        operator.patch(team.path, json={"name": "B"}),
        operator.delete(team.path),
    ):
        assert data_of(answer)["propagation"] == "delayed"


@pytest.mark.parametrize(
    "config",
    [
        {"availableServices": ["Family Law"] * 900},
        {"more": {f"name-{number}": number for number in range(900)}},
        {"more": {f"name-{number}": "text" for number in range(450)}},
    ],
)
def test_more_strings_than_vault_takes_are_refused_before_it(
    stage: Stage, operator: Caller, config: dict[str, Any]
) -> None:
    """OpenBao takes 1,000 in a request; what is just below is stored (attack 21)."""
    team_id = new_ulid()
    body = {"slug": f"slug-{team_id}", "name": "N", "config": config}
    answer = refusal_of(operator.put(f"/api/teams/{team_id}", json=body), 400, INVALID)
    assert answer["details"] == {"config": ["More than 900 names and texts."]}
    refusal_of(operator.delete(f"/api/teams/{team_id}"), 404, "team_not_found")
    [inside] = config.values()
    few = inside[:-1] if isinstance(inside, list) else dict(list(inside.items())[:-1])
    team = stage.team(dict.fromkeys(config, few))
    more = {"config": {"another": {"name": "text"}}}
    refusal_of(operator.patch(team.path, json=more), 400, INVALID)


def test_a_team_is_found_by_its_slug(team: TeamOnStage, operator: Caller) -> None:
    found = data_of(operator.get(f"/api/teams?slug={team.slug}"))
    listed = {"teamId": team.team_id, "slug": team.slug, "name": "A Team"}
    assert found == {"teams": [listed], "count": 1, "next": None}
    none = data_of(operator.get("/api/teams?slug=no-such-slug"))
    assert none == {"teams": [], "count": 0, "next": None}
    answer = refusal_of(operator.get("/api/teams?slug=Not%20A%20Slug"), 400, INVALID)
    assert answer["details"].keys() == {"slug"}
    refusal_of(team.member().get(f"/api/teams?slug={team.slug}"), 403, "forbidden")


def test_a_slug_that_a_team_left_finds_nothing(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.patch(team.path, json={"slug": f"{team.slug}-2"}))
    assert data_of(operator.get(f"/api/teams?slug={team.slug}"))["teams"] == []
