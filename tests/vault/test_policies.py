"""Vault refuses by itself: real tokens, Vault's own API, none of our code in between."""

import http.client
from urllib.parse import quote, urlsplit

import pytest

from tests.vault.matrix import DOCUMENT, HTTP_PART, SECTIONS, Row, allowed, answers, render
from tests.vault.world import (
    KEYS,
    ROLE_SETTINGS,
    SERVICE_SECRET,
    SPARE_TEAM,
    TEAM_A,
    TEAM_B,
    WRAPPED,
    Vault,
    World,
)

ROWS = [row for rows in SECTIONS.values() for row in rows]
ROLE = f"auth/teams/role/team-{SPARE_TEAM}"
ENTITY = f"identity/entity/name/team-{SPARE_TEAM}"


def refused(vault: Vault, method: str, path: str, body: object = None, **headers: str) -> bool:
    return vault.call(method, path, body, headers).status_code == 403


@pytest.fixture(scope="session")
def given(world: World) -> dict[str, dict[str, int]]:
    return {row.action: answers(world, row) for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.action)
def test_each_may_and_each_may_not(given: dict[str, dict[str, int]], row: Row) -> None:
    assert allowed(given[row.action]) == row.allowed


def test_the_documented_matrix_is_what_vault_answers(given: dict[str, dict[str, int]]) -> None:
    documented = DOCUMENT.read_text().partition(HTTP_PART)[0]
    assert documented == render(given), "run: python -m tests.vault.matrix"


def test_no_row_is_there_twice() -> None:
    assert len({row.action for row in ROWS}) == len(ROWS)


# --- Paths


SPELLINGS = [
    "teams/data/{team}/config/../blawby_api",
    "teams/data/{team}/config/%2e%2e/blawby_api",
    "teams/data/{team}//blawby_api",
    "teams//data/{team}/blawby_api",
    "teams/data/./{team}/blawby_api",
    "teams/data/{team}%2Fblawby_api",
    "teams/data/{team}/blawby_api/",
    "teams/data/{upper}/blawby_api",
    "teams/data/{team}/BLAWBY_API",
    "teams/data/{team}/config/..;/blawby_api",
    "teams/data/{team}/matters/../blawby_api",
    "teams/data/{team}/matters/fi/first/../../../blawby_api",
    "teams/data/{team}/matters%2f..%2fblawby_api",
    "platform/data/slugs/../../../teams/data/{team}/blawby_api",
    "platform/data/service/../../../teams/data/{team}/blawby_api",
    "teams/subkeys/../data/{team}/blawby_api",
    "teams/subkeys/{team}/blawby_api/../../../data/{team}/blawby_api",
    "teams/data/{team}/blawby_api?version=1&list=true",
    "teams/data/+/blawby_api",
    "teams/data/*",
    "teams/data/{template}/blawby_api",
]


def raw_get(vault: Vault, path: str) -> bytes:
    """The path goes out as it stands: nothing normalises it on the way."""
    connection = http.client.HTTPConnection(urlsplit(vault.address).netloc, timeout=10)
    connection.request("GET", f"/v1/{path}", headers={"X-Vault-Token": vault.token})
    answer = connection.getresponse()
    seen = answer.read() + str(answer.headers).encode()
    connection.close()
    return seen


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("team", [TEAM_A, TEAM_B], ids=["a", "b"])
def test_no_spelling_of_a_path_shows_a_key(world: World, spelling: str, team: str) -> None:
    template = quote("{{identity.entity.metadata.team_id}}")
    path = spelling.format(team=team, upper=team.upper(), template=template)
    for vault in (world.member, world.service, world.operator, world.auditor, world.nobody):
        assert KEYS[team].encode() not in raw_get(vault, path)
    if team == TEAM_B:
        assert KEYS[team].encode() not in raw_get(world.agent, path)


def test_neither_status_nor_lists_show_a_value(world: World) -> None:
    secret = f"{TEAM_A}/blawby_api"
    for method, path in (
        ("GET", f"teams/metadata/{secret}"),
        ("GET", f"teams/subkeys/{secret}"),
        ("GET", f"teams/subkeys/{secret}?depth=9"),
        ("LIST", f"teams/metadata/{TEAM_A}/"),
    ):
        for vault in (world.member, world.operator, world.auditor):
            assert KEYS[TEAM_A] not in vault.call(method, path).text


def test_a_write_does_not_answer_with_the_value(world: World) -> None:
    body = {"data": {"api_key": "canary-in-a-write"}}
    answer = world.member.call("POST", f"teams/data/{TEAM_A}/blawby_api", body)
    assert answer.ok
    assert "canary-in-a-write" not in answer.text
    world.restore(TEAM_A)


# --- An operator who wants more


@pytest.mark.parametrize(
    "change",
    [
        {"token_policies": ["operator"]},
        {"token_policies": "team-member,operator"},
        {"token_policies": ["team-member", "team-agent"]},
        {"token_policies": ["team-member", "team-member"]},
        {"token_policies": []},
        {"token_policies": None},
        {"token_no_default_policy": False},
        {"policies": ["team-agent"]},
        {"Token_Policies": ["team-agent"]},
        {"token_type": "batch"},
        {"token_period": "24h"},
        {"period": "24h"},
        {"token_explicit_max_ttl": "1h"},
        {"role_id": "chosen"},
        {"bind_secret_id": False},
        {"secret_id_bound_cidrs": ["0.0.0.0/0"]},
        {"local_secret_ids": True},
    ],
    ids=str,
)
def test_an_operator_gives_a_role_nothing_but_the_fixed_policy(
    world: World, change: dict[str, object]
) -> None:
    assert refused(world.operator, "POST", ROLE, {**ROLE_SETTINGS, **change})


@pytest.mark.parametrize("left_out", sorted(ROLE_SETTINGS))
def test_an_operator_leaves_no_part_of_it_out(world: World, left_out: str) -> None:
    body = {name: value for name, value in ROLE_SETTINGS.items() if name != left_out}
    assert refused(world.operator, "POST", ROLE, body)
    assert refused(world.operator, "POST", "auth/teams/role/team-new", body)


@pytest.mark.parametrize(
    "part",
    ["policies", "token-ttl", "period", "bind-secret-id", "token-bound-cidrs", "custom-secret-id"],
)
def test_an_operator_does_not_reach_a_role_by_its_parts(world: World, part: str) -> None:
    body = {"token_policies": ["team-member"], "policies": ["operator"], "secret_id": "chosen"}
    assert refused(world.operator, "POST", f"{ROLE}/{part}", body, **WRAPPED)


@pytest.mark.parametrize("ttl", ["0", "172800", "-1"])
def test_a_secret_id_is_wrapped_for_a_day_at_most(world: World, ttl: str) -> None:
    answer = world.operator.call("POST", f"{ROLE}/secret-id", {}, {"X-Vault-Wrap-TTL": ttl})
    assert answer.status_code in {400, 403}
    assert "secret_id" not in answer.text


@pytest.mark.parametrize("name", ["team-secrets-service", "operator", "auditor"])
@pytest.mark.parametrize("mount", ["approle", "teams"])
@pytest.mark.parametrize("spelled", [str, str.upper, str.title], ids=["as is", "upper", "title"])
def test_an_operator_gets_no_login_of_the_platform(
    world: World, name: str, mount: str, spelled: type[str]
) -> None:
    """Role names ignore case, policies do not: the mounts are apart, so that this does not matter.

    On the teams' mount such a role may be made: it is a team's login without a team, worth nothing.
    """
    path = f"auth/{mount}/role/{spelled(name)}"
    if mount == "approle":
        assert refused(world.operator, "POST", path, ROLE_SETTINGS)
        assert refused(world.operator, "DELETE", path)
        assert refused(world.operator, "GET", f"{path}/role-id")
        assert refused(world.operator, "POST", f"{path}/secret-id", {}, **WRAPPED)
        assert refused(world.operator, "LIST", f"{path}/secret-id/")
    else:
        assert refused(world.operator, "POST", path, {**ROLE_SETTINGS, "token_policies": [name]})


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {}, "policies": ["team-agent"]},
        {"metadata": {}, "policies": "operator"},
        {"metadata": {}, "Policies": ["operator"]},
        {"metadata": {}, "id": "another"},
        {"metadata": {}, "name": "platform-operator"},
        {"metadata": {}, "disabled": True},
    ],
    ids=str,
)
def test_an_operator_gives_an_entity_its_metadata_alone(
    world: World, body: dict[str, object]
) -> None:
    assert refused(world.operator, "POST", ENTITY, body)


def test_an_operator_does_not_reach_an_entity_by_other_ways(world: World) -> None:
    operator = world.operator
    own = operator.need("GET", "auth/token/lookup-self")["data"]["entity_id"]
    more = {"policies": ["team-agent"], "metadata": {"team_id": TEAM_A}}
    for path in (
        "identity/entity",
        f"identity/entity/id/{own}",
        "identity/entity/name/platform-operator",
        "identity/entity/name/Team-x",
        "identity/entity/batch-delete",
        "identity/entity/merge",
        "identity/group",
        "identity/group/name/admins",
        "identity/group-alias",
        "identity/persona",
        "identity/alias",
        "identity/entity-alias/id/unknown",
        "identity/oidc/role/mine",
    ):
        assert refused(operator, "POST", path, {**more, "id": own}), path


def test_an_operator_makes_no_alias_on_another_mount(world: World) -> None:
    """The service's or a person's login would become somebody else."""
    mounts = world.root.need("GET", "sys/auth")["data"]
    own = world.operator.need("GET", "auth/token/lookup-self")["data"]["entity_id"]
    body = {"name": "x", "canonical_id": own, "mount_accessor": mounts["approle/"]["accessor"]}
    assert refused(world.operator, "POST", "identity/entity-alias", body)
    existing = {**body, "mount_accessor": mounts["teams/"]["accessor"], "id": "known"}
    assert refused(world.operator, "POST", "identity/entity-alias", existing)


@pytest.mark.parametrize("victim", ["operator", "service", "auditor"])
def test_an_alias_to_a_platform_identity_gives_nothing_more(world: World, victim: str) -> None:
    """Policies come from the role of a login; entities have none, and theirs is no team."""
    entity = getattr(world, victim).need("GET", "auth/token/lookup-self")["data"]["entity_id"]
    alias = {
        "name": world.role_id(SPARE_TEAM),
        "canonical_id": entity,
        "mount_accessor": world.accessor("teams/"),
    }
    world.operator.need("POST", "identity/entity-alias", alias)
    try:
        disguised = world.member_of(SPARE_TEAM)
        seen = disguised.need("GET", "auth/token/lookup-self")["data"]
        assert seen["policies"] == ["team-member"]
        assert not seen.get("identity_policies")
        assert refused(disguised, "GET", f"teams/metadata/{SPARE_TEAM}/blawby_api")
        assert refused(disguised, "POST", "auth/token/create/team-agent", {"entity_alias": TEAM_A})
    finally:
        world.operator.need("DELETE", ENTITY)
        world.register(SPARE_TEAM)


@pytest.mark.parametrize(
    "team_id", ["+", "*", "+/blawby_api", f"../{TEAM_B}", f"x/../{TEAM_B}", ""]
)
def test_a_team_named_like_a_wildcard_reads_no_key(world: World, team_id: str) -> None:
    """An operator chooses an entity's metadata, and could name a team so that a path fits all."""
    world.operator.need("POST", ENTITY, {"metadata": {"team_id": team_id}})
    try:
        for vault in (world.member_of(SPARE_TEAM), world.agent_of(SPARE_TEAM)):
            for team in (TEAM_A, TEAM_B):
                assert KEYS[team] not in vault.call("GET", f"teams/data/{team}/blawby_api").text
            assert SERVICE_SECRET not in vault.call("GET", "platform/data/service/llm").text
    finally:
        world.operator.need("POST", ENTITY, {"metadata": {"team_id": SPARE_TEAM}})


def test_a_person_of_the_platform_is_no_team(world: World) -> None:
    for vault in (world.operator, world.service, world.auditor):
        entity = vault.need("GET", "auth/token/lookup-self")["data"]["entity_id"]
        known = world.root.need("GET", f"identity/entity/id/{entity}")["data"]
        assert known["name"].startswith("platform-")
        assert not known["policies"]
        assert not known["metadata"]


# --- The service and its minted tokens


@pytest.mark.parametrize(
    "more",
    [
        {"policies": ["service"]},
        {"meta": {"team_id": TEAM_B}},
        {"period": "1h"},
        {"explicit_max_ttl": "1h"},
        {"type": "service"},
        {"renewable": True},
        {"no_parent": True},
        {"no_default_policy": False},
        {"id": "chosen"},
        {"num_uses": 0},
        {"display_name": "operator"},
        {"lease": "24h"},
        {"ttl": "601s"},
        {"ttl": "1h"},
        {"ttl": 0},
        {"ttl": ""},
    ],
    ids=str,
)
def test_the_service_mints_nothing_but_the_agents_short_token(
    world: World, more: dict[str, object]
) -> None:
    body = {"entity_alias": TEAM_A, "ttl": "600s", **more}
    assert refused(world.service, "POST", "auth/token/create/team-agent", body)


def test_a_minted_token_is_short_alone_and_of_one_policy(world: World) -> None:
    token = world.agent_of(TEAM_A).token
    seen = world.root.need("POST", "auth/token/lookup", {"token": token})["data"]
    assert seen["policies"] == ["team-agent"]
    assert seen["type"] == "batch"
    assert seen["orphan"]
    assert not seen["renewable"]
    assert seen["ttl"] <= 600


def test_a_token_minted_for_nobody_known_may_do_nothing(world: World) -> None:
    stranger = world.agent_of("01dddddddddddddddddddddddd")
    for team in (TEAM_A, TEAM_B, "01dddddddddddddddddddddddd"):
        assert refused(stranger, "GET", f"teams/data/{team}/blawby_api")
        assert refused(stranger, "GET", f"teams/data/{team}/config")


@pytest.mark.parametrize("path", ["auth/token/create/team-agent/x", "auth/token/create/other"])
def test_the_service_mints_by_one_role_alone(world: World, path: str) -> None:
    assert refused(world.service, "POST", path, {"entity_alias": TEAM_A, "ttl": "60s"})


# --- The end of a team


def test_without_its_entity_a_teams_tokens_are_dead_at_once(world: World) -> None:
    member, agent = world.member_of(SPARE_TEAM), world.agent_of(SPARE_TEAM)
    assert agent.call("GET", f"teams/data/{SPARE_TEAM}/blawby_api").ok
    assert member.call("GET", f"teams/metadata/{SPARE_TEAM}/blawby_api").ok
    try:
        world.operator.need("DELETE", ENTITY)
        world.operator.need("DELETE", ROLE)
        assert refused(agent, "GET", f"teams/data/{SPARE_TEAM}/blawby_api")
        assert refused(member, "GET", f"teams/metadata/{SPARE_TEAM}/blawby_api")
        assert refused(member, "GET", "auth/token/lookup-self")
    finally:
        world.register(SPARE_TEAM)


def test_a_secret_id_is_unwrapped_once(world: World) -> None:
    answer = world.operator.call("POST", f"{ROLE}/secret-id", {}, WRAPPED).json()
    assert "secret_id" not in (answer["data"] or {})
    holder = world.root.as_token(answer["wrap_info"]["token"])
    assert holder.call("POST", "sys/wrapping/unwrap").ok
    assert holder.call("POST", "sys/wrapping/unwrap").status_code == 400


def test_a_revoked_secret_id_logs_nobody_in(world: World) -> None:
    answer = world.operator.call("POST", f"{ROLE}/secret-id", {}, WRAPPED).json()
    holder = world.root.as_token(answer["wrap_info"]["token"])
    secret_id = holder.need("POST", "sys/wrapping/unwrap")["data"]["secret_id"]
    for accessor in world.operator.need("LIST", f"{ROLE}/secret-id/")["data"]["keys"]:
        body = {"secret_id_accessor": accessor}
        world.operator.need("POST", f"{ROLE}/secret-id-accessor/destroy", body)
    login = {"role_id": world.role_id(SPARE_TEAM), "secret_id": secret_id}
    assert world.nobody.call("POST", "auth/teams/login", login).status_code == 400
