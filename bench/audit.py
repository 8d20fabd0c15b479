"""What Vault's audit log tells of a team."""

import json
from pathlib import Path

from app.domain.ids import TeamId


def loads_of(audit_log: Path, team_id: TeamId) -> int:
    """How often the team's key was read by its agent."""
    path = f"teams/data/{team_id}/blawby_api"
    entries = (json.loads(line) for line in audit_log.read_text().splitlines() if path in line)
    return sum(
        entry["type"] == "response" and entry["request"]["operation"] == "read"
        for entry in entries
        if entry["request"]["path"] == path
    )
