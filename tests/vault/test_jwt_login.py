"""The bootstrap's part for VAULT_AUTH=jwt: what it makes, and whose tokens get in."""

from pathlib import Path

import hvac
import pytest

from tests.issuer import AUDIENCE, SUBJECT, Issuer
from vault.bootstrap import bootstrap, main
from vault.jwt_login import JwtLogin
from vault.ownership import JWT_MOUNT
from vault.reconcile import BootstrapError

Environ = dict[str, str]


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture
def options(issuer: Issuer, tmp_path: Path) -> list[str]:
    key = tmp_path / "issuer.pem"
    key.write_text(issuer.public_key)
    bounds = ["--jwt-audience", AUDIENCE, "--jwt-subject", SUBJECT]
    return ["--jwt-public-key", str(key), *bounds]


def login_of(issuer: Issuer, subject: str = SUBJECT) -> JwtLogin:
    trust = {"jwt_validation_pubkeys": [issuer.public_key]}
    return JwtLogin(trust, AUDIENCE, subject)


def test_a_second_run_changes_nothing(
    client: hvac.Client, environ: Environ, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options, environ) == 0
    assert "JWT role service: created" in capsys.readouterr().out
    assert main(options, environ) == 0
    assert capsys.readouterr().out.startswith("Nothing changed.")
    # Nor does one that does not ask for it.
    assert bootstrap(client).changes == []
    assert JWT_MOUNT in client.read("platform/data/bootstrap")["data"]["data"]["made"]


def test_a_login_has_the_services_policy_and_entity(client: hvac.Client, issuer: Issuer) -> None:
    bootstrap(client, jwt=login_of(issuer))
    body = {"role": "service", "jwt": issuer.token()}
    auth = client.write_data("auth/jwt/login", data=body)["auth"]
    assert auth["policies"] == ["service"]
    assert auth["lease_duration"] == 3600
    entity = client.read("identity/entity/name/platform-service")["data"]
    assert auth["entity_id"] == entity["id"]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["another"]},
        {"sub": "system:serviceaccount:default:default"},
        {"lives": -600},
        {"nbf": 4_000_000_000},
    ],
)
def test_no_other_token_gets_in(
    client: hvac.Client, issuer: Issuer, claims: dict[str, object]
) -> None:
    bootstrap(client, jwt=login_of(issuer))
    body = {"role": "service", "jwt": issuer.token(**claims)}
    with pytest.raises((hvac.exceptions.InvalidRequest, hvac.exceptions.Forbidden)):
        client.write_data("auth/jwt/login", data=body)


def test_nor_one_of_another_issuer(client: hvac.Client, issuer: Issuer) -> None:
    bootstrap(client, jwt=login_of(issuer))
    body = {"role": "service", "jwt": Issuer().token()}
    with pytest.raises((hvac.exceptions.InvalidRequest, hvac.exceptions.Forbidden)):
        client.write_data("auth/jwt/login", data=body)


def test_another_key_and_another_subject_replace_the_first(
    client: hvac.Client, issuer: Issuer
) -> None:
    bootstrap(client, jwt=login_of(issuer))
    second, subject = Issuer(), "system:serviceaccount:elsewhere:team-secrets"
    wanted = login_of(second, subject)
    assert [change.split(":")[0] for change in bootstrap(client, jwt=wanted).changes] == [
        "auth method jwt/ keys",
        "JWT role service",
        "entity platform-service",
    ]
    body = {"role": "service", "jwt": second.token(sub=subject)}
    entity = client.write_data("auth/jwt/login", data=body)["auth"]["entity_id"]
    assert entity == client.read("identity/entity/name/platform-service")["data"]["id"]
    assert bootstrap(client, jwt=wanted).changes == []


def test_keys_can_come_from_an_address(
    client: hvac.Client, issuer: Issuer, environ: Environ
) -> None:
    bootstrap(client, jwt=login_of(Issuer()))
    with issuer.published() as url:
        asked = ["--jwt-jwks-url", url, "--jwt-audience", AUDIENCE, "--jwt-subject", SUBJECT]
        assert main(asked, environ) == 0
        body = {"role": "service", "jwt": issuer.token()}
        assert client.write_data("auth/jwt/login", data=body)["auth"]["policies"] == ["service"]
    assert client.read("auth/jwt/config")["data"]["jwt_validation_pubkeys"] in ([], None)


def test_somebody_elses_jwt_method_is_left_alone(client: hvac.Client, issuer: Issuer) -> None:
    client.write_data("sys/auth/jwt", data={"type": "jwt"})
    client.write_data("auth/jwt/config", data={"jwt_validation_pubkeys": [Issuer().public_key]})
    before = client.read("auth/jwt/config")["data"]
    with pytest.raises(BootstrapError, match="left alone: auth/jwt/"):
        bootstrap(client, jwt=login_of(issuer))
    assert client.read("auth/jwt/config")["data"] == before
    assert "teams/" not in client.read("sys/mounts")["data"]
    # Who does not ask for it is not stopped by it.
    assert bootstrap(client).changes
    with pytest.raises(BootstrapError, match="left alone: auth/jwt/"):
        bootstrap(client, jwt=login_of(issuer))


def test_without_a_list_no_jwt_method_is_ours(client: hvac.Client, issuer: Issuer) -> None:
    """It may be somebody else's: a lost list says nothing about it."""
    bootstrap(client, jwt=login_of(issuer))
    client.delete("platform/metadata/bootstrap")
    with pytest.raises(BootstrapError, match="left alone: auth/jwt/"):
        bootstrap(client, jwt=login_of(issuer))


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("--jwt-public-key", "one of --jwt-issuer"),
        ("--jwt-audience", "--jwt-audience and --jwt-subject"),
        ("--jwt-subject", "--jwt-audience and --jwt-subject"),
    ],
)
def test_half_a_request_is_refused_before_anything_is_changed(
    client: hvac.Client,
    environ: Environ,
    options: list[str],
    capsys: pytest.CaptureFixture[str],
    left_out: str,
    named: str,
) -> None:
    at = options.index(left_out)
    assert main(options[:at] + options[at + 2 :], environ) == 1
    assert named in capsys.readouterr().err
    assert "teams/" not in client.read("sys/mounts")["data"]


@pytest.mark.parametrize("text", [None, "no key"])
def test_a_file_without_a_key_is_refused(
    client: hvac.Client,
    environ: Environ,
    options: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
) -> None:
    file = tmp_path / "other.pem"
    if text:
        file.write_text(text)
    assert main([*options, "--jwt-public-key", str(file)], environ) == 1
    assert "--jwt-public-key" in capsys.readouterr().err
    assert "teams/" not in client.read("sys/mounts")["data"]
