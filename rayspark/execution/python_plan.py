"""Python functions in a plan: each is taken out of the expressions around it and cut off.

Project(f(a + 1) * 2)  ->  Project(v * 2) over EvalPython(f(x) AS v) over Project(a + 1 AS x)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Expression,
    ExprId,
    PythonUDF,
    SortOrder,
    and_,
    conjuncts,
)
from rayspark.catalyst.logical import Aggregate, Join, JoinKind, LogicalPlan, Project
from rayspark.errors import AnalysisException
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.python import AggregatePythonExec, EvalPythonExec
from rayspark.execution.operators.rows import FilterExec, ProjectExec

COMPUTED_KEY = "\0key"
"""Name of a key that is no column of the groups' rows: functions do not see it."""


def calls_python(node: LogicalPlan) -> bool:
    """Whether a node's own expressions call functions written in Python."""
    return any(e.has(PythonUDF) for e in node.expressions)


def extract_udfs(
    expressions: Sequence[Expression], child: PhysicalPlan
) -> tuple[list[Any], PhysicalPlan]:
    """The expressions without functions of rows or columns, over a child that evaluates them."""
    found = list(expressions)
    while calls := _innermost(found):
        child, values = _evaluate(calls, child)
        found = [_with_values(e, values) for e in found]
    return found, child


def _with_values(e: Expression, values: dict[Expression, Attribute]) -> Any:
    return e.transform_up(lambda x: values.get(x, x) if isinstance(x, PythonUDF) else x)


def _innermost(expressions: Sequence[Expression]) -> list[PythonUDF]:
    """Calls whose arguments call nothing: those of iterator functions one at a time."""
    found: dict[PythonUDF, None] = {}
    for e in expressions:
        for udf in e.collect(PythonUDF):
            if not udf.is_aggregate and not any(a.has(PythonUDF) for a in udf.args):
                found[udf] = None
    streamed = [udf for udf in found if udf.function.kind.endswith("_iter")]
    plain = [udf for udf in found if not udf.function.kind.endswith("_iter")]
    return plain or streamed[:1]


def _evaluate(
    calls: Sequence[PythonUDF], child: PhysicalPlan
) -> tuple[PhysicalPlan, dict[Expression, Attribute]]:
    child, ready = with_arguments(calls, child)
    aliases = tuple(Alias(udf, f"pythonUDF{at}") for at, udf in enumerate(ready))
    values: dict[Expression, Attribute] = {
        udf: alias.attribute for udf, alias in zip(calls, aliases, strict=True)
    }
    return EvalPythonExec(child, aliases), values


def with_arguments(
    calls: Sequence[PythonUDF], child: PhysicalPlan
) -> tuple[PhysicalPlan, list[PythonUDF]]:
    """The calls with attributes for arguments, over a child that computes these."""
    made: dict[Expression, Alias] = {}
    for udf in calls:
        for argument in udf.args:
            if not isinstance(argument, Attribute) and argument not in made:
                made[argument] = Alias(argument, "pythonArgument")
    ready = [
        udf.copy(args=tuple(made[a].attribute if a in made else a for a in udf.args))
        for udf in calls
    ]
    if not made:
        return child, ready
    return ProjectExec(child, (*child.output, *made.values())), ready


def keys_as_columns(
    keys: Sequence[Expression], child: PhysicalPlan
) -> tuple[PhysicalPlan, tuple[Attribute, ...]]:
    """Grouping keys as attributes, over a child that computes those that are not."""
    found: list[Attribute] = []
    made: list[Alias] = []
    for key in keys:
        if isinstance(key, SortOrder):
            key = key.child
        if isinstance(key, Attribute):
            found.append(key)
            continue
        alias = Alias(key.child if isinstance(key, Alias) else key, COMPUTED_KEY)
        made.append(alias)
        found.append(alias.attribute)
    if made:
        child = ProjectExec(child, (*child.output, *made))
    return child, tuple(found)


def has_aggregate_udf(node: Aggregate) -> bool:
    """Whether an aggregation's functions are written in Python."""
    return bool(_aggregates(node))


def _aggregates(node: Aggregate) -> list[PythonUDF]:
    return [udf for c in node.columns for udf in c.collect(PythonUDF) if udf.is_aggregate]


def split_aggregate(node: Aggregate) -> Project | None:
    """Functions of what an aggregation makes, taken out of it.

    Aggregate(f(sum(a)) AS x)  ->  Project(f(s) AS x) over Aggregate(sum(a) AS s)
    """
    grouping = set(node.grouping)
    if not any(_takes_groups(c, grouping) for c in node.columns):
        return None
    made: dict[Expression, Expression] = {}

    def above(e: Expression) -> Expression:
        if e not in grouping and not _is_aggregate(e):
            return e
        column = made.setdefault(e, e if isinstance(e, Attribute) else Alias(e, "_aggregated"))
        return column.attribute if isinstance(column, Alias) else column

    columns = tuple(c.transform_down(above) for c in node.columns)
    return Project(columns, node.copy(columns=tuple(made.values())))


def _takes_groups(e: Expression, grouping: set[Expression]) -> bool:
    """Whether a function that is called for each row takes what is there once a group."""
    if e in grouping or _is_aggregate(e):
        return False
    return isinstance(e, PythonUDF) or any(_takes_groups(part, grouping) for part in e.children)


def _is_aggregate(e: Expression) -> bool:
    return isinstance(e, AggregateCall) or (isinstance(e, PythonUDF) and e.is_aggregate)


def plan_python_aggregate(node: Aggregate, child: PhysicalPlan) -> PhysicalPlan:
    """An aggregation all of whose functions are written in Python.

    Raises
    ------
    AnalysisException
        If others are among them.
    """
    if any(c.has(AggregateCall) for c in node.columns):
        python = dict.fromkeys(_aggregates(node))
        raise AnalysisException(
            errorClass="INVALID_PANDAS_UDF_PLACEMENT",
            messageParameters={"functionList": ", ".join(f"`{u.function.name}`" for u in python)},
        )
    child, keys = keys_as_columns(node.grouping, child)
    calls = list(dict.fromkeys(_aggregates(node)))
    child, ready = with_arguments(calls, child)
    aliases = tuple(Alias(udf, f"pythonAggregate{at}") for at, udf in enumerate(ready))
    values: dict[Expression, Expression] = dict(
        zip(calls, (alias.attribute for alias in aliases), strict=True)
    )
    values |= dict(zip(node.grouping, keys, strict=True))
    columns = tuple(c.transform_down(lambda e: values.get(e, e)) for c in node.columns)
    return ProjectExec(AggregatePythonExec(child, keys, aliases), columns)


def with_sides(node: Join) -> Join:
    """The join with functions that read one side's columns as columns of that side."""
    found: dict[Expression, Expression] = {}
    sides: list[LogicalPlan] = []
    for side in (node.left, node.right):
        calls = _outermost(node.condition, side.output_ids)
        aliases = [Alias(udf, "pythonUDF") for udf in dict.fromkeys(calls)]
        found |= {alias.child: alias.attribute for alias in aliases}
        sides.append(Project((*side.output, *aliases), side) if aliases else side)
    condition = node.condition
    if condition is not None:
        condition = condition.transform_down(lambda e: found.get(e, e))
    return node.copy(left=sides[0], right=sides[1], condition=condition)


def _outermost(e: Expression | None, ids: frozenset[ExprId]) -> Iterator[PythonUDF]:
    """Calls that read these columns only, and are not in such a call."""
    if isinstance(e, PythonUDF) and e.references and e.references <= ids:
        yield e
    elif e is not None:
        for part in e.children:
            yield from _outermost(part, ids)


def split_join(node: Join) -> tuple[Join, Expression]:
    """An inner join's condition without the parts that call Python, and those parts.

    Raises
    ------
    AnalysisException
        If it is no inner join: its rows depend on the condition.
    """
    if node.kind not in (JoinKind.INNER, JoinKind.CROSS):
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", node.kind.value).upper()
        raise AnalysisException(
            errorClass="UNSUPPORTED_FEATURE.PYTHON_UDF_IN_ON_CLAUSE",
            messageParameters={"joinType": name},
        )
    parts = conjuncts(node.condition)
    plain = [part for part in parts if not part.has(PythonUDF)]
    python = [part for part in parts if part.has(PythonUDF)]
    return node.copy(condition=and_(*plain) if plain else None), and_(*python)


def filter_with_python(condition: Expression, child: PhysicalPlan) -> PhysicalPlan:
    """A filter whose condition calls Python."""
    (plain,), below = extract_udfs([condition], child)
    return ProjectExec(FilterExec(below, condition=plain), child.output)
