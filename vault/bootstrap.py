"""`python -m vault.bootstrap`: prepares any Vault, OpenBao or HashiCorp's, for Team Secrets.

Makes the mounts, auth methods, policies and the token role, the logins of the service, the
operator, the auditor and the scraper, the audit device and the audited header. It reads before it
writes: a second run changes nothing and says so. What somebody else made under one of these names
is left alone and named. Exit code: 0 when Vault is prepared, 1 with one line that says why not.
"""

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import hvac

from vault import jwt_login, wanted
from vault.client import connect
from vault.credentials import issue, make_ready
from vault.jwt_login import JwtLogin
from vault.ownership import Ownership
from vault.reconcile import BootstrapError, Reconciler, Report, VaultRefused

_NO_DEVICE = (
    "No audit device yet: OpenBao takes it from its server's configuration alone "
    '(audit "file" "file" { ... }).'
)
_ROOT_ONLY = (
    "Auditing is set up in the root namespace: see there that an audit device is on and that "
    f"{wanted.AUDITED_HEADER} is an audited header."
)


def bootstrap(
    client: hvac.Client,
    mount: str = "teams",
    audit_file: str = "stdout",
    report: Report | None = None,
    jwt: JwtLogin | None = None,
) -> Report:
    """Prepares the Vault behind `client`, whose token needs full rights.

    `mount` is the teams' KV mount; `audit_file` is where a server writes that takes its audit
    device over the API; `jwt` is the service's other way to log in, where one is wanted. Changes
    are added to `report` as they are made. Raises `BootstrapError`.
    """
    if not wanted.KV_MOUNT.fullmatch(mount):
        raise BootstrapError("VAULT_KV_MOUNT is not a name of a mount that teams can have")
    vault = Reconciler(client, report or Report())
    ownership = Ownership(vault, mount, with_jwt=jwt is not None)
    listed = ownership.examine()
    _auditing(vault, audit_file)
    ownership.record(listed)
    vault.kv_mount(mount)
    vault.settings(f"{mount}/config", wanted.KV_SETTINGS, f"KV mount {mount}/ settings")
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
    if jwt:
        jwt_login.prepare(vault, jwt)
    return vault.report


def _auditing(vault: Reconciler, file: str) -> None:
    """Both are the root namespace's. HashiCorp Vault takes a device over the API, OpenBao from its
    server's configuration alone."""
    try:
        _audit_device(vault, file)
        _audited_header(vault)
    except VaultRefused as refusal:
        if "root namespace" not in refusal.errors:
            raise
        vault.report.notes.append(_ROOT_ONLY)


def _audit_device(vault: Reconciler, file: str) -> None:
    if vault.read("sys/audit"):
        return
    body = {"type": "file", "options": {"file_path": file}}
    try:
        vault.write("sys/audit/file", body, f"audit device file/: writes to {file}")
    except VaultRefused as refusal:
        if not refusal.invalid or "root namespace" in refusal.errors:
            raise
        if "declarative" not in refusal.errors:
            raise BootstrapError(f"Vault cannot write its audit log to {file}") from None
        vault.report.notes.append(_NO_DEVICE)


def _audited_header(vault: Reconciler) -> None:
    """Ids of requests are in clear in the audit log: they are searched for there."""
    path = "sys/config/auditing/request-headers"
    audited = (vault.read(path) or {}).get("headers") or {}
    if audited.get(wanted.AUDITED_HEADER.lower()) != {"hmac": False}:
        change = f"audited header {wanted.AUDITED_HEADER}: set"
        vault.write(f"{path}/{wanted.AUDITED_HEADER}", {"hmac": False}, change)


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
        vault.policy(name, wanted.policy_text(name, names))


def _staff(vault: Reconciler) -> None:
    accessor = vault.accessor(wanted.STAFF_AUTH)
    for name, role in wanted.STAFF_ROLES.items():
        path = f"auth/{wanted.STAFF_AUTH}/role/{name}"
        vault.settings(path, role.settings, f"AppRole {name}")
        vault.entity(role.entity, vault.role_id(name), accessor)


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    options = _options(arguments)
    report = Report()
    try:
        _run(options, environ, report)
    except BootstrapError as error:
        failure = str(error)
    except Exception as unforeseen:  # its words may hold an address or a value
        failure = f"it failed unexpectedly ({type(unforeseen).__name__})"
    else:
        _tell(report.changes or ["Nothing changed."], report.notes)
        return 0
    _tell(report.changes, report.notes)
    print(f"bootstrap: {failure}", file=sys.stderr)
    return 1


def _run(options: argparse.Namespace, environ: Mapping[str, str], report: Report) -> None:
    """What is wrong on this machine stops it before anything is changed in Vault."""
    jwt = jwt_login.wanted_login(options)
    if options.out:
        make_ready(options.out)
    client = connect(environ)
    mount = environ.get("VAULT_KV_MOUNT") or "teams"
    bootstrap(client, mount, options.audit_file, report, jwt)
    if options.out:
        issue(
            client,
            report,
            options.out,
            operator_token=options.operator_token,
            metrics_token=options.metrics_token,
        )


def _tell(changes: list[str], notes: list[str]) -> None:
    for line in [*changes, *(f"Note: {note}" for note in notes)]:
        print(line)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m vault.bootstrap", description=__doc__)
    parser.add_argument("--out", type=Path, help="directory for role-id and secret-id (mode 0600)")
    parser.add_argument(
        "--operator-token", action="store_true", help="write an operator's token there too"
    )
    parser.add_argument(
        "--metrics-token", action="store_true", help="write a token for Vault's metrics there too"
    )
    parser.add_argument("--audit-file", default="stdout", help="for HashiCorp Vault (stdout)")
    jwt_login.add_options(parser)
    options = parser.parse_args(arguments)
    if (options.operator_token or options.metrics_token) and not options.out:
        parser.error("--operator-token and --metrics-token need --out")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
