"""Which key Blawby was shown for a team, by the sandbox's log."""

import hashlib

from tests.rig import Sandbox, TeamOnStage


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def shown_keys(sandbox: Sandbox, team: TeamOnStage) -> list[str]:
    """The digests of the keys, in the order of the calls."""
    calls = sandbox.admin("GET", "calls")
    return [row["keySha256"] for row in calls if row["team"].lower() == team.ulid.lower()]
