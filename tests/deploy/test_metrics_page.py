"""docs/metrics.md has every metric there is."""

import subprocess
import sys
from pathlib import Path

from app.observability.upstreams import CAUSES
from tests.metrics_table import PAGE

ROOT = Path(__file__).parents[2]
_WRITTEN = "from tests.metrics_table import PAGE, replaced; print(end=replaced(PAGE.read_text()))"


def test_the_table_is_what_the_code_says() -> None:
    """Otherwise run `python -m tests.metrics_table`."""
    written = subprocess.run(
        [sys.executable, "-c", _WRITTEN], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert written.stdout == PAGE.read_text()


def test_each_cause_is_explained() -> None:
    page = PAGE.read_text()
    assert [cause for cause in CAUSES if f"\n| `{cause}` |" not in page] == []
