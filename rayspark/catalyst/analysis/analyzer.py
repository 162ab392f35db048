"""The way from what the user wrote to what it means.

:func:`analyze` gives every node of a plan to the rule for its class, leaves first. A rule sees
children that are done, so names below have columns, types and ids. One walk is enough: what a
clause needs of the nodes around it (HAVING of its aggregation, a lateral query of the left side)
is handed down explicitly, see :mod:`rayspark.catalyst.analysis.analysis`.

Rules keep no state; an analysis belongs to the thread that called.
"""

from __future__ import annotations

from collections.abc import Mapping

from rayspark.catalyst.analysis.analysis import Analysis, Rule, is_analyzed
from rayspark.catalyst.analysis.checks import check
from rayspark.catalyst.analysis.columns import (
    resolve_renamed,
    resolve_to_schema,
    resolve_with_columns,
)
from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.analysis.ctes import resolve_windows, resolve_with
from rayspark.catalyst.analysis.frames import number_frame
from rayspark.catalyst.analysis.joins import resolve_join, resolve_lateral
from rayspark.catalyst.analysis.others import (
    resolve_cogroup,
    resolve_collect,
    resolve_deduplicate,
    resolve_distinct,
    resolve_expressions,
    resolve_hint,
    resolve_repartition,
)
from rayspark.catalyst.analysis.pivots import resolve_pivot, resolve_unpivot
from rayspark.catalyst.analysis.projects import (
    resolve_aggregate,
    resolve_filter,
    resolve_limit,
    resolve_project,
    resolve_sort,
)
from rayspark.catalyst.analysis.relations import resolve_alias, resolve_relation, resolve_values
from rayspark.catalyst.analysis.sets import resolve_set_op, resolve_union
from rayspark.catalyst.analysis.sources import resolve_generate, resolve_table_function
from rayspark.catalyst.analysis.subqueries import resolve_subquery
from rayspark.catalyst.logical import (
    Aggregate,
    CoGroupPython,
    Collect,
    Deduplicate,
    Distinct,
    Filter,
    Generate,
    GroupingSets,
    Hint,
    Join,
    LateralJoin,
    Limit,
    LogicalPlan,
    Offset,
    Pivot,
    Project,
    RepartitionBy,
    SetOp,
    Sort,
    SubqueryAlias,
    Tail,
    ToSchema,
    Union,
    Unpivot,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
    WithColumns,
    WithColumnsRenamed,
    WithCTE,
    WithWindows,
)
from rayspark.catalyst.rule import Trace

RULES: Mapping[type, Rule] = {
    UnresolvedRelation: resolve_relation,
    UnresolvedValues: resolve_values,
    SubqueryAlias: resolve_alias,
    WithCTE: resolve_with,
    WithWindows: resolve_windows,
    Project: resolve_project,
    Filter: resolve_filter,
    Aggregate: resolve_aggregate,
    GroupingSets: resolve_aggregate,
    Sort: resolve_sort,
    Limit: resolve_limit,
    Offset: resolve_limit,
    Tail: resolve_limit,
    Join: resolve_join,
    LateralJoin: resolve_lateral,
    Union: resolve_union,
    SetOp: resolve_set_op,
    UnresolvedTableFunction: resolve_table_function,
    Generate: resolve_generate,
    WithColumns: resolve_with_columns,
    WithColumnsRenamed: resolve_renamed,
    ToSchema: resolve_to_schema,
    Pivot: resolve_pivot,
    Unpivot: resolve_unpivot,
    Hint: resolve_hint,
    Collect: resolve_collect,
    CoGroupPython: resolve_cogroup,
    Deduplicate: resolve_deduplicate,
    Distinct: resolve_distinct,
    RepartitionBy: resolve_repartition,
}
"""The rule for each class of nodes; those of other classes just have their expressions resolved."""


def analyze(plan: LogicalPlan, context: AnalysisContext, trace: Trace | None = None) -> LogicalPlan:
    """The resolved plan.

    Raises
    ------
    AnalysisException
        If a table, column or function does not exist, types do not fit, or a clause stands where
        it cannot.
    """
    if is_analyzed(plan):
        return plan
    resolved = Analysis(context, RULES, resolve_expressions, resolve_subquery, trace=trace).run(
        plan
    )
    check(resolved)
    number_frame(resolved)
    return resolved
