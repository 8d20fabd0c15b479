"""How much of a fault is injected: little in the suite, all of it by `python -m bench.faults`."""

import os
from pathlib import Path


def size(name: str, in_the_suite: int) -> int:
    return int(os.environ.get(f"FAULTS_{name}", in_the_suite))


def report(measured: str) -> None:
    """A line for who asked for the full size."""
    if file := os.environ.get("FAULTS_REPORT"):
        with Path(file).open("a") as lines:
            lines.write(f"{measured}\n")
