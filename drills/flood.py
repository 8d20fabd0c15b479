"""`make drill-flood`: one anonymous client floods the app, and others talk on."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from drills.load import Tally, repeating
from drills.run import a_run
from drills.teams import Team
from drills.verdict import Verdict

_TALKERS = 4
# Vault is paid for by the minute: a longer flood would need another target.
_LONGEST = 60.0
_AUDIT_KILOBYTES = 600
# The defaults, behind a proxy: each client has an address.
_SETTINGS = {
    "AGENT_RATE_LIMIT": "60/minute",
    "LOGIN_RATE_LIMIT": "10/minute",
    "ADDRESS_RATE_LIMIT": "600/minute",
    "TRUSTED_PROXIES": "1",
}


def drill(directory: Path, seconds: float) -> Verdict:
    verdict = Verdict("drill-flood")
    seconds = min(seconds, _LONGEST)
    with a_run(directory, _SETTINGS) as run:
        teams = [Team(run) for _ in range(_TALKERS)]
        addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in count(1))
        alone = _talking(teams, addresses, seconds / 3)
        before = run.vault.audit_log.stat().st_size
        # In a process of its own: what it costs is not ours to wait for.
        port, lasts = str(urlsplit(run.url).port), str(seconds * 2 / 3)
        command = [sys.executable, "-m", "drills.attacker", port, lasts]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attacker:
            meanwhile = _talking(teams, addresses, seconds * 2 / 3)
            flood, _ = attacker.communicate()
        grown = (run.vault.audit_log.stat().st_size - before) / 1000
        after = teams[0].intake(address=next(addresses))
    verdict.check("the flood", flood.strip(), "runs to its end", attacker.returncode == 0)
    verdict.figure("turns of others before", f"{alone.total}, {alone.times()}")
    verdict.figure("turns of others meanwhile", f"{meanwhile.total}, {meanwhile.times()}")
    verdict.none("of these failed", meanwhile.failed, meanwhile.total)
    told, target = f"{grown:.0f} kB", f"≤ {_AUDIT_KILOBYTES} kB a minute"
    verdict.check("Vault's audit log grew by", told, target, grown <= _AUDIT_KILOBYTES)
    verdict.check("an intake afterwards", after.method, "blawby_api", after.method == "blawby_api")
    return verdict


def _talking(teams: Sequence[Team], addresses: Iterator[str], seconds: float) -> Tally:
    """Clients of all teams, each at an address of its own."""
    turns = Tally()

    def job(team: Team) -> Callable[[], object]:
        return turns.of(lambda: team.talk(address=next(addresses)))

    with repeating(*map(job, teams), pause=0.02):
        time.sleep(seconds)
    return turns
