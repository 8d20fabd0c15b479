"""One app whose way to Vault leads through a proxy of ours, and what its clients see then."""

import time
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from tests.faults.tcp_proxy import Behaviour, TcpProxy
from tests.leaks import Canaries
from tests.rig import Service, Stage, TeamOnStage
from tests.waiting import eventually


class VaultStage:
    """Values are fresh for one second."""

    def __init__(self, service: Service, canaries: Canaries, cache: Path, **changes: Any) -> None:
        self._parts = service, canaries, cache
        self.proxy = TcpProxy(service.vault.address)
        settings = {"vault_addr": (self.proxy.url,), "vault_timeout": 5.0, "config_cache_ttl": 1}
        self._settings = settings | changes
        self.stage = Stage(*self._parts, **self._settings)
        self.cold = self.stage.team().with_key()
        self.warm = self.stage.team().with_key()
        warm_up(self.warm)

    def becomes_impatient(self) -> None:
        """Another worker in its place, that gives a call to Vault half a second. A busy machine may
        well need longer to prepare a test, so this waits until Vault was quick enough once."""
        self.stage = Stage(*self._parts, **(self._settings | {"vault_timeout": 0.5}))
        self.cold.stage = self.warm.stage = self.stage
        eventually(lambda: is_fresh(self.warm.ask("Hello")))

    def breaks(self, behaviour: Behaviour, where: str = "/v1/") -> None:
        """From now on, and the values at hand are no longer fresh."""
        self.proxy.always(where, behaviour)
        time.sleep(1.1)

    def recovers(self) -> None:
        """Within seconds, whatever it waits for: what hung has to be tried again first."""
        eventually(lambda: self.cold.ask("Hello").status_code == 200)


def warm_up(team: TeamOnStage) -> None:
    assert is_served(team.ask("Hello"), degraded=False)


def is_fresh(answer: TestResponse) -> bool:
    return answer.status_code == 200 and is_served(answer, degraded=False)


def is_served(answer: TestResponse, degraded: bool) -> bool:
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return bool(answer.json["data"]["metadata"]["degraded"] == degraded)


def is_vault_away(answer: TestResponse) -> bool:
    """Said politely: 503, when to come again, and nothing of what Vault said."""
    assert answer.status_code == 503, answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json["error"].startswith(("The secret store ", "The service "))
    return bool(answer.json["errorCode"] == "vault_unavailable")


def readiness(stage: Stage) -> tuple[int, dict[str, str]]:
    """The status, and how each part is. A change shows within a second: then it looks again."""
    answer = stage.nobody.get("/readyz")
    if answer.status_code == 200:
        return 200, answer.json["data"]
    return answer.status_code, {name: told for name, [told] in answer.json["details"].items()}
