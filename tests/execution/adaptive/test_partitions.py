"""Which partitions tasks read, by sizes alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.catalyst.expressions import Attribute, equal
from rayspark.catalyst.logical import JoinKind
from rayspark.datatypes import IntegerType
from rayspark.execution.adaptive.partitions import fit_partitions, ranges
from rayspark.execution.adaptive.settings import AdaptiveSettings
from rayspark.execution.adaptive.stage import Ran, ShuffleStageExec
from rayspark.execution.distribution import HashPartitioning, UnknownPartitioning
from rayspark.execution.operators.aggregate import AggregateExec
from rayspark.execution.operators.base import PhysicalPlan
from rayspark.execution.operators.exchange import ExchangeExec
from rayspark.execution.operators.join import JoinExec
from rayspark.execution.operators.leaf import RangeExec
from rayspark.execution.planner import may_broadcast
from rayspark.ids import ShuffleId
from rayspark.lineage.dependency import Piece
from rayspark.shuffle.sizes import MapOutputStatistics

SETTINGS = AdaptiveSettings(
    coalesces=True,
    splits_skew=True,
    advisory_size=100,
    minimum_size=1,
    parallelism_first=False,
    skew_factor=5.0,
    skew_threshold=50,
    filters=True,
    broadcast_size=0,
)
MAPS = 4
SIDES = {"left": Attribute("a", IntegerType()), "right": Attribute("b", IntegerType())}


class FourMaps:
    """As much of a dependency as is looked at."""

    class parent:
        num_partitions = MAPS


def stage(side: str, *sizes: int, user_asked: bool = False) -> ShuffleStageExec:
    key = SIDES[side]
    leaf = RangeExec((key,), MAPS, start=0, end=10, step=1)
    exchange = ExchangeExec(leaf, HashPartitioning((key,), len(sizes)), user_asked)
    statistics = MapOutputStatistics(ShuffleId(0), list(sizes), list(sizes))
    dependency: Any = FourMaps()
    return ShuffleStageExec((key,), Ran(exchange, dependency, statistics))


def join(left: PhysicalPlan, right: PhysicalPlan, kind: JoinKind = JoinKind.INNER) -> JoinExec:
    keys = (SIDES["left"],), (SIDES["right"],)
    return JoinExec(left, right, kind, *keys, equal(*SIDES.values()), "shuffled")


def reads(plan: PhysicalPlan, **changes: Any) -> list[Any]:
    fitted = fit_partitions(plan, replace(SETTINGS, **changes), cores=2)
    found = [node for node in fitted.walk() if isinstance(node, ShuffleStageExec)]
    return [node.read and [piece for [piece] in node.read.pieces] for node in found]


@given(st.lists(st.integers(0, 300), min_size=1), st.integers(1, 200))
def test_ranges_cover_everything_and_are_full(sizes: list[int], target: int) -> None:
    found = ranges(sizes, target)
    assert [at for start, end in found for at in range(start, end)] == list(range(len(sizes)))
    for (start, end), (_, next_end) in pairwise(found):
        assert sum(sizes[start:end]) <= target or end - start == 1
        assert sum(sizes[start : end + 1]) > target
        assert next_end > end


def test_small_neighbours_are_read_together() -> None:
    assert reads(stage("left", 30, 30, 60, 90, 5)) == [[Piece(0, 2), Piece(2, 3), Piece(3, 5)]]
    assert reads(stage("left", 30, 30, 60, 90, 5), coalesces=False) == [None]


def test_every_core_gets_something_first() -> None:
    sizes = (10,) * 8
    assert reads(stage("left", *sizes)) == [[Piece(0, 8)]]
    assert reads(stage("left", *sizes), parallelism_first=True) == [[Piece(0, 4), Piece(4, 8)]]


def test_a_bit_more_than_an_even_share_makes_no_task_more() -> None:
    read = reads(stage("left", 21, 20, 19, 20, 18, 22), parallelism_first=True)
    assert read == [[Piece(0, 3), Piece(3, 6)]]


def test_two_sides_are_read_in_the_same_ranges() -> None:
    found = reads(join(stage("left", 10, 10, 90, 1), stage("right", 40, 40, 0, 1)))
    assert found == [[Piece(0, 2), Piece(2, 4)]] * 2


def test_partitions_that_were_asked_for_stay() -> None:
    assert reads(stage("left", 1, 1, 1, user_asked=True)) == [None]


@pytest.mark.parametrize(
    ("kind", "left_splits", "right_splits"),
    [
        (JoinKind.INNER, True, True),
        (JoinKind.LEFT, True, False),
        (JoinKind.SEMI, True, False),
        (JoinKind.ANTI, True, False),
        (JoinKind.RIGHT, False, True),
        (JoinKind.FULL, False, False),
    ],
)
def test_a_skewed_partition_is_read_in_parts(
    kind: JoinKind, left_splits: bool, right_splits: bool
) -> None:
    whole = [Piece(1, 2), Piece(1, 2)]
    parts = [Piece(1, 2, 0, 2), Piece(1, 2, 2, 4)]
    for large, splits in (("left", left_splits), ("right", right_splits)):
        sides = [stage(side, 10, 200 if side == large else 10, 10) for side in SIDES]
        found = reads(join(sides[0], sides[1], kind))
        if not splits:
            assert all(piece.end_map is None for read in found if read for piece in read)
            continue
        expected = {large: parts}
        assert [read[1:3] for read in found] == [expected.get(side, whole) for side in SIDES]


def test_parts_of_both_sides_meet_each_other() -> None:
    left, right = reads(join(stage("left", 10, 200, 10), stage("right", 10, 200, 10)))
    pairs = list(zip(left[1:-1], right[1:-1], strict=True))
    assert len(pairs) == len(set(pairs)) == 4


def test_rows_of_a_split_partition_are_not_together_any_more() -> None:
    plan = join(stage("left", 10, 200, 10), stage("right", 10, 10, 10))
    fitted = fit_partitions(plan, SETTINGS, cores=2)
    assert fitted.partitioning == UnknownPartitioning(4)
    grouped = AggregateExec(plan, (SIDES["left"],), (SIDES["left"],))
    assert all(piece.end_map is None for read in reads(grouped) if read for piece in read)
    assert reads(plan, splits_skew=False)[0] == [Piece(0, 1), Piece(1, 2), Piece(2, 3)] or (
        reads(plan, splits_skew=False) == [None, None]
    )


def test_only_sides_that_keep_their_unmatched_rows_may_be_sent() -> None:
    assert may_broadcast(JoinKind.FULL) == (False, False)
    assert may_broadcast(JoinKind.LEFT) == (False, True)
