"""Queries inside expressions, where a plan runs as several stages.

The optimizer has made joins of most. Those left that read nothing around them run first, as queries
of their own, and constants take their place. What still is correlated then has no form in stages:
the plan runs as one task, whose DuckDB can do it.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.analysis.analysis import mark_analyzed
from rayspark.catalyst.expressions import (
    Call,
    Exists,
    InSubquery,
    Literal,
    ScalarSubquery,
    SubqueryExpression,
)
from rayspark.catalyst.logical import Limit, LogicalPlan
from rayspark.catalyst.optimizer.decorrelate import reads_outside
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DayTimeIntervalType,
    IntegerType,
    MapType,
    StructType,
)
from rayspark.errors import SparkRuntimeException

if TYPE_CHECKING:
    import pyarrow as pa

    from rayspark.execution.session_state import SessionState


def run_subqueries(plan: LogicalPlan, state: SessionState) -> LogicalPlan:
    """The plan with constants for queries that read nothing around them."""

    def value(e: Any) -> Any:
        match e:
            case SubqueryExpression() if e.outer or reads_outside(e.plan):
                return e
            case ScalarSubquery():
                return _scalar(e, state)
            case Exists():
                some = Limit(e.plan, count=Literal(1, IntegerType()))
                return Literal(bool(_rows(some, state).num_rows), BooleanType())
            case InSubquery(values=(tested,)):
                dtype = e.plan.output[0].dtype
                found = dict.fromkeys(constant(v, dtype) for v in _first_column(e.plan, state))
                return Call("in", (tested, *found)) if found else Literal(False, BooleanType())
        return e

    return plan.transform_all_expressions(value)  # type: ignore[no-any-return]


def has_subqueries(plan: LogicalPlan) -> bool:
    """Whether any expression still holds a query."""
    return any(e.has(SubqueryExpression) for node in plan.walk() for e in node.expressions)


def _rows(plan: LogicalPlan, state: SessionState) -> pa.Table:
    """The rows of a query that the optimizer has seen: analysis would name its columns anew."""
    mark_analyzed(plan)
    return state.execute(plan).to_arrow()


def _first_column(plan: LogicalPlan, state: SessionState) -> list[Any]:
    found: list[Any] = _rows(plan, state).column(0).to_pylist()
    return found


def _scalar(e: ScalarSubquery, state: SessionState) -> Literal:
    found = _first_column(e.plan, state)
    if len(found) > 1:
        raise SparkRuntimeException(
            errorClass="SCALAR_SUBQUERY_TOO_MANY_ROWS", messageParameters={}
        )
    return constant(found[0] if found else None, e.dtype)


def constant(value: Any, dtype: DataType) -> Literal:
    """A value as Arrow gives it, as a constant."""
    return Literal(_held(value, dtype), dtype)


def _held(value: Any, dtype: DataType) -> Any:
    if value is None:
        return None
    match dtype:
        case ArrayType():
            return tuple(_held(v, dtype.elementType) for v in value)
        case MapType():
            pairs = value.items() if isinstance(value, dict) else value
            return tuple((_held(k, dtype.keyType), _held(v, dtype.valueType)) for k, v in pairs)
        case StructType():
            return tuple(_held(value[f.name], f.dataType) for f in dtype.fields)
        case DayTimeIntervalType():
            return value // datetime.timedelta(microseconds=1)
    return value
