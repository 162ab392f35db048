"""Loops of recursive queries, unrolled by the driver: a query a level, until one gives no row.

The rows are held by the driver: ``spark.sql.cteRecursionRowLimit`` bounds them. A level is a query
like any other, so it may run in the driver or as stages on executors.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.catalyst.analysis.analysis import mark_analyzed
from rayspark.catalyst.expressions import Literal, SubqueryExpression
from rayspark.catalyst.logical import (
    Limit,
    LocalRelation,
    LogicalPlan,
    Offset,
    Project,
    UnionLoop,
    UnionLoopRef,
)
from rayspark.config.entries import sql
from rayspark.datatypes import StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.errors import SparkException

if TYPE_CHECKING:
    from rayspark.execution.session_state import SessionState


def unroll_loops(plan: LogicalPlan, state: SessionState) -> LogicalPlan:
    """The plan with rows where it has loops, inner queries included."""
    return _Unroller(state).plan(plan) if _has_loop(plan) else plan


def _has_loop(plan: LogicalPlan) -> bool:
    for node in plan.walk():
        if isinstance(node, UnionLoop):
            return True
        for e in node.expressions:
            if any(_has_loop(inner.plan) for inner in e.collect(SubqueryExpression)):
                return True
    return False


class _Unroller:
    def __init__(self, state: SessionState) -> None:
        self._state = state
        self._done: dict[tuple[int, int | None], pa.Table] = {}
        """Rows by loop and number of rows that are enough: one that is read twice runs once."""

    def plan(self, plan: LogicalPlan) -> LogicalPlan:
        """The plan with rows for its outermost loops: those inside run with their levels."""
        enough = _enough(plan)

        def rows(node: Any) -> Any:
            if isinstance(node, UnionLoop):
                return LocalRelation(node.made, self._table(node, enough.get(id(node))))
            if any(e.has(SubqueryExpression) for e in node.expressions):
                return node.transform_expressions(self._inner)
            return node

        found: LogicalPlan = plan.transform_down(rows)
        return found

    def _inner(self, e: Any) -> Any:
        if isinstance(e, SubqueryExpression) and _has_loop(e.plan):
            return e.copy(plan=self.plan(e.plan))
        return e

    def _table(self, loop: UnionLoop, enough: int | None) -> pa.Table:
        key = (loop.loop, enough)
        if key not in self._done:
            self._done[key] = self._run(loop, enough)
        return self._done[key]

    def _run(self, loop: UnionLoop, enough: int | None) -> pa.Table:
        conf = self._state.conf
        most_levels = conf[sql.CTE_LEVELS] if loop.levels is None else loop.levels
        most_rows = conf[sql.CTE_ROWS]
        schema = to_arrow_schema(StructType([a.field() for a in loop.made]))
        found = [self._level(loop.anchor, schema)]
        count = found[0].num_rows
        while found[-1].num_rows and (enough is None or count < enough):
            if enough is None and 0 <= most_rows <= count:
                raise _exceeded("RECURSION_ROW_LIMIT_EXCEEDED", rowLimit=most_rows)
            found.append(self._level(_over(loop, found[-1]), schema))
            count += found[-1].num_rows
            if found[-1].num_rows and 0 <= most_levels < len(found):
                raise _exceeded("RECURSION_LEVEL_LIMIT_EXCEEDED", levelLimit=most_levels)
        return pa.concat_tables(found)

    def _level(self, plan: LogicalPlan, schema: pa.Schema) -> pa.Table:
        mark_analyzed(plan)
        rows = self._state.execute(plan).to_arrow()
        columns = [c.cast(f.type) for c, f in zip(rows.columns, schema, strict=True)]
        return pa.Table.from_arrays(columns, schema=schema)


def _exceeded(condition: str, **limit: int) -> SparkException:
    return SparkException(
        errorClass=condition, messageParameters={name: str(n) for name, n in limit.items()}
    )


def _over(loop: UnionLoop, rows: pa.Table) -> LogicalPlan:
    """The step over the rows of a level."""

    def level(node: Any) -> Any:
        match node:
            case UnionLoopRef() if node.loop == loop.loop:
                return LocalRelation(node.attributes, rows)
        return node.transform_expressions(inner)

    def inner(e: Any) -> Any:
        if not isinstance(e, SubqueryExpression):
            return e
        plan = e.plan.transform_up(level)
        return e if plan is e.plan else e.copy(plan=plan)

    found: LogicalPlan = loop.step.transform_up(level)
    return found


def _enough(plan: LogicalPlan) -> dict[int, int]:
    """By loop: rows that the LIMITs over it ask for; not where it is also read without one."""
    found: dict[int, int] = {}
    without: Counter[int] = Counter()
    for node in plan.walk():
        match node:
            case UnionLoop():
                without[id(node)] += 1
            case Limit(count=Literal(value=int(count))):
                below = node.child
                if isinstance(below, Offset) and isinstance(below.count, Literal):
                    count += below.count.value
                    below = below.child
                while isinstance(below, Project) and all(c.deterministic for c in below.columns):
                    below = below.child
                if isinstance(below, UnionLoop):
                    without[id(below)] -= 1
                    found[id(below)] = max(count, found.get(id(below), 0))
    return {loop: count for loop, count in found.items() if not without[loop]}
