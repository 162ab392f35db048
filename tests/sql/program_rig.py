"""Runs a program of ``tests/sql/programs`` statement by statement and keeps what each one prints.

A program is an ordinary PySpark script. The same text runs on either package: the word ``pyspark``
is replaced by the package's name. A statement that raises does not end the program: the error's
class and condition are what it printed, so one difference hides no other.
"""

from __future__ import annotations

import ast
import contextlib
import io
import re
import tempfile
from pathlib import Path
from typing import Any

PROGRAMS = Path(__file__).parent / "programs"
CONF = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "America/Los_Angeles",
    "spark.sql.shuffle.partitions": "4",
}
MASKS = [
    (re.compile(r"#\d+L?"), "#"),
    (re.compile(r"(?<=part-)[\w.-]+"), "*"),
    (re.compile(r"\b0x[0-9a-f]+"), "0x"),
]


def names() -> list[str]:
    """Programs there are, by name."""
    return sorted(file.stem for file in PROGRAMS.glob("*.py"))


def run_program(name: str, package: str) -> list[str]:
    """What the statements of a program print: ``@LINE`` of a statement, then its output."""
    text = (PROGRAMS / f"{name}.py").read_text(encoding="utf-8")
    text = re.sub(r"(?<![.\w])pyspark\b", package, text)  # not in the names of settings
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        scope: dict[str, Any] = {"__name__": "__main__", "OUT": folder}
        for statement in ast.parse(text).body:
            printed = io.StringIO()
            code = compile(ast.Module([statement], []), f"{name}.py", "exec", dont_inherit=True)
            with contextlib.redirect_stdout(printed):
                try:
                    exec(code, scope)
                except Exception as error:
                    print(describe(error))
            if output := mask(printed.getvalue(), folder, package):
                found += [f"@{statement.lineno}", *output.splitlines()]
    return found


def describe(error: Exception) -> str:
    """What a program can test of an error: its class and condition; the words are each's own."""
    condition = getattr(error, "getCondition", lambda: None)()
    return f"!! {type(error).__name__} {condition or ''}".rstrip()


def mask(text: str, folder: str, package: str) -> str:
    """Printed text without what differs from run to run."""
    text = text.replace(f"file://{folder}", "OUT").replace(f"file:{folder}", "OUT")
    text = text.replace(folder, "OUT").replace(package, "pyspark")
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def clean(spark: Any) -> None:
    """Take back what a program left in the session."""
    spark.sql("USE default")
    for database in spark.catalog.listDatabases():
        if database.name != "default":
            spark.sql(f"DROP DATABASE {database.name} CASCADE")
    for table in spark.catalog.listTables():
        kind = "VIEW" if table.tableType in ("VIEW", "TEMPORARY") else "TABLE"
        spark.sql(f"DROP {kind} IF EXISTS {table.name}")
    spark.catalog.clearCache()
    for key in [key for key in spark.conf.getAll if key.startswith("spark.sql.")]:
        if key in CONF:
            spark.conf.set(key, CONF[key])
        elif spark.conf.isModifiable(key) and "warehouse" not in key:
            spark.conf.unset(key)


def statements(lines: list[str]) -> dict[str, list[str]]:
    """What each statement printed, by its line in the program."""
    found: dict[str, list[str]] = {}
    for line in lines:
        if re.fullmatch(r"@\d+", line):
            printed = found.setdefault(line[1:], [])
        else:
            printed.append(line)
    return found
