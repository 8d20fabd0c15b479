"""The ports that Vault is behind, on the fake and on a real one, with who calls them."""

from collections.abc import Callable
from dataclasses import dataclass

import hvac

from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.secrets import VaultSecretStores
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.teams import VaultTeamRegistries
from app.adapters.vault.transport import VaultAddresses
from app.domain.ids import Slug, TeamId
from app.domain.secret import SecretString
from app.domain.team import Team, TeamConfig
from app.ports import SecretStores, TeamRegistries, TeamSource
from app.schemas.stored_config import read_config
from tests.fakes.vault import (
    OPERATOR,
    FakeSecretStores,
    FakeTeamRegistries,
    FakeTeamSource,
    FakeVault,
)
from tests.rig import Stage, TeamOnStage, new_ulid

NOBODY = SecretString("nobody-knows-this-token")


@dataclass
class Parts:
    """`member` logs a member of a team in; `spoil_team` and `spoil_secret` write by hand what is
    neither."""

    stores: SecretStores
    registries: TeamRegistries
    source: TeamSource
    operator: SecretString
    member: Callable[[TeamId], SecretString]
    spoil_team: Callable[[TeamId], None]
    spoil_secret: Callable[[TeamId], None]

    def team(self, **changes: object) -> Team:
        """A new registered team."""
        team = new_team(**changes)
        assert self.registries.open(self.operator).register(team) is True
        return team


def new_team(team_id: str | None = None, slug: str | None = None, **config: object) -> Team:
    parsed = TeamId(team_id or new_ulid())
    return Team(parsed, Slug(slug or f"slug-{parsed}"), "A Team", TeamConfig(config))


def fake_parts() -> Parts:
    vault = FakeVault()
    return Parts(
        FakeSecretStores(vault),
        FakeTeamRegistries(vault),
        FakeTeamSource(vault),
        vault.login(OPERATOR),
        vault.login,
        vault.spoil_team,
        vault.spoil_secret,
    )


def real_parts(stage: Stage) -> Parts:
    service = stage.service
    addresses = VaultAddresses(tuple(service.vault.addresses), 2.0, None)
    login = ServiceLogin(addresses, AppRoleLogin(service.role_id, SecretString(service.secret_id)))
    agents = AgentTokens(login, addresses, "teams")
    return Parts(
        VaultSecretStores(addresses, "teams"),
        VaultTeamRegistries(addresses, "teams", read_config),
        VaultTeamSource(login, agents, "teams", read_config),
        SecretString(stage.operator.token or ""),
        lambda team_id: SecretString(TeamOnStage(stage, team_id, "").member().token or ""),
        lambda team_id: write_by_hand(stage, f"{team_id}/config"),
        lambda team_id: write_by_hand(stage, f"{team_id}/blawby_api"),
    )


def write_by_hand(stage: Stage, path: str) -> None:
    root_of(stage).write_data(f"teams/data/{path}", data={"data": {"neither": "nor"}})


def root_of(stage: Stage) -> hvac.Client:
    vault = stage.service.vault
    return hvac.Client(vault.address, token=vault.root_token)
