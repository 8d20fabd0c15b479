"""Which key Blawby was shown for a team, by the sandbox's log."""

import hashlib
import secrets
from typing import Any

from tests.rig import COMPLETE, Sandbox, Stage, TeamOnStage


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def shown_keys(sandbox: Sandbox, team: TeamOnStage) -> list[str]:
    """The digests of the keys, in the order of the calls."""
    calls = sandbox.admin("GET", "calls")
    return [row["keySha256"] for row in calls if row["team"].lower() == team.ulid.lower()]


class Payer:
    """Tells which key an app uses for a team now: it finishes a new intake there."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def key_of(self, team: TeamOnStage, on: Stage) -> str | None:
        """The digest of the key that Blawby was shown, None where it was not asked."""
        before = len(shown_keys(self._sandbox, team))
        body = {
            "teamId": team.team_id,
            "sessionId": secrets.token_hex(8),
            "messages": [{"role": "user", "content": COMPLETE}],
        }
        answer = on.nobody.post("/api/agent", json=body)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        used = set(shown_keys(self._sandbox, team)[before:])
        assert len(used) <= 1
        return used.pop() if used else None


def rotate(team: TeamOnStage, on: Stage) -> tuple[str, dict[str, Any]]:
    """A new key over this app: its digest, and what was answered."""
    new = team.new_key()
    answer = on.operator.put(team.secret, json=new)
    assert answer.status_code in {200, 201}, answer.get_data(as_text=True)
    return digest(new["apiKey"]), answer.json["data"]
