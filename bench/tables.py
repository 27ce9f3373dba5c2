"""What a measurement says: tables that read well in a terminal and in the README."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

Value = str | int | float | None

PACKAGES = ("numpy", "scipy", "highspy", "sortition-algorithms", "gurobipy")


@dataclass(frozen=True)
class Table:
    """A question with its figures; *note* says how they were taken."""

    question: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Value, ...]]
    note: str = ""

    def markdown(self) -> str:
        """The table as a section of a Markdown file."""
        cells = [self.head, *(tuple(map(shown, row)) for row in self.rows)]
        rule = tuple("---" if i == 0 else "---:" for i in range(len(self.head)))
        lines = ["| " + " | ".join(row) + " |" for row in (cells[0], rule, *cells[1:])]
        note = [self.note, ""] if self.note else []
        return "\n".join([f"### {self.question}", "", *note, *lines, ""])

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        rows = [dict(zip(self.head, row, strict=True)) for row in self.rows]
        return {"question": self.question, "note": self.note, "rows": rows}


def shown(value: Value) -> str:
    """A figure with as many digits as it is good for; nothing measured is a dash."""
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value


def surroundings() -> dict[str, str]:
    """Machine, load, date and versions: without them a figure means nothing."""
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": str(os.cpu_count()),
        "machine": f"{platform.system()} {platform.machine()}",
        "load of the last minute": f"{os.getloadavg()[0]:.1f}",
        "Python": platform.python_version(),
    }
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found
