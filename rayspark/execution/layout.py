"""Never pay for distribution that a query does not need: where it runs, and how it is spread.

Three sizes, one plan: a query whose input the driver reads at once runs in the driver; one that a
single executor does well runs as one task of many threads; a large one gets all its exchanges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from rayspark.catalyst.expressions import Attribute, Expression, PythonUDF, SubqueryExpression
from rayspark.catalyst.logical import (
    CoGroupPython,
    GroupPython,
    LateralJoin,
    LocalRelation,
    LogicalPlan,
    MapPython,
    Range,
    Relation,
    StoredRelation,
)
from rayspark.catalyst.stats import CAUTIOUS_TEXTS, Estimator
from rayspark.config.entries import sql
from rayspark.execution.bucketed_scans import buckets_setting
from rayspark.execution.catalog.session import plans_in
from rayspark.execution.planner import Layout

if TYPE_CHECKING:
    from rayspark.execution.session_conf import SessionConf
    from rayspark.execution.session_state import SessionState

ROW_BYTES = 8
"""Of a number of a range."""


def choose_layout(plan: LogicalPlan, state: SessionState, *, spread: bool = False) -> Layout:
    """Look at the sizes of what a plan reads, and at the settings.

    With ``spread`` the rows are wanted in partitions (``df.rdd``, a cache, files): no elision.
    """
    conf = state.conf
    elision = conf[sql.ELISION]
    engine_needed = needs_engine(plan)
    size = input_bytes(plan)
    resources = state.resources()
    fits_driver = resources.local or (size is not None and size <= conf[sql.DRIVER_BYTES])
    in_driver = elision != "never" and fits_driver and not engine_needed
    single = (
        in_driver
        or elision == "always"
        or (elision == "auto" and (resources.hosts == 1 or _fits(size, resources.executor_memory)))
    )
    if spread or has_python(plan):
        single = in_driver = False
    if plan.has(LateralJoin):  # only one query can do it
        single = True
    estimator = Estimator(CAUTIOUS_TEXTS)
    return Layout(
        single=single,
        in_driver=in_driver,
        cores=resources.cores,
        shuffle_partitions=_shuffle_partitions(size, resources.cores, conf),
        min_partitions=conf[sql.MIN_PARTITIONS] or resources.cores,
        max_partition_bytes=conf[sql.MAX_PARTITION_BYTES],
        broadcast_bytes=conf[sql.BROADCAST_THRESHOLD],
        buckets=buckets_setting(conf),
        size_of=size_estimates(conf[sql.CBO], estimator),
        keys_of=partial(_keys_of, estimator),
    )


def _shuffle_partitions(size: int | None, cores: int, conf: SessionConf) -> int:
    """Partitions of an exchange: as many as asked for, but no more than the size is worth. Of
    several, all cores get equally many.
    """
    asked = conf[sql.SHUFFLE_PARTITIONS]
    if not (conf[sql.ADAPTIVE] and conf[sql.ADAPTIVE_COALESCE]):
        return asked
    asked = conf[sql.INITIAL_PARTITIONS] or asked
    if size is None:
        return asked
    target = conf[sql.ADVISORY_SIZE]
    if conf[sql.PARALLELISM_FIRST]:
        target = max(conf[sql.MIN_PARTITION_SIZE], min(target, size // max(1, cores)))
    worth = -(-size // target)
    return 1 if worth <= 1 else min(asked, -(-worth // cores) * cores)


def needs_engine(plan: LogicalPlan) -> bool:
    """Whether a plan, or a query inside it, reads what only executors have, or runs Python
    functions.
    """
    stored = any(isinstance(node, StoredRelation) for node in plans_in(plan))
    return stored or has_python(plan)


def has_python(plan: LogicalPlan) -> bool:
    """Whether a plan calls functions written in Python."""
    for node in plan.walk():
        if isinstance(node, (MapPython, GroupPython, CoGroupPython)):
            return True
        if any(_calls_python(e) for e in node.expressions):
            return True
    return False


def _calls_python(e: Expression) -> bool:
    """Also in the queries that it holds."""
    if not e.has(PythonUDF, SubqueryExpression):
        return False
    return e.has(PythonUDF) or any(has_python(q.plan) for q in e.collect(SubqueryExpression))


def input_bytes(plan: LogicalPlan) -> int | None:
    """Bytes of all that a plan reads; ``None`` if some of it is unknown."""
    total = 0
    for node in plan.walk():
        size = _leaf_bytes(node) if not node.children else 0
        if size is None:
            return None
        total += size
    return total


def size_estimates(
    by_statistics: bool, estimator: Estimator
) -> Callable[[LogicalPlan], int | None]:
    """Estimates the bytes of rows: by statistics, or as those of all that is read for them."""
    if not by_statistics:
        return input_bytes

    def size_of(plan: LogicalPlan) -> int | None:
        found = estimator.bytes(plan)
        return None if found is None else int(found)

    return size_of


def _keys_of(estimator: Estimator, plan: LogicalPlan, keys: Sequence[Expression]) -> float | None:
    """By what sources know of their columns; ``None`` where one is no column of theirs."""
    rows = estimator.rows(plan)
    known = [estimator.column(key.id) if isinstance(key, Attribute) else None for key in keys]
    if rows is None or not keys or None in known:
        return None
    return estimator.groups(keys, rows)


def _leaf_bytes(node: LogicalPlan) -> int | None:
    match node:
        case Relation(source=source):
            size: int | None = source.estimated_bytes()
            return size
        case LocalRelation(table=table):
            return int(table.nbytes)
        case Range():
            return ROW_BYTES * node.max_rows
        case StoredRelation(rows=rows):
            return None if rows is None else rows * ROW_BYTES * max(1, len(node.output))
    return 0


def _fits(size: int | None, memory: int) -> bool:
    return size is not None and size <= memory
