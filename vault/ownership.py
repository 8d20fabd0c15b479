"""What in this Vault is ours. The bootstrap changes nothing that somebody else made.

Before the bootstrap makes something, it lists the path in a document of its own. What is on that
list is ours, whatever somebody changed there. What exists and is not on it is somebody else's.
"""

import re

from vault import wanted
from vault.reconcile import BootstrapError, Reconciler

_RECORD = f"{wanted.PLATFORM_MOUNT}/data/bootstrap"
_POLICIES = "sys/policies/acl"
_APPROLES = f"auth/{wanted.STAFF_AUTH}/role"
_ENTITIES = "identity/entity/name"

WANTED = (
    *(f"{_POLICIES}/{name}" for name in wanted.POLICIES),
    f"auth/token/roles/{wanted.AGENT_ROLE}",
    *(f"{_APPROLES}/{role}" for role in wanted.STAFF_ROLES),
    *(f"{_ENTITIES}/{role.entity}" for role in wanted.STAFF_ROLES.values()),
)

# Only where the bootstrap is asked for the login by JWT. The mount itself is on the list, because
# its configuration says whom it trusts.
JWT_MOUNT = f"auth/{wanted.JWT_AUTH}/"
WANTED_WITH_JWT = (*WANTED, JWT_MOUNT)

# Versions before 0.1.0 kept no list. They made all that is wanted today but these roles.
_UNLISTED_LACKED = {
    path
    for role in (wanted.MAINTENANCE_ROLE, wanted.METRICS_ROLE)
    for path in (
        f"{_POLICIES}/{role}",
        f"{_APPROLES}/{role}",
        f"{_ENTITIES}/{wanted.STAFF_ROLES[role].entity}",
    )
}
_UNLISTED_MOUNT = re.compile(r'path "([^"/]+)/data/\+/config"')
_UNLISTED_MINT = f'path "auth/token/create/{wanted.AGENT_ROLE}"'

_TEAM = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{25}/")
_PLATFORM_NAMES = re.compile(r"(?:bootstrap|(?:slugs|service|worklist)/)")
_TEAM_ROLE = re.compile(r"team-[0-7][0-9a-hjkmnp-tv-z]{25}")


class Ownership:
    """`examine` decides before anything is changed, and raises `BootstrapError`."""

    def __init__(self, vault: Reconciler, mount: str, *, with_jwt: bool = False) -> None:
        self._vault = vault
        self._mount = mount
        self._wanted = WANTED_WITH_JWT if with_jwt else WANTED

    def examine(self) -> set[str] | None:
        """Everything that exists under a wanted name is ours, or this raises and names what is not.
        Returns the paths that the list has, or None where there is no list. Changes nothing."""
        there = self._mounts_there()
        recorded = self._recorded() if f"{wanted.PLATFORM_MOUNT}/" in there else None
        mount, ours = recorded or self._unlisted() or ("", set())
        if mount and mount != self._mount:
            raise BootstrapError(
                f"this Vault was prepared for the KV mount {mount}/: set VAULT_KV_MOUNT to it"
            )
        foreign = [path for path in WANTED if path not in ours and self._vault.read(path)]
        if JWT_MOUNT in self._wanted and JWT_MOUNT in there - ours:
            foreign.append(JWT_MOUNT)
        if not mount:
            foreign += self._others_in(there)
        if foreign:
            raise BootstrapError(f"not made by Team Secrets, left alone: {', '.join(foreign)}")
        return recorded[1] if recorded else None

    def record(self, listed: set[str] | None) -> None:
        """Puts all wanted paths on the list, of which `listed` are there."""
        self._vault.kv_mount(wanted.PLATFORM_MOUNT)
        if listed is None or not listed.issuperset(self._wanted):
            made = sorted((listed or set()).union(self._wanted))
            document = {"kv_mount": self._mount, "made": made}
            self._vault.write(_RECORD, {"data": document}, "list of what is ours: written")

    def _mounts_there(self) -> set[str]:
        """Of our mounts those that exist, each as its path in the API. Raises for another type."""
        checked = [
            ("sys/mounts", self._mount, "kv", "KV mount", {"version": "2"}),
            ("sys/mounts", wanted.PLATFORM_MOUNT, "kv", "KV mount", {"version": "2"}),
            ("sys/mounts", wanted.TRANSIT_MOUNT, "transit", "transit mount", None),
            ("sys/auth", wanted.STAFF_AUTH, "approle", "auth method", None),
            ("sys/auth", wanted.TEAMS_AUTH, "approle", "auth method", None),
        ]
        if JWT_MOUNT in self._wanted:
            checked.append(("sys/auth", wanted.JWT_AUTH, "jwt", "auth method", None))
        return {
            f"auth/{mount}/" if table == "sys/auth" else f"{mount}/"
            for table, mount, kind, called, options in checked
            if self._vault.check_mount(table, mount, kind, f"{called} {mount}/", options)
        }

    def _recorded(self) -> tuple[str, set[str]] | None:
        """The KV mount and the paths on the list, or None where no list was made yet."""
        found = (self._vault.read(_RECORD) or {}).get("data")
        if not found:
            return None
        mount, made = found.get("kv_mount"), found.get("made")
        if not isinstance(mount, str) or not isinstance(made, list):
            raise BootstrapError(f"{_RECORD} was changed by hand: restore an older version of it")
        return mount, set(map(str, made))

    def _unlisted(self) -> tuple[str, set[str]] | None:
        """The same of an installation by a version that kept no list: no policy of anybody else
        lets a role `service` mint our agents' tokens."""
        policy = (self._vault.read(f"{_POLICIES}/service") or {}).get("policy", "")
        mount = _UNLISTED_MOUNT.search(policy)
        service = self._vault.read(f"{_APPROLES}/{wanted.SERVICE_ROLE}")
        if mount is None or service is None or _UNLISTED_MINT not in policy:
            return None
        # A marked policy is a newer version's, whose list was lost.
        marked = policy.startswith(wanted.MARK)
        return mount[1], set(WANTED) - (set() if marked else _UNLISTED_LACKED)

    def _others_in(self, there: set[str]) -> list[str]:
        """Of the mounts that exist already those that hold somebody else's things."""
        inside = {
            f"{self._mount}/": (f"{self._mount}/metadata", _TEAM),
            f"{wanted.PLATFORM_MOUNT}/": (f"{wanted.PLATFORM_MOUNT}/metadata", _PLATFORM_NAMES),
            f"auth/{wanted.TEAMS_AUTH}/": (f"auth/{wanted.TEAMS_AUTH}/role", _TEAM_ROLE),
        }
        return [
            name
            for name, (path, own) in inside.items()
            if name in there and not all(map(own.fullmatch, self._vault.names(path)))
        ]
