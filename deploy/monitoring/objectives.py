"""The service's objectives, and the rules by which Prometheus measures and alerts on them.

Two alerts for all of them, after the SRE workbook, chapter 5 ("multiwindow, multi-burn-rate"):
one pages when a budget of 30 days would be gone in two days or five, the other opens a ticket when
it would be gone in ten days or thirty. Each looks at a long window, for weight, and at a short one,
so that it ends soon after the cause.
"""

from dataclasses import dataclass

_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
# One failure in a quiet night is no rate: a page needs this many in an hour.
_FEWEST_FAILURES = 3

# `refused` is the client's doing: an unknown team, too many turns.
_TURNS = "team_secrets_turns_total"
_TALK = '{kind="talk",outcome!="refused"}'
_INTAKE = '{kind="intake_finished",outcome!="refused"}'
_SECRETS = '{route=~"/api/team-secrets.*"}'
_OUR_FAULT = "blawby_unavailable|vault_unavailable|rate_limited|outcome_unknown"


@dataclass(frozen=True, slots=True)
class Objective:
    """`bad` and `all` are counters, `{window}` their range; `target` is the good share wanted."""

    name: str
    target: float
    bad: str
    all: str

    def ratio(self, window: str) -> str:
        return f"{self._increase(self.bad, window)} / {self._increase(self.all, window)}"

    def failures(self, window: str) -> str:
        return self._increase(self.bad, window)

    @property
    def budget(self) -> float:
        return round(1 - self.target, 6)

    @staticmethod
    def _increase(counter: str, window: str) -> str:
        return counter.replace("{window}", f"[{window}]")


def _availability(name: str, target: float, metric: str, chosen: str, bad: str) -> Objective:
    """Without a failure yet, the series of failures may not exist; that counts as none."""
    failing = f"{chosen[:-1]},{bad}}}"
    return Objective(
        name,
        target,
        f"(sum(increase({metric}{failing}{{window}})) or vector(0))",
        f"sum(increase({metric}{chosen}{{window}}))",
    )


def _latency(name: str, target: float, metric: str, chosen: str, seconds: str) -> Objective:
    within = f'{chosen[:-1]},le="{seconds}"}}'
    count = f"sum(increase({metric}_count{chosen}{{window}}))"
    quick = f"sum(increase({metric}_bucket{within}{{window}}))"
    return Objective(name, target, f"({count} - {quick})", count)


_REQUESTS, _SECONDS = "team_secrets_requests_total", "team_secrets_request_seconds"
_TURN_SECONDS = "team_secrets_turn_seconds"

OBJECTIVES = (
    _availability("talk answered", 0.999, _TURNS, _TALK, 'outcome="failed"'),
    _latency("talk within 0.5 s", 0.99, _TURN_SECONDS, '{kind="talk"}', "0.5"),
    _availability("intakes answered", 0.999, _TURNS, _INTAKE, 'outcome="failed"'),
    _latency("intakes within 5 s", 0.95, _TURN_SECONDS, '{kind="intake_finished"}', "5.0"),
    _availability(
        "intakes billed",
        0.99,
        "team_secrets_payments_total",
        '{method!=""}',
        f'reason=~"{_OUR_FAULT}"',
    ),
    _availability("secrets API answered", 0.999, _REQUESTS, _SECRETS, 'status=~"5.."'),
    _latency("secrets API within 1 s", 0.99, _SECONDS, _SECRETS, "1.0"),
)


def rules_file() -> str:
    """deploy/prometheus/rules/objectives.yml."""
    lines = [
        "# Written by `python -m deploy.monitoring` from deploy/monitoring/objectives.py.",
        "groups:",
        "  - name: objectives",
        "    rules:",
    ]
    for objective in OBJECTIVES:
        lines += _record("objective:budget", f"vector({objective.budget})", objective)
        lines += _record("objective:failures:1h", objective.failures("1h"), objective)
        for window in _WINDOWS:
            lines += _record(f"objective:error_ratio:{window}", objective.ratio(window), objective)
    return "\n".join(lines + _PAGE.splitlines() + _TICKET.splitlines()) + "\n"


def _record(name: str, expression: str, objective: Objective) -> list[str]:
    return [
        f"      - record: {name}",
        f"        expr: '{expression}'",
        f"        labels: {{objective: {objective.name}}}",
    ]


def _burns(factor: str, long: str, short: str) -> str:
    windows = (
        f"objective:error_ratio:{window} > on(objective) {factor} * objective:budget"
        for window in (long, short)
    )
    return " and on(objective) ".join(windows)


_PAGE = f"""\
      - alert: ObjectiveBurnsFast
        expr: >-
          (({_burns("14.4", "1h", "5m")})
          or ({_burns("6", "6h", "30m")}))
          and on(objective) objective:failures:1h >= {_FEWEST_FAILURES}
        labels: {{severity: page}}
        annotations:
          summary: >-
            {{{{ $labels.objective }}}}: {{{{ $value | humanizePercentage }}}} fail,
            and the month's budget is soon gone
          runbook_url: docs/runbook.md#objectiveburnsfast
"""
_TICKET = f"""\
      - alert: ObjectiveBurnsSlowly
        expr: >-
          ({_burns("3", "1d", "2h")})
          or ({_burns("1", "3d", "6h")})
        for: 1h
        labels: {{severity: ticket}}
        annotations:
          summary: >-
            {{{{ $labels.objective }}}}: {{{{ $value | humanizePercentage }}}} fail,
            more than the objective allows
          runbook_url: docs/runbook.md#objectiveburnsslowly
"""
