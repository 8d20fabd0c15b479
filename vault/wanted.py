"""What a Vault prepared for Team Secrets holds: names, roles, lifetimes."""

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

POLICY_DIR = Path(__file__).parent / "policies"

PLATFORM_MOUNT = "platform"
TRANSIT_MOUNT = "transit"

# Teams log in at a mount of their own: policies/operator.hcl says why.
TEAMS_AUTH = "teams"
STAFF_AUTH = "approle"
# The service's other way to log in, where the bootstrap is asked for it.
JWT_AUTH = "jwt"

# The names that VAULT_KV_MOUNT may have; app/settings/variables.py has the same expression.
KV_MOUNT = re.compile(r"(?!(?:platform|transit|sys|identity|cubbyhole|auth)\Z)[A-Za-z0-9_-]+\Z")

_HOUR = 3600
_DAY = 24 * _HOUR

TEAMS_AUTH_LIFETIMES = {"default_lease_ttl": _HOUR, "max_lease_ttl": _DAY}
KV_SETTINGS = {"max_versions": 10}

SERVICE_ROLE = "team-secrets-service"
OPERATOR_ROLE = "operator"
AUDITOR_ROLE = "auditor"
MAINTENANCE_ROLE = "maintenance"
METRICS_ROLE = "metrics"


@dataclass(frozen=True, slots=True)
class StaffRole:
    """An AppRole of the platform, and the named entity of its logins. Operators may name entities
    `team-…`, so no entity of the platform has such a name."""

    entity: str
    settings: dict[str, Any]


# A token is renewed up to its maximum; then comes a new login. A period has no maximum.
STAFF_ROLES = {
    SERVICE_ROLE: StaffRole(
        "platform-service",
        {
            "token_policies": ["service"],
            "token_no_default_policy": True,
            "token_ttl": _HOUR,
            "token_max_ttl": _DAY,
        },
    ),
    OPERATOR_ROLE: StaffRole(
        "platform-operator",
        {
            "token_policies": ["operator"],
            "token_no_default_policy": False,
            "token_ttl": _DAY,
            "token_max_ttl": 7 * _DAY,
        },
    ),
    AUDITOR_ROLE: StaffRole(
        "platform-auditor",
        {
            "token_policies": ["auditor"],
            "token_no_default_policy": False,
            "token_ttl": 8 * _HOUR,
            "token_max_ttl": _DAY,
        },
    ),
    MAINTENANCE_ROLE: StaffRole(
        "platform-maintenance",
        {
            "token_policies": ["maintenance"],
            "token_no_default_policy": True,
            "token_ttl": 300,
            "token_max_ttl": _HOUR,
        },
    ),
    METRICS_ROLE: StaffRole(
        "platform-metrics",
        {
            "token_policies": ["metrics"],
            "token_no_default_policy": True,
            "token_period": 32 * _DAY,
        },
    ),
}

AGENT_ROLE = "team-agent"
AGENT_ROLE_SETTINGS: dict[str, Any] = {
    "allowed_policies": ["team-agent"],
    "allowed_entity_aliases": ["*"],
    "orphan": True,
    "renewable": False,
    "token_type": "batch",
    "token_no_default_policy": True,
}

FINGERPRINT_KEY = "team-secret-fingerprint"
FINGERPRINT_KEY_SETTINGS = {"type": "hmac", "key_size": 32}
"""A transit key is neither exportable nor deletable unless told, and cannot become exportable
unnoticed: the bootstrap refuses one that is."""

# One id then finds a request in the proxy's log, the app's and Vault's audit log.
AUDITED_HEADER = "X-Request-Id"

POLICIES = (
    *("team-member", "team-agent", "service"),
    *("operator", "auditor", "maintenance", "metrics"),
)
MARK = "# Kept by `python -m vault.bootstrap` of Team Secrets: the next run undoes other changes.\n"


def policy_text(policy: str, names: dict[str, str]) -> str:
    """A policy as Vault is to have it; its first line says whose it is."""
    return MARK + Template((POLICY_DIR / f"{policy}.hcl").read_text()).substitute(names)
