"""Logins passed on to Vault: which mounts are tried, and what each refusal means."""

import logging
from typing import Any

import pytest

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.logins import VaultLogins
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.errors import Unauthenticated, ValidationFailed, VaultUnavailable
from tests.scripted_server import Answer, ScriptedServer, logged_in

TEAMS, STAFF = "/v1/auth/teams/login", "/v1/auth/approle/login"
WRONG: Answer = (400, {"errors": ["invalid role or secret ID"]})
LOCKED: Answer = (403, {"errors": ["permission denied"]})
SECRET = SecretString("a-secret-id")
TEAM = TeamId("01jq70jnstyfzevc6423czh50e")


@pytest.fixture
def logins(server: ScriptedServer) -> VaultLogins:
    return VaultLogins(VaultAddresses((server.url,), 20.0, None), "the-service")


def with_role(role: Any) -> Answer:
    auth = {"client_token": "t", "lease_duration": 600, "metadata": {"role_name": role}}
    return 200, {"request_id": "r", "auth": auth}


def test_the_services_own_login_is_nobodys_to_try(
    server: ScriptedServer, logins: VaultLogins
) -> None:
    with pytest.raises(Unauthenticated):
        logins.login("the-service", SECRET)
    assert server.seen == []


@pytest.mark.parametrize("refusal", [WRONG, LOCKED])
def test_a_person_of_the_platform_logs_in_at_the_other_mount(
    server: ScriptedServer, logins: VaultLogins, refusal: Answer
) -> None:
    answers = {TEAMS: refusal, STAFF: logged_in("t", 600)}
    server.script = lambda seen: answers.get(seen.path, LOCKED)
    login = logins.login("a-role", SECRET)
    assert (login.token, login.expires_in, login.team_id) == (SecretString("t"), 600, None)
    assert [path for path in server.paths() if path.endswith("/login")] == [TEAMS, STAFF]


@pytest.mark.parametrize(("refusal", "lines"), [(WRONG, 0), (LOCKED, 2)])
def test_a_login_that_no_mount_takes_is_refused_and_a_lock_is_logged(
    server: ScriptedServer,
    logins: VaultLogins,
    refusal: Answer,
    lines: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.script = lambda _: refusal
    with caplog.at_level(logging.WARNING), pytest.raises(Unauthenticated):
        logins.login("a-role", SECRET)
    locked = [each for each in caplog.records if "locked" in each.getMessage()]
    assert len(locked) == lines


@pytest.mark.parametrize(
    ("role", "team"),
    [(f"team-{TEAM}", TEAM), (TEAM, None), ("team-x", None), ("operator", None), (None, None)],
)
def test_a_teams_member_is_known_by_the_role(
    server: ScriptedServer, logins: VaultLogins, role: Any, team: TeamId | None
) -> None:
    server.script = lambda _: with_role(role)
    assert logins.login("a-role", SECRET).team_id == team


def test_a_token_that_wraps_is_told_from_one_that_does_not(
    server: ScriptedServer, logins: VaultLogins
) -> None:
    assert logins.is_wrapping_token(SECRET)
    for refusal in (WRONG, LOCKED):
        server.script = lambda _, told=refusal: told
        assert not logins.is_wrapping_token(SECRET)
    server.script = lambda _: (503, {"errors": ["Vault is sealed"]})
    with pytest.raises(VaultUnavailable):
        logins.is_wrapping_token(SECRET)


def test_what_can_be_neither_renewed_nor_revoked(
    server: ScriptedServer, logins: VaultLogins
) -> None:
    server.script = lambda _: logged_in("t", 77)
    assert logins.renew(SECRET) == 77
    server.script = lambda _: WRONG
    for call in (logins.renew, logins.logout):
        with pytest.raises(ValidationFailed):
            call(SECRET)
