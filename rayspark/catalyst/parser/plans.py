"""Plans of clauses that stand in FROM and in pipes."""

from __future__ import annotations

from rayspark.catalyst.logical import (
    Limit,
    LogicalPlan,
    Pivot,
    Sample,
    SubqueryAlias,
    Unpivot,
)
from rayspark.catalyst.parser.clauses import PivotClause, SampleClause, UnpivotClause


def sampled(plan: LogicalPlan, sample: SampleClause) -> LogicalPlan:
    """TABLESAMPLE."""
    if sample.rows is not None:
        return Limit(plan, count=sample.rows)
    assert sample.share is not None
    return Sample(plan, lower=0.0, upper=sample.share, seed=sample.seed)


def pivoted(plan: LogicalPlan, clause: PivotClause | UnpivotClause) -> LogicalPlan:
    """PIVOT and UNPIVOT."""
    if isinstance(clause, PivotClause):
        return Pivot(None, clause.column, clause.values, clause.aggregates, plan)
    made = Unpivot(
        None,
        clause.columns,
        clause.aliases,
        clause.variable,
        clause.value_names,
        plan,
        clause.include_nulls,
    )
    return SubqueryAlias(made, (clause.name,)) if clause.name else made
