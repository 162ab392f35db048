"""PIVOT and UNPIVOT.

A pivot aggregates twice: per group and pivot value, then per group, where each value's result
becomes a column. So a value that a group lacks gives null, even for ``count``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.aggregates import check_aggregate, is_aggregated
from rayspark.catalyst.analysis.aliases import trim_aliases, without_alias
from rayspark.catalyst.analysis.analysis import Analysis
from rayspark.catalyst.analysis.errors import error, sql_expr, sql_id, sql_type
from rayspark.catalyst.analysis.naming import pretty
from rayspark.catalyst.analysis.time_windows import TimeWindows
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Call,
    Expression,
    Literal,
    SortOrder,
    is_not_null,
    lit,
    or_,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Distinct,
    Expand,
    Filter,
    Limit,
    LogicalPlan,
    Pivot,
    Project,
    Sort,
    Unpivot,
)
from rayspark.datatypes import BooleanType, DataType, StringType
from rayspark.datatypes.coercion import find_comparable, is_orderable

MAX_VALUES = "spark.sql.pivotMaxValues"


def resolve_pivot(node: Pivot, analysis: Analysis) -> LogicalPlan:
    """Two Aggregates."""
    times = TimeWindows(node.child, analysis)
    placed = None if node.grouping is None else times.place(node.grouping)
    child = times.child
    resolver = analysis.resolver(analysis.scope(node.child), fallbacks=(times.find,))
    pivot = without_alias(resolver.resolve(node.pivot))
    aggregates = [trim_aliases(e) for e in resolver.resolve_all(node.aggregates)]
    for e in aggregates:
        if not is_aggregated(e):
            raise error("_LEGACY_ERROR_TEMP_1006", sql=pretty(without_alias(e)))
    if not is_orderable(pivot.dtype):
        raise error("INCOMPARABLE_PIVOT_COLUMN", columnName=sql_id((pretty(pivot),)))
    values = _values(node, pivot, child, analysis)
    if placed is None:
        used = pivot.references.union(*(e.references for e in aggregates))
        grouping: tuple[Expression, ...] = tuple(a for a in child.output if a.id not in used)
    else:
        grouping = resolver.resolve_all(placed)
    return _twice(grouping, pivot, values, aggregates, child, times)


def _twice(
    grouping: Sequence[Expression],
    pivot: Expression,
    values: Sequence[tuple[str, Expression]],
    aggregates: Sequence[Expression],
    child: LogicalPlan,
    times: TimeWindows,
) -> LogicalPlan:
    groups = [g if isinstance(g, Attribute | Alias) else Alias(g, pretty(g)) for g in grouping]
    key = Alias(pivot, "__pivot_col")
    computed = [Alias(without_alias(e), f"__agg{i}") for i, e in enumerate(aggregates)]
    inner = tuple(map(without_alias, groups))
    made = Aggregate((*inner, pivot), (*groups, key, *computed), child)
    first, _ = times.merged(made, ())
    check_aggregate(first)
    groups = [g for g in first.columns[: len(groups)] if isinstance(g, Attribute | Alias)]
    outer = [g.attribute if isinstance(g, Alias) else g for g in groups]
    columns: list[Expression] = []
    for name, value in values:
        chosen = Call("<=>", (key.attribute, value), BooleanType())
        for e, column in zip(aggregates, computed, strict=True):
            taken = AggregateCall(Call("first", (column.attribute, lit(False))), filter=chosen)
            columns.append(Alias(taken, _title(name, e, len(aggregates))))
    return times.merged(Aggregate(tuple(outer), (*outer, *columns), first), ())[0]


def _title(value: str, aggregate: Expression, count: int) -> str:
    if count == 1:
        return value
    shown = aggregate.name if isinstance(aggregate, Alias) else pretty(aggregate)
    return f"{value}_{shown}"


def _values(
    node: Pivot, pivot: Expression, child: LogicalPlan, analysis: Analysis
) -> list[tuple[str, Expression]]:
    """Name and constant of each column group."""
    if not node.values:
        return [
            (_text(Literal(v, pivot.dtype)), Literal(v, pivot.dtype))
            for v in _occurring(pivot, child, analysis)
        ]
    resolver = analysis.resolver(analysis.scope(child))
    found = []
    for e in resolver.resolve_all(node.values):
        value = without_alias(e)
        if not value.foldable:
            raise error("NON_LITERAL_PIVOT_VALUES", expression=sql_expr(value))
        target = pivot.dtype
        if find_comparable(target, value.dtype, analysis.context.ansi) is None:
            raise error(
                "PIVOT_VALUE_DATA_TYPE_MISMATCH",
                value=pretty(value),
                valueType=value.dtype.simpleString(),
                pivotType=target.simpleString(),
            )
        name = e.name if isinstance(e, Alias) else _text(value)
        found.append((name, coercion.cast_to(value, target, analysis.context.ansi)))
    return found


def _text(value: Expression) -> str:
    """A constant as a column's name: what casting it to a string gives."""
    match value:
        case Literal(value=None):
            return "null"
        case Literal(value=tuple() as parts):
            return "{" + ", ".join(map(str, parts)) + "}"
        case Literal(value=bool() as truth):
            return str(truth).lower()
        case Literal(type=StringType()) | Literal():
            text = value.sql()
            return text.split("'")[1] if text.endswith("'") and "'" in text[:-1] else text
        case Call(name="named_struct"):
            return "{" + ", ".join(map(_text, value.args[1::2])) + "}"
    return pretty(value)


def _occurring(pivot: Expression, child: LogicalPlan, analysis: Analysis) -> Sequence[Any]:
    column = Alias(pivot, "value")
    most = int(analysis.setting(MAX_VALUES, "10000"))
    distinct = Distinct(Project((column,), child))
    limited = Limit(distinct, count=lit(most + 1))
    plan = analysis.inner().run(Sort(limited, (SortOrder(column.attribute),)))
    found = analysis.context.pivot_values(plan)
    if len(found) > most:
        raise error("PIVOT_TOO_MANY_VALUES", column=pretty(pivot), limit=str(most))
    return found


# -- UNPIVOT -------------------------------------------------------------------------------------


def resolve_unpivot(node: Unpivot, analysis: Analysis) -> LogicalPlan:
    """An Expand: each row once for every group of value columns."""
    child = node.child
    resolver = analysis.resolver(analysis.scope(child))
    ids, groups = _groups(node, resolver.resolve_all, child)
    if not groups:
        raise error("UNPIVOT_REQUIRES_VALUE_COLUMNS")
    width = len(node.value_names)
    if any(len(g) != width for g in groups):
        raise error("UNPIVOT_VALUE_SIZE_MISMATCH", names=", ".join(node.value_names))
    types = [_common(at, groups, analysis) for at in range(width)]
    aliases = [*node.aliases, *(None for _ in groups[len(node.aliases) :])]
    variable = Attribute(node.variable, StringType(), False)
    made = [
        Attribute(name, dt, any(g[at].nullable for g in groups))
        for at, (name, dt) in enumerate(zip(node.value_names, types, strict=True))
    ]
    kept = tuple(_output(e) for e in ids)
    rows = tuple(
        (*map(without_alias, ids), lit(alias or "_".join(map(_shown, group))),
         *(coercion.cast_to(without_alias(e), dt, analysis.context.ansi)
           for e, dt in zip(group, types, strict=True)))
        for group, alias in zip(groups, aliases, strict=True)
    )  # fmt: skip
    plan: LogicalPlan = Expand(rows, (*kept, variable, *made), child)
    if not node.include_nulls:
        plan = Filter(or_(*map(is_not_null, made)), plan)
    return plan


def _groups(
    node: Unpivot, resolve: Any, child: LogicalPlan
) -> tuple[tuple[Expression, ...], list[tuple[Expression, ...]]]:
    if node.values is not None:
        groups = [tuple(resolve(group)) for group in node.values]
        if node.ids is not None:
            return tuple(resolve(node.ids)), groups
        used = {a.id for a in _only_columns([e for g in groups for e in g], "value", "id")}
        return tuple(a for a in child.output if a.id not in used), groups
    ids = tuple(resolve(node.ids or ()))
    held = {a.id for a in _only_columns(ids, "id", "value")}
    return ids, [(a,) for a in child.output if a.id not in held]


def _only_columns(expressions: Sequence[Expression], given: str, empty: str) -> list[Attribute]:
    wrong = [e for e in expressions if not isinstance(e, Attribute)]
    if wrong:
        shown = ", ".join(map(sql_expr, wrong))
        raise error("UNPIVOT_REQUIRES_ATTRIBUTES", given=given, empty=empty, expressions=shown)
    return [e for e in expressions if isinstance(e, Attribute)]


def _common(at: int, groups: Sequence[tuple[Expression, ...]], analysis: Analysis) -> DataType:
    members = [without_alias(g[at]) for g in groups]
    found = coercion.common_type(members, analysis.context.ansi)
    if found is None or coercion.mixes_text([e.dtype for e in members]):
        kinds: dict[str, list[str]] = {}
        for e in members:
            kinds.setdefault(sql_type(e.dtype), []).append(sql_id((pretty(e),)))
        types = ", ".join(
            f"{dt} ({', '.join(sorted(names)[:3])})" for dt, names in sorted(kinds.items())
        )
        raise error("UNPIVOT_VALUE_DATA_TYPE_MISMATCH", types=types)
    return found


def _output(e: Expression) -> Attribute:
    if isinstance(e, Attribute):
        return e.renewed()
    if isinstance(e, Alias):
        return e.attribute
    return Attribute(pretty(e), e.dtype, e.nullable)


def _shown(e: Expression) -> str:
    return e.name if isinstance(e, Attribute | Alias) else pretty(e)
