"""The only place that inserts exchanges.

Each operator says what it needs of its children's rows (``required``), each child how its rows lie
(``partitioning``); where the two do not fit, an exchange goes between. An aggregation that cannot
have its groups whole where they are is split in two first: partial, exchange, final.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.expressions import AggregateCall, Alias, Attribute, Expression
from rayspark.execution.compile.partial import split
from rayspark.execution.distribution import (
    AllTuples,
    Broadcast,
    BucketPartitioning,
    Clustered,
    Distribution,
    HashPartitioning,
    Ordered,
    Partitioning,
    RangePartitioning,
    SinglePartition,
    satisfies,
)
from rayspark.execution.everywhere import sent_or_read
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.python import CoGroupPythonExec
from rayspark.execution.operators.rows import LimitExec, TopExec
from rayspark.execution.operators.several import SetOpExec
from rayspark.execution.planner import Layout


def ensure_requirements(plan: PhysicalPlan, layout: Layout) -> PhysicalPlan:
    """The plan with every operator's needs met."""
    if layout.single:
        return plan

    def ensure(node: PhysicalPlan) -> PhysicalPlan:
        match node:
            case AggregateExec(mode="complete") if not _is_met(node):
                node = _in_two_steps(node)
            case (
                LimitExec(is_global=True, count=int(count), offset=offset)
                | TopExec(is_global=True, count=int(count), offset=offset)
            ) if not _is_met(node):
                first = node.copy(count=count + offset, offset=0, is_global=False)
                node = node.copy(child=first)
            case JoinExec(strategy="shuffled"):
                return _together(node, [node.left_keys, node.right_keys], layout)
            case SetOpExec():
                return _together(node, [node.left.output, node.right.output], layout)
            case CoGroupPythonExec() if node.left_keys:
                return _together(node, [node.left_keys, node.right_keys], layout)
        return node.with_children(_children(node, layout)) if node.children else node

    return plan.transform_up(ensure)  # type: ignore[no-any-return]


def _children(node: PhysicalPlan, layout: Layout) -> list[PhysicalPlan]:
    """Each as it is, or under the exchange that the operator needs."""
    tasks = max(child.partitioning.count for child in node.children)
    return [
        child if satisfies(child.partitioning, need) else _exchange(child, need, layout, tasks)
        for child, need in zip(node.children, node.required, strict=True)
    ]


def _is_met(node: PhysicalPlan) -> bool:
    return all(
        satisfies(child.partitioning, need)
        for child, need in zip(node.children, node.required, strict=True)
    )


def _exchange(child: PhysicalPlan, need: Distribution, layout: Layout, tasks: int) -> PhysicalPlan:
    match need:
        case AllTuples():
            return ExchangeExec(child, SinglePartition())
        case Broadcast():
            return sent_or_read(child, tasks)
        case Clustered(keys=keys):
            return ExchangeExec(child, HashPartitioning(keys, layout.shuffle_partitions))
        case Ordered(order=order):
            target = RangePartitioning(order, layout.shuffle_partitions)
            return ExchangeExec(child, target)
    return child


def _together(
    node: PhysicalPlan, keys_of_sides: Sequence[tuple[Expression, ...]], layout: Layout
) -> PhysicalPlan:
    """Both sides by the hash of all keys, so that equal keys meet; a side that lies so stays, and
    both do that lie in one partition. Where one lies in buckets of the keys, the other goes there.
    """
    if all(isinstance(child.partitioning, SinglePartition) for child in node.children):
        return node
    count = layout.shuffle_partitions
    if buckets := _buckets(node, keys_of_sides):
        return node.with_children(
            [
                child if child.partitioning == target else ExchangeExec(child, target)
                for child, target in zip(node.children, buckets, strict=True)
            ]
        )
    sides = []
    for child, keys in zip(node.children, keys_of_sides, strict=True):
        target: Partitioning = HashPartitioning(keys, count) if keys else SinglePartition()
        sides.append(child if child.partitioning == target else ExchangeExec(child, target))
    return node.with_children(sides)


def _buckets(
    node: PhysicalPlan, keys_of_sides: Sequence[tuple[Expression, ...]]
) -> list[BucketPartitioning]:
    """Of each side, if some side lies in buckets of exactly its keys; the most buckets win."""
    best: list[BucketPartitioning] = []
    for child, keys in zip(node.children, keys_of_sides, strict=True):
        has = child.partitioning
        if not isinstance(has, BucketPartitioning) or (best and best[0].count >= has.count):
            continue
        if len(has.keys) != len(keys) or not all(key in keys for key in has.keys):
            continue
        places = [keys.index(key) for key in has.keys]
        sides = [tuple(others[at] for at in places) for others in keys_of_sides]
        types = [key.dtype for key in has.keys]
        if all([e.dtype for e in side] == types for side in sides):
            best = [BucketPartitioning(side, has.count) for side in sides]
    return best


def _in_two_steps(node: AggregateExec) -> AggregateExec:
    """Partial aggregation on each side of the exchange, where all functions can be split.

    A function of different values stays whole: the first step is grouped by these values too, so
    that each of them is exchanged once by a task.
    """
    calls = _calls(node.columns)
    whole = [call for call in calls if _is_of_different_values(call)]
    splits = {call: split(call) for call in calls if call not in whole}
    if any(found is None for found in splits.values()):
        return node
    partials: dict[AggregateCall, Alias] = {}
    merged: dict[Expression, Expression] = {}
    keys = [_as_attribute(key) for key in node.grouping]
    values = {a: None for call in whole for a in call.args if a not in keys}
    groups = (*keys, *(_as_attribute(a) for a in values))
    for call, found in splits.items():
        assert found is not None
        for part in found.partials:
            partials.setdefault(part, Alias(part, f"partial_{part.name}"))
        attributes = [partials[part].attribute for part in found.partials]
        merged[call] = found.final(found.merge(attributes))
    below = AggregateExec(node.child, groups, (*groups, *partials.values()), "partial")
    columns = tuple(c.transform_down(lambda e: merged.get(e, e)) for c in node.columns)
    return AggregateExec(below, tuple(keys), columns, "final")


def _is_of_different_values(call: AggregateCall) -> bool:
    return (
        call.distinct
        and call.filter is None
        and not call.order
        and all(isinstance(a, Attribute) for a in call.args)
    )


def _calls(columns: Sequence[Expression]) -> list[AggregateCall]:
    found: dict[AggregateCall, None] = {}
    for column in columns:
        for call in column.collect(AggregateCall):
            found[call] = None
    return list(found)


def _as_attribute(key: Expression) -> Attribute:
    assert isinstance(key, Attribute), "the planner makes columns of grouping expressions"
    return key
