"""Small plans over rows in memory, and a way to run them without a session."""

from __future__ import annotations

import datetime
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute, Expression
from rayspark.catalyst.logical import LocalRelation, LogicalPlan
from rayspark.catalyst.rule import Rule
from rayspark.config.entries import sql
from rayspark.config.registry import entries_of
from rayspark.datatypes import BooleanType, DataType, IntegerType, LongType, StringType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.execution.compile.context import CompileContext
from rayspark.execution.constants import evaluate
from rayspark.execution.duck import driver_duck
from rayspark.execution.planner import Layout, plan_physical
from rayspark.execution.stages import StageBuilder

INT, LONG, STRING, BOOLEAN = IntegerType(), LongType(), StringType(), BooleanType()


class Context:
    """An analysis context with settings only."""

    ansi = True
    case_sensitive = False
    zone = "UTC"
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    def __init__(self, **settings: str) -> None:
        defaults = {row.key: row.default_text for row in entries_of(sql) if row.default_text}
        self.settings = defaults | settings

    def evaluate(self, expressions: Any) -> list[Any]:
        return evaluate(expressions, CompileContext())


def column(name: str, dtype: DataType = INT, nullable: bool = True) -> Attribute:
    return Attribute(name, dtype, nullable)


def table(columns: list[Attribute], *rows: tuple[Any, ...]) -> LocalRelation:
    """Rows in memory."""
    from rayspark.datatypes import StructType

    schema = to_arrow_schema(StructType([c.field() for c in columns]))
    arrays = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
    return LocalRelation(tuple(columns), pa.Table.from_arrays(arrays, schema=schema))


def rows(plan: LogicalPlan) -> list[tuple[Any, ...]]:
    """What a plan gives, run as one DuckDB query."""

    def no_engine() -> Any:
        raise AssertionError("a single query needs no engine")

    physical = plan_physical(plan, Layout(single=True))
    made = StageBuilder(no_engine, CompileContext()).pipeline(physical)
    text, inputs = made.query.filled(0, {slot: parts[0] for slot, parts in made.groups.items()})
    found = driver_duck().table(text, inputs, made.query.functions)
    names = [f"c{a.id}" for a in physical.output]
    return [tuple(row[name] for name in names) for row in found.to_pylist()]


def same_rows(a: LogicalPlan, b: LogicalPlan) -> bool:
    """Whether two plans give the same rows, in any order."""
    return sorted(rows(a), key=repr) == sorted(rows(b), key=repr)


def becomes(rule: Rule, before: LogicalPlan, after: LogicalPlan) -> None:
    """A rule makes one plan of another, changes nothing more, and keeps the rows."""
    found = rule.apply(before)
    assert found == after, f"\n{found.tree_string()}instead of\n{after.tree_string()}"
    assert rule.apply(found) is found
    assert same_rows(before, found)


def stays(rule: Rule, plan: LogicalPlan) -> None:
    """A rule leaves a plan alone."""
    assert rule.apply(plan) is plan


def simplified(rule: Rule, before: Expression, plan: LogicalPlan) -> Expression:
    """What a rule makes of an expression over a plan; the value is the same for all rows."""
    from rayspark.catalyst.expressions import Alias
    from rayspark.catalyst.logical import Project

    name = Alias(before, "x")
    found: Any = rule.apply(Project((name,), plan))
    assert rows(Project((name,), plan)) == rows(found)
    assert rule.apply(found) is found
    made: Expression = found.columns[0].child
    return made
