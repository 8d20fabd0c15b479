"""A team's token: minted once, used for most of its life, and minted again where it is refused."""

import json
from collections import Counter

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.session import ServiceLogin
from app.domain.ids import TeamId
from app.errors import Forbidden
from app.schemas.stored_config import read_config
from tests.scripted_server import Answer, ScriptedServer, Seen, found, logged_in
from tests.unit.adapters.vault.test_session import Method, lease_of

TEAM = TeamId("0" * 26)
MINT = "/v1/auth/token/create/team-agent"
LOOKUP = "/v1/auth/token/lookup-self"
DENIED: Answer = (403, {"errors": ["permission denied"]})


class Agents:
    """A Vault that mints tokens `a1`, `a2` ...; those in `dead` are refused, and `denied` are not
    allowed to read."""

    def __init__(self, server: ScriptedServer, seconds: int = 600) -> None:
        self.minted: list[str] = []
        self.dead: set[str] = set()
        self.denied: set[str] = set()
        self.seconds = seconds
        self._server = server
        server.script = self._answer
        addresses = VaultAddresses((server.url,), 20.0, None)
        login = ServiceLogin(addresses, Method(lease_of("service")))
        self.tokens = AgentTokens(login, addresses, "teams")
        self.source = VaultTeamSource(login, self.tokens, "teams", read_config)

    def use(self, team_id: TeamId = TEAM) -> None:
        self.tokens.kv(team_id).read("a/b")

    def reads(self) -> list[str]:
        return [one.headers["x-vault-token"] for one in self._server.seen if "/data/" in one.path]

    def _answer(self, seen: Seen) -> Answer:
        token = seen.headers["x-vault-token"]
        if seen.path == MINT:
            self.minted.append(json.loads(seen.body)["entity_alias"])
            return logged_in(f"a{len(self.minted)}", self.seconds)
        if token in self.dead or (token in self.denied and seen.path != LOOKUP):
            return DENIED
        return found(data={"api_key": "a-good-key"}, metadata={"version": 3})


@pytest.mark.parametrize("kind", ["kv", "platform"])
def test_a_token_is_minted_once_for_each_team(server: ScriptedServer, kind: str) -> None:
    agents, other = Agents(server), TeamId("1" * 26)
    for team_id in (TEAM, other, TEAM, other):
        getattr(agents.tokens, kind)(team_id).read("a/b")
    assert agents.minted == [TEAM, other]
    assert agents.reads() == ["a1", "a2", "a1", "a2"]


def test_a_token_that_has_no_life_left_is_not_used_again(server: ScriptedServer) -> None:
    agents = Agents(server, seconds=0)
    agents.use()
    agents.use()
    assert agents.reads() == ["a1", "a2"]


@pytest.mark.parametrize("refusal", ["dead", "denied"])
def test_a_refused_token_is_replaced_once(server: ScriptedServer, refusal: str) -> None:
    """Its team's entity was made anew, or Vault has lost the token."""
    agents = Agents(server)
    agents.use()
    getattr(agents, refusal).add("a1")
    key = agents.source.read_key(TEAM)
    assert key
    assert key.version == 3
    assert agents.reads() == ["a1", "a1", "a2"]


@pytest.mark.parametrize("refusal", ["dead", "denied"])
def test_a_second_refusal_is_a_policys_no_and_not_the_callers(
    server: ScriptedServer, refusal: str
) -> None:
    agents = Agents(server)
    getattr(agents, refusal).update({"a1", "a2", "a3"})
    with pytest.raises(Forbidden):
        agents.source.read_key(TEAM)
    assert agents.reads() == ["a1", "a2"]


def test_two_thousand_tokens_are_kept_and_the_oldest_goes_first(server: ScriptedServer) -> None:
    agents = Agents(server)
    teams = [TeamId(f"{number:026}") for number in range(2_001)]
    for team_id in (*teams, *teams[1:3], teams[0]):
        agents.tokens.kv(team_id)
    assert Counter(agents.minted) == Counter(teams) + Counter(teams[:1])
