"""`python -m vault.bootstrap`: prepares any Vault, OpenBao or HashiCorp's, for Team Secrets.

Mounts, auth methods, policies, the token role, the logins of the service, the operator and the
auditor, the audit device. It reads before it writes: a second run changes nothing and says so.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Template

import hvac
import requests
from hvac.exceptions import InvalidRequest, VaultError

from vault import wanted
from vault.client import connect
from vault.credentials import issue
from vault.reconcile import BootstrapError, Reconciler, Report

_NO_AUDIT_API = {
    "declarative": "No audit device yet: OpenBao takes it from its server's configuration alone "
    '(audit "file" "file" { ... }).',
    "root namespace": "Audit devices are the root namespace's: see there that one is on.",
}


def bootstrap(client: hvac.Client, mount: str = "teams", audit_file: str = "stdout") -> Report:
    """Prepares the Vault behind `client`, whose token must be allowed to do anything.

    `mount` is the teams' KV mount; `audit_file` is where a server shall write that takes its audit
    device over the API. Raises `BootstrapError`, or hvac's `VaultError` where Vault refuses.
    """
    vault = Reconciler(client)
    _audit_device(vault, audit_file)
    vault.kv_mount(mount)
    vault.settings(f"{mount}/config", wanted.KV_SETTINGS, f"KV mount {mount}/ settings")
    vault.kv_mount(wanted.PLATFORM_MOUNT)
    _fingerprint_key(vault)
    vault.approle_mount(wanted.STAFF_AUTH)
    vault.approle_mount(wanted.TEAMS_AUTH)
    vault.settings(
        f"sys/auth/{wanted.TEAMS_AUTH}/tune",
        wanted.TEAMS_AUTH_LIFETIMES,
        f"auth method {wanted.TEAMS_AUTH}/ lifetimes",
    )
    _policies(vault, mount)
    agent_role = f"auth/token/roles/{wanted.AGENT_ROLE}"
    vault.settings(agent_role, wanted.AGENT_ROLE_SETTINGS, f"token role {wanted.AGENT_ROLE}")
    _staff(vault)
    return vault.report


def _audit_device(vault: Reconciler, file: str) -> None:
    """HashiCorp Vault takes one over the API, OpenBao from its server's configuration alone."""
    body = {"type": "file", "options": {"file_path": file}}
    try:
        if vault.read("sys/audit"):
            return
        vault.write("sys/audit/file", body, f"audit device file/: writes to {file}")
    except InvalidRequest as refusal:
        told = " ".join(refusal.errors or ())
        note = next((note for reason, note in _NO_AUDIT_API.items() if reason in told), None)
        if note is None:
            raise BootstrapError(f"Vault cannot write its audit log to {file}") from None
        vault.report.notes.append(note)


def _fingerprint_key(vault: Reconciler) -> None:
    vault.transit_mount(wanted.TRANSIT_MOUNT)
    path = f"{wanted.TRANSIT_MOUNT}/keys/{wanted.FINGERPRINT_KEY}"
    key = vault.read(path)
    if key is None:
        change = f"transit key {wanted.FINGERPRINT_KEY}: created"
        vault.write(path, wanted.FINGERPRINT_KEY_SETTINGS, change)
    elif key["exportable"] or key["deletion_allowed"] or key["allow_plaintext_backup"]:
        raise BootstrapError(f"transit key {wanted.FINGERPRINT_KEY} may leave Vault: replace it")


def _policies(vault: Reconciler, mount: str) -> None:
    names = {
        "kv": mount,
        "teams_accessor": vault.accessor(wanted.TEAMS_AUTH),
        "token_accessor": vault.accessor("token"),
    }
    for name in wanted.POLICIES:
        text = (wanted.POLICY_DIR / f"{name}.hcl").read_text()
        vault.policy(name, Template(text).substitute(names))


def _staff(vault: Reconciler) -> None:
    accessor = vault.accessor(wanted.STAFF_AUTH)
    for role, settings in wanted.STAFF_ROLES.items():
        path = f"auth/{wanted.STAFF_AUTH}/role/{role}"
        vault.settings(path, settings, f"AppRole {role}")
        vault.entity(wanted.STAFF_ENTITIES[role], vault.role_id(role), accessor)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    options = _options(arguments)
    try:
        client = connect(environ)
        mount = environ.get("VAULT_KV_MOUNT") or "teams"
        report = bootstrap(client, mount, options.audit_file)
        if options.out:
            issue(client, report, options.out, operator_token=options.operator_token)
    except BootstrapError as error:
        print(f"bootstrap: {error}", file=sys.stderr)
        return 1
    except (VaultError, requests.RequestException) as error:
        print(f"bootstrap: Vault did not take it ({type(error).__name__})", file=sys.stderr)
        return 1
    print("\n".join(report.changes or ["Nothing changed."]))
    print("\n".join(f"Note: {note}" for note in report.notes), end="\n" if report.notes else "")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vault.bootstrap", description=__doc__)
    parser.add_argument("--out", type=Path, help="directory for role-id and secret-id (mode 0600)")
    parser.add_argument(
        "--operator-token", action="store_true", help="an operator's token there too"
    )
    parser.add_argument("--audit-file", default="stdout", help="for HashiCorp Vault (stdout)")
    options = parser.parse_args(arguments)
    if options.operator_token and not options.out:
        parser.error("--operator-token needs --out")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
