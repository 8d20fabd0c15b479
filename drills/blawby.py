"""`make drill-blawby`: Blawby is down, then slow, then refuses the key, then loses its answers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drills.load import Tally, repeating, shown, until
from drills.run import Run, a_run
from drills.teams import Team, all_of
from drills.verdict import Verdict

_PAYING = 3
_PATIENCE = {"BLAWBY_TIMEOUT": "1.5", "AGENT_DEADLINE": "8"}
_FALLBACK = "fallback_link"


@dataclass(frozen=True, slots=True)
class Phase:
    """A fault of the sandbox, and what clients may be told meanwhile: method and reason.
    `new_key`: it is over once the operator stores another key."""

    name: str
    call: str
    kind: str
    allowed: frozenset[tuple[str, str]]
    options: Mapping[str, Any] = field(default_factory=dict)
    new_key: bool = False


_AWAY = (_FALLBACK, "blawby_unavailable")
_PENDING = ("pending", "outcome_unknown")
_PHASES = (
    Phase("down", "any", "reset", frozenset({_AWAY})),
    Phase("slow", "any", "slow", frozenset({_AWAY}), {"seconds": 4}),
    Phase(
        "401",
        "any",
        "status",
        frozenset({(_FALLBACK, "key_rejected")}),
        {"status": 401},
        new_key=True,
    ),
    # After some lost answers the breaker opens, and clients get the fallback link.
    Phase("lost answers", "invoice", "reset", frozenset({_AWAY, _PENDING}), {"when": "after"}),
)


def drill(directory: Path, seconds: float) -> Verdict:
    verdict = Verdict("drill-blawby")
    with a_run(directory, _PATIENCE) as run:
        for number, phase in enumerate(_PHASES):
            if number:  # breakers belong to a process: the next fault meets closed ones
                run.serve(_PATIENCE)
            _play(phase, run, verdict, seconds / len(_PHASES))
    return verdict


def _play(phase: Phase, run: Run, verdict: Verdict, seconds: float) -> None:
    team, other = Team(run), Team(run)
    intakes, turns = Tally(), Tally()
    run.sandbox.fault(phase.call, phase.kind, **phase.options)
    with repeating(*[intakes.of(team.intake)] * _PAYING, turns.of(other.talk), pause=0.1):
        time.sleep(seconds)
    run.sandbox.heal()
    told = {(answer.method, str(answer.reason)) for answer in intakes.answers}
    allowed = " or ".join(sorted({method for method, _ in phase.allowed}))
    verdict.check(
        f"{phase.name}: clients got", intakes.told(), allowed, bool(told) and told <= phase.allowed
    )
    verdict.figure(f"{phase.name}: they waited", intakes.times())
    verdict.none(f"{phase.name}: other turns that failed", turns.failed, turns.total)
    _check_money(phase, run, verdict, team, intakes)
    if phase.new_key:
        _another_key(phase, run, verdict, team)
    again = until(lambda: team.intake().method == "blawby_api")
    verdict.check(f"{phase.name}: invoices again after", shown(again), "in time", again is not None)
    made, twice = team.invoices()
    verdict.none(f"{phase.name}: invoices that a client has twice", twice, made)


def _another_key(phase: Phase, run: Run, verdict: Verdict, team: Team) -> None:
    """The refused key is on the operators' list for as long as the team has it."""
    listed = until(lambda: _is_refused(run, team))
    verdict.check(f"{phase.name}: the key is listed", shown(listed), "in time", listed is not None)
    team.replace_key()
    still = "listed" if _is_refused(run, team) else "not listed"
    verdict.check(f"{phase.name}: with a new key", still, "not listed", still == "not listed")


def _check_money(phase: Phase, run: Run, verdict: Verdict, team: Team, intakes: Tally) -> None:
    """What Blawby has is what an operator can find: each lost answer is an unknown invoice."""
    made, pending = len(team.rows("invoices")), intakes.methods["pending"]
    listed = _unknown_of(run, team)
    verdict.check(
        f"{phase.name}: invoices made, listed as unknown",
        f"{made}, {listed}",
        f"{pending}, {pending}",
        made == listed == pending,
    )


def _unknown_of(run: Run, team: Team) -> int:
    listed = all_of(run, "/api/invoices?state=unknown&limit=100", "invoices")
    return sum(bool(invoice["teamId"] == team.team_id) for invoice in listed)


def _is_refused(run: Run, team: Team) -> bool:
    listed = all_of(run, "/api/attention?limit=1000", "refusals")
    return any(refusal["teamId"] == team.team_id for refusal in listed)
