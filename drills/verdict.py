"""What a drill prints: whether it passed, and the figures."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """`target` is empty for a figure that decides nothing."""

    what: str
    measured: str
    target: str = ""
    met: bool = True


@dataclass(slots=True)
class Verdict:
    name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(row.met for row in self.rows)

    def figure(self, what: str, measured: str) -> None:
        self.rows.append(Row(what, measured))

    def check(self, what: str, measured: str, target: str, met: bool) -> None:
        self.rows.append(Row(what, measured, target, met))

    def none(self, what: str, found: int, among: int) -> None:
        """A check that none of so many is affected. It fails too where there was nothing to try."""
        self.check(what, f"{found} of {among:,}", "0", found == 0 and among > 0)

    def shown(self, seconds: float) -> str:
        """The verdict's line, and the rows as a table."""
        outcome = "PASSED" if self.passed else "FAILED"
        lines = [f"{self.name}: {outcome} in {seconds:.0f} s", ""]
        lines += ["| what | measured | must be | met |", "|---|---|---|---|"]
        for row in self.rows:
            met = ("yes" if row.met else "**no**") if row.target else ""
            lines.append(f"| {row.what} | {row.measured} | {row.target} | {met} |")
        return "\n".join(lines)
