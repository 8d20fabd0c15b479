"""A team on a run, and what its clients and its operator do."""

import hashlib
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from drills.run import Run
from local.settings import CannotRun
from vault.node import local_session

OK = 200
CREATED = 201
NO_ANSWER = 0
LINK = "https://pay.example.com/fallback"
_TIMEOUT = 40
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_CONFIG = {
    "requiresPayment": True,
    "consultationFee": 75,
    "paymentLink": LINK,
    "blawbyApi": {"enabled": True},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """`at` is when it ended, on the monotonic clock. Status 0: no answer came."""

    at: float
    seconds: float
    status: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.status in (OK, CREATED)

    @property
    def method(self) -> str:
        """The payment's, or the status where there is none."""
        return str((self.data.get("payment") or {}).get("method", self.status))

    @property
    def reason(self) -> str | None:
        reason: str | None = (self.data.get("payment") or {}).get("reason")
        return reason


def ask(
    run: Run, method: str, path: str, body: Any = None, token: str = "", address: str = ""
) -> Answer:
    """On a connection of its own, so that each worker gets its share. `address`: the client's, as a
    proxy would tell it."""
    headers = {"Connection": "close"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"X-Forwarded-For": address} if address else {}
    began = time.monotonic()
    status, data = NO_ANSWER, {}
    try:
        with local_session() as session:
            url = f"{run.url}{path}"
            answer = session.request(method, url, json=body, headers=headers, timeout=_TIMEOUT)
        status = answer.status_code
        if answer.ok:
            data = answer.json()["data"]
    except (requests.RequestException, ValueError):
        status = NO_ANSWER
    now = time.monotonic()
    return Answer(now, now - began, status, data)


def all_of(run: Run, path: str, name: str) -> list[dict[str, Any]]:
    """A whole list, page by page, as the operator."""
    found: list[dict[str, Any]] = []
    after = ""
    while True:
        page = ask(run, "GET", f"{path}{after}", token=run.operator)
        _must(page)
        found += page.data[name]
        if page.data["next"] is None:
            return found
        after = f"&after={page.data['next']}"


class Team:
    """A team that is registered over the API, with a key."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.team_id = _ulid()
        self.blawby_id = _ulid().upper()
        body = {"slug": f"team-{secrets.token_hex(6)}", "name": "A Team", "config": _CONFIG}
        _must(ask(run, "PUT", f"/api/teams/{self.team_id}", body, run.operator))
        _must(self.replace_key()[1])

    def talk(self, address: str = "") -> Answer:
        """A turn that finishes nothing."""
        return self._turn("Hello, I need help with a divorce", secrets.token_hex(8), address)

    def intake(self, address: str = "") -> Answer:
        """A whole intake of a new client."""
        client = secrets.token_hex(8)
        said = (
            "Hi, I am Jane Doe from Charlotte, NC, my number is 704 555 2671, "
            f"jane-{client}@example.com, I need help with a divorce"
        )
        return self._turn(said, client, address)

    def replace_key(self) -> tuple[str, Answer]:
        """The new key, and what the operator was answered."""
        key = f"drill-{secrets.token_hex(12)}"
        body = {"apiKey": key, "teamUlid": self.blawby_id}
        path = f"/api/team-secrets/{self.team_id}"
        return key, ask(self._run, "PUT", path, body, self._run.operator)

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """What Blawby has of this team."""
        mine = self.blawby_id.lower()
        return [row for row in self._run.sandbox.rows(kind) if row["team"].lower() == mine]

    def invoices(self) -> tuple[int, int]:
        """How many there are, and how many of them are a client's second. Each client finishes one
        intake."""
        billed = [row["customer_id"] for row in self.rows("invoices")]
        return len(billed), len(billed) - len(set(billed))

    def stored_key(self, version: int | None = None) -> str:
        """What Vault has, read as root."""
        read = self._run.root().secrets.kv.v2.read_secret_version(
            f"{self.team_id}/blawby_api",
            version=version,
            mount_point="teams",
            raise_on_deleted_version=True,
        )
        return str(read["data"]["data"]["api_key"])

    def matters(self) -> list[str]:
        """The ids on record."""
        listed = all_of(self._run, f"/api/teams/{self.team_id}/matters?limit=100", "matters")
        return [str(matter["matterId"]) for matter in listed]

    def _turn(self, said: str, session: str, address: str) -> Answer:
        messages = [{"role": "user", "content": said}]
        body = {"teamId": self.team_id, "messages": messages, "sessionId": session}
        return ask(self._run, "POST", "/api/agent", body, address=address)


def _must(answer: Answer) -> None:
    if not answer.done:
        raise CannotRun(f"the drill cannot go on: status {answer.status}")


def digest(key: str) -> str:
    """As the sandbox keeps the keys that it was shown."""
    return hashlib.sha256(key.encode()).hexdigest()


def _ulid() -> str:
    return "0" + "".join(secrets.choice(_CROCKFORD) for _ in range(25))
