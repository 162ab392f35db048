"""The optimizer's rules, in order, with reasons."""

from __future__ import annotations

from rayspark.catalyst.analysis.context import AnalysisContext
from rayspark.catalyst.optimizer.rules.collapse_projects import COLLAPSE_PROJECTS
from rayspark.catalyst.optimizer.rules.combine_filters import COMBINE_FILTERS
from rayspark.catalyst.optimizer.rules.decide_in import DECIDE_IN
from rayspark.catalyst.optimizer.rules.eliminate_distincts import ELIMINATE_DISTINCTS
from rayspark.catalyst.optimizer.rules.eliminate_outer_joins import ELIMINATE_OUTER_JOINS
from rayspark.catalyst.optimizer.rules.eliminate_sorts import ELIMINATE_SORTS
from rayspark.catalyst.optimizer.rules.eliminate_subquery_aliases import ELIMINATE_SUBQUERY_ALIASES
from rayspark.catalyst.optimizer.rules.fold_constants import fold_constants
from rayspark.catalyst.optimizer.rules.infer_filters import INFER_FILTERS
from rayspark.catalyst.optimizer.rules.infer_from_or import INFER_FROM_OR
from rayspark.catalyst.optimizer.rules.pad_char import PAD_CHAR
from rayspark.catalyst.optimizer.rules.propagate_empty import PROPAGATE_EMPTY
from rayspark.catalyst.optimizer.rules.propagate_nulls import (
    PROPAGATE_NULLS,
    REPLACE_NULL_WITH_FALSE,
)
from rayspark.catalyst.optimizer.rules.prune_columns import PRUNE_COLUMNS
from rayspark.catalyst.optimizer.rules.prune_partitions import PRUNE_PARTITIONS
from rayspark.catalyst.optimizer.rules.pull_out_grouping import PULL_OUT_GROUPING
from rayspark.catalyst.optimizer.rules.push_down_filter import PUSH_DOWN_FILTER
from rayspark.catalyst.optimizer.rules.push_down_limit import PUSH_DOWN_LIMIT
from rayspark.catalyst.optimizer.rules.push_down_semi_join import PUSH_DOWN_SEMI_JOIN
from rayspark.catalyst.optimizer.rules.push_filters_to_sources import PUSH_FILTERS_TO_SOURCES
from rayspark.catalyst.optimizer.rules.read_file_metadata import READ_FILE_METADATA
from rayspark.catalyst.optimizer.rules.reduce_aggregates import REDUCE_AGGREGATES
from rayspark.catalyst.optimizer.rules.reorder_joins import REORDER_JOINS
from rayspark.catalyst.optimizer.rules.simplify_boolean import SIMPLIFY_BOOLEAN
from rayspark.catalyst.optimizer.rules.simplify_casts import SIMPLIFY_CASTS
from rayspark.catalyst.optimizer.rules.simplify_conditionals import SIMPLIFY_CONDITIONALS
from rayspark.catalyst.optimizer.rules.unnest_subqueries import UNNEST_SUBQUERIES
from rayspark.catalyst.optimizer.rules.update_nullability import UPDATE_NULLABILITY
from rayspark.catalyst.rule import Batch, Rule
from rayspark.config.entries import sql

EXPRESSIONS: list[Rule] = [
    PROPAGATE_NULLS, SIMPLIFY_CONDITIONALS, SIMPLIFY_BOOLEAN, SIMPLIFY_CASTS,
    REPLACE_NULL_WITH_FALSE,
]  # fmt: skip

OPERATORS: list[Rule] = [
    PROPAGATE_EMPTY, ELIMINATE_OUTER_JOINS, ELIMINATE_SORTS, ELIMINATE_DISTINCTS,
    COLLAPSE_PROJECTS, COMBINE_FILTERS, PUSH_DOWN_FILTER, PUSH_DOWN_LIMIT,
]  # fmt: skip


def batches(context: AnalysisContext) -> list[Batch]:
    """All batches for a session's settings.

    Names have done their work, so aliases go first: other rules need not look through them.
    Grouping expressions become columns before any expression is rewritten, since output columns
    must go on to match them. Expressions are made simple before operators move, which is when
    constants are seen to make a plan empty. Rules on operators run until nothing moves. Filters
    are inferred once: pushed through expressions they would not be known again. Columns are
    pruned when filters lie where they will stay (a pruned projection between a filter and its
    source would hide one from the other), and sources are told filters before columns, because
    a column that only a filter reads may then go too.
    """
    found = [
        Batch(
            "Finish Analysis",
            [
                ELIMINATE_SUBQUERY_ALIASES,
                READ_FILE_METADATA,
                UPDATE_NULLABILITY,
                PULL_OUT_GROUPING,
            ],
            once=True,
        ),
        Batch("Constants", [fold_constants(context), PAD_CHAR], once=True),
        Batch("Expressions", EXPRESSIONS),
        Batch("Operators", OPERATORS),
        Batch("Infer Filters", [INFER_FROM_OR, INFER_FILTERS], once=True),
        Batch("Operators after Inferring Filters", OPERATORS),
        Batch("Subqueries of IN", [DECIDE_IN], once=True),
        Batch("Sources", [PUSH_FILTERS_TO_SOURCES], once=True),
        Batch("Columns", [PRUNE_COLUMNS], once=True),
        Batch("Clean up", [COLLAPSE_PROJECTS], once=True),
    ]
    return _without_excluded(found, context)


def stage_batches(context: AnalysisContext) -> list[Batch]:
    """What a plan needs besides when it runs as several stages.

    Queries inside expressions become joins, which exchanges can feed. One DuckDB query does
    without: its own way of unnesting (joins with only those keys that occur) measured 2 to 4 times
    faster on TPC-H 17 and 21.
    """
    found = [
        Batch("Subqueries", [UNNEST_SUBQUERIES], once=True),
        Batch("Operators again", [*OPERATORS, PUSH_DOWN_SEMI_JOIN]),
        Batch("Join order", [REORDER_JOINS] if _reorders(context) else [], once=True),
        Batch("Run-time filters", [REDUCE_AGGREGATES] if _filters(context) else [], once=True),
        Batch("Columns again", [PRUNE_COLUMNS], once=True),
        Batch("Clean up again", [COLLAPSE_PROJECTS], once=True),
        Batch("Partitions", [PRUNE_PARTITIONS] if _prunes(context) else [], once=True),
    ]
    return _without_excluded(found, context)


def _reorders(context: AnalysisContext) -> bool:
    return all(context.settings.get(e.key) == "true" for e in (sql.CBO, sql.JOIN_REORDER))


def _filters(context: AnalysisContext) -> bool:
    return context.settings.get(sql.RUNTIME_FILTER.key) == "true"


def _prunes(context: AnalysisContext) -> bool:
    return context.settings.get(sql.DPP.key) == "true"


def _without_excluded(found: list[Batch], context: AnalysisContext) -> list[Batch]:
    excluded = _excluded(context)
    if not excluded:
        return found
    return [
        Batch(b.name, [rule for rule in b.rules if rule.name not in excluded], b.once)
        for b in found
    ]


def _excluded(context: AnalysisContext) -> set[str]:
    text = context.settings.get(sql.EXCLUDED_RULES.key) or ""
    return {name.strip().rpartition(".")[2] for name in text.split(",") if name.strip()}
