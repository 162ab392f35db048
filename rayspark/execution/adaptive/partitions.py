"""Which partitions of the exchanges below each task of a pipeline reads.

Exchanges that one pipeline reads have the same partitions, and are read in the same ranges of them:
small neighbours together until they are as large as a task's share. A partition of a join that is
far larger than the others is read in parts by map tasks, each part with the whole partition of the
other side, where the kind of join allows that.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import pairwise

from rayspark.catalyst.logical import JoinKind
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.adaptive.stage import ShuffleStageExec
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import BroadcastExec, ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.rows import (
    CoalesceExec,
    ExpandExec,
    FilterExec,
    GenerateExec,
    LimitExec,
    ProjectExec,
    SortExec,
    TopExec,
)
from rayspark.execution.operators.several import UnionExec
from rayspark.lineage.dependency import Piece, ShuffleRead

Pieces = list[tuple[Piece, ...]]

SPLIT_LEFT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.LEFT, JoinKind.SEMI, JoinKind.ANTI)
"""Kinds of join whose left rows may be looked at apart from each other."""
SPLIT_RIGHT = (JoinKind.INNER, JoinKind.CROSS, JoinKind.RIGHT)
ROW_BY_ROW = (ProjectExec, FilterExec, GenerateExec, ExpandExec)


def fit_partitions(plan: PhysicalPlan, settings: AdaptiveSettings, cores: int) -> PhysicalPlan:
    """The plan with stages read as suits their sizes; in all its pipelines."""
    stages: list[ShuffleStageExec] = []
    replaced: dict[int, PhysicalPlan] = {}
    is_free = True
    stack = [plan]
    while stack:
        node = stack.pop()
        if isinstance(node, ShuffleStageExec):
            stages.append(node)
        elif _begins_pipelines(node):
            replaced[id(node)] = node.map_children(lambda c: fit_partitions(c, settings, cores))
            is_free = is_free and isinstance(node, BroadcastExec)
        elif node.children:
            stack.extend(node.children)
        else:
            is_free = False
    if is_free and _may_change(stages):
        replaced.update(_read_anew(plan, stages, settings, cores))
    if not replaced:
        return plan
    return plan.transform_up(lambda node: replaced.get(id(node), node))  # type: ignore[no-any-return]


def _begins_pipelines(node: PhysicalPlan) -> bool:
    """Whether what is below runs as other tasks with partitions of their own."""
    return isinstance(node, (ExchangeExec, BroadcastExec)) or (
        isinstance(node, (UnionExec, CoalesceExec)) and node.cuts
    )


def _may_change(stages: Sequence[ShuffleStageExec]) -> bool:
    counts = {stage.partitioning.count for stage in stages}
    return (
        len(counts) == 1
        and counts != {1}
        and not any(stage.ran.exchange.user_asked or stage.read for stage in stages)
    )


def _read_anew(
    plan: PhysicalPlan,
    stages: Sequence[ShuffleStageExec],
    settings: AdaptiveSettings,
    cores: int,
) -> dict[int, PhysicalPlan]:
    sizes = [stage.ran.statistics.bytes_by_partition for stage in stages]
    together = [sum(found) for found in zip(*sizes, strict=True)]
    target = settings.target_size(sum(together), cores)
    if any(stage.ran.exchange.rebalances for stage in stages):
        target = settings.advisory_size
        if len(stages) == 1 and plan is stages[0] and settings.splits_rebalanced:
            return {id(plan): _evened(stages[0], target, settings)}
    join = _splittable_join(plan) if settings.splits_skew else None
    if join is not None:
        found = _split(join, target, settings)
        if found is not None:
            return found
    if not settings.coalesces:
        return {}
    read = ShuffleRead.ranges(ranges(together, target, settings.most_partitions))
    if len(read.pieces) == len(together):
        return {}
    return {id(stage): stage.copy(read=read) for stage in stages}


def read_by_one_task(plan: PhysicalPlan, settings: AdaptiveSettings) -> PhysicalPlan | None:
    """The pipeline with all that its stages hold read by one task; ``None`` where that is more than
    a task should read at least, or where something else gives the number of tasks.
    """
    stages: list[ShuffleStageExec] = []
    stack = [plan]
    while stack:
        node = stack.pop()
        if isinstance(node, ShuffleStageExec):
            stages.append(node)
        elif isinstance(node, BroadcastExec):
            continue
        elif not node.children or node.cuts:
            return None
        stack.extend(node.children)
    if not _may_change(stages) or sum(s.ran.bytes for s in stages) > settings.minimum_size:
        return None
    read = ShuffleRead.ranges([(0, stages[0].partitioning.count)])
    together = {id(stage): stage.copy(read=read) for stage in stages}
    return plan.transform_up(lambda node: together.get(id(node), node))  # type: ignore[no-any-return]


def ranges(sizes: Sequence[int], target: int, most: int = 1 << 31) -> list[tuple[int, int]]:
    """Neighbours, at most so many, together at most ``target`` bytes unless one alone is more.

    >>> ranges([10, 20, 90, 5, 5, 100], 100)
    [(0, 2), (2, 5), (5, 6)]
    >>> ranges([10, 20, 90, 5, 5, 100], 100, 2)
    [(0, 2), (2, 4), (4, 5), (5, 6)]
    """
    found: list[tuple[int, int]] = []
    start, filled = 0, 0
    for at, size in enumerate(sizes):
        if at > start and (filled + size > target or at - start == most):
            found.append((start, at))
            start, filled = at, 0
        filled += size
    found.append((start, len(sizes)))
    return found


def _evened(stage: ShuffleStageExec, target: int, settings: AdaptiveSettings) -> PhysicalPlan:
    """The hint REBALANCE: small partitions together, large ones in parts by map tasks."""
    sizes = stage.ran.statistics.bytes_by_partition
    pieces: Pieces = []
    is_split = False
    for start, end in ranges(sizes, target, settings.most_partitions):
        count = min(stage.ran.maps, -(-sizes[start] // max(1, target))) if end - start == 1 else 1
        is_split = is_split or count > 1
        pieces += [(piece,) for piece in _pieces(start, end, stage.ran.maps, count)]
    return stage.copy(read=ShuffleRead(tuple(pieces)), is_split=is_split)


def _pieces(start: int, end: int, maps: int, count: int) -> list[Piece]:
    """Partitions in so many parts, each of other map tasks."""
    if count < 2:
        return [Piece(start, end)]
    bounds = [part * maps // count for part in range(count + 1)]
    return [Piece(start, end, first, last) for first, last in pairwise(bounds)]


# -- skew ------------------------------------------------------------------------------------


def _splittable_join(plan: PhysicalPlan) -> JoinExec | None:
    """The pipeline's only join, if nothing above it needs equal keys together."""
    node = plan
    while not isinstance(node, JoinExec):
        fits = (
            isinstance(node, ROW_BY_ROW)
            or (isinstance(node, AggregateExec) and node.mode == "partial")
            or (isinstance(node, (LimitExec, TopExec, SortExec)) and not node.is_global)
        )
        if not fits:
            return None
        [node] = node.children
    shuffled = node.strategy == "shuffled"
    return node if shuffled and _stage(node.left) and _stage(node.right) else None


def _stage(side: PhysicalPlan) -> ShuffleStageExec | None:
    while isinstance(side, (ProjectExec, FilterExec)):
        side = side.child
    return side if isinstance(side, ShuffleStageExec) else None


def _split(
    join: JoinExec, target: int, settings: AdaptiveSettings
) -> dict[int, PhysicalPlan] | None:
    left, right = _stage(join.left), _stage(join.right)
    assert left is not None
    assert right is not None
    lefts = _parts(left, join.kind in SPLIT_LEFT, target, settings)
    rights = _parts(right, join.kind in SPLIT_RIGHT, target, settings)
    if not lefts and not rights:
        return None
    pieces: tuple[Pieces, Pieces] = ([], [])
    for at in range(left.partitioning.count):
        for one in lefts.get(at, [Piece(at, at + 1)]):
            for other in rights.get(at, [Piece(at, at + 1)]):
                pieces[0].append((one,))
                pieces[1].append((other,))
    return {
        id(left): left.copy(read=ShuffleRead(tuple(pieces[0])), is_split=True),
        id(right): right.copy(read=ShuffleRead(tuple(pieces[1])), is_split=True),
    }


def _parts(
    stage: ShuffleStageExec, may_split: bool, target: int, settings: AdaptiveSettings
) -> dict[int, list[Piece]]:
    """Pieces of each partition of a side that is far larger than the others."""
    sizes = stage.ran.statistics.bytes_by_partition
    if not may_split:
        return {}
    limit = max(settings.skew_threshold, settings.skew_factor * statistics.median(sizes))
    found: dict[int, list[Piece]] = {}
    for at, size in enumerate(sizes):
        count = min(stage.ran.maps, -(-size // max(1, target)))
        if size > limit and count > 1:
            found[at] = _pieces(at, at + 1, stage.ran.maps, count)
    return found
