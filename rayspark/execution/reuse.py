"""Sub-plans that occur more than once are run once.

Aggregations that mean the same get one physical operator, which several parents share: as a common
table of the query's text, or as one node whose exchange several stages read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rayspark.catalyst.canonical import canonical
from rayspark.catalyst.expressions import Alias, Attribute, SubqueryExpression
from rayspark.catalyst.logical import Aggregate, LogicalPlan
from rayspark.catalyst.optimizer.decorrelate import reads_outside
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.rows import ProjectExec


def with_inner(plan: Any) -> Iterator[Any]:
    """All operators of a plan, and those of the queries inside its expressions."""
    for node in plan.walk():
        yield node
        for e in node.expressions:
            for inner in e.collect(SubqueryExpression):
                yield from with_inner(inner.plan)


def repeated_aggregates(plan: LogicalPlan) -> dict[int, Any]:
    """What identifies each aggregation that occurs more than once, by the node's ``id``."""
    found = [node for node in with_inner(plan) if isinstance(node, Aggregate)]
    if len(found) < 2:
        return {}
    keys = {
        id(node): canonical(node)
        for node in found
        if not reads_outside(node) and all(e.deterministic for e in node.expressions)
    }
    counts = Counter(keys.values())
    return {at: key for at, key in keys.items() if counts[key] > 1}


def shared_aggregates(plan: PhysicalPlan) -> set[int]:
    """The ``id`` of each aggregation that several operators of a plan read."""
    counts: Counter[int] = Counter()
    for node in with_inner(plan):
        for child in node.children:
            if isinstance(child, AggregateExec):
                counts[id(child)] += 1
    return {at for at, count in counts.items() if count > 1}


def renamed(plan: PhysicalPlan, made: Sequence[Attribute]) -> PhysicalPlan:
    """The plan with its columns under other attributes."""
    columns = tuple(Alias(a, new.name, new.id) for a, new in zip(plan.output, made, strict=True))
    return ProjectExec(plan, columns)
