"""A cold resolution beside its raw Vault calls, back to back over one kept-alive connection."""

import http.client
import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from urllib.parse import urlsplit

from flask import Flask

from app.adapters.cache.backends import own_directory, shared_generations, worker_memory
from app.adapters.vault.addresses import VaultAddresses
from app.adapters.vault.agents import AgentTokens, VaultTeamSource
from app.adapters.vault.login_methods import AppRoleLogin
from app.adapters.vault.session import ServiceLogin
from app.domain.ids import TeamId
from app.domain.secret import SecretString
from app.schemas.stored_config import read_config
from app.services.resolution.resolver import Resolution
from bench.world import World


def resolution(world: World) -> Resolution:
    """As `create_app` wires it."""
    addresses = VaultAddresses(tuple(world.vault.addresses), 2.0, None)
    role_id = (world.directory / "role-id").read_text().strip()
    secret_id = SecretString((world.directory / "secret-id").read_text().strip())
    login = ServiceLogin(addresses, AppRoleLogin(role_id, secret_id))
    source = VaultTeamSource(login, AgentTokens(login, addresses, "teams"), "teams", read_config)
    app, cache = Flask("bench"), world.directory / "cold-cache"
    own_directory(cache)
    generations = shared_generations(app, None, cache)
    return Resolution(source, generations, worker_memory(app, 20_000), 300, 900)


class RawCalls:
    """The three calls of a cold resolution, with nothing of ours around them."""

    def __init__(self, world: World) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(world.vault.address).netloc)
        self._connection.connect()
        self._root = world.vault.root_token
        body = {
            "role_id": (world.directory / "role-id").read_text().strip(),
            "secret_id": (world.directory / "secret-id").read_text().strip(),
        }
        answer = self._call("POST", "/v1/auth/approle/login", "", body)
        self._token = answer["auth"]["client_token"]

    def __call__(self, team_id: TeamId) -> None:
        self._call("GET", f"/v1/teams/data/{team_id}/config", self._token)
        body = {"entity_alias": team_id, "ttl": "600s"}
        minted = self._call("POST", "/v1/auth/token/create/team-agent", self._token, body)
        token = minted["auth"]["client_token"]
        self._call("GET", f"/v1/teams/data/{team_id}/blawby_api", token)

    def _call(self, method: str, path: str, token: str, document: object = None) -> dict:
        body = None if document is None else json.dumps(document)
        self._connection.request(method, path, body, {"X-Vault-Token": token})
        return json.loads(self._connection.getresponse().read())


def milliseconds(
    calls: Sequence[Callable[[TeamId], object]], teams: Sequence[TeamId]
) -> list[float]:
    """Each call's median; the calls take turns, each with a team of its own."""
    times: list[list[float]] = [[] for _ in calls]
    for at, team_id in enumerate(teams):
        began = time.perf_counter()
        calls[at % len(calls)](team_id)
        times[at % len(calls)].append(time.perf_counter() - began)
    return [median(each) * 1000 for each in times]
