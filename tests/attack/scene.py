"""Two workers of one app: one whose way to Vault can be cut, one with a steady way."""

from dataclasses import dataclass
from typing import Any

import hvac

from tests.faults.tcp_proxy import TcpProxy
from tests.rig import Stage, TeamOnStage


@dataclass(frozen=True)
class Scene:
    """An app behind a proxy, its fellow worker with a way of its own, and Vault itself."""

    proxy: TcpProxy
    shaky: Stage
    steady: Stage
    root: hvac.Client

    def team(self, **fields: Any) -> TeamOnStage:
        return self.steady.team(**fields)


def turn(team: TeamOnStage, reference: str | None = None) -> dict[str, Any]:
    messages = [{"role": "user", "content": "Hello"}]
    return {"teamId": reference or team.team_id, "messages": messages}
