"""SELECT lists and WHERE, HAVING, ORDER BY, LIMIT over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from rayspark.catalyst.analysis import aggregates, coercion
from rayspark.catalyst.analysis.aggregates import (
    aggregate_below,
    check_aggregate,
    first_aggregate,
    is_aggregate_call,
    is_aggregated,
    lift_over,
    mark_aggregated,
    named_columns,
)
from rayspark.catalyst.analysis.aliases import is_generator, outputs, without_alias
from rayspark.catalyst.analysis.analysis import Analysis, is_analyzed
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_type, unresolved_column
from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.generators import extract_generators, has_generator
from rayspark.catalyst.analysis.groupings import expand_sets
from rayspark.catalyst.analysis.hidden import Hidden, only
from rayspark.catalyst.analysis.lateral import LateralAliases
from rayspark.catalyst.analysis.resolver import Fallback
from rayspark.catalyst.analysis.scope import Scope
from rayspark.catalyst.analysis.stars import expand_star
from rayspark.catalyst.analysis.time_windows import TimeWindows
from rayspark.catalyst.analysis.windows import extract_windows, has_window
from rayspark.catalyst.expressions import (
    AggregateCall,
    Alias,
    Attribute,
    Expression,
    Literal,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedOrdinal,
    UnresolvedRegex,
    UnresolvedStar,
    WindowCall,
)
from rayspark.catalyst.logical import (
    Aggregate,
    Filter,
    GroupingSets,
    Limit,
    LogicalPlan,
    Offset,
    Project,
    Sort,
    Tail,
)
from rayspark.datatypes import BooleanType, ByteType, IntegerType, ShortType, VariantType
from rayspark.datatypes.base import NumericType
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.records import dataclass


def expanded(columns: Sequence[Expression], scope: Scope) -> list[Expression]:
    """A select list without stars."""
    found: list[Expression] = []
    for column in columns:
        inner = column.child if isinstance(column, UnresolvedAlias) else column
        if isinstance(inner, UnresolvedStar | UnresolvedRegex):
            found += expand_star(inner, scope)
        else:
            found.append(column)
    return found


@dataclass(frozen=True)
class Clauses:
    """Conditions that belong to a select list."""

    having: Expression | None = None
    qualify: Expression | None = None


NO_CLAUSES = Clauses()


def resolve_project(
    node: Project, analysis: Analysis, clauses: Clauses = NO_CLAUSES
) -> LogicalPlan:
    """``SELECT columns FROM child``."""
    scope = analysis.scope(node.child)
    times = TimeWindows(node.child, analysis)
    written = times.place(expanded(node.columns, scope))
    child = times.child
    hidden = Hidden(child, analysis.case_sensitive, merged_only=True)
    lateral = LateralAliases(analysis, written)
    resolver = analysis.resolver(scope, fallbacks=(lateral.find, times.find, hidden.find))
    resolved = lateral.resolve_all(resolver)
    hidden.require(resolved)
    columns = named_columns(written, resolved, analysis.context.zone)
    child = hidden.exposed()
    if clauses.qualify is not None:
        qualify = _resolve_over(clauses.qualify, (), columns, scope, hidden.find, analysis)
        clauses = replace(clauses, qualify=qualify)
    if any(map(is_aggregated, columns)):
        return finish_aggregate(Aggregate((), columns, child), lateral, clauses)
    return select(columns, child, lateral, clauses.qualify)


def select(
    columns: Sequence[Expression],
    child: LogicalPlan,
    lateral: LateralAliases,
    qualify: Expression | None = None,
) -> LogicalPlan:
    """A Project with its generators, window functions and lateral aliases in nodes below it."""
    if lateral.used:
        columns, child = lateral.split(columns, child)
    if any(map(has_generator, columns)):
        columns, child = extract_generators(columns, child)
    if qualify is not None:
        if not any(map(has_window, (*columns, qualify))):
            raise error("QUALIFY_REQUIRES_WINDOW_FUNCTION")
        (*columns, condition), child = extract_windows((*columns, qualify), child)
        child = Filter(condition, child)
    elif any(map(has_window, columns)):
        columns, child = extract_windows(columns, child)
    return Project(tuple(columns), child)


def finish_aggregate(plan: Aggregate, lateral: LateralAliases, clauses: Clauses) -> LogicalPlan:
    """An Aggregate, with HAVING, then window functions and generators over it in nodes above."""
    condition = clauses.having
    upper = lateral.used or clauses.qualify is not None
    if not upper and not any(has_window(c) or has_generator(c) for c in plan.columns):
        check_aggregate(plan)
        return plan if condition is None else _filtered(plan, condition)
    lift = aggregates.Lift(plan.grouping, ())
    columns = [
        c.copy(child=lift(c.child)) if isinstance(c, Alias) else lift(c) for c in plan.columns
    ]
    above = None if condition is None else lift(condition)
    qualify = None if clauses.qualify is None else lift(clauses.qualify)
    computed = plan.copy(columns=tuple(lift.columns))
    check_aggregate(computed)
    known = computed.output_ids | lateral.used
    for column, shown in zip(columns, plan.columns, strict=True):
        if column.references - known:
            check_aggregate(plan.copy(columns=(shown,)))
    below: LogicalPlan = computed if above is None else Filter(above, computed)
    result = select(columns, below, lateral, qualify)
    marked = result
    while isinstance(marked, Project):
        mark_aggregated(marked)
        marked = marked.child
    return result


def _filtered(plan: Aggregate, condition: Expression) -> LogicalPlan:
    lift = aggregates.Lift(plan.grouping, plan.columns)
    above = lift(condition)
    whole = plan.copy(columns=tuple(lift.columns))
    check_aggregate(whole)
    for e in above.walk():
        if isinstance(e, Attribute) and e.id not in whole.output_ids:
            raise unresolved_column((e.name,), plan.output)
    result = only(Filter(above, whole), plan.output)
    return mark_aggregated(result) if isinstance(result, Project) else result


# -- aggregation ---------------------------------------------------------------------------------


def resolve_aggregate(
    node: Aggregate | GroupingSets, analysis: Analysis, clauses: Clauses = NO_CLAUSES
) -> LogicalPlan:
    """``SELECT columns FROM child GROUP BY grouping``."""
    scope = analysis.scope(node.child)
    times = TimeWindows(node.child, analysis)
    written = times.place(expanded(node.columns, scope))
    node = node.copy(grouping=tuple(times.place(node.grouping)))
    child = times.child
    hidden = Hidden(child, analysis.case_sensitive, merged_only=True)
    lateral = LateralAliases(analysis, written)
    resolver = analysis.resolver(scope, fallbacks=(lateral.find, times.find, hidden.find))
    resolved = lateral.resolve_all(resolver)
    columns = named_columns(written, resolved, analysis.context.zone)
    below = first_of(times.find, hidden.find)
    grouping, sets = resolve_grouping(node, columns, analysis, scope, below)
    conditions = [
        None if c is None else _resolve_over(c, grouping, columns, scope, below, analysis)
        for c in (clauses.having, clauses.qualify)
    ]
    hidden.require((*resolved, *grouping))
    child = hidden.exposed()
    if sets is not None:
        plan, conditions = expand_sets(sets, grouping, columns, conditions, child)
    else:
        plan = Aggregate(grouping, columns, child)
    plan, conditions = times.merged(plan, conditions)
    return finish_aggregate(plan, lateral, Clauses(*conditions))


def _resolve_over(
    condition: Expression,
    grouping: Sequence[Expression],
    columns: Sequence[Expression],
    inside: Scope,
    hidden: Fallback,
    analysis: Analysis,
) -> Expression:
    """HAVING and QUALIFY: names mean grouping columns, then output columns, then what is below."""
    groups = Scope([g for g in grouping if isinstance(g, Attribute)], analysis.case_sensitive)
    made = {c.id: c.child for c in columns if isinstance(c, Alias)}
    shown = Scope(outputs(columns), analysis.case_sensitive)
    resolver = analysis.resolver(
        groups,
        fallbacks=(scope_fallback(shown), scope_fallback(inside), hidden),
        inside_aggregates=inside,
        columns_first=True,
    )
    found = resolver.resolve(condition)
    if isinstance(found.dtype, NumericType):
        found = coercion.cast_to(found, BooleanType(), analysis.context.ansi)
    check_condition(found, "HAVING")
    resolved: Expression = found.transform_up(
        lambda e: made.get(e.id, e) if isinstance(e, Attribute) else e
    )
    return resolved


def resolve_grouping(
    node: Aggregate | GroupingSets,
    columns: Sequence[Expression],
    analysis: Analysis,
    scope: Scope,
    hidden: Fallback,
) -> tuple[tuple[Expression, ...], Sequence[tuple[int, ...]] | None]:
    """Grouping expressions: by position, by alias, ALL, or as they are; and the grouping sets."""

    def by_alias(parts: tuple[str, ...]) -> Expression | None:
        if len(parts) > 1 or analysis.setting("spark.sql.groupByAliases", "true") != "true":
            return None
        for column in columns:
            if isinstance(column, Alias) and analysis.same_name(column.name, parts[0]):
                return column.child
        return None

    resolver = analysis.resolver(scope, fallbacks=(hidden, by_alias))
    by_position = analysis.setting("spark.sql.groupByOrdinal", "true") == "true"
    found: list[Expression] = []
    for e in node.grouping:
        position = position_of(e) if by_position else None
        if position is not None:
            found.append(_at_position(position, node.columns, columns))
        elif is_all(e) and scope.find(("all",)) is None and len(node.grouping) == 1:
            found += _all_groups(columns)
        else:
            found.append(without_alias(resolver.resolve(e)))
    for e in found:
        if isinstance(e.dtype, VariantType | CalendarIntervalType):
            raise error(
                "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
                sqlExpr=sql_expr(e),
                dataType=sql_type(e.dtype),
            )
    return tuple(found), node.sets if isinstance(node, GroupingSets) else None


def position_of(e: Expression) -> int | None:
    """The number, where an expression is one that means a position."""
    match e:
        case UnresolvedOrdinal():
            return e.position
        case Literal(type=IntegerType()) if e.value is not None:
            return int(e.value)
    return None


def is_all(e: Expression) -> bool:
    """Whether it is the word ALL."""
    return isinstance(e, UnresolvedAttribute) and len(e.parts) == 1 and e.parts[0].lower() == "all"


def _at_position(
    position: int, written: Sequence[Expression], columns: Sequence[Expression]
) -> Expression:
    if any(isinstance(w, UnresolvedStar) for w in written):
        raise error("STAR_GROUP_BY_POS")
    if not 1 <= position <= len(columns):
        raise error("GROUP_BY_POS_OUT_OF_RANGE", index=str(position), size=str(len(columns)))
    found = without_alias(columns[position - 1])
    if is_aggregated(found):
        shown = columns[position - 1].sql()
        raise error("GROUP_BY_POS_AGGREGATE", index=str(position), aggExpr=shown)
    return found


def _all_groups(columns: Sequence[Expression]) -> list[Expression]:
    found: list[Expression] = []
    for column in columns:
        e = without_alias(column)
        if not is_aggregated(e):
            if not isinstance(e, Literal):
                found.append(e)
        elif any(isinstance(x, Attribute) for x in _outside_aggregates(e)):
            raise error("UNRESOLVED_ALL_IN_GROUP_BY")
    return found


def _outside_aggregates(e: Expression) -> list[Expression]:
    found, stack = [], [e]
    while stack:
        node = stack.pop()
        if first_aggregate(node) is node:
            continue
        found.append(node)
        stack.extend(node.children)
    return found


# -- WHERE, HAVING, QUALIFY ----------------------------------------------------------------------


def resolve_filter(node: Filter, analysis: Analysis) -> LogicalPlan:
    """WHERE; over an aggregation HAVING."""
    child = node.child
    if node.clause != "where" and not is_analyzed(child):
        return _with_clauses(node, analysis)
    found = aggregate_below(child)
    output = child.output
    hidden = Hidden(child, analysis.case_sensitive)
    fallbacks: list[Fallback] = [hidden.find]
    inside = None
    times = TimeWindows(child, analysis)
    (written,) = times.place([node.condition])
    if times.child is not child:
        return resolve_filter(node.copy(condition=written, child=times.child), analysis)
    if found is not None:
        inside = analysis.scope(found[1].child)
        fallbacks.append(scope_fallback(inside))
    resolver = analysis.resolver(
        analysis.scope(child), fallbacks=fallbacks, inside_aggregates=inside
    )
    condition = resolver.resolve(node.condition)
    if found is not None and (is_aggregated(condition) or condition.references - child.output_ids):
        hidden_child, (condition,) = lift_over(child, [condition])
        check_condition(condition, "HAVING")
        return only(Filter(condition, hidden_child), output)
    hidden.require([condition])
    child = hidden.exposed()
    check_condition(condition, "WHERE")
    return only(Filter(condition, child), output, hidden.merged)


def _with_clauses(node: Filter, analysis: Analysis) -> LogicalPlan:
    clauses, below = Clauses(), cast("LogicalPlan", node)
    while isinstance(below, Filter) and below.clause != "where" and not is_analyzed(below.child):
        clauses = replace(clauses, **{below.clause: below.condition})
        below = below.child
    if isinstance(below, Project):
        return resolve_project(below, analysis, clauses)
    assert isinstance(below, Aggregate | GroupingSets)
    return resolve_aggregate(below, analysis, clauses)


def scope_fallback(scope: Scope) -> Fallback:
    """Looks names up in another scope."""

    def find(parts: tuple[str, ...]) -> Expression | None:
        found = scope.find(parts)
        if found is None:
            return None
        e: Expression = found[0]
        for name in found[1]:
            e = field(e, name, scope.case_sensitive)
        return e

    return find


def first_of(*fallbacks: Fallback) -> Fallback:
    """Looks names up in one place after another."""

    def find(parts: tuple[str, ...]) -> Expression | None:
        found = (fallback(parts) for fallback in fallbacks)
        return next((e for e in found if e is not None), None)

    return find


def check_condition(condition: Expression, clause: str) -> None:
    """A condition is boolean; WHERE sees rows, not groups."""
    if not isinstance(condition.dtype, BooleanType):
        raise mismatch(
            "FILTER_NOT_BOOLEAN",
            condition,
            filter=sql_expr(condition),
            type=sql_type(condition.dtype),
        )
    if clause != "WHERE":
        return
    if has_window(condition):
        raise error("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", clauseName="WHERE")
    wrong = [e for e in condition.walk() if is_aggregate_call(e) or is_generator(e)]
    if wrong:
        raise error(
            "INVALID_WHERE_CONDITION",
            condition=sql_expr(condition),
            expressionList=", ".join(e.sql() for e in wrong),
        )


# -- ORDER BY, LIMIT -----------------------------------------------------------------------------


def resolve_sort(node: Sort, analysis: Analysis) -> LogicalPlan:
    """ORDER BY: output columns, positions, ALL, and what is below the output."""
    child = node.child
    output = child.output
    scope = analysis.scope(child)
    hidden = Hidden(child, analysis.case_sensitive)
    fallbacks: list[Fallback] = [hidden.find]
    found = aggregate_below(child)
    inside = None
    if found is None:
        times = TimeWindows(child, analysis, merged_only=False)
        placed = tuple(times.place(node.order))
        if times.child is not child:
            return only(resolve_sort(node.copy(order=placed, child=times.child), analysis), output)
    else:
        inside = analysis.scope(found[1].child)
        fallbacks = [scope_fallback(inside)]
    resolver = analysis.resolver(scope, fallbacks=fallbacks, inside_aggregates=inside)
    order = [
        resolver.resolve(o)
        for o in _positions(_all_orders(node.order, output, scope), output, analysis)
    ]
    if found is not None and any(
        is_aggregated(o) or o.references - child.output_ids for o in order
    ):
        child, keys = lift_over(child, order)
        order = list(keys)
        for o in order:
            if o.references - child.output_ids:
                missing = next(
                    a for a in o.walk()
                    if isinstance(a, Attribute) and a.id not in child.output_ids
                )  # fmt: skip
                raise unresolved_column((missing.name,), output)
    else:
        hidden.require(order)
        child = hidden.exposed()
    wrong = [e for o in order for e in o.walk() if isinstance(e, WindowCall | AggregateCall)]
    if wrong:
        raise error(
            "UNSUPPORTED_EXPR_FOR_OPERATOR",
            operator="Sort",
            invalidExprSqls=", ".join(map(sql_expr, wrong)),
        )
    return only(node.copy(order=tuple(order), child=child), output, hidden.merged)


def _all_orders(
    order: Sequence[SortOrder], output: Sequence[Attribute], scope: Scope
) -> Sequence[SortOrder]:
    if len(order) == 1 and is_all(order[0].child) and scope.find(("all",)) is None:
        return [order[0].copy(child=a) for a in output]
    return order


def _positions(
    order: Sequence[SortOrder], output: Sequence[Attribute], analysis: Analysis
) -> list[SortOrder]:
    if analysis.setting("spark.sql.orderByOrdinal", "true") != "true":
        return list(order)
    found = []
    for o in order:
        position = position_of(o.child)
        if position is None:
            found.append(o)
        elif 1 <= position <= len(output):
            found.append(o.copy(child=output[position - 1]))
        else:
            raise error("ORDER_BY_POS_OUT_OF_RANGE", index=str(position), size=str(len(output)))
    return found


def resolve_limit(node: Limit | Offset | Tail, analysis: Analysis) -> LogicalPlan:
    """A constant that is no negative integer."""
    name = type(node).__name__.lower()
    resolver = analysis.resolver(analysis.scope(node.child))
    count = resolver.resolve(node.count)
    shown = sql_expr(count)
    if not count.foldable:
        raise error("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", name=name, expr=shown)
    if not isinstance(count.dtype, IntegerType | ShortType | ByteType):
        raise error(
            "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE",
            name=name,
            expr=shown,
            dataType=sql_type(count.dtype),
        )
    value = count.value if isinstance(count, Literal) else None
    if isinstance(count, Literal) and value is None:
        raise error("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", name=name, expr=shown)
    if value is not None and value < 0:
        raise error(
            "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", name=name, expr=shown, v=str(value)
        )
    return node if count is node.count else node.copy(count=count)
