"""Ask real PySpark what functions give, and store the answers under ``tests/golden/functions``.

Run with the oracle's interpreter (never by the product or its tests)::

    /path/to/oracle/bin/python tools/harvest_functions.py [--again] [family ...]

A family is a module of ``tools/function_cases`` with two names::

    TABLES = {"ints": "SELECT * FROM VALUES (1, 2Y), (null, null) AS t(a, b)"}
    CASES = [Cases("ints", ["abs(a)", "a + b"], ansi=(True, False), zones=("UTC",))]

Only questions that have no answer yet are asked, unless ``--again``. An answer holds the column's
name, type, nullability and its values, in the JSON forms that ``encode`` makes, or the error.
Answers of types that Arrow does not carry are those of the text that the value is cast to
(``through``).
"""

from __future__ import annotations

import argparse
import importlib
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

if TYPE_CHECKING:
    from function_cases import Cases

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "functions"
CHUNK = 24
"""Questions asked in one query, while none of them fails."""

Cell = dict[str, Any]


def encode(value: Any) -> Any:
    """An Arrow scalar in JSON: instants, dates and durations as numbers, bytes in hex, decimals
    as text, maps as lists of pairs, structs as lists of their fields' values.
    """
    if not value.is_valid:
        return None
    kind = value.type
    if pa.types.is_temporal(kind):
        return value.value
    if pa.types.is_decimal(kind):
        return format(value.as_py(), "f")
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return value.as_py().hex()
    if pa.types.is_map(kind):
        return [[encode(p["key"]), encode(p["value"])] for p in value.values]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return [encode(item) for item in value.values]
    if pa.types.is_struct(kind):
        return [encode(value[i]) for i in range(kind.num_fields)]
    return value.as_py()


def text_of(dt: T.DataType, sql: str) -> str | None:
    """The question to ask instead where Arrow cannot carry the answer's type."""
    strange = (T.YearMonthIntervalType, T.CalendarIntervalType, T.VariantType, T.TimeType)
    if isinstance(dt, T.NullType):
        return None

    def inside(t: T.DataType) -> bool:
        match t:
            case T.ArrayType():
                return inside(t.elementType)
            case T.MapType():
                return inside(t.keyType) or inside(t.valueType)
            case T.StructType():
                return any(inside(f.dataType) for f in t.fields)
        return isinstance(t, (*strange, T.NullType))

    if not inside(dt):
        return None
    return f"to_json({sql})" if isinstance(dt, T.VariantType) else f"cast({sql} as string)"


class Oracle:
    """One quiet session, its settings and tables."""

    def __init__(self) -> None:
        self.spark = (
            SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .config("spark.sql.timeType.enabled", "true")
            .getOrCreate()
        )
        self.spark.sparkContext.setLogLevel("OFF")
        logging.getLogger("SQLQueryContextLogger").disabled = True

    def settle(self, ansi: bool, zone: str) -> None:
        """Set what answers depend on."""
        self.spark.conf.set("spark.sql.ansi.enabled", str(ansi).lower())
        self.spark.conf.set("spark.sql.session.timeZone", zone)

    def table(self, name: str, sql: str) -> dict[str, Any]:
        """Make a table for questions; its schema and rows for the product."""
        self.settle(True, "UTC")
        frame = self.spark.sql(sql)
        held = self.spark.createDataFrame(frame.collect(), frame.schema)
        held.createOrReplaceTempView(name)
        data = held.toArrow()  # maps as they are held: not always in the order of the text
        rows = [[encode(cell) for cell in row] for row in zip(*data.columns, strict=True)]
        return {"schema": frame.schema.jsonValue(), "rows": rows}

    def frame(self, questions: list[str], table: str) -> DataFrame:
        """The query of some questions."""
        source = f" FROM {table}" if table else ""
        return self.spark.sql(f"SELECT {', '.join(questions)}{source}")

    def ask(self, questions: list[str], table: str) -> list[Cell]:
        """An answer each."""
        try:
            return self._ask(questions, table)
        except Exception as error:  # noqa: BLE001
            if len(questions) == 1:
                return [{"sql": questions[0], "error": describe_error(error)}]
            half = len(questions) // 2
            return self.ask(questions[:half], table) + self.ask(questions[half:], table)

    def _ask(self, questions: list[str], table: str) -> list[Cell]:
        schema = self.frame(questions, table).schema
        cells: list[Cell] = []
        asked: list[str] = []
        for sql, field in zip(questions, schema.fields, strict=True):
            through = text_of(field.dataType, sql)
            kind = field.dataType.jsonValue()
            cell = {"sql": sql, "name": field.name, "type": kind, "nullable": field.nullable}
            if through is not None:
                cell["through"] = through
            cells.append(cell)
            asked.append(through or sql)
        named = [f"{sql} AS c{at}" for at, sql in enumerate(asked)]
        data = self.frame(named, table).toArrow()
        for cell, column in zip(cells, data.columns, strict=True):
            cell["values"] = [encode(value) for value in column]
        return cells


def describe_error(error: Exception) -> dict[str, Any]:
    """Class, condition and parameters: what a caller may rely on."""
    found: dict[str, Any] = {"class": type(error).__name__}
    if isinstance(error, PySparkException):
        found["condition"] = error.getCondition()
        found["parameters"] = dict(error.getMessageParameters() or {})
    else:
        found["message"] = str(error)[:300]
    return found


def key(cell: Cell) -> tuple[Any, ...]:
    """What makes two questions the same."""
    return (cell["table"], cell["ansi"], cell["zone"], cell["sql"])


def wanted(cases: list[Cases]) -> Iterator[tuple[bool, str, str, str]]:
    """Every question with its settings, once."""
    seen = set()
    for case in cases:
        for zone in case.zones:
            for ansi in case.ansi:
                for sql in case.questions:
                    asked = (ansi, zone, case.table, sql)
                    if asked not in seen:
                        seen.add(asked)
                        yield asked


def harvest(oracle: Oracle, family: str, again: bool) -> None:
    """Ask what is not answered yet and write the family's file."""
    module = importlib.import_module(f"function_cases.{family}")
    path = GOLDEN / f"{family}.json"
    old = {} if again or not path.exists() else json.loads(path.read_text(encoding="utf-8"))
    tables = {name: oracle.table(name, sql) for name, sql in module.TABLES.items()}
    known = {
        key(cell): cell
        for cell in old.get("cells", ())
        if old["tables"].get(cell["table"]) == tables.get(cell["table"])
    }
    questions = list(wanted(module.CASES))
    groups: dict[tuple[bool, str, str], list[str]] = {}
    for ansi, zone, table, sql in questions:
        if (table, ansi, zone, sql) not in known:
            groups.setdefault((ansi, zone, table), []).append(sql)
    for (ansi, zone, table), asked in groups.items():
        oracle.settle(ansi, zone)
        for at in range(0, len(asked), CHUNK):
            for cell in oracle.ask(asked[at : at + CHUNK], table):
                cell |= {"table": table, "ansi": ansi, "zone": zone}
                known[key(cell)] = cell
    cells = [known[(table, ansi, zone, sql)] for ansi, zone, table, sql in questions]
    write(path, tables, cells)
    failed = sum("error" in cell for cell in cells)
    sys.stdout.write(f"{family}: {len(cells)} cells, {failed} of them errors\n")


def write(path: Path, tables: dict[str, Any], cells: list[Cell]) -> None:
    """A line a table and a line a cell: changes are readable."""
    lines = ['{"tables": {']
    lines.append(",\n".join(f"{json.dumps(n)}: {json.dumps(t)}" for n, t in tables.items()))
    lines.append('}, "cells": [')
    lines.append(",\n".join(json.dumps(cell, sort_keys=True) for cell in cells))
    lines.append("]}\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Harvest the named families, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--again", action="store_true", help="ask everything again")
    parser.add_argument("families", nargs="*")
    options = parser.parse_args()
    here = Path(__file__).parent / "function_cases"
    every = sorted(p.stem for p in here.glob("*.py") if p.stem != "__init__")
    oracle = Oracle()
    for family in options.families or every:
        harvest(oracle, family, options.again)


if __name__ == "__main__":
    main()
