"""Queries inside expressions, and what they read of the query around them."""

from __future__ import annotations

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.analysis import Analysis, is_analyzed, mark_analyzed
from rayspark.catalyst.analysis.errors import error, mismatch, sql_expr, sql_type
from rayspark.catalyst.analysis.renew import linked_columns, renew
from rayspark.catalyst.analysis.resolver import Resolver, outer_fallback
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    InSubquery,
    OuterReference,
    ScalarSubquery,
    SubqueryExpression,
)
from rayspark.catalyst.logical import LogicalPlan, Project


def resolve_subquery(e: SubqueryExpression, resolver: Resolver, analysis: Analysis) -> Expression:
    """The expression over a resolved inner query; ``outer`` says what that reads of this one."""
    plan = e.plan
    if not is_analyzed(plan):
        inner = analysis.inner(outer=outer_fallback(resolver.scope), windows={})
        plan = inner.run(plan)
    made = frozenset(a.id for node in plan.walk() for a in node.output)
    shared = made & {a.id for a in resolver.scope.attributes}
    if shared:
        plan = renew(plan, shared, keep_outer=True)
        mark_analyzed(plan)
    outer = outer_attributes(plan)
    if isinstance(e, InSubquery):
        return _in(e.copy(plan=plan, outer=outer), analysis)
    if isinstance(e, ScalarSubquery) and len(plan.output) != 1:
        raise error(
            "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
            number=str(len(plan.output)),
        )
    return e.copy(plan=plan, outer=outer)


def outer_attributes(plan: LogicalPlan) -> tuple[Attribute, ...]:
    """The attributes of the query around that a plan reads, once each."""
    found: dict[int, Attribute] = {}
    linked = linked_columns(plan)
    for node in plan.walk():
        own = linked.get(id(node), frozenset())
        for expression in node.expressions:
            for e in expression.walk():
                if isinstance(e, OuterReference) and e.attribute.id not in own:
                    found.setdefault(e.attribute.id, e.attribute)
    return tuple(found.values())


def _in(e: InSubquery, analysis: Analysis) -> Expression:
    """``(a, b) IN (SELECT ...)``: as many columns, of types that can be compared."""
    output = e.plan.output
    if len(e.values) != len(output):
        raise mismatch(
            "IN_SUBQUERY_LENGTH_MISMATCH",
            e,
            leftLength=str(len(e.values)),
            rightLength=str(len(output)),
            leftColumns=", ".join(map(sql_expr, e.values)),
            rightColumns=", ".join(map(sql_expr, output)),
        )
    ansi = analysis.context.ansi
    values: list[Expression] = []
    columns: list[Expression] = []
    for value, column in zip(e.values, output, strict=True):
        target = coercion.compare(value, column, ansi, True)
        if target is None:
            raise mismatch(
                "IN_SUBQUERY_DATA_TYPE_MISMATCH",
                e,
                mismatchedColumns=f"({value.sql()}:{value.dtype.simpleString()},"
                f" {column.sql()}:{column.dtype.simpleString()})",
                leftType=", ".join(sql_type(v.dtype) for v in e.values),
                rightType=", ".join(sql_type(a.dtype) for a in output),
            )
        values.append(coercion.cast_to(value, target, ansi))
        fitted = coercion.cast_to(column, target, ansi)
        columns.append(column if fitted is column else Alias(fitted, column.name))
    plan = e.plan
    if any(c is not a for c, a in zip(columns, output, strict=True)):
        plan = Project(tuple(columns), plan)
        mark_analyzed(plan)
    return e.copy(plan=plan, values=tuple(values))
