"""`make drill-rotate`: keys of teams change under load, and so does the service's secret id."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from pathlib import Path

import requests

from deploy import upkeep
from drills.load import Tally, repeating, shown, until
from drills.run import Run, a_run
from drills.teams import Team, digest
from drills.verdict import Verdict
from vault.node import local_session

_ROTATED = 3
_TALKERS = 3


@dataclass(slots=True)
class Rotator:
    """Replaces its team's key, and has the next client pay with it, over and over."""

    team: Team
    payments: Tally
    keys: list[str] = field(default_factory=list)

    def turn(self) -> None:
        key, answer = self.team.replace_key()
        if answer.done:
            self.keys.append(digest(key))
            self.payments.note(self.team.intake())

    def wrong(self) -> int:
        """Searches at Blawby with another key than the one that had just been stored."""
        calls = self.team.rows("calls")
        searched = (str(row["keySha256"]) for row in calls if row["call"] == "search")
        used = [key for key, _ in groupby(searched)]
        return sum(shown != stored for shown, stored in zip_longest(used, self.keys))


def drill(directory: Path, seconds: float) -> Verdict:
    verdict = Verdict("drill-rotate")
    with a_run(directory) as run:
        talkers = [Team(run) for _ in range(_TALKERS)]
        turns, payments = Tally(), Tally()
        rotators = [Rotator(Team(run), payments) for _ in range(_ROTATED)]
        talking = (turns.of(team.talk) for team in talkers)
        with repeating(*talking, *(rotator.turn for rotator in rotators), pause=0.02):
            time.sleep(seconds / 2)
            old = (run.state / "secret-id").read_text()
            replaced, retired = _rotate_secret_id(run)
            time.sleep(seconds / 2)
        _report_keys(verdict, rotators, payments)
        verdict.none("turns that failed", turns.failed, turns.total)
        verdict.figure("turns", turns.times())
        verdict.check(
            "all workers replaced after", shown(replaced), "in time", replaced is not None
        )
        verdict.check("old secret ids retired", str(retired), "≥ 1", retired >= 1)
        verdict.check(
            "login with the old one", _login(run, old), "refused", _login(run, old) == "refused"
        )
        cold = Team(run).talk()
        verdict.check("a new team's turn with the new one", str(cold.status), "200", cold.done)
    return verdict


def _report_keys(verdict: Verdict, rotators: Sequence[Rotator], payments: Tally) -> None:
    changes = sum(len(rotator.keys) for rotator in rotators)
    wrong = sum(rotator.wrong() for rotator in rotators)
    verdict.none("payments with a key that was replaced", wrong, changes)
    verdict.none("payments that failed", payments.failed, payments.total)
    verdict.figure("how they were paid", payments.told())


def _rotate_secret_id(run: Run) -> tuple[float | None, int]:
    """As docs/deployment.md has it: a new one, HUP, and the old ones retired. The seconds until no
    worker of before is left, and how many secret ids were retired."""
    root, before = run.root(), _workers(run)
    upkeep.rotate_secret_id(root, run.state.path)
    os.kill(run.app_pid(), signal.SIGHUP)
    replaced = until(lambda: not before & _workers(run))
    return replaced, upkeep.retire_secret_ids(root, run.state.path)


def _workers(run: Run) -> set[int]:
    """All children of the master but the process that serves the metrics."""
    pid = run.app_pid()
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return {child for child in children if b"serving.exposition" not in _command_of(child)}


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _login(run: Run, secret_id: str) -> str:
    body = {"role_id": (run.state / "role-id").read_text().strip(), "secret_id": secret_id.strip()}
    url = f"{run.vault.address}/v1/auth/approle/login"
    answer = local_session().post(url, json=body, timeout=10)
    return "refused" if answer.status_code == requests.codes.bad else str(answer.status_code)
