"""Which generated file is where."""

from pathlib import Path

from deploy.monitoring.dashboards import DASHBOARDS
from deploy.monitoring.grafana import dashboard_file
from deploy.monitoring.objectives import rules_file

_DEPLOY = Path(__file__).parents[1]


def generated() -> dict[Path, str]:
    """Path and text of each."""
    files = {
        _DEPLOY / "grafana" / "dashboards" / f"{each.name}.json": dashboard_file(each)
        for each in DASHBOARDS
    }
    return files | {_DEPLOY / "prometheus" / "rules" / "objectives.yml": rules_file()}
