"""The agent of one team at Vault, and what resolution reads through it.

A team's key is read with a batch token minted for that team's entity, so that Vault's own policy
keeps teams apart; the service's token could not read it.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.documents import (
    config_path,
    holder_from,
    key_from,
    secret_path,
    slug_path,
    team_from,
)
from app.adapters.vault.kv import KvMount
from app.adapters.vault.login_methods import Lease
from app.adapters.vault.session import ServiceLogin
from app.adapters.vault.transport import VaultTransport
from app.domain.ids import Slug, TeamId
from app.domain.secret import SecretString
from app.domain.team import Team, TeamKey
from app.errors import Forbidden, TeamNotFound, Unauthenticated
from app.observability.metrics import token_mints
from app.ports import ConfigReader

PLATFORM_MOUNT = "platform"
_ROLE = "team-agent"
_TTL_SECONDS = 600
_USED_LIFE = 0.8
_MOST_TOKENS = 2_000


class AgentTokens:
    """Batch tokens, each minted for one team's entity and reused until 80 % of its life."""

    def __init__(
        self,
        login: ServiceLogin,
        addresses: VaultAddresses,
        mount: str,
        namespace: str | None = None,
    ) -> None:
        self._login = login
        self._addresses = addresses
        self._mount = mount
        self._namespace = namespace
        self._leases: OrderedDict[TeamId, Lease] = OrderedDict()
        self._lock = threading.Lock()

    def kv(self, team_id: TeamId) -> KvMount:
        """The teams' mount as this team's agent. The team must exist: minting for an unknown alias
        would make an empty entity in Vault."""
        return KvMount(self._transport(team_id), self._mount)

    def platform(self, team_id: TeamId) -> KvMount:
        """The platform's mount as this team's agent."""
        return KvMount(self._transport(team_id), PLATFORM_MOUNT)

    def _transport(self, team_id: TeamId) -> VaultTransport:
        with self._lock:
            lease = self._leases.get(team_id)
        if lease is None or lease.used(_USED_LIFE):
            lease = self._mint(team_id)
        return VaultTransport(self._addresses, lease.token, self._namespace)

    def drop(self, team_id: TeamId) -> None:
        with self._lock:
            self._leases.pop(team_id, None)

    def _mint(self, team_id: TeamId) -> Lease:
        now = time.monotonic()
        body = {"entity_alias": team_id, "ttl": f"{_TTL_SECONDS}s"}
        answer = self._login.run(lambda v: v.post(f"/v1/auth/token/create/{_ROLE}", json=body))
        token_mints.inc()
        auth = answer["auth"]
        lease = Lease(SecretString(auth["client_token"]), now, float(auth["lease_duration"]))
        with self._lock:
            self._leases[team_id] = lease
            self._leases.move_to_end(team_id)
            while len(self._leases) > _MOST_TOKENS:
                self._leases.popitem(last=False)
        return lease


class VaultTeamSource:
    """Reads a team's configuration as the service, and its key as that team's agent."""

    def __init__(
        self, login: ServiceLogin, agents: AgentTokens, mount: str, read_config: ConfigReader
    ) -> None:
        self._login = login
        self._agents = agents
        self._mount = mount
        self._read_config = read_config

    def find_slug(self, slug: Slug) -> TeamId | None:
        record = self._login.run(lambda v: KvMount(v, PLATFORM_MOUNT).read(slug_path(slug)))
        return holder_from(record) if record else None

    def probe(self) -> None:
        """A real read as the service: with the audit disk full, `sys/health` still says 200."""
        self._login.run(lambda v: KvMount(v, PLATFORM_MOUNT).read("service/probe"))

    def read_team(self, team_id: TeamId) -> Team:
        """Raises `TeamNotFound`, `TeamUnusable`."""
        record = self._login.run(lambda v: KvMount(v, self._mount).read(config_path(team_id)))
        if record is None:
            raise TeamNotFound
        return team_from(team_id, record, self._read_config)

    def read_key(self, team_id: TeamId, version: int | None = None) -> TeamKey | None:
        """The key (its newest version unless told), or None. The team must exist. Raises
        `SecretUnusable`."""
        try:
            record = self._agents.kv(team_id).read(secret_path(team_id), version)
        except (Unauthenticated, Forbidden):
            self._agents.drop(team_id)
            try:
                record = self._agents.kv(team_id).read(secret_path(team_id), version)
            except Unauthenticated:
                # The agent's token, not that of whoever asked for this.
                raise Forbidden from None
        return key_from(team_id, record) if record else None

    def wait(self, is_over: Callable[[float], bool]) -> None:
        """Raises `VaultUnavailable` if too many threads wait for a slow Vault."""
        self._login.wait(is_over)
