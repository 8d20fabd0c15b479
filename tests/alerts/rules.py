"""The rules as they are in the files, and what their expressions name."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy" / "prometheus" / "rules"
FILES = sorted(RULES.glob("*.yml"))
_WORDS = {
    *("and", "or", "unless", "on", "ignoring", "by", "without", "group_left", "group_right"),
    *("offset", "bool", "inf", "nan"),
}


@dataclass(frozen=True, slots=True)
class Alert:
    name: str
    file: Path
    expr: str
    labels: dict[str, str]
    annotations: dict[str, str]


def entries() -> list[tuple[Path, dict[str, Any]]]:
    """Each rule with its file."""
    return [
        (file, rule)
        for file in FILES
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    ]


def alerts() -> dict[str, Alert]:
    return {
        rule["alert"]: Alert(
            rule["alert"], file, rule["expr"], rule.get("labels", {}), rule["annotations"]
        )
        for file, rule in entries()
        if "alert" in rule
    }


def recorded() -> set[str]:
    return {rule["record"] for _, rule in entries() if "record" in rule}


def metrics_in(expression: str) -> set[str]:
    """The names of metrics in an expression of Prometheus' language."""
    bare = re.sub(r'"(\\.|[^"\\])*"', "", expression)
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\boffset\s+\w+", " ", bare)
    bare = re.sub(r"\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)", " ", bare)
    names = re.findall(r"(?<![\w:.])([a-zA-Z_:][\w:]*)\b(?!\s*\()", bare)
    return set(names) - _WORDS
