"""A merged block gives what the small ones gave, of the map tasks that count."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.columnar.pairs import PairColumns
from rayspark.serializers import encode
from rayspark.shuffle.blocks import (
    MAP,
    GroupBlock,
    Segment,
    build_block,
    encode_columns,
    merge_blocks,
)

REDUCES = 3
KINDS = {
    "plain": lambda tag: encode([(tag, "text")]),
    "pickled": lambda tag: encode([(tag, {1, 2})]),
    "large": lambda tag: encode([(tag, np.full(70_000, tag % 7, np.uint8))]),
    "blob": lambda tag: encode([(tag, bytes([tag % 256]) * 20_000)]),
    "columns": lambda tag: encode_columns(PairColumns(np.array([tag]), np.array([tag / 2]))),
}
segments = st.lists(
    st.tuples(st.integers(0, REDUCES - 1), st.sampled_from(sorted(KINDS))), max_size=4
)
calls = st.lists(st.lists(segments, min_size=1, max_size=3), min_size=1, max_size=4)


def read(block: GroupBlock | None, reduce_id: int) -> list[tuple[int, str]]:
    rows = [] if block is None else block.segments(reduce_id).tolist()
    assert block is not None or not rows
    return [(row[MAP], repr(_records(block, row))) for row in rows]


def _records(block: Any, row: Any) -> Any:
    batch = block.records(row)
    return list(batch.rows()) if isinstance(batch, PairColumns) else batch


@settings(deadline=None)
@given(calls, st.sets(st.integers(0, 12)))
def test_segments_stay_whole_and_in_order(calls, superseded):
    blocks, made, map_id, tag = [], [], 0, 0
    for call in calls:
        own: list[Segment] = []
        maps = range(map_id, map_id + len(call))
        for written in call:
            for reduce_id, kind in written:
                own.append(Segment(reduce_id, map_id, KINDS[kind](tag)))
                tag += 1
            map_id += 1
        block = build_block(own, checksum=True)
        if block is not None:
            blocks.append((block, set(maps) - superseded))
            made.append(block)
    merged = merge_blocks(reversed(blocks))
    for reduce_id in range(REDUCES):
        expected = [r for block in made for r in read(block, reduce_id) if r[0] not in superseded]
        assert read(merged, reduce_id) == expected
    assert merged is None or not merged.corrupt_parts()


def test_bytes_that_change_on_their_way_are_noticed_in_the_merged_block_too():
    blocks = [build_block([Segment(0, m, encode([(m, "x")]))], checksum=True) for m in range(3)]
    merged = merge_blocks((block, {m}) for m, block in enumerate(blocks) if block is not None)
    assert merged is not None
    assert not merged.corrupt_parts()
    damaged = GroupBlock(merged.index, [p ^ np.uint8(1) for p in merged.parts], merged.checksums)
    assert damaged.corrupt_parts() == [0, 1, 2]


def test_blocks_without_checksums_have_none_merged():
    block = build_block([Segment(0, 0, encode([(1, "x")]))], checksum=False)
    assert block is not None
    merged = merge_blocks([(block, {0})])
    assert merged is not None
    assert merged.checksums is None
    assert merge_blocks([(block, {1})]) is None
    assert merge_blocks([]) is None
