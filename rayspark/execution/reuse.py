"""Sub-plans that occur more than once are run once.

Aggregations that mean the same are one object in the logical plan (``share_aggregates``) and get
one physical operator, which several parents share: as a common table of the query's text, or as one
node whose exchange several stages read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rayspark.catalyst.expressions import Alias, Attribute, OuterReference
from rayspark.catalyst.optimizer.share_aggregates import with_inner
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.rows import ProjectExec


def shared_aggregates(plan: PhysicalPlan) -> set[int]:
    """The ``id`` of each aggregation that several operators of a plan read."""
    counts: Counter[int] = Counter()
    for node in with_inner(plan):
        for child in node.children:
            if isinstance(child, AggregateExec):
                counts[id(child)] += 1
    several = {at for at, count in counts.items() if count > 1}
    return several - {
        id(node) for node in with_inner(plan) if id(node) in several and _reads_outside(node)
    }


def _reads_outside(plan: PhysicalPlan) -> bool:
    """Whether it reads a lateral join's other side, which may be another one for each reader."""
    return any(e.has(OuterReference) for node in with_inner(plan) for e in node.expressions)


def renamed(plan: PhysicalPlan, made: Sequence[Attribute]) -> PhysicalPlan:
    """The plan with its columns under other attributes."""
    columns = tuple(Alias(a, new.name, new.id) for a, new in zip(plan.output, made, strict=True))
    return ProjectExec(plan, columns)
