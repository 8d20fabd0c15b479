"""What a Vault prepared for Team Secrets holds: names, roles, lifetimes."""

from pathlib import Path
from typing import Any

POLICIES = ("team-member", "team-agent", "service", "operator", "auditor", "maintenance")
POLICY_DIR = Path(__file__).parent / "policies"

PLATFORM_MOUNT = "platform"
TRANSIT_MOUNT = "transit"

# Teams log in at a mount of their own: policies/operator.hcl says why.
TEAMS_AUTH = "teams"
STAFF_AUTH = "approle"

_HOUR = 3600
_DAY = 24 * _HOUR

TEAMS_AUTH_LIFETIMES = {"default_lease_ttl": _HOUR, "max_lease_ttl": _DAY}
KV_SETTINGS = {"max_versions": 10}

SERVICE_ROLE = "team-secrets-service"
OPERATOR_ROLE = "operator"
AUDITOR_ROLE = "auditor"
MAINTENANCE_ROLE = "maintenance"

# A token is renewed up to its maximum; then comes a new login.
STAFF_ROLES: dict[str, dict[str, Any]] = {
    SERVICE_ROLE: {
        "token_policies": ["service"],
        "token_no_default_policy": True,
        "token_ttl": _HOUR,
        "token_max_ttl": _DAY,
    },
    OPERATOR_ROLE: {
        "token_policies": ["operator"],
        "token_no_default_policy": False,
        "token_ttl": _DAY,
        "token_max_ttl": 7 * _DAY,
    },
    AUDITOR_ROLE: {
        "token_policies": ["auditor"],
        "token_no_default_policy": False,
        "token_ttl": 8 * _HOUR,
        "token_max_ttl": _DAY,
    },
    MAINTENANCE_ROLE: {
        "token_policies": ["maintenance"],
        "token_no_default_policy": True,
        "token_ttl": 300,
        "token_max_ttl": _HOUR,
    },
}

# Not `team-…`: those names are the operator's to give.
STAFF_ENTITIES = {
    SERVICE_ROLE: "platform-service",
    OPERATOR_ROLE: "platform-operator",
    AUDITOR_ROLE: "platform-auditor",
    MAINTENANCE_ROLE: "platform-maintenance",
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
