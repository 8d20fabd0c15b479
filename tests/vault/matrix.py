"""Who may do what, as a table: each row is tried with each identity's real token directly at Vault.

`python -m tests.vault.matrix` writes docs/isolation.md from Vault's answers, except the part over
HTTP, which tests/attack/walk.py writes.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac

from tests.vault.world import ROLE_SETTINGS, SPARE_TEAM, TEAM_A, TEAM_B, WRAPPED, World
from vault.bootstrap import bootstrap
from vault.embedded import EmbeddedVault

IDENTITIES = (
    *("member", "agent", "service", "operator"),
    *("auditor", "maintenance", "metrics", "nobody"),
)
DOCUMENT = Path(__file__).parents[2] / "docs" / "isolation.md"
HTTP_PART = "\n## Over HTTP"
_KEY = {"data": {"team_id": TEAM_A, "api_key": "another-key", "label": {}}}
_REFUSED = 403
_ONE = {"versions": [1]}
_PATCH = (("Content-Type", "application/merge-patch+json"),)
_B64 = {"input": "c29tZXRoaW5n"}


@dataclass(frozen=True)
class Row:
    """An action, its request to Vault, and who may do it (members and agents are of team A)."""

    action: str
    method: str
    path: str
    may: str = ""
    body: Any = None
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def allowed(self) -> set[str]:
        return set(self.may.split())


def _documents(team: str, name: str) -> Iterator[Row]:
    """`name` is the team's name in the table; the member and the agent are team A's."""
    own = team == TEAM_A
    member, agent = ("member", "agent") if own else ("", "")
    secret, config, matter = f"{team}/blawby_api", f"{team}/config", f"{team}/matters/fi/first"
    writers = f"{member} operator"
    yield Row(f"read {name}'s key", "GET", f"teams/data/{secret}", agent)
    yield Row(f"read {name}'s key, version 1", "GET", f"teams/data/{secret}?version=1", agent)
    yield Row(f"write {name}'s key", "POST", f"teams/data/{secret}", writers, _KEY)
    yield Row(f"patch {name}'s key", "PATCH", f"teams/data/{secret}", "", _KEY, _PATCH)
    yield Row(f"delete {name}'s key", "DELETE", f"teams/data/{secret}", writers)
    yield Row(f"delete versions of {name}'s key", "POST", f"teams/delete/{secret}", writers, _ONE)
    yield Row(f"undelete {name}'s key", "POST", f"teams/undelete/{secret}", writers, _ONE)
    yield Row(f"destroy versions of {name}'s key", "PUT", f"teams/destroy/{secret}", writers, _ONE)
    readers = f"{writers} auditor"
    yield Row(f"see the versions of {name}'s key", "GET", f"teams/metadata/{secret}", readers)
    yield Row(f"see the field names of {name}'s key", "GET", f"teams/subkeys/{secret}", readers)
    settings = {"max_versions": 1}
    yield Row(f"settings of {name}'s key", "POST", f"teams/metadata/{secret}", "", settings)
    yield Row(f"erase {name}'s key", "DELETE", f"teams/metadata/{secret}", writers)
    webhook, signing = f"{team}/webhook", {"data": {"secret": "x"}}
    yield Row(f"read {name}'s webhook secret", "GET", f"teams/data/{webhook}", agent)
    yield Row(f"write {name}'s webhook secret", "POST", f"teams/data/{webhook}", writers, signing)
    yield Row(f"erase {name}'s webhook secret", "DELETE", f"teams/metadata/{webhook}", writers)
    document = {"data": {"team_id": team}}
    everyone = f"{member} {agent} service operator"
    yield Row(f"read {name}'s configuration", "GET", f"teams/data/{config}", everyone)
    yield Row(f"write {name}'s configuration", "POST", f"teams/data/{config}", "operator", document)
    yield Row(f"erase {name}'s configuration", "DELETE", f"teams/metadata/{config}", "operator")
    yield Row(f"list {name}'s documents", "LIST", f"teams/metadata/{team}/", "operator auditor")
    listers = f"{member} operator auditor"
    yield Row(f"list {name}'s matters", "LIST", f"teams/metadata/{team}/matters/", listers)
    folder = f"teams/metadata/{team}/matters/fi/"
    yield Row(f"list a folder of {name}'s matters", "LIST", folder, listers)
    labels = f"{member} operator"
    yield Row(f"see the label of {name}'s matter", "GET", f"teams/subkeys/{matter}", labels)
    yield Row(f"read {name}'s matter", "GET", f"teams/data/{matter}", f"{member} {agent}")
    yield Row(f"write {name}'s matter", "POST", f"teams/data/{matter}", agent, _KEY)
    filed = f"teams/data/{team}/matters/se/second"
    yield Row(f"file a matter of {name}", "POST", filed, agent, _KEY)
    yield Row(f"settle {name}'s invoice", "PATCH", f"teams/data/{matter}", "operator", _KEY, _PATCH)
    expiry = {"delete_version_after": "24h"}
    yield Row(f"let {name}'s matter expire", "POST", f"teams/metadata/{matter}", agent, expiry)
    told = "operator auditor"
    yield Row(f"see the versions of {name}'s matter", "GET", f"teams/metadata/{matter}", told)
    yield Row(f"delete {name}'s matter", "DELETE", f"teams/data/{matter}")
    destroyers = f"{member} {agent} operator"
    yield Row(f"destroy {name}'s matter", "PUT", f"teams/destroy/{matter}", destroyers, _ONE)
    yield Row(f"erase {name}'s matter", "DELETE", f"teams/metadata/{matter}", "operator")


def _platform() -> Iterator[Row]:
    slug = f"platform/data/slugs/slug-{TEAM_A}"
    document = {"data": {"team_id": TEAM_A}}
    yield Row("list the teams", "LIST", "teams/metadata/", "operator auditor")
    yield Row("find a slug", "GET", slug, "service operator")
    yield Row("write a slug", "POST", slug, "operator", document)
    erased = f"platform/metadata/slugs/slug-{SPARE_TEAM}"
    yield Row("erase a slug", "DELETE", erased, "operator")
    yield Row("list the slugs", "LIST", "platform/metadata/slugs/", "operator auditor")
    yield Row("read the service's own secret", "GET", "platform/data/service/llm", "service")
    yield Row("write the service's own secret", "POST", "platform/data/service/llm", "", document)
    kinds, listed = "platform/metadata/worklist/", "platform/metadata/worklist/matter/"
    yield Row("list the kinds of the worklist", "LIST", kinds, "service auditor")
    yield Row("list the worklist", "LIST", listed, "service operator auditor")
    for folder in ("day/", "day/minute/"):
        yield Row(
            f"list {folder} of the worklist", "LIST", listed + folder, "service operator auditor"
        )
    item = "platform/data/worklist/matter/day/minute/first"
    yield Row("read the worklist", "GET", item, "service")
    yield Row("write the worklist", "POST", item, "agent service", document)
    struck = "platform/metadata/worklist/matter/day/minute/first"
    yield Row("strike off the worklist", "DELETE", struck, "service")
    yield Row("settings of the teams' mount", "POST", "teams/config", "", {"max_versions": 1})
    fingerprint = "transit/hmac/team-secret-fingerprint"
    yield Row("make a key's fingerprint", "POST", fingerprint, "member operator", _B64)
    key = "transit/keys/team-secret-fingerprint"
    yield Row("read the fingerprints' key", "GET", key)
    export = "transit/export/hmac-key/team-secret-fingerprint"
    yield Row("export the fingerprints' key", "GET", export)
    yield Row("make that key exportable", "POST", f"{key}/config", "", {"exportable": True})
    yield Row("delete that key", "DELETE", key)


def _tokens() -> Iterator[Row]:
    mint, alias = "auth/token/create/team-agent", {"entity_alias": TEAM_A}
    yield Row("mint an agent's token", "POST", mint, "service", {**alias, "ttl": "60s"})
    yield Row("mint one for an hour", "POST", mint, "", {**alias, "ttl": "1h"})
    yield Row("mint one for ever", "POST", mint, "", alias)
    more = {**alias, "ttl": "60s", "policies": ["operator"]}
    yield Row("mint one with another policy", "POST", mint, "", more)
    yield Row("mint one for nobody", "POST", mint, "", {"ttl": "60s"})
    yield Row("make a child token", "POST", "auth/token/create", "", {"ttl": "60s"})
    yield Row("make an orphan token", "POST", "auth/token/create-orphan", "", {"ttl": "60s"})
    role = "auth/token/roles/team-agent"
    yield Row("change the agents' token role", "POST", role, "", {"allowed_policies": ["root"]})
    yield Row("list all tokens' accessors", "LIST", "auth/token/accessors/")
    accessor = {"accessor": "unknown"}
    yield Row("look another token up", "POST", "auth/token/lookup-accessor", "", accessor)
    yield Row("revoke another token", "POST", "auth/token/revoke-accessor", "", accessor)
    known = "member service operator auditor metrics"
    yield Row("look one's own token up", "GET", "auth/token/lookup-self", known)
    yield Row("renew one's own token", "POST", "auth/token/renew-self", known)


def _logins() -> Iterator[Row]:
    role = f"auth/teams/role/team-{SPARE_TEAM}"
    wrapped = tuple(WRAPPED.items())
    yield Row("set a team's login up", "POST", role, "operator", ROLE_SETTINGS)
    other = {**ROLE_SETTINGS, "token_policies": ["team-member", "operator"]}
    yield Row("give it another policy", "POST", role, "", other)
    yield Row("read a team's role id", "GET", f"{role}/role-id", "operator")
    secret_id = f"{role}/secret-id"
    yield Row("get a wrapped secret id", "POST", secret_id, "operator", {}, wrapped)
    yield Row("get an unwrapped secret id", "POST", secret_id, "", {})
    chosen = {"secret_id": "chosen"}
    yield Row("choose a secret id", "POST", f"{role}/custom-secret-id", "", chosen, wrapped)
    yield Row("list a team's secret ids", "LIST", f"{secret_id}/", "operator")
    destroy, accessor = f"{role}/secret-id-accessor/destroy", {"secret_id_accessor": "unknown"}
    yield Row("revoke a team's secret id", "POST", destroy, "operator", accessor)
    service = "auth/approle/role/team-secrets-service"
    yield Row("change the service's login", "POST", service, "", ROLE_SETTINGS)
    yield Row("read the service's role id", "GET", f"{service}/role-id")
    ids = f"{service}/secret-id"
    yield Row("get the service's secret id", "POST", ids, "maintenance", {}, wrapped)
    shouted = "auth/approle/role/Team-Secrets-SERVICE/secret-id"
    yield Row("the same in capital letters", "POST", shouted, "maintenance", {}, wrapped)
    yield Row("list the service's secret ids", "LIST", f"{ids}/", "maintenance")
    destroy = f"{service}/secret-id-accessor/destroy"
    yield Row("revoke the service's secret id", "POST", destroy, "maintenance", accessor)


def _identities() -> Iterator[Row]:
    entity = f"identity/entity/name/team-{SPARE_TEAM}"
    metadata = {"metadata": {"team_id": SPARE_TEAM}}
    yield Row("name a team's identity", "POST", entity, "operator", metadata)
    yield Row("read a team's identity", "GET", entity, "operator auditor")
    yield Row("give it a policy", "POST", entity, "", {**metadata, "policies": ["operator"]})
    staff = "identity/entity/name/platform-operator"
    yield Row("change an operator's identity", "POST", staff, "", metadata)
    yield Row("list the identities", "LIST", "identity/entity/id/", "auditor")
    merge = {"from_entity_ids": ["x"], "to_entity_id": "y"}
    yield Row("merge identities", "POST", "identity/entity/merge", "", merge)
    yield Row("make a group", "POST", "identity/group", "", {"policies": ["operator"]})


def _system() -> Iterator[Row]:
    text = {"policy": 'path "*" { capabilities = ["sudo", "read"] }'}
    yield Row("write a policy", "POST", "sys/policies/acl/team-member", "", text)
    yield Row("read a policy", "GET", "sys/policies/acl/team-member", "auditor")
    yield Row("see the auth methods", "GET", "sys/auth", "operator auditor")
    yield Row("add an auth method", "POST", "sys/auth/mine", "", {"type": "userpass"})
    yield Row("see the mounts", "GET", "sys/mounts", "auditor")
    yield Row("add a mount", "POST", "sys/mounts/mine", "", {"type": "kv"})
    yield Row("move a mount", "POST", "sys/remount", "", {"from": "teams", "to": "mine"})
    yield Row("see the audit devices", "GET", "sys/audit", "auditor")
    yield Row("remove an audit device", "DELETE", "sys/audit/file")
    yield Row("read Vault's metrics", "GET", "sys/metrics", "metrics")
    yield Row("take a snapshot", "GET", "sys/storage/raft/snapshot", "maintenance")
    yield Row("see the cluster's nodes", "GET", "sys/storage/raft/configuration", "maintenance")
    yield Row("restore a snapshot", "POST", "sys/storage/raft/snapshot")
    root = "sys/generate-root-token/attempt"
    yield Row("begin a root token, which needs the unseal keys too", "PUT", root, "maintenance", {})
    yield Row("seal Vault", "PUT", "sys/seal")


SECTIONS: dict[str, tuple[Row, ...]] = {
    "A team's own documents (member and agent are team A's)": tuple(_documents(TEAM_A, "team A")),
    "Another team's documents": tuple(_documents(TEAM_B, "team B")),
    "The platform's documents": tuple(_platform()),
    "Tokens": tuple(_tokens()),
    "Logins": tuple(_logins()),
    "Identities": tuple(_identities()),
    "Vault itself": tuple(_system()),
}


def answers(world: World, row: Row) -> dict[str, int]:
    """Return Vault's status for each identity; restore changes before the next identity."""
    given = {}
    for identity in IDENTITIES:
        who = getattr(world, identity)
        status = who.call(row.method, row.path, row.body, dict(row.headers)).status_code
        if status != _REFUSED and row.method not in {"GET", "LIST"}:
            for team in (TEAM_A, TEAM_B, SPARE_TEAM):
                world.restore(team)
        given[identity] = status
    return given


def allowed(given: dict[str, int]) -> set[str]:
    return {identity for identity, status in given.items() if status != _REFUSED}


def render(given: Mapping[str, dict[str, int]]) -> str:
    """Render the document from the answers to each row's action."""
    lines = [DOCUMENT_HEAD]
    for section, rows in SECTIONS.items():
        lines += [f"\n## {section}\n", f"| action | {' | '.join(IDENTITIES)} |"]
        lines.append("|---" * (len(IDENTITIES) + 1) + "|")
        for row in rows:
            may = allowed(given[row.action])
            cells = ["yes" if identity in may else "-" for identity in IDENTITIES]
            lines.append(f"| {row.action} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


DOCUMENT_HEAD = """# Isolation: who may do what in Vault

`python -m tests.vault.matrix` writes this page from Vault's answers. It sends each action with each
identity's real token directly to Vault's HTTP API, without the app. "-" means that Vault answered
403. `make test` repeats all of it, and fails if this page differs.

The identities: a **member** of team A (its AppRole), the **agent** while it acts for team A (a
minted batch token), the **service** itself, an **operator**, an **auditor**, **maintenance** (a
machine's login for snapshots and the service's secret ids), a scraper of Vault's **metrics**,
**nobody** (without a token)."""


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as state,
        EmbeddedVault(Path(state)) as server,
    ):
        bootstrap(hvac.Client(server.address, token=server.root_token))
        world = World(server)
        given = {row.action: answers(world, row) for rows in SECTIONS.values() for row in rows}
        _, heading, over_http = DOCUMENT.read_text().partition(HTTP_PART)
        DOCUMENT.write_text(render(given) + heading + over_http)


if __name__ == "__main__":
    main()
