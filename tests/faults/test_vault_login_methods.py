"""VAULT_AUTH=jwt and token_file on the real server: files that change, expire, or are wrong."""

import logging
import time
from pathlib import Path
from typing import Any

import hvac
import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import JwtLogin, LoginMethod, TokenFileLogin
from app.adapters.vault.session import ServiceLogin
from app.errors import VaultUnavailable
from app.schemas.stored_config import read_config
from tests.faults.audit_log import AuditLog
from tests.faults.vault_stage import is_served, readiness
from tests.issuer import AUDIENCE, SUBJECT, Issuer
from tests.leaks import Canaries
from tests.rig import Service, Stage
from vault import jwt_login
from vault.bootstrap import bootstrap

_SHORT = "short-lived"


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def root(service: Service, issuer: Issuer) -> hvac.Client:
    """Of a Vault that trusts the issuer; the role `short-lived` has tokens of a second."""
    root = hvac.Client(service.vault.address, token=service.vault.root_token)
    trust = {"jwt_validation_pubkeys": [issuer.public_key]}
    login = jwt_login.JwtLogin(trust, AUDIENCE, SUBJECT)
    bootstrap(root, jwt=login)
    short = login.role | {"token_ttl": 1, "token_max_ttl": 2}
    root.write_data(f"auth/jwt/role/{_SHORT}", data=short)
    return root


@pytest.fixture
def jwt_file(issuer: Issuer, tmp_path: Path) -> Path:
    file = tmp_path / "jwt"
    issuer.replace(file, issuer.token())
    return file


class Keeper:
    """Stands for a Vault Agent: makes the service's tokens, and writes them to a file."""

    def __init__(self, root: hvac.Client, issuer: Issuer, file: Path) -> None:
        self._root, self._issuer, self.file = root, issuer, file
        self.token = ""

    def renew(self, role: str = jwt_login.JWT_ROLE) -> None:
        body = {"role": role, "jwt": self._issuer.token()}
        answer = self._root.write_data("auth/jwt/login", data=body)
        self.token = answer["auth"]["client_token"]
        self._issuer.replace(self.file, f"{self.token}\n")

    def revoke(self) -> None:
        self._root.write_data("auth/token/revoke", data={"token": self.token})


@pytest.fixture
def keeper(root: hvac.Client, issuer: Issuer, tmp_path: Path) -> Keeper:
    return Keeper(root, issuer, tmp_path / "token")


def source_of(service: Service, method: LoginMethod) -> VaultTeamSource:
    addresses = VaultAddresses(tuple(service.vault.addresses), 10.0, None)
    login = ServiceLogin(addresses, method)
    return VaultTeamSource(login, AgentTokens(login, addresses, "teams"), "teams", read_config)


def is_refused(source: VaultTeamSource) -> bool:
    try:
        source.probe()
    except VaultUnavailable:
        return True
    return False


def test_a_team_is_served_after_a_login_by_jwt(
    root: hvac.Client, service: Service, jwt_file: Path, canaries: Canaries, tmp_path: Path
) -> None:
    canaries.watch_for(jwt_file.read_text())
    changes: dict[str, Any] = {"vault_jwt_role": "service", "vault_jwt_file": jwt_file}
    stage = Stage(
        service, canaries, tmp_path / "cache", vault_auth="jwt", vault_role_id="", **changes
    )
    assert is_served(stage.team().with_key().ask(), degraded=False)
    assert readiness(stage)[0] == 200


def test_a_team_is_served_with_a_token_that_an_agent_keeps(
    service: Service, keeper: Keeper, canaries: Canaries, tmp_path: Path
) -> None:
    """The app may start before the agent has logged in."""
    stage = Stage(
        service,
        canaries,
        tmp_path / "cache",
        vault_auth="token_file",
        vault_role_id="",
        vault_token_file=keeper.file,
    )
    team = stage.team()
    assert readiness(stage)[0] == 503
    keeper.renew()
    canaries.watch_for(keeper.token)
    assert is_served(team.with_key().ask(), degraded=False)


# --- A JWT


def test_the_jwt_is_read_anew_at_each_login(
    root: hvac.Client, service: Service, issuer: Issuer, jwt_file: Path, audit: AuditLog
) -> None:
    """Tokens live for two seconds at most, and so does each JWT."""
    source = source_of(service, JwtLogin(_SHORT, jwt_file))
    ends = time.monotonic() + 5
    while time.monotonic() < ends:
        issuer.replace(jwt_file, issuer.token(lives=2))
        source.probe()
        time.sleep(0.5)
    assert len(audit.requests("auth/jwt/login")) >= 3


@pytest.mark.parametrize(
    "claims",
    [{"aud": ["another"]}, {"lives": -600}, {"sub": "system:serviceaccount:default:default"}],
)
def test_a_wrong_jwt_is_tried_once_and_the_next_one_at_once(
    root: hvac.Client,
    service: Service,
    issuer: Issuer,
    jwt_file: Path,
    audit: AuditLog,
    caplog: pytest.LogCaptureFixture,
    claims: dict[str, Any],
) -> None:
    wrong = issuer.token(**claims)
    issuer.replace(jwt_file, wrong)
    source = source_of(service, JwtLogin("service", jwt_file))
    with caplog.at_level(logging.ERROR):
        assert all(is_refused(source) for _ in range(3))
    assert len(audit.requests("auth/jwt/login")) == 1
    assert "Vault refused the service's JWT" in caplog.text
    assert wrong not in caplog.text
    issuer.replace(jwt_file, issuer.token())
    source.probe()


def test_a_role_that_is_not_there_is_refused(
    root: hvac.Client, service: Service, jwt_file: Path
) -> None:
    assert is_refused(source_of(service, JwtLogin("nobody", jwt_file)))


@pytest.mark.parametrize("text", ["", "two\nlines", "\N{SNOWMAN}"])
def test_a_file_that_holds_no_jwt_is_not_sent(
    root: hvac.Client, service: Service, jwt_file: Path, audit: AuditLog, text: str
) -> None:
    jwt_file.write_text(text)
    assert is_refused(source_of(service, JwtLogin("service", jwt_file)))
    assert not audit.requests("auth/jwt/login")


# --- A token that somebody else keeps


def test_the_agents_next_token_is_used_from_then_on(service: Service, keeper: Keeper) -> None:
    keeper.renew()
    source = source_of(service, TokenFileLogin(keeper.file))
    source.probe()
    for _ in range(3):
        old = keeper.token
        keeper.renew()
        source.probe()
        keeper.token, new = old, keeper.token
        keeper.revoke()
        source.probe()
        keeper.token = new


def test_a_revoked_token_is_an_outage_until_the_agent_writes_another(
    service: Service, keeper: Keeper, audit: AuditLog
) -> None:
    keeper.renew()
    source = source_of(service, TokenFileLogin(keeper.file))
    source.probe()
    for _ in range(3):
        keeper.revoke()
        assert is_refused(source)
        keeper.renew()
        source.probe()


def test_the_token_is_used_to_its_end_and_asked_about_seldom(
    service: Service, keeper: Keeper, audit: AuditLog
) -> None:
    """Its agent has died: the token is renewed to its maximum, and then refused once."""
    keeper.renew(_SHORT)
    source = source_of(service, TokenFileLogin(keeper.file))
    source.probe()
    time.sleep(2.5)
    assert all(is_refused(source) for _ in range(5))
    assert len(audit.requests("auth/token/lookup-self")) <= 3
    keeper.renew()
    source.probe()


def test_a_token_without_an_end_is_not_renewed(
    root: hvac.Client, service: Service, keeper: Keeper, audit: AuditLog
) -> None:
    keeper.file.write_text(root.token)
    source = source_of(service, TokenFileLogin(keeper.file))
    for _ in range(3):
        source.probe()
    assert not audit.requests("auth/token/renew-self")
    assert len(audit.requests("auth/token/lookup-self")) == 1
