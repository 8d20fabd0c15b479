"""What the description cannot say, kept out of what schemathesis takes for good requests.

Loaded by schemathesis itself, as schemathesis.toml says.
"""

from typing import Any

import schemathesis

_LARGEST = (1 << 53) - 1


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: Any) -> bool:
    return not _has_a_huge_number(case.body)


def _has_a_huge_number(value: Any) -> bool:
    """Whole numbers that a double cannot hold are refused wherever they stand."""
    if isinstance(value, dict):
        return any(_has_a_huge_number(inner) for inner in value.values())
    if isinstance(value, list):
        return any(_has_a_huge_number(inner) for inner in value)
    return isinstance(value, int) and abs(value) > _LARGEST
