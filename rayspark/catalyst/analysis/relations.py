"""Where rows come from: tables, views, CTEs, VALUES."""

from __future__ import annotations

from rayspark.catalyst.analysis import coercion
from rayspark.catalyst.analysis.analysis import Analysis, is_analyzed
from rayspark.catalyst.analysis.errors import error, sql_id
from rayspark.catalyst.analysis.sets import union_of
from rayspark.catalyst.expressions import Alias, Expression
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
from rayspark.datatypes.coercion import find_wider_of


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
        if "_rows" in node.child.__dict__:
            raise error(
                "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                expectedNumCols=str(len(node.columns)),
                actualNumCols=str(len(output)),
                rowIndex="0",
            )
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
        if len(row) != width:
            raise error(
                "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                expectedNumCols=str(width),
                actualNumCols=str(len(row)),
                rowIndex=str(rows.index(row)),
            )
    names = node.names or tuple(f"col{i}" for i in range(1, width + 1))
    columns: list[list[Expression]] = [[] for _ in rows]
    for at in range(width):
        types = [row[at].dtype for row in rows]
        target = find_wider_of(types, analysis.context.ansi)
        if target is None:
            raise error("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                        colName=sql_id((names[at],)))  # fmt: skip
        for row, made in zip(rows, columns, strict=True):
            made.append(coercion.cast_to(row[at], target, analysis.context.ansi))
    plans = [
        Project(tuple(Alias(e, n) for e, n in zip(made, names, strict=True)), OneRow())
        for made in columns
    ]
    table = plans[0] if len(plans) == 1 else union_of(plans, analysis)
    table.__dict__["_rows"] = True  # a message about its columns says VALUES
    return table
