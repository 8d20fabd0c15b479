"""The service's login by JWT: whose tokens Vault trusts, and which of them are the service's.

The bootstrap prepares it when it is asked for (`--jwt-...`). The role has the same policy and the
same lifetimes as the service's AppRole, and its logins belong to the same entity.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vault import wanted
from vault.reconcile import BootstrapError, Reconciler

JWT_ROLE = "service"
ROLE_PATH = f"auth/{wanted.JWT_AUTH}/role/{JWT_ROLE}"
CONFIG_PATH = f"auth/{wanted.JWT_AUTH}/config"


@dataclass(frozen=True, slots=True)
class JwtLogin:
    """`trust`: the settings that tell Vault where the issuer's public keys are."""

    trust: dict[str, Any]
    audience: str
    subject: str

    @property
    def role(self) -> dict[str, Any]:
        service = wanted.STAFF_ROLES[wanted.SERVICE_ROLE].settings
        return {
            "role_type": "jwt",
            "user_claim": "sub",
            "bound_audiences": [self.audience],
            "bound_subject": self.subject,
            **service,
        }


def prepare(vault: Reconciler, login: JwtLogin) -> None:
    vault.jwt_mount(wanted.JWT_AUTH)
    vault.settings(CONFIG_PATH, login.trust, f"auth method {wanted.JWT_AUTH}/ keys")
    vault.settings(ROLE_PATH, login.role, f"JWT role {JWT_ROLE}")
    entity = wanted.STAFF_ROLES[wanted.SERVICE_ROLE].entity
    vault.entity(entity, login.subject, vault.accessor(wanted.JWT_AUTH))


def add_options(parser: argparse.ArgumentParser) -> None:
    jwt = parser.add_argument_group("login by JWT (VAULT_AUTH=jwt)")
    keys = jwt.add_mutually_exclusive_group()
    keys.add_argument("--jwt-issuer", metavar="URL", help="its keys are found by OIDC discovery")
    keys.add_argument("--jwt-jwks-url", metavar="URL", help="the address of the issuer's keys")
    keys.add_argument("--jwt-public-key", type=Path, metavar="FILE", help="PEM, one key or several")
    jwt.add_argument("--jwt-ca", type=Path, metavar="FILE", help="PEM, whom to trust at that URL")
    jwt.add_argument("--jwt-audience", metavar="AUD", help="the audience of the service's tokens")
    jwt.add_argument("--jwt-subject", metavar="SUB", help="the subject of the service's tokens")


def wanted_login(options: argparse.Namespace) -> JwtLogin | None:
    """None where no option asks for it. Raises `BootstrapError`."""
    sources = (options.jwt_issuer, options.jwt_jwks_url, options.jwt_public_key)
    bounds = (options.jwt_audience, options.jwt_subject)
    if not any((*sources, *bounds, options.jwt_ca)):
        return None
    if not any(sources):
        raise BootstrapError("one of --jwt-issuer, --jwt-jwks-url and --jwt-public-key is needed")
    # Without both, any token of the issuer would be the service's.
    if not all(bounds):
        raise BootstrapError("--jwt-audience and --jwt-subject are needed")
    return JwtLogin(_trust(options), options.jwt_audience, options.jwt_subject)


def _trust(options: argparse.Namespace) -> dict[str, Any]:
    """All sources are named, so that one that was set before is taken back."""
    authority = _pem(options.jwt_ca, "--jwt-ca") if options.jwt_ca else ""
    key = options.jwt_public_key
    issuer, jwks = options.jwt_issuer or "", options.jwt_jwks_url or ""
    return {
        "oidc_discovery_url": issuer,
        "oidc_discovery_ca_pem": authority if issuer else "",
        "jwks_url": jwks,
        "jwks_ca_pem": authority if jwks else "",
        "jwt_validation_pubkeys": [_pem(key, "--jwt-public-key")] if key else [],
    }


def _pem(file: Path, option: str) -> str:
    try:
        text = file.read_text().strip()
    except (OSError, ValueError):
        raise BootstrapError(f"{option} names no file that can be read") from None
    if "-----BEGIN " not in text:
        raise BootstrapError(f"the file of {option} holds nothing in PEM form")
    return text
