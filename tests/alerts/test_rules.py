"""Each rule on paper: promtool runs the cases, and no rule is without one of either kind."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.alerts.cases import CASES, Case
from tests.alerts.rules import FILES, alerts

ALERTS = alerts()


def promtool(*arguments: str) -> None:
    ended = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_files_are_rules() -> None:
    promtool("check", "rules", *map(str, FILES))


# promtool computes many hours of the objectives' rules, which takes long on a busy machine.
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ALERTS)
def test_it_fires_and_stays_silent(name: str, tmp_path: Path) -> None:
    cases = [case for case in CASES if case.alert == name]
    assert {bool(case.says) for case in cases} == {True, False}, "a case of each kind"
    tests = {
        "rule_files": [str(ALERTS[name].file)],
        "evaluation_interval": "1m",
        "tests": [_as_promtool_wants_it(case) for case in cases],
    }
    # JSON is YAML.
    (tmp_path / "cases.yml").write_text(json.dumps(tests))
    promtool("test", "rules", str(tmp_path / "cases.yml"))


def _as_promtool_wants_it(case: Case) -> dict[str, object]:
    alert = ALERTS[case.alert]
    expected = {
        "exp_labels": alert.labels | case.labels,
        "exp_annotations": {"summary": case.says, "runbook_url": alert.annotations["runbook_url"]},
    }
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": each} for name, each in case.series.items()],
        "alert_rule_test": [
            {
                "eval_time": case.at,
                "alertname": case.alert,
                "exp_alerts": [expected] if case.says else [],
            }
        ],
    }


def test_the_cases_are_for_rules_that_exist() -> None:
    assert {case.alert for case in CASES} == set(ALERTS)
