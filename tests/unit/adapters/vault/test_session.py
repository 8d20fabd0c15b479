"""When the service logs in, renews its token, or leaves both alone for a while."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client import REGISTRY

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.login_methods import Lease, LoginRefused
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultTransport
from app.domain.secret import SecretString
from app.errors import Forbidden, Unauthenticated, VaultUnavailable
from tests.scripted_server import Answer, ScriptedServer, logged_in
from tests.unit.adapters.vault.conftest import Clock

RENEW = "/v1/auth/token/renew-self"
REFUSED: Answer = (400, {"errors": ["no"]})


def lease_of(token: str, *, used: float = 0.0, seconds: float = 1000.0) -> Lease:
    """A token that has been used up by that share."""
    return Lease(SecretString(token), time.monotonic() - used * seconds, seconds)


class Method:
    """A login method that gives `leases` in turn, and the last one ever after."""

    def __init__(self, *leases: Lease | Exception) -> None:
        self.leases = list(leases)
        self.logins = 0
        self.changed = False

    def log_in(self, addresses: VaultAddresses, namespace: str | None) -> Lease:
        self.logins += 1
        self.changed = False
        given = self.leases.pop(0) if len(self.leases) > 1 else self.leases[0]
        if isinstance(given, Exception):
            raise given
        return given

    def has_changed(self) -> bool:
        return self.changed


NewLogin = Callable[[Method], ServiceLogin]


@pytest.fixture
def new_login(server: ScriptedServer, clock: Clock) -> NewLogin:
    addresses = VaultAddresses((server.url,), 20.0, None)
    return lambda method: ServiceLogin(addresses, method, "tenant", clock)


def token_of(login: ServiceLogin) -> str:
    def carried(transport: VaultTransport) -> str:
        names = [f"t{number}" for number in range(10)]
        return next(name for name in names if transport.carries(SecretString(name)))

    return login.run(carried)


def renewals(server: ScriptedServer) -> int:
    return server.paths().count(RENEW)


def counted(outcome: str) -> float:
    name = "team_secrets_vault_logins_total"
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0.0


def test_one_login_serves_until_the_token_ends(new_login: NewLogin, server: ScriptedServer) -> None:
    method = Method(lease_of("t1", used=1.0), lease_of("t2"))
    login, before = new_login(method), counted("ok")
    assert [token_of(login) for _ in range(4)] == ["t1", "t2", "t2", "t2"]
    assert (method.logins, counted("ok")) == (2, before + 2)
    assert not server.seen


def test_right_after_the_machine_has_started_nothing_is_put_off(
    new_login: NewLogin, server: ScriptedServer, clock: Clock
) -> None:
    clock.now = 0.0
    server.script = lambda _: logged_in("t2", 5000)
    method = Method(lease_of("t1", used=0.9), lease_of("t3"))
    login = new_login(method)
    assert [token_of(login) for _ in range(2)] == ["t1", "t1"]
    assert (method.logins, renewals(server)) == (1, 1)
    refused = iter([True, False])

    def call(transport: VaultTransport) -> bool:
        if next(refused):
            raise Forbidden
        return transport.carries(SecretString("t3"))

    assert login.run(call)


def test_threads_that_come_together_log_in_once(new_login: NewLogin) -> None:
    method, together = Method(lease_of("t1")), threading.Barrier(4)
    login = new_login(method)

    def ask(_: int) -> str:
        together.wait()
        return token_of(login)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, range(4))) == {"t1"}
    assert method.logins == 1


@pytest.mark.parametrize(("used", "renewed"), [(0.6, 0), (0.7, 1)])
def test_a_token_is_renewed_after_two_thirds_of_its_life(
    new_login: NewLogin, server: ScriptedServer, used: float, renewed: int
) -> None:
    server.script = lambda _: logged_in("t1", 1000)
    method = Method(lease_of("t1", used=used))
    login = new_login(method)
    assert [token_of(login) for _ in range(3)] == ["t1"] * 3
    assert (method.logins, renewals(server)) == (1, renewed)
    for seen in server.seen:
        assert (seen.method, seen.headers["x-vault-token"]) == ("POST", "t1")
        assert seen.headers["x-vault-namespace"] == "tenant"


def test_what_is_known_of_the_tokens_end(new_login: NewLogin, server: ScriptedServer) -> None:
    def known() -> float:
        name = "team_secrets_service_token_expiry_timestamp_seconds"
        return (REGISTRY.get_sample_value(name) or 0.0) - time.time()

    server.script = lambda _: logged_in("t1", 500_000)
    login = new_login(Method(lease_of("t1", used=0.7, seconds=100_000)))
    token_of(login)
    assert 90_000 < known() <= 100_000
    token_of(login)
    assert 490_000 < known() <= 500_000


@pytest.mark.parametrize(
    "answer",
    [logged_in("t1", 660), REFUSED, None, (403, {"errors": ["no"]}), (503, b"")],
)
def test_a_token_that_is_not_renewed_for_long_is_replaced(
    new_login: NewLogin, server: ScriptedServer, answer: Answer
) -> None:
    server.script = lambda _: answer
    method = Method(lease_of("t1", used=0.7), lease_of("t2"))
    login = new_login(method)
    assert [token_of(login) for _ in range(4)] == ["t1", "t2", "t2", "t2"]
    assert method.logins == 2


def test_where_nothing_is_to_be_had_the_token_serves_and_vault_is_left_alone(
    new_login: NewLogin, server: ScriptedServer, clock: Clock
) -> None:
    server.script = lambda _: REFUSED
    method = Method(lease_of("t1", used=0.7), VaultUnavailable(), lease_of("t2"))
    login = new_login(method)
    assert [token_of(login) for _ in range(3)] == ["t1"] * 3
    assert (method.logins, renewals(server)) == (2, 1)
    clock.now += 4.9
    assert token_of(login) == "t1"
    assert renewals(server) == 1
    clock.now += 0.1
    assert token_of(login) == "t2"
    assert (method.logins, renewals(server)) == (3, 2)


def test_a_file_that_was_not_replaced_is_not_read_again_at_once(
    new_login: NewLogin, server: ScriptedServer, clock: Clock
) -> None:
    """Its agent has written no other token yet, and this one cannot be renewed."""
    server.script = lambda _: REFUSED
    method = Method(lease_of("t1", used=0.7))
    login = new_login(method)
    assert [token_of(login) for _ in range(3)] == ["t1"] * 3
    assert (method.logins, renewals(server)) == (2, 1)
    clock.now += 5
    token_of(login)
    assert (method.logins, renewals(server)) == (3, 2)


def test_after_a_renewal_the_next_is_not_put_off(
    new_login: NewLogin, server: ScriptedServer
) -> None:
    server.script = lambda _: logged_in("t1", 1)
    login = new_login(Method(lease_of("t1", used=0.7, seconds=1.0), lease_of("t2")))
    token_of(login)
    assert token_of(login) == "t1"
    assert renewals(server) == 1


def test_a_new_credential_is_used_at_once(new_login: NewLogin, server: ScriptedServer) -> None:
    method = Method(lease_of("t1"), lease_of("t2"))
    login = new_login(method)
    token_of(login)
    method.changed = True
    assert token_of(login) == "t2"
    assert not server.seen


class Refusing:
    """A call that Vault refuses with these tokens."""

    def __init__(self, *tokens: str, error: type[Exception] = Forbidden) -> None:
        self.tokens = tokens
        self.error = error
        self.calls = 0

    def __call__(self, transport: VaultTransport) -> str:
        self.calls += 1
        if any(transport.carries(SecretString(token)) for token in self.tokens):
            raise self.error
        return "done"


@pytest.mark.parametrize("error", [Forbidden, Unauthenticated])
def test_a_refused_token_is_replaced_once_a_minute(
    new_login: NewLogin, clock: Clock, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    method = Method(lease_of("t1"), lease_of("t2"), lease_of("t3"))
    login = new_login(method)
    assert login.run(Refusing("t1", error=error)) == "done"
    assert method.logins == 2
    for moved in (0.0, 59.9):
        clock.now += moved
        both = Refusing("t1", "t2", error=error)
        with pytest.raises(VaultUnavailable):
            login.run(both)
        assert (method.logins, both.calls) == (2, 1)
    assert "look at its policy" not in caplog.text
    clock.now += 0.1
    assert login.run(Refusing("t1", "t2", error=error)) == "done"
    assert method.logins == 3


@pytest.mark.parametrize("error", [Forbidden, Unauthenticated])
def test_a_second_refusal_is_an_outage_that_the_log_explains(
    new_login: NewLogin, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    method = Method(lease_of("t1"), lease_of("t2"))
    every = Refusing("t1", "t2", error=error)
    with caplog.at_level(logging.WARNING), pytest.raises(VaultUnavailable):
        new_login(method).run(every)
    assert (method.logins, every.calls) == (2, 2)
    assert "it logs in again" in caplog.text
    assert "look at its policy" in caplog.text


def test_a_new_credential_is_tried_within_the_minute(new_login: NewLogin) -> None:
    method = Method(lease_of("t1"), lease_of("t2"), lease_of("t3"))
    login = new_login(method)
    login.run(Refusing("t1"))

    def refused_and_then_replaced(transport: VaultTransport) -> str:
        if not transport.carries(SecretString("t2")):
            return "done"
        method.changed = True
        raise Forbidden

    assert login.run(refused_and_then_replaced) == "done"
    assert method.logins == 3


def test_what_another_thread_replaced_is_not_replaced_again(new_login: NewLogin) -> None:
    method = Method(lease_of("t1"), lease_of("t2"), lease_of("t3"))
    login = new_login(method)

    def refused_after_another(transport: VaultTransport) -> str:
        if transport.carries(SecretString("t2")):
            return "done"
        login.run(Refusing("t1"))
        raise Forbidden

    assert login.run(refused_after_another) == "done"
    assert method.logins == 2


@pytest.mark.parametrize("outcome", ["refused", "locked"])
def test_a_refused_login_is_tried_once_a_minute(
    new_login: NewLogin, clock: Clock, caplog: pytest.LogCaptureFixture, outcome: str
) -> None:
    method = Method(LoginRefused(outcome, "Vault said why."), lease_of("t1"))
    login, before = new_login(method), counted(outcome)
    for moved in (0.0, 0.0, 59.9):
        clock.now += moved
        with pytest.raises(VaultUnavailable, match="cannot log in"):
            token_of(login)
    assert (method.logins, counted(outcome)) == (1, before + 1)
    said = [one for one in caplog.records if one.getMessage() == "Vault said why."]
    assert [one.levelno for one in said] == [logging.ERROR]
    clock.now += 0.1
    assert token_of(login) == "t1"


def test_a_refused_login_is_tried_at_once_with_a_new_credential(new_login: NewLogin) -> None:
    method = Method(LoginRefused("refused", "Vault said why."), lease_of("t1"))
    login = new_login(method)
    with pytest.raises(VaultUnavailable):
        token_of(login)
    method.changed = True
    assert token_of(login) == "t1"


def test_a_login_says_for_how_long(new_login: NewLogin, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        token_of(new_login(Method(lease_of("t1", seconds=321.0))))
    (said,) = [one for one in caplog.records if one.getMessage() == "logged in to Vault"]
    assert vars(said)["seconds"] == 321.0
