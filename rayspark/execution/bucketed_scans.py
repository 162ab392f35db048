"""Scans of tables with buckets: one bucket a task where that saves an exchange, else as any files.

    HashAggregate(keys=[k])                HashAggregate(keys=[k])
    +- Exchange hashpartitioning(k)   ->   +- FileScan t: one task a bucket
       +- FileScan t

``bucketed`` says which columns a scan's rows may lie by; ``ensure_requirements`` then puts no
exchange there; ``release_buckets`` gives those scans back to the usual cut of which nobody makes
use, since a bucket may be small, or large.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute
from rayspark.config.entries import sql
from rayspark.execution.distribution import AllTuples, Broadcast, Unspecified
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.execution.operators.leaf import ScanExec

Buckets = Choice["off", "auto", "on"]
"""Whether scans may go by buckets: where it saves an exchange, or wherever they can."""


def buckets_setting(conf: Any) -> Buckets:
    """What the session's settings say."""
    if not conf[sql.BUCKETING]:
        return "off"
    return "auto" if conf[sql.AUTO_BUCKETS] else "on"


def bucketed(source: Any, attributes: Sequence[Attribute]) -> tuple[Attribute, ...]:
    """The columns that the rows of a source may lie by: none, unless all of them are read."""
    spec = getattr(source, "buckets", None)
    if spec is None:
        return ()
    by_name = {a.name: a for a in attributes}
    found = tuple(by_name[name] for name in spec.columns if name in by_name)
    return found if len(found) == len(spec.columns) else ()


def release_buckets(plan: PhysicalPlan, cut: Callable[[ScanExec], PhysicalPlan]) -> PhysicalPlan:
    """The plan with each scan cut as usual (``cut``) whose buckets no operator above makes use of
    before the rows are exchanged anyway.
    """
    used = _used(plan)

    def release(node: Any) -> Any:
        idle = isinstance(node, ScanExec) and node.lies_by and id(node) not in used
        return cut(node) if idle else node

    return plan.transform_up(release)  # type: ignore[no-any-return]


def _used(plan: PhysicalPlan) -> set[int]:
    """Scans below an operator that wants equal keys together, without an exchange between."""
    found: set[int] = set()
    stack: list[tuple[PhysicalPlan, bool]] = [(plan, False)]
    while stack:
        node, wanted = stack.pop()
        if isinstance(node, ScanExec) and wanted:
            found.add(id(node))
        if isinstance(node, (ExchangeExec, BroadcastExec)):
            stack.append((node.child, False))
            continue
        for child, need in zip(node.children, node.required, strict=True):
            if isinstance(need, Unspecified):
                stack.append((child, wanted))
            else:
                stack.append((child, not isinstance(need, (AllTuples, Broadcast))))
    return found
