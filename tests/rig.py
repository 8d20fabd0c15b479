"""The rig that tests stand on: a real Vault, the sandbox over HTTP, the app, and its callers."""

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hvac
import requests
from flask.testing import FlaskClient
from limits import parse
from werkzeug.test import TestResponse

from app import create_app
from app.domain.secret import SecretString
from app.settings import Settings
from tests.described import witness
from tests.leaks import Canaries
from vault.embedded import EmbeddedVault

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
CONFIG = {
    "requiresPayment": True,
    "consultationFee": 75,
    "paymentLink": "https://pay.example.com/fallback",
    "blawbyApi": {"enabled": True},
}
COMPLETE = (
    "Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, jane@example.com, "
    "I need help with a divorce"
)


def new_ulid() -> str:
    return "0" + "".join(secrets.choice(_CROCKFORD) for _ in range(25))


@dataclass(frozen=True)
class Service:
    """What one app needs of the world."""

    vault: EmbeddedVault
    role_id: str
    secret_id: str
    blawby_url: str

    def settings(self, cache_dir: Path, **changes: Any) -> Settings:
        standard: dict[str, Any] = {
            "vault_addr": tuple(self.vault.addresses),
            "vault_auth": "approle",
            "vault_role_id": self.role_id,
            "vault_secret_id": SecretString(self.secret_id),
            "vault_jwt_role": "",
            "vault_jwt_file": None,
            "vault_token_file": None,
            "vault_namespace": None,
            "vault_cacert": None,
            "vault_kv_mount": "teams",
            # Ten writers at once on a busy machine are no outage.
            "vault_timeout": 10.0,
            "blawby_api_url": self.blawby_url,
            "blawby_timeout": 5.0,
            "blawby_idempotent": False,
            "blawby_concurrency": 48,
            "agent_deadline": 10.0,
            "config_cache_ttl": 300,
            "config_stale_if_error": 900,
            "cache_redis_url": None,
            "cache_redis_cacert": None,
            "cache_dir": cache_dir,
            "cache_threshold": 20_000,
            "agent_rate_limit": parse("100000/minute"),
            "login_rate_limit": parse("100000/minute"),
            "address_rate_limit": parse("1000000/minute"),
            "trusted_proxies": 0,
            "max_body_bytes": 262_144,
            "worker_threads": 64,
            "matter_retention_days": 90,
            "smtp_url": None,
            "webhook_allow_loopback": False,
            "webhook_cacert": None,
            "sweep_seconds": 0,
            "stream_concurrency": 200,
            "otel_exporter_otlp_endpoint": None,
            "llm_base_url": None,
            "llm_model": None,
            "llm_api_key": None,
            "llm_timeout": 3.0,
            "llm_max_tokens": 400,
            "llm_concurrency": 8,
            "llm_team_tokens": parse("100000000/hour"),
            "log_level": "DEBUG",
        }
        return Settings(**(standard | changes))


class Caller:
    """A client of the app with somebody's token, or nobody's."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self._client = client
        self.token = token

    def request(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self._client.open(path, method=method, headers=headers, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self.request("PUT", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.request("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.request("DELETE", path, **options)


class Stage:
    """One app in this process, and the people who use it."""

    def __init__(
        self, service: Service, canaries: Canaries, cache_dir: Path, **changes: Any
    ) -> None:
        self.service = service
        self.canaries = canaries
        self.cache_dir = cache_dir
        canaries.watch(cache_dir)
        self.app = create_app(service.settings(cache_dir, **changes))
        witness(self.app)
        self.client = self.app.test_client()
        self.app.wsgi_app = canaries.middleware(self.app.wsgi_app)
        canaries.listen()
        self.nobody = Caller(self.client)
        self.operator = Caller(self.client, self.staff_token("operator"))

    def staff_token(self, role: str) -> str:
        """A token of `operator` or `auditor`, by its AppRole."""
        root = hvac.Client(self.service.vault.address, token=self.service.vault.root_token)
        path = f"/v1/auth/approle/role/{role}"
        role_id = root.adapter.get(f"{path}/role-id")["data"]["role_id"]
        secret_id = root.adapter.post(f"{path}/secret-id")["data"]["secret_id"]
        body = {"role_id": role_id, "secret_id": secret_id}
        return str(root.adapter.post("/v1/auth/approle/login", json=body)["auth"]["client_token"])

    def team(self, config: dict[str, Any] | None = None, **fields: Any) -> "TeamOnStage":
        """A new team, registered over the API."""
        team_id = fields.pop("team_id", None) or new_ulid()
        slug = fields.pop("slug", None) or f"team-{secrets.token_hex(6)}"
        body = {"slug": slug, "name": "A Team", "config": CONFIG if config is None else config}
        answer = self.operator.put(f"/api/teams/{team_id}", json=body | fields)
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return TeamOnStage(self, team_id, slug)


NewStage = Callable[..., Stage]


class TeamOnStage:
    """A team, its paths, and its members."""

    def __init__(self, stage: Stage, team_id: str, slug: str) -> None:
        self.stage = stage
        self.team_id = team_id
        self.slug = slug
        self.ulid = new_ulid().upper()
        self.path = f"/api/teams/{team_id}"
        self.secret = f"/api/team-secrets/{team_id}"

    def member(self) -> Caller:
        """A new login of the team's AppRole, by the API's own way: credentials, unwrap, login."""
        nobody = self.stage.nobody
        issued = self.stage.operator.post(f"{self.path}/credentials").json["data"]
        wrapped = {"wrappingToken": issued["wrappingToken"]}
        unwrapped = nobody.post("/api/auth/unwrap", json=wrapped).json["data"]
        body = {"roleId": issued["roleId"], "secretId": unwrapped["secretId"]}
        session = nobody.post("/api/auth/login", json=body).json["data"]
        return Caller(self.stage.client, session["token"])

    def new_key(self, **fields: Any) -> dict[str, Any]:
        """The body that stores a new canary key."""
        return {"apiKey": self.stage.canaries.key(), "teamUlid": self.ulid} | fields

    def with_key(self, **fields: Any) -> "TeamOnStage":
        answer = self.stage.operator.post(self.secret, json=self.new_key(**fields))
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return self

    def ask(self, *said: str, **fields: Any) -> TestResponse:
        """A turn of the agent; without words, a complete intake."""
        messages = [{"role": "user", "content": text} for text in said or (COMPLETE,)]
        body = {"teamId": self.team_id, "messages": messages} | fields
        return self.stage.nobody.post("/api/agent", json=body)


class Sandbox:
    """The Blawby sandbox in a process of its own, and its admin routes."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "sandbox", "--port", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().split()[-1]
        self._session = requests.Session()
        self._session.trust_env = False

    def admin(self, method: str, path: str, **options: Any) -> Any:
        answer = self._session.request(method, f"{self.url}/_sandbox/{path}", timeout=5, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)


def faults_end(sandbox: Sandbox) -> Iterator[None]:
    """As a fixture: Blawby's faults end with the test that wanted them."""
    yield
    sandbox.admin("DELETE", "faults")
