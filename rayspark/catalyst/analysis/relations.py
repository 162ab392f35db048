"""Where rows come from: tables, views, CTEs, VALUES."""

from __future__ import annotations

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.aggregates import is_aggregated
from rayspark.catalyst.analysis.aliases import is_generator
from rayspark.catalyst.analysis.analysis import Analysis, is_analyzed
from rayspark.catalyst.analysis.errors import error, sql_expr, sql_id
from rayspark.catalyst.analysis.sets import union_of
from rayspark.catalyst.expressions import Alias, Expression, Literal, ScalarSubquery, WindowCall
from rayspark.catalyst.logical import (
    Generate,
    LogicalPlan,
    OneRow,
    Project,
    Range,
    SubqueryAlias,
    UnresolvedRelation,
    UnresolvedValues,
)
from rayspark.datatypes.coercion import find_wider_value_of
from rayspark.errors import AnalysisException, ParseException

CATALOG = "spark_catalog"
"""The only one there is."""


def resolve_relation(node: UnresolvedRelation, analysis: Analysis) -> LogicalPlan:
    """A CTE in sight, or what the catalog has.

    Raises
    ------
    AnalysisException
        ``TABLE_OR_VIEW_NOT_FOUND``.
    """
    if len(node.parts) == 1:
        cte = analysis.ctes.get(node.parts[0].lower())
        if cte is not None:
            return cte
    found = analysis.context.relation(node.parts, dict(node.options))
    if found is None and len(node.parts) > 2 and node.parts[0].lower() != CATALOG:
        raise error(
            "REQUIRES_SINGLE_PART_NAMESPACE",
            sessionCatalog=CATALOG,
            identifier=sql_id(node.parts),
        )
    if found is None:
        raise error(
            "TABLE_OR_VIEW_NOT_FOUND",
            relationName=sql_id(node.parts),
            searchPath=f"[{analysis.context.search_path()}]",
        )
    if is_analyzed(found):
        return found
    return analysis.inner(outer=None, ctes={}, windows={}).run(found)


def resolve_alias(node: SubqueryAlias, _analysis: Analysis) -> LogicalPlan:
    """``(query) t (a, b)``: renaming becomes a Project."""
    if not node.columns:
        return node
    output = node.child.output
    if len(output) != len(node.columns):
        if not isinstance(node.child, Range | Generate):
            raise error(
                "ASSIGNMENT_ARITY_MISMATCH",
                numExpr=str(len(node.columns)),
                numTarget=str(len(output)),
            )
        raise error(
            "NUM_TABLE_VALUE_ALIASES_MISMATCH",
            funcName=sql_id(node.name),
            aliasesNum=str(len(node.columns)),
            outColsNum=str(len(output)),
        )
    renamed = tuple(
        a if a.name == name else Alias(a, name)
        for a, name in zip(output, node.columns, strict=True)
    )
    return SubqueryAlias(Project(renamed, node.child), name=node.name)


def resolve_values(node: UnresolvedValues, analysis: Analysis) -> LogicalPlan:
    """``VALUES (1, 'a'), (2, 'b')``: a Union of rows, or one row."""
    resolver = analysis.resolver(analysis.scope(OneRow()))
    rows = [resolver.resolve_all(row) for row in node.rows]
    width = len(rows[0])
    for row in rows:
        for e in row:
            _check_value(e)
    names = node.names or tuple(f"col{i}" for i in range(1, width + 1))
    columns: list[list[Expression]] = [[] for _ in rows]
    for at in range(width):
        types = [row[at].dtype for row in rows]
        target = find_wider_value_of(types, analysis.context.ansi)
        if target is None:
            raise _no_common_type(names[at], node)
        for row, made in zip(rows, columns, strict=True):
            made.append(coercion.cast_to(row[at], target, analysis.context.ansi))
    plans = [
        Project(tuple(Alias(e, n) for e, n in zip(made, names, strict=True)), OneRow())
        for made in columns
    ]
    return plans[0] if len(plans) == 1 else union_of(plans, analysis)


def _no_common_type(name: str, node: UnresolvedValues) -> Exception:
    """Constants are looked at by Spark's parser already: another class of error."""
    constant = all(isinstance(e, Literal) for row in node.rows for e in row)
    return (ParseException if constant else AnalysisException)(
        errorClass="INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
        messageParameters={"colName": sql_id((name,))},
    )


def _check_value(e: Expression) -> None:
    """What stands in VALUES has a value by itself."""
    if e.has(ScalarSubquery):
        raise error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.SCALAR_SUBQUERY_IN_VALUES")
    if not e.deterministic or is_generator(e) or is_aggregated(e) or e.has(WindowCall):
        raise error(
            "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", expr=sql_expr(e)
        )
