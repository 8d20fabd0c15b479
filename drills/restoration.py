"""`make drill-restore`: Vault's data are wiped under load, and a snapshot is restored."""

import shutil
import time
from pathlib import Path

from app.domain.secret import SecretString
from deploy import upkeep
from deploy.access import Access
from deploy.nodes import Node
from deploy.unseal_keys import UnsealKeys
from drills.load import Tally, repeating, shown, until
from drills.run import Run, a_run
from drills.teams import Team
from drills.verdict import Verdict

_TEAMS = 4
_LATER = 2


def drill(directory: Path, seconds: float) -> Verdict:
    verdict = Verdict("drill-restore")
    with a_run(directory, {"CONFIG_CACHE_TTL": "1"}) as run:
        teams = [Team(run) for _ in range(_TEAMS)]
        intakes, turns = Tally(), Tally()
        with repeating(*(intakes.of(team.intake) for team in teams), pause=0.05):
            time.sleep(seconds / 2)
        verdict.none("intakes before the snapshot that failed", intakes.failed, intakes.total)
        before = {team.team_id: set(team.matters()) for team in teams}
        keys = {team.team_id: team.stored_key() for team in teams}
        _take_snapshot(run)
        later = [teams[0].intake() for _ in range(_LATER)]
        teams[2].replace_key()
        with repeating(*(turns.of(team.talk) for team in teams), pause=0.05):
            time.sleep(seconds / 4)
            restored = _wipe_and_restore(run)
            recovered = until(lambda: Team(run).talk().done)
            time.sleep(seconds / 4)
        verdict.figure("wiped and restored in", f"{restored:.1f} s")
        verdict.check("new teams again after", shown(recovered), "in time", recovered is not None)
        verdict.none("turns that failed meanwhile", turns.failed, turns.total)
        _report_records(verdict, teams, before, keys)
        _report_later(verdict, teams[0], [str(each.data["matter"]["matterId"]) for each in later])
        for team, whose in ((teams[1], "a team's"), (teams[2], "that of a team with a later key")):
            paid = team.intake()
            met = paid.method == "blawby_api"
            verdict.check(f"the next intake, {whose}", paid.method, "blawby_api", met)
    return verdict


def _report_records(
    verdict: Verdict, teams: list[Team], before: dict[str, set[str]], keys: dict[str, str]
) -> None:
    missing = sum(len(before[team.team_id] - set(team.matters())) for team in teams)
    verdict.none(
        "matters of the snapshot that are missing", missing, sum(map(len, before.values()))
    )
    wrong = sum(team.stored_key() != keys[team.team_id] for team in teams)
    verdict.none("keys of the snapshot that differ", wrong, len(teams))


def _report_later(verdict: Verdict, team: Team, matters: list[str]) -> None:
    """What was written after the snapshot is lost, and Blawby has its invoices."""
    on_record = set(team.matters())
    lost = sum(matter not in on_record for matter in matters)
    verdict.figure("matters made after the snapshot, which are lost", f"{lost} of {len(matters)}")
    verdict.figure(
        "invoices at Blawby without a record of ours",
        str(len(team.rows("invoices")) - len(on_record)),
    )


def _take_snapshot(run: Run) -> None:
    with (run.state / "vault.snapshot").open("wb") as file:
        for piece in upkeep.snapshot(run.root()):
            file.write(piece)


def _wipe_and_restore(run: Run) -> float:
    """As docs/deployment.md has it. The seal's key was kept apart, as it says there."""
    began = time.monotonic()
    run.vault.stop_node()
    shutil.rmtree(run.vault.data / "raft-1")
    run.vault.begin_node(1)
    access = Access({"VAULT_ADDR": run.vault.address}, run.state.path)
    keys = UnsealKeys((SecretString(""),), 1)
    with (run.state / "vault.snapshot").open("rb") as file:
        upkeep.restore(Node(run.vault.address, ""), access, keys, file)
    run.vault.wait_active()
    return time.monotonic() - began
