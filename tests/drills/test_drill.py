"""Drills from outside: one of them stands for all, in its short form."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.local.running import ROOT, family_of, inherited_environ, wait_gone


def _begin(directory: Path, name: str) -> "subprocess.Popen[str]":
    """A drill whose temporary files lie in the directory."""
    return subprocess.Popen(
        [sys.executable, "-m", "drills", name, "--seconds", "3"],
        cwd=ROOT,
        env=inherited_environ() | {"TMPDIR": str(directory)},
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.timeout(300)
def test_a_drill_passes_and_leaves_nothing(tmp_path: Path) -> None:
    drill = _begin(tmp_path, "rotate")
    output, _ = drill.communicate()
    assert drill.returncode == 0, output
    assert output.startswith("drill-rotate: PASSED in ")
    assert "**no**" not in output
    assert not list(tmp_path.iterdir())


@pytest.mark.timeout(300)
def test_one_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    drill = _begin(tmp_path, "rotate")
    while not list(tmp_path.glob("drill-*/run/app.log")):
        assert drill.poll() is None
        time.sleep(0.05)
    family = family_of(drill.pid)
    drill.send_signal(signal.SIGTERM)
    output, _ = drill.communicate()
    assert drill.returncode == 1
    assert "PASSED" not in output
    wait_gone(family)
    assert not list(tmp_path.iterdir())
