"""Which generated file is where."""

from pathlib import Path

from deploy.monitoring.objectives import rules_file

_DEPLOY = Path(__file__).parents[1]


def generated() -> dict[Path, str]:
    """Path and text of each."""
    return {_DEPLOY / "prometheus" / "rules" / "objectives.yml": rules_file()}
