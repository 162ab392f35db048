"""The table of ``docs/recovery.md``: run the chaos tests and write what each fault cost.

python tests/chaos/report.py        # from the root of the repository
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "docs" / "recovery.md"
BEGIN, END = "<!-- table: tests/chaos/report.py -->", "<!-- end of table -->"


class Line(NamedTuple):
    """One fault and its cost."""

    killed: str
    result: str
    again: str
    seconds: float
    without: float


def table(lines: Sequence[Line]) -> str:
    """As Markdown."""
    rows = [f"| {one.killed} | {one.result} | {one.again} | {_times(one)} |" for one in lines]
    head = "| killed here | result | tasks run again | s without | s with | s lost |"
    return "\n".join([head, "|---|---|---|---:|---:|---:|", *rows])


def _times(line: Line) -> str:
    if not line.without:
        return "- | - | -"  # there is no undisturbed job to compare with
    lost = max(0.0, line.seconds - line.without)
    return f"{line.without:.1f} | {line.seconds:.1f} | {lost:.1f}"


def main() -> int:
    """Run the tests and rewrite the table between the two marks of the document."""
    with tempfile.TemporaryDirectory() as directory:
        results = Path(directory, "results.json")
        environment = {**os.environ, "RAYSPARK_RECOVERY_RESULTS": str(results)}
        command = [sys.executable, "-m", "pytest", "-q", "-m", "chaos", str(HERE)]
        code = subprocess.run(command, env=environment).returncode
        if code:
            return code
        lines = [Line(*values) for values in json.loads(results.read_text())]
    before, _, rest = DOCUMENT.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table(lines)}\n{END}{after}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
