"""`make drill-failover`: the leader of three nodes is killed while clients talk, pay, and keys
change."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from drills.load import Tally, repeating
from drills.run import Run, a_run
from drills.teams import Team
from drills.verdict import Verdict

_WARM = 4
_PAYING = 2
_WRITERS = 2
_WITHOUT_WRITES = 30.0


@dataclass(slots=True)
class Writer:
    """Replaces its team's key over and over, and keeps what was acknowledged."""

    team: Team
    tally: Tally
    acknowledged: dict[int, str] = field(default_factory=dict)
    twice: int = 0

    def write(self) -> None:
        key, answer = self.team.replace_key()
        self.tally.note(answer)
        if answer.done:
            version = answer.data["version"]
            self.twice += version in self.acknowledged
            self.acknowledged[version] = key

    def lost(self, run: Run) -> int:
        """Acknowledged writes that Vault does not have. It keeps ten versions; of an older one its
        number shows that it was there, because no other write got it."""
        path = f"teams/metadata/{self.team.team_id}/blawby_api"
        metadata = run.root().read(path)["data"]
        kept = [v for v in map(int, metadata["versions"]) if v in self.acknowledged]
        wrong = sum(self.team.stored_key(v) != self.acknowledged[v] for v in kept)
        newest = int(metadata["current_version"])
        later = sum(version > newest for version in self.acknowledged)
        return self.twice + wrong + later


def drill(directory: Path, seconds: float) -> Verdict:
    verdict = Verdict("drill-failover")
    # Values are fresh for a second, so that the load reads Vault all the time.
    with a_run(directory, {"CONFIG_CACHE_TTL": "1"}, nodes=3) as run:
        warm = [Team(run) for _ in range(_WARM)]
        turns, intakes, writes = Tally(), Tally(), Tally()
        writers = [Writer(Team(run), writes) for _ in range(_WRITERS)]
        for team in warm:
            team.talk()
        talking = (turns.of(team.talk) for team in warm)
        paying = (intakes.of(team.intake) for team in warm[:_PAYING])
        with repeating(*talking, *paying, *(w.write for w in writers), pause=0.02):
            time.sleep(seconds / 3)
            elected = _lose_the_leader(run)
            time.sleep(seconds * 2 / 3)
        verdict.figure("another node leads after", f"{elected:.1f} s")
        verdict.none("turns that failed", turns.failed, turns.total)
        verdict.figure("turns", turns.times())
        verdict.none("finished intakes without an answer", intakes.failed, intakes.total)
        verdict.figure("how they were paid", intakes.told())
        made, twice = map(sum, zip(*(team.invoices() for team in warm), strict=True))
        verdict.none("invoices that a client has twice", twice, made)
        gap = writes.gap()
        target = f"≤ {_WITHOUT_WRITES:.0f} s"
        verdict.check("no key could be stored for", f"{gap:.1f} s", target, gap <= _WITHOUT_WRITES)
        acknowledged = sum(len(writer.acknowledged) for writer in writers)
        lost = sum(writer.lost(run) for writer in writers)
        verdict.none("acknowledged keys that are lost", lost, acknowledged)
        verdict.figure("keys refused meanwhile (503)", str(writes.failed))
    return verdict


def _lose_the_leader(run: Run) -> float:
    """Kills it, and starts it again once another one leads. Returns the seconds until then."""
    leader = run.vault.wait_active()
    run.vault.kill(leader)
    killed = time.monotonic()
    run.vault.wait_active()
    elected = time.monotonic() - killed
    run.vault.start_node(leader)
    return elected
