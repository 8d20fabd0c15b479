"""Row 60: documents that somebody wrote into Vault by hand (attack 14).

Whatever lies there, that team alone is affected, nothing answers 500, and the API can repair it.
"""

import copy
import functools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import hvac
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attack.apart import service_apart
from tests.cli.conftest import Flask, flask_of
from tests.http.answers import data_of, refusal_of
from tests.leaks import Canaries
from tests.rig import CONFIG, Sandbox, Service, Stage, TeamOnStage

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def apart(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_apart(tmp_path_factory.mktemp("by-hand"), sandbox) as service:
        yield service


@dataclass
class Hand:
    """Somebody with full rights in Vault, and the app that finds what they left there."""

    stage: Stage
    root: hvac.Client
    flask: Flask
    neighbour: TeamOnStage

    def read(self, path: str) -> dict[str, Any]:
        return dict(self.root.read(path)["data"]["data"])

    def write(self, path: str, document: Any) -> bool:
        """Whether Vault took it."""
        try:
            self.root.write_data(path, data={"data": document})
        except hvac.exceptions.InvalidRequest:
            return False
        return True


@pytest.fixture(scope="module")
def hand(apart: Service, canaries: Canaries, tmp_path_factory: pytest.TempPathFactory) -> Hand:
    stage = Stage(apart, canaries, tmp_path_factory.mktemp("cache"))
    root = hvac.Client(apart.vault.address, token=apart.vault.root_token)
    return Hand(stage, root, flask_of(stage), stage.team().with_key())


def config_of(team: TeamOnStage) -> str:
    return f"teams/data/{team.team_id}/config"


def key_of(team: TeamOnStage) -> str:
    return f"teams/data/{team.team_id}/blawby_api"


def slug_of(team: TeamOnStage) -> str:
    return f"platform/data/slugs/{team.slug}"


# --- Any document in any place

_texts = st.text(max_size=8) | st.sampled_from(["0" * 26, "../x", "75 USD", "https://x", "true"])
_numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
# As deep as OpenBao takes it: more than orjson writes, and than Python likes to recurse.
_DEEP = functools.reduce(lambda inner, _: [inner], range(480), [])
_json = st.just(_DEEP) | st.recursive(
    st.none() | st.booleans() | _numbers | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def _spoilt(draw: st.DrawFn, document: dict[str, Any]) -> dict[str, Any]:
    """The real document with some of its values, at any depth, replaced, removed or added."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        inside = changed
        while True:
            name = draw(st.sampled_from(sorted(inside)) if inside else _texts)
            deeper = inside.get(name)
            if not (isinstance(deeper, dict) and deeper and draw(st.booleans())):
                break
            inside = deeper
        if draw(st.integers(0, 3)):
            inside[name] = draw(_json)
        else:
            inside.pop(name, None)
    return changed


@pytest.mark.parametrize("place", [config_of, key_of, slug_of])
@pytest.mark.timeout(600)
@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_whatever_lies_there_hurts_that_team_alone(
    hand: Hand, place: Callable[[TeamOnStage], str], data: st.DataObject
) -> None:
    team = hand.stage.team().with_key()
    path = place(team)
    anything = st.dictionaries(_texts, _json, max_size=4)
    document = data.draw(anything | _spoilt(hand.read(path)), label="document")
    if hand.write(path, document):
        look_at_everything(hand, team)
        assert_the_others_are_well(hand)
        repair(team)
    assert data_of(hand.stage.operator.delete(team.path))["teamId"] == team.team_id


def look_at_everything(hand: Hand, team: TeamOnStage) -> None:
    """All that reads the three documents, over HTTP and on the command line."""
    operator, member = hand.stage.operator, team.member()
    routes = [
        *(("GET", path, None) for path in (team.path, team.secret, f"{team.secret}/versions")),
        *(("GET", path, None) for path in (f"{team.path}/invoices", "/api/team-secrets")),
        ("GET", "/api/teams", None),
        ("POST", f"{team.secret}/verify", None),
        ("POST", f"{team.secret}/rollback", {"version": 1}),
        ("POST", team.secret, team.new_key()),
        ("PATCH", team.path, {"name": "Another name"}),
    ]
    for caller in (operator, member):
        for method, path, body in routes:
            answer = caller.request(method, path, **({"json": body} if body else {}))
            assert answer.status_code < 500, (method, path, answer.json)
    for reference in (team.team_id, team.slug):
        answer = team.ask(teamId=reference)
        assert answer.status_code in {200, 404, 409}, answer.json
    for command in (
        *(("team", "list"), ("secret", "due")),
        *((noun, verb, team.team_id) for noun, verb in (("team", "show"), ("secret", "status"))),
        *(("secret", "versions", team.team_id), ("invoice", "list", team.team_id)),
    ):
        result = hand.flask(*command)
        assert result.exit_code in {0, 1}, (command, result.output)
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code == 0 or result.output.count("\n") == 1, result.output


def assert_the_others_are_well(hand: Hand) -> None:
    listed = data_of(hand.stage.operator.get("/api/teams"))["teams"]
    assert hand.neighbour.team_id in {team["teamId"] for team in listed}
    assert hand.neighbour.team_id in hand.flask("team", "list").output
    assert data_of(hand.neighbour.ask())["payment"]["method"] == "blawby_api"


def repair(team: TeamOnStage) -> None:
    """Over the API alone."""
    operator = team.stage.operator
    whole = {"slug": team.slug, "name": "A Team", "config": CONFIG}
    data_of(operator.put(team.path, json=whole))
    assert operator.put(team.secret, json=team.new_key()).status_code in {200, 201}
    told = data_of(operator.get(team.path))
    assert told == {"teamId": team.team_id, "slug": team.slug, "name": "A Team", "config": CONFIG}
    assert data_of(operator.get(team.secret))["fingerprint"]
    # Another conversation: a matter keeps the terms of the day on which it was filed.
    after = data_of(team.ask(teamId=team.slug, sessionId="after-the-repair"))
    assert after["payment"]["method"] == "blawby_api"


# --- What each of them is


@pytest.mark.parametrize(
    "change",
    [
        *(lambda it, name=name: it.pop(name) for name in ("team_id", "slug", "name", "config")),
        *(lambda it, name=name: it.update({name: None}) for name in ("slug", "name", "config")),
        lambda it: it.update(team_id="0" * 26),
        lambda it: it.update(slug="Not A Slug"),
        lambda it: it.update(config=[]),
    ],
)
def test_a_document_that_is_no_team(hand: Hand, change: Change) -> None:
    team = hand.stage.team().with_key()
    document = hand.read(config_of(team))
    change(document)
    hand.write(config_of(team), document)
    operator = hand.stage.operator
    refusal_of(operator.get(team.path), 409, "team_unusable")
    refusal_of(operator.patch(team.path, json={"name": "N"}), 409, "team_unusable")
    refusal_of(team.ask(), 409, "team_unusable")
    listed = data_of(operator.get("/api/teams"))
    assert listed["unusable"] == [team.team_id]
    assert team.team_id not in {each["teamId"] for each in listed["teams"]}
    result = hand.flask("team", "list")
    assert result.exit_code == 0
    assert f"{team.team_id} cannot be used" in result.output
    repair(team)
    assert "unusable" not in data_of(operator.get("/api/teams"))


def test_an_unusable_team_can_be_deleted_and_its_slug_is_free(hand: Hand) -> None:
    team = hand.stage.team()
    hand.write(config_of(team), hand.read(config_of(team)) | {"name": None})
    data_of(hand.stage.operator.delete(team.path))
    assert hand.stage.team(slug=team.slug).slug == team.slug


def test_a_team_that_is_repaired_under_another_slug_leaves_the_old_one(hand: Hand) -> None:
    team = hand.stage.team()
    hand.write(config_of(team), hand.read(config_of(team)) | {"name": None})
    body = {"slug": f"{team.slug}-2", "name": "N", "config": {}}
    data_of(hand.stage.operator.put(team.path, json=body))
    assert hand.stage.team(slug=team.slug).slug == team.slug


def test_an_unusable_teams_slug_is_still_its_own(hand: Hand) -> None:
    team = hand.stage.team()
    hand.write(config_of(team), hand.read(config_of(team)) | {"name": None})
    body = {"slug": team.slug, "name": "N", "config": {}}
    answer = hand.stage.operator.put("/api/teams/" + "1" * 26, json=body)
    refusal_of(answer, 409, "slug_taken")
    repair(team)
    data_of(hand.stage.operator.delete(team.path))


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"jurisdiction": "NC"}, ["config.jurisdiction"]),
        ({"availableServices": ["Family Law", None]}, ["config.availableServices"]),
        ({"consultationFee": "75 USD"}, ["config.consultationFee"]),
        ({"blawbyApi": True}, ["config.blawbyApi"]),
        ({"deep": _DEEP, "large": 2**60}, ["config.deep", "config.large"]),
        (
            {"requiresPayment": "yes", "ownerEmail": 5},
            ["config.ownerEmail", "config.requiresPayment"],
        ),
        ({"apiKey": "canary-of-a-config"}, ["config.apiKey"]),
        (
            {"more": {"deep": [{"Client-Secret": "canary-of-a-config"}]}},
            ["config.more.deep.Client-Secret"],
        ),
    ],
)
def test_what_is_malformed_inside_a_configuration_is_not_used(
    hand: Hand, wrong: dict[str, Any], places: list[str]
) -> None:
    """The chat goes on with the rest, the operator sees where, and the next write removes it."""
    team = hand.stage.team().with_key()
    stored = hand.read(config_of(team))
    stored["config"] = CONFIG | wrong
    hand.write(config_of(team), stored)
    said = data_of(team.ask("Hello, I am Jane Doe"))
    assert said["workflow"] == "intake"
    seen = data_of(hand.stage.operator.get(team.path))
    assert seen["ignored"] == places
    assert "canary-of-a-config" not in json.dumps(seen)
    data_of(hand.stage.operator.patch(team.path, json={"name": "N"}))
    assert "ignored" not in data_of(hand.stage.operator.get(team.path))
    assert "canary-of-a-config" not in json.dumps(hand.read(config_of(team)))


@pytest.mark.parametrize("document", [{}, {"team_id": None}, {"team_id": "x"}, {"team_id": ["a"]}])
def test_a_slug_that_names_no_team_is_unknown_and_taken_over(
    hand: Hand, document: dict[str, Any]
) -> None:
    team = hand.stage.team()
    hand.write(slug_of(team), document)
    refusal_of(team.ask(teamId=team.slug), 404, "team_not_found")
    repair(team)


# --- Keys


@pytest.mark.parametrize("name", ["api_key", "apiKey"])
def test_a_key_written_by_hand_works_and_the_next_write_completes_it(
    hand: Hand, sandbox: Sandbox, name: str
) -> None:
    team = hand.stage.team()
    key = hand.stage.canaries.key()
    hand.write(key_of(team), {name: key})
    operator = hand.stage.operator
    told = data_of(operator.get(team.secret))
    assert (told["hasSecret"], told["version"]) == (True, 1)
    assert (told["fingerprint"], told["teamUlid"]) == (None, team.team_id)
    assert data_of(team.member().get(team.secret)) == told
    assert data_of(team.ask())["payment"]["method"] == "blawby_api"
    calls = sandbox.admin("GET", "calls")
    assert any(call["team"] == team.team_id for call in calls)
    assert data_of(operator.post(f"{team.secret}/verify"))["valid"] is True
    assert re.search("fingerprint +-", hand.flask("secret", "status", team.team_id).output)
    [version] = data_of(operator.get(f"{team.secret}/versions"))["versions"]
    assert version["fingerprint"] is None
    data_of(operator.put(team.secret, json=team.new_key()))
    told = data_of(operator.get(team.secret))
    assert re.fullmatch("[0-9a-f]{12}", told["fingerprint"])
    assert told["teamUlid"] == team.ulid
    data_of(operator.post(f"{team.secret}/rollback", json={"version": 1}))
    told = data_of(operator.get(team.secret))
    assert re.fullmatch("[0-9a-f]{12}", told["fingerprint"])
    assert told["teamUlid"] == team.team_id


@pytest.mark.parametrize(
    "document",
    [
        *({}, {"key": "a-good-key"}, {"api_key": {"a": "b"}}, {"api_key": 12345678}),
        *({"api_key": ["a-good-key"]}, {"api_key": "short"}, {"api_key": "two words here"}),
        {"api_key": "a-good-key", "team_id": "0" * 26},
        {"api_key": "a-good-key", "label": {}},
    ],
)
def test_what_is_no_key_of_the_team(hand: Hand, document: dict[str, Any]) -> None:
    team = hand.stage.team()
    hand.write(key_of(team), document)
    operator = hand.stage.operator
    refusal_of(operator.get(team.secret), 409, "secret_unusable")
    refusal_of(operator.post(f"{team.secret}/verify"), 409, "secret_unusable")
    refusal_of(
        operator.post(f"{team.secret}/rollback", json={"version": 1}), 409, "secret_unusable"
    )
    refusal_of(operator.post(team.secret, json=team.new_key()), 409, "secret_exists")
    payment = data_of(team.ask())["payment"]
    assert (payment["method"], payment["reason"]) == ("fallback_link", "no_key")
    assert "no key of it" in (hand.stage.canaries.captured / "logs").read_text("utf-8")
    data_of(operator.delete(team.secret))
    repair(team)


def test_another_teams_key_is_never_used(hand: Hand, sandbox: Sandbox) -> None:
    """Copied by hand, with the other team's id in it."""
    team = hand.stage.team()
    stolen = hand.read(key_of(hand.neighbour))
    hand.write(key_of(team), stolen)
    assert data_of(team.ask())["payment"]["reason"] == "no_key"
    assert not any(call["team"] == team.ulid for call in sandbox.admin("GET", "calls"))


# --- Teams that are not registered


def test_a_team_that_is_not_registered(hand: Hand) -> None:
    operator, stranger = hand.stage.operator, hand.neighbour.member()
    for team_id in ("2" * 26, "3" * 26):
        if team_id.startswith("3"):
            hand.write(f"teams/data/{team_id}/blawby_api", {"api_key": "a-key-of-no-team"})
        secret, team = f"/api/team-secrets/{team_id}", f"/api/teams/{team_id}"
        refusal_of(operator.get(secret), 404, "team_not_found")
        refusal_of(operator.get(team), 404, "team_not_found")
        refusal_of(operator.get(f"{team}/invoices"), 404, "team_not_found")
        for path in (secret, team, f"{secret}/versions", f"{team}/invoices"):
            refusal_of(stranger.get(path), 403, "forbidden")
    refusal_of(operator.get("/api/team-secrets/" + "2" * 26 + "/versions"), 404, "team_not_found")
