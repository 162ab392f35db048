"""ANALYZE TABLE: rows, bytes, and bounds of columns, kept with the table."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import (
    Alias,
    Cast,
    Expression,
    UnresolvedAttribute,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.logical import Aggregate, LocalRelation, UnresolvedRelation
from rayspark.catalyst.logical import command as c
from rayspark.datatypes import (
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    NumericType,
    StringType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.execution.catalog.metadata import ColumnStatistics, Statistics, Table
from rayspark.execution.commands.result import nothing
from rayspark.execution.commands.tables import find_column, size_of_files
from rayspark.execution.session_state import SessionState

BOUNDED = (NumericType, BooleanType, DateType, TimestampType, TimestampNTZType)
"""Types whose smallest and greatest value is kept, as in Spark."""
MEASURED = (StringType, BinaryType)
"""Types whose lengths are measured."""
WIDTHS = {"boolean": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8, "float": 4,
          "double": 8, "date": 4, "timestamp": 8, "timestamp_ntz": 8}  # fmt: skip


def analyze_table(command: c.AnalyzeTable, state: SessionState) -> LocalRelation:
    """ANALYZE TABLE."""
    table = state.catalog.base_table(command.name, "ANALYZE TABLE")
    size = size_of_files(table)
    if command.no_scan:
        found = Statistics(size)
    else:
        chosen = command.columns
        names = table.schema.names if chosen is None else [find_column(table, (n,)) for n in chosen]
        found = _scan(table, names, size, state)
    state.catalog.warehouse.alter(
        table.database, table.name, lambda now: now.changed(statistics=_merged(now, found))
    )
    return nothing()


def _merged(table: Table, found: Statistics) -> Statistics:
    """New numbers beside those of columns that were not looked at now."""
    before = table.statistics
    if before is None:
        return found
    rows = before.rows if found.rows is None and before.bytes == found.bytes else found.rows
    return Statistics(found.bytes, rows, {**before.columns, **found.columns})


def _scan(table: Table, names: list[str], size: int, state: SessionState) -> Statistics:
    columns: list[Expression] = [Alias(_call("count", lit(1)), "rows")]
    for at, name in enumerate(names):
        columns += _measures(UnresolvedAttribute((name,)), table.schema[name].dataType, str(at))
    plan = Aggregate((), tuple(columns), UnresolvedRelation(table.parts))
    row: dict[str, Any] = state.execute(plan).to_arrow().to_pylist()[0]
    rows = row["rows"]
    made = {}
    for at, name in enumerate(names):
        dtype = table.schema[name].dataType
        width = WIDTHS.get(dtype.simpleString())
        average = row.get(f"average{at}")
        made[name] = ColumnStatistics(
            row.get(f"smallest{at}"),
            row.get(f"greatest{at}"),
            rows - row[f"present{at}"],
            row[f"distinct{at}"],
            width if average is None else int(-(-average // 1)),
            width if average is None else row[f"longest{at}"],
        )
    return Statistics(size, rows, made)


def _measures(column: Expression, dtype: DataType, at: str) -> list[Expression]:
    found = [
        Alias(_call("count", column), f"present{at}"),
        Alias(_call("approx_count_distinct", column), f"distinct{at}"),
    ]
    if isinstance(dtype, BOUNDED):
        found.append(Alias(Cast(_call("min", column), StringType()), f"smallest{at}"))
        found.append(Alias(Cast(_call("max", column), StringType()), f"greatest{at}"))
    if isinstance(dtype, MEASURED):
        length = _call("octet_length", column)
        found.append(Alias(_call("avg", length), f"average{at}"))
        found.append(Alias(_call("max", length), f"longest{at}"))
    return list(found)


def _call(name: str, *args: Expression) -> Expression:
    return UnresolvedFunction(name, args)
