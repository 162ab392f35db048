"""A map task loses no record, doubles none, keeps their order, and changes no value."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.columnar.pairs import PairColumns
from rayspark.shuffle.blocks import Batch, build_block
from rayspark.shuffle.partitioner import HashPartitioner, PositionPartitioner, RangePartitioner
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.shuffle.writer import MapWriter

KINDS = {
    "ints": lambda i: (i, i * 3),
    "negative": lambda i: (-i, -1),
    "floats": lambda i: (i, i / 2),
    "text": lambda i: (f"k{i}", i),
    "huge": lambda i: (i, 2**70 + i),
    "bools": lambda i: (i, i % 2 == 0),
    "lists": lambda i: (i, [i]),
    "numpy": lambda i: (i, np.int64(i)),
    "blobs": lambda i: (i, bytes([i % 256]) * 20_000),
}
chunks = st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.integers(1, 200)), max_size=5)


def rows(batch: Batch) -> list[Any]:
    return list(batch.rows()) if isinstance(batch, PairColumns) else batch


def read_back(writer: MapWriter, reduces: int) -> dict[int, list[Any]]:
    block = build_block(writer.segments, checksum=True)
    found: dict[int, list[Any]] = {reduce_id: [] for reduce_id in range(reduces)}
    if block is not None:
        assert block.corrupt_parts() == []
        for reduce_id in range(reduces):
            for row in block.segments(reduce_id).tolist():
                found[reduce_id] += rows(block.records(row))
    return found


def exactly(records: list[Any]) -> list[Any]:
    return [(type(k), k, type(v), v) for k, v in records]


@given(chunks, st.integers(1, 5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_records_come_out_as_they_went_in(
    plan: list[tuple[str, int]], reduces: int, full: bool
) -> None:
    records = [KINDS[kind](i) for kind, count in plan for i in range(count)]
    partitioner = HashPartitioner(reduces)
    wanted = defaultdict(list)
    for record in records:
        wanted[partitioner.partition_of(record[0])].append(record)
    writer = MapWriter(ShuffleSpec(partitioner), 0, lambda: full)
    writer.write(records)
    for reduce_id, found in read_back(writer, reduces).items():
        assert exactly(found) == exactly(wanted[reduce_id])
    assert writer.records == len(records)


def test_a_change_of_kind_between_chunks_loses_nothing() -> None:
    records = [(i, 1) for i in range(64)] + [(i, 1.5) for i in range(1000)]
    writer = MapWriter(ShuffleSpec(HashPartitioner(2)), 0)
    writer.write(records)
    assert sum(map(len, read_back(writer, 2).values())) == len(records)


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("bounds", [(10, 20), (10.5, 20.25)])
def test_columns_are_placed_as_single_keys_are(ascending: bool, bounds: tuple[Any, ...]) -> None:
    ranges = RangePartitioner(3, bounds, ascending)
    keys = [type(bounds[0])(k) for k in range(-3, 30)]
    placed = ranges.assign_numbers(np.array(keys))
    assert placed is not None
    assert placed.tolist() == [ranges.partition_of(k) for k in keys]


def test_hash_of_a_column_is_pythons() -> None:
    keys = [-(2**60), -2, -1, 0, 1, 2**60]
    placed = HashPartitioner(7).assign_numbers(np.array(keys))
    assert placed is not None
    assert placed.tolist() == [hash(k) % 7 for k in keys]
    assert HashPartitioner(7).assign_numbers(np.array([2**62])) is None


def test_values_alone_are_moved_by_position() -> None:
    writer = MapWriter(ShuffleSpec(PositionPartitioner(2), keyed=False), 0)
    writer.write([(i % 2, i) for i in range(300)])
    found = read_back(writer, 2)
    assert found == {0: list(range(0, 300, 2)), 1: list(range(1, 300, 2))}


def test_a_partitioner_that_returns_nonsense_is_named() -> None:
    writer = MapWriter(ShuffleSpec(HashPartitioner(2, lambda k: 0.5)), 0)
    with pytest.raises(TypeError, match=r"put key 1 into partition 0\.5"):
        writer.write([(1, "x")])


def test_many_reduces_hold_little() -> None:
    writer = MapWriter(ShuffleSpec(HashPartitioner(4000)), 0)
    writer.write((i, "x" * 200) for i in range(40_000))
    assert writer.records == 40_000
    assert len(writer.segments) <= 8_000
