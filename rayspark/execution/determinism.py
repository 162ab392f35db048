"""What a pipeline gives when it is run again: the same rows in their order, the same, or others.

A scan gives its rows in the order of the file, and so do operators that look at each row by itself.
An exchange, a join or an aggregation gives its rows in any order. Operators that look at a row's
place (a sample, a limit, the first of equal keys, numbers in order) give other rows when they are
run again over rows in any order; random numbers always do. What reads such rows from a lost node
must not mix two runs: the scheduler rolls back a stage that is INDETERMINATE whole.
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.expressions import Call, Expression
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec
from rayspark.execution.operators.leaf import LeafExec, StoredExec
from rayspark.execution.operators.rows import (
    DeduplicateExec,
    ExpandExec,
    FilterExec,
    GenerateExec,
    LimitExec,
    ProjectExec,
    SampleExec,
    TailExec,
)
from rayspark.lineage.node import Determinism

IN_ORDER = (ProjectExec, FilterExec, GenerateExec, ExpandExec, LimitExec, SampleExec, TailExec)
"""Operators that give their rows in the order in which these came."""
OF_TASK = frozenset(
    {"input_file_block_length", "input_file_block_start", "input_file_name", "spark_partition_id"}
)
"""Functions of the row's file or partition: the same in every run."""
OF_PLACE = frozenset(
    {
        *("any_value", "collect_list", "collect_set", "collect_union", "first", "first_value"),
        *("last", "last_value", "listagg", "mode", "monotonically_increasing_id"),
    }
)
"""Functions of the order in which rows come."""


def determinism(plan: PhysicalPlan, below: Callable[[PhysicalPlan], Determinism]) -> Determinism:
    """Of a pipeline's rows; ``below`` tells that of what its tasks read from other nodes."""
    found: dict[int, Determinism] = {}
    for node in _pipeline(plan):
        if node is not plan and (node.cuts or isinstance(node, StoredExec)):
            fixed = isinstance(node, BroadcastExec)  # the driver holds the only copy
            found[id(node)] = Determinism.DETERMINATE if fixed else below(node)
            continue
        inner = max((found[id(child)].value for child in node.children), default=0)
        found[id(node)] = _of(node, Determinism(inner))
    return found[id(plan)]


def _pipeline(plan: PhysicalPlan) -> list[PhysicalPlan]:
    """Its operators, children first; those that it only reads end it."""
    found, stack = [], [plan]
    while stack:
        node = stack.pop()
        found.append(node)
        if node is plan or not node.cuts:
            stack.extend(node.children)
    return found[::-1]


def _of(node: PhysicalPlan, inner: Determinism) -> Determinism:
    if inner is Determinism.INDETERMINATE:
        return inner
    unordered = inner is Determinism.UNORDERED
    if any(_is_random(e) for e in node.expressions):
        return Determinism.INDETERMINATE
    if unordered and (_picks(node) or any(_is_of_place(e) for e in node.expressions)):
        return Determinism.INDETERMINATE
    keeps = isinstance(node, (*IN_ORDER, LeafExec))
    return Determinism.DETERMINATE if keeps and not unordered else Determinism.UNORDERED


def _picks(node: PhysicalPlan) -> bool:
    """Whether the operator chooses among rows by their place."""
    if isinstance(node, DeduplicateExec):
        keys = {key.id for key in node.keys}
        return any(a.id not in keys for a in node.output)
    return isinstance(node, (LimitExec, SampleExec, TailExec))


def _is_random(e: Expression) -> bool:
    return not e.deterministic and any(
        x.fn.name not in OF_PLACE and x.fn.name not in OF_TASK
        for x in e.collect(Call)
        if not x.fn.deterministic
    )


def _is_of_place(e: Expression) -> bool:
    return not e.deterministic and any(x.fn.name in OF_PLACE for x in e.collect(Call))
