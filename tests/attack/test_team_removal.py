"""A removed team: by the time the answer arrives nothing of it works, on any worker."""

from typing import Any

import hvac
import pytest
from werkzeug.test import TestResponse

from app.adapters.vault.kv import KvMount
from app.adapters.vault.matter_documents import matter_folders
from app.adapters.vault.transport import VaultAddresses, VaultTransport
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from tests.http.answers import data_of, refusal_of
from tests.rig import COMPLETE, Caller, Stage, TeamOnStage

Workers = tuple[Stage, Stage]


@pytest.fixture
def root(stage: Stage) -> hvac.Client:
    vault = stage.service.vault
    return hvac.Client(vault.address, token=vault.root_token)


def ask(worker: Stage, reference: str) -> TestResponse:
    messages = [{"role": "user", "content": COMPLETE}]
    return worker.nobody.post("/api/agent", json={"teamId": reference, "messages": messages})


def method(answer: TestResponse) -> Any:
    return data_of(answer)["payment"]["method"]


def left_in_vault(vault: hvac.Client, team: TeamOnStage) -> list[str]:
    """The paths below which Vault still has something of the team."""
    paths = (
        f"teams/metadata/{team.team_id}/config",
        f"teams/metadata/{team.team_id}/blawby_api",
        f"platform/metadata/slugs/{team.slug}",
        f"auth/teams/role/team-{team.team_id}",
        f"identity/entity/name/team-{team.team_id}",
    )
    found = [path for path in paths if vault.read(path)]
    return found + [p for p in [f"teams/metadata/{team.team_id}/matters"] if vault.list(p)]


def agent_token(vault: hvac.Client, team: TeamOnStage) -> str:
    body = {"entity_alias": team.team_id, "ttl": "600s"}
    answer = vault.adapter.post("/v1/auth/token/create/team-agent", json=body)
    return str(answer["auth"]["client_token"])


def test_nothing_is_left_on_any_worker(workers: Workers, root: hvac.Client) -> None:
    here, there = workers
    team = here.team().with_key()
    for worker in workers:
        assert method(ask(worker, team.team_id)) == "blawby_api"
        assert method(ask(worker, team.slug)) == "blawby_api"
    data_of(here.operator.delete(team.path))
    for worker in workers:
        refusal_of(ask(worker, team.team_id), 404, "team_not_found")
        refusal_of(ask(worker, team.slug), 404, "team_not_found")
        refusal_of(worker.operator.get(team.path), 404, "team_not_found")
        refusal_of(worker.operator.get(team.secret), 404, "team_not_found")
        refusal_of(worker.operator.get(f"{team.secret}/versions"), 404, "team_not_found")
    refusal_of(there.operator.delete(team.path), 404, "team_not_found")
    assert left_in_vault(root, team) == []


def test_its_tokens_and_logins_are_dead(workers: Workers, root: hvac.Client) -> None:
    here = workers[0]
    team = here.team().with_key()
    token = team.member().token
    agent = hvac.Client(here.service.vault.address, token=agent_token(root, team))
    secret = f"/v1/teams/data/{team.team_id}/blawby_api"
    assert agent.adapter.get(secret)["data"]["data"]["team_id"] == team.team_id
    issued = data_of(here.operator.post(f"{team.path}/credentials"), 201)
    wrapped = {"wrappingToken": issued["wrappingToken"]}
    secret_id = data_of(here.nobody.post("/api/auth/unwrap", json=wrapped))["secretId"]

    data_of(here.operator.delete(team.path))

    for worker in workers:
        member = Caller(worker.client, token)
        for answer in (
            member.get(team.secret),
            member.post(team.secret, json=team.new_key()),
            member.get(team.path),
            member.post("/api/auth/logout"),
        ):
            refusal_of(answer, 401, "unauthenticated")
        body = {"roleId": issued["roleId"], "secretId": secret_id}
        refusal_of(worker.nobody.post("/api/auth/login", json=body), 401, "unauthenticated")
    with pytest.raises(hvac.exceptions.Forbidden):
        agent.adapter.get(secret)
    with pytest.raises(hvac.exceptions.Forbidden):
        agent.adapter.get(f"/v1/teams/data/{team.team_id}/config")


def test_what_was_a_team_cannot_be_given_a_key(team: TeamOnStage, operator: Caller) -> None:
    data_of(operator.delete(team.path))
    for call in (operator.post, operator.put):
        refusal_of(call(team.secret, json=team.new_key()), 404, "team_not_found")


def test_the_same_id_again_starts_from_scratch(workers: Workers, root: hvac.Client) -> None:
    here, there = workers
    old = here.team().with_key()
    old_token, old_agent = old.member().token, agent_token(root, old)
    for worker in workers:
        assert method(ask(worker, old.team_id)) == "blawby_api"
    data_of(here.operator.delete(old.path))

    new = there.team(team_id=old.team_id, slug=old.slug)

    status = data_of(here.operator.get(new.secret))
    assert status["hasSecret"] is False
    for worker in workers:
        assert method(ask(worker, new.team_id)) == "fallback_link"
        refusal_of(Caller(worker.client, old_token).get(new.secret), 401, "unauthenticated")
    with pytest.raises(hvac.exceptions.Forbidden):
        hvac.Client(here.service.vault.address, token=old_agent).adapter.get(
            f"/v1/teams/data/{new.team_id}/config"
        )
    stored = new.member().post(new.secret, json=new.new_key())
    assert data_of(stored, 201)["version"] == 1
    for worker in workers:
        assert method(ask(worker, new.team_id)) == "blawby_api"
        assert method(ask(worker, new.slug)) == "blawby_api"


def test_again_after_an_agent_was_minted_too_late(stage: Stage, root: hvac.Client) -> None:
    """A turn that was under way minted a token when the entity was gone: Vault makes an empty one
    for that. It opens nothing, and does not stand in the way of the next registration."""
    team = stage.team().with_key()
    data_of(stage.operator.delete(team.path))
    late = hvac.Client(stage.service.vault.address, token=agent_token(root, team))

    again = stage.team(team_id=team.team_id).with_key()

    assert method(again.ask()) == "blawby_api"
    data_of(again.member().get(again.secret))
    fresh = hvac.Client(stage.service.vault.address, token=agent_token(root, again))
    assert fresh.adapter.get(f"/v1/teams/data/{team.team_id}/blawby_api")
    with pytest.raises(hvac.exceptions.Forbidden):
        late.adapter.get(f"/v1/teams/data/{team.team_id}/blawby_api")


def test_a_slug_is_free_again_and_another_teams_is_left(stage: Stage) -> None:
    first = stage.team()
    data_of(stage.operator.delete(first.path))
    second = stage.team(slug=first.slug)
    assert data_of(ask(stage, first.slug))["metadata"]["teamId"] == second.team_id
    refusal_of(stage.operator.delete(first.path), 404, "team_not_found")
    assert data_of(ask(stage, first.slug))["metadata"]["teamId"] == second.team_id


def test_a_renamed_team_leaves_its_slug(workers: Workers) -> None:
    here, there = workers
    team = here.team()
    for worker in workers:
        data_of(ask(worker, team.slug))
    data_of(here.operator.patch(team.path, json={"slug": f"{team.slug}-new"}))
    for worker in workers:
        refusal_of(ask(worker, team.slug), 404, "team_not_found")
        assert data_of(ask(worker, f"{team.slug}-new"))["metadata"]["teamId"] == team.team_id
    successor = there.team(slug=team.slug)
    for worker in workers:
        assert data_of(ask(worker, team.slug))["metadata"]["teamId"] == successor.team_id


def test_matters_go_with_the_team(stage: Stage, root: hvac.Client) -> None:
    team = stage.team().with_key()
    assert method(team.ask()) == "blawby_api"
    service = stage.service.vault
    transport = VaultTransport(
        VaultAddresses((service.address,), 2.0, None), SecretString(service.root_token)
    )
    kv, matters = KvMount(transport, "teams"), matter_folders(TeamId(team.team_id))
    assert list(matters.names(kv))
    data_of(stage.operator.delete(team.path))
    assert list(matters.names(kv)) == []
    assert left_in_vault(root, team) == []
