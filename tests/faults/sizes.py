"""How much of a fault is injected: little in the suite, all of it by `python -m bench.faults`."""

import os


def size(name: str, in_the_suite: int) -> int:
    return int(os.environ.get(f"FAULTS_{name}", in_the_suite))
