"""Reading other pieces of a shuffle than reduce partition i for partition i."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rayspark import SparkConf, SparkContext
from rayspark.errors.faults import FetchFailed
from rayspark.executor.batch import BlockSource, ShuffleGroup
from rayspark.executor.shuffle_store import ShuffleStore
from rayspark.lineage.dependency import Piece, ShuffleDependency, ShuffleRead
from rayspark.lineage.node import Node
from rayspark.lineage.ops import ConcatOp
from rayspark.serializers import encode
from rayspark.shuffle.blocks import Segment, build_block
from rayspark.shuffle.partitioner import PositionPartitioner
from rayspark.shuffle.spec import ShuffleSpec

MAPS, REDUCES = 6, 5


@pytest.fixture(scope="module")
def sc() -> Iterator[SparkContext]:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("pieces")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as context:
        yield context


@pytest.fixture(scope="module")
def shuffled(sc: SparkContext) -> ShuffleDependency:
    """Map task m writes two records ``(r, m, i)`` for each reduce partition r."""

    def make(m: int, _: Any) -> Any:
        return ((r, (r, m, i)) for i in range(2) for r in range(REDUCES))

    rows = sc.range(MAPS, numSlices=MAPS).mapPartitionsWithIndex(make)
    return rows._shuffle_into(ShuffleSpec(PositionPartitioner(REDUCES), keyed=False))


def read(sc: SparkContext, dependency: ShuffleDependency, how: ShuffleRead | None) -> list[Any]:
    """What each partition of a node reads."""
    count = REDUCES if how is None else len(how.pieces)
    node = Node(ConcatOp(), (dependency,), count, reads=(how,))
    return sc._driver.submit(node, lambda _, records: list(records), range(count)).results()


def rows_of(pieces: tuple[Piece, ...]) -> list[tuple[int, int, int]]:
    return [
        (r, m, i)
        for p in pieces
        for r in range(p.start_reduce, p.end_reduce)
        for m in range(p.start_map, MAPS if p.end_map is None else p.end_map)
        for i in range(2)
    ]


@st.composite
def covers(draw: st.DrawFn) -> ShuffleRead:
    """Ranges of reduce partitions, some of them cut by map tasks, dealt out to partitions."""
    cuts = [0, *sorted(draw(st.sets(st.integers(1, REDUCES - 1)))), REDUCES]
    pieces = []
    for start, end in pairwise(cuts):
        maps = [0, *sorted(draw(st.sets(st.integers(1, MAPS - 1), max_size=3)))]
        ends = [*maps[1:], draw(st.sampled_from([MAPS, None]))]
        pieces += [Piece(start, end, *between) for between in zip(maps, ends, strict=True)]
    pieces = draw(st.permutations(pieces))
    owners = draw(st.integers(1, len(pieces)))
    return ShuffleRead(tuple(tuple(pieces[at::owners]) for at in range(owners)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(how=covers())
def test_every_record_is_read_once_by_whom_it_should_be(sc, shuffled, how):
    found = read(sc, shuffled, how)
    assert found == [rows_of(pieces) for pieces in how.pieces]
    everything = sorted(record for part in found for record in part)
    assert everything == sorted(rows_of((Piece(0, REDUCES),)))


def test_the_map_side_runs_once_for_all_ways_to_read_it(sc, shuffled):
    statistics = sc._driver.submit_map_stage(shuffled).results()
    assert statistics.rows_by_partition == [2 * MAPS] * REDUCES
    assert all(size > 0 for size in statistics.bytes_by_partition)
    ran = sc._summary.tasks_succeeded
    assert read(sc, shuffled, None) == [rows_of((Piece(r, r + 1),)) for r in range(REDUCES)]
    together = read(sc, shuffled, ShuffleRead.ranges([(0, 2), (2, 2), (2, 5)]))
    assert [len(part) for part in together] == [24, 0, 36]
    sc._driver.bus.flush()
    assert sc._summary.tasks_succeeded - ran == REDUCES + 3


@pytest.mark.parametrize("piece", [Piece(0, 6), Piece(3, 2), Piece(0, 1, 4, 7), Piece(-1, 1)])
def test_a_piece_that_is_not_there_is_an_error(sc, shuffled, piece):
    with pytest.raises(ValueError, match="5 reduce partitions of 6 map tasks"):
        read(sc, shuffled, ShuffleRead(((piece,),)))


def test_tables_count_as_their_rows(sc):
    before = sc._summary.metrics
    written, taken = before.shuffle_write_records, before.shuffle_read_records

    def make(m: int, _: Any) -> Any:
        for r in range(3):
            yield r, pa.record_batch({"x": list(range(10 * (r + 1)))})

    rows = sc.range(2, numSlices=2).mapPartitionsWithIndex(make)
    edge = rows._shuffle_into(ShuffleSpec(PositionPartitioner(3), keyed=False))
    statistics = sc._driver.submit_map_stage(edge).results()
    assert statistics.rows_by_partition == [20, 40, 60]
    node = Node(ConcatOp(), (edge,), 3)
    counted = sc._driver.submit(node, lambda _, tables: [t.num_rows for t in tables], range(3))
    assert counted.results() == [[10, 10], [20, 20], [30, 30]]
    sc._driver.bus.flush()
    after = sc._summary.metrics
    assert after.shuffle_write_records - written == 120
    assert after.shuffle_read_records - taken == 120


def test_map_output_that_is_missing_elsewhere_is_nobody_s_fault():
    from_map_0 = build_block([Segment(0, 0, encode(["zero"]))], checksum=True)
    store = ShuffleStore(list, limit=1 << 20)
    store.learn([ShuffleGroup(7, 0, 1, [BlockSource(from_map_0, (0,))], missing=(1,))])
    assert [batch for _, _, batch in store.read(7, 0, 0, range(1))] == [["zero"]]
    with pytest.raises(FetchFailed) as fault:
        list(store.read(7, 0, 0))
    assert fault.value.map_ids == (1,)
