"""Reading shuffle input: blocks are fetched together, in the order of their map tasks."""

from __future__ import annotations

from typing import Any

import pytest

from rayspark.errors.faults import FetchFailed
from rayspark.executor.batch import BlockSource, MergePart, ShuffleGroup
from rayspark.executor.shuffle_store import WINDOWS, ShuffleStore, merge_groups
from rayspark.ids import ShuffleId
from rayspark.serializers import encode
from rayspark.shuffle.blocks import MAP, GroupBlock, Segment, build_block

SHUFFLE = ShuffleId(7)


def block_of(*map_ids: int, damaged: bool = False) -> GroupBlock:
    segments = [Segment(0, m, encode([(m, "record")]), damaged) for m in map_ids]
    made = build_block(segments, checksum=True)
    assert made is not None
    return made


class Transport:
    """Handles are the blocks; notes what was asked for together."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def fetch(self, handles: Any) -> list[Any]:
        self.asked.append(len(handles))
        return list(handles)


def store_of(*sources: BlockSource, limit: int = 1 << 20) -> tuple[ShuffleStore, Transport]:
    transport = Transport()
    store = ShuffleStore(transport.fetch, limit)
    store.learn([ShuffleGroup(SHUFFLE, 0, 1, sources)])
    return store, transport


def maps_read(store: ShuffleStore) -> list[int]:
    return [record[0] for _, _, batch in store.read(SHUFFLE, 0, 0) for record in batch]


def test_all_blocks_that_fit_are_fetched_at_once_and_only_once() -> None:
    store, transport = store_of(*(BlockSource(block_of(m), [m]) for m in (3, 0, 2, 1)))
    assert maps_read(store) == [0, 1, 2, 3]
    assert maps_read(store) == [0, 1, 2, 3]  # the next task of the group
    assert transport.asked == [4]


def test_large_blocks_are_fetched_a_window_at_a_time() -> None:
    size = 1000
    sources = [BlockSource(block_of(m), [m], size=size) for m in range(6)]
    store, transport = store_of(*sources, limit=2 * size * WINDOWS)
    assert maps_read(store) == list(range(6))
    assert transport.asked == [2, 2, 2]


def test_a_block_whose_map_tasks_interleave_with_others_is_held_not_fetched_with_all() -> None:
    straggler = BlockSource(block_of(0, 5), [0, 5], size=10)
    sources = [straggler, *(BlockSource(block_of(m), [m], size=10) for m in (1, 2, 3, 4))]
    store, transport = store_of(*sources, limit=20 * WINDOWS)
    assert maps_read(store) == list(range(6))
    assert transport.asked == [2, 2, 1]


def test_maps_that_were_superseded_are_not_read() -> None:
    store, _ = store_of(BlockSource(block_of(0, 1), [0, 1], frozenset([1])))
    assert maps_read(store) == [1]


def test_a_reader_that_stops_early_fetches_no_more() -> None:
    sources = [BlockSource(block_of(m), [m], size=1000) for m in range(4)]
    store, transport = store_of(*sources, limit=1000 * WINDOWS)
    next(iter(store.read(SHUFFLE, 0, 0)))
    assert transport.asked == [1]


@pytest.mark.parametrize(
    ("handle", "problem"),
    [(TimeoutError("it is gone"), "it is gone"), (block_of(5, damaged=True), "checksum")],
)
def test_a_block_that_is_not_to_be_had_names_its_map_tasks(handle: Any, problem: str) -> None:
    store, _ = store_of(BlockSource(block_of(4), [4]), BlockSource(handle, [5, 6]))
    with pytest.raises(FetchFailed) as caught:
        maps_read(store)
    assert caught.value.map_ids == (5, 6)
    assert problem in caught.value.message


def test_all_blocks_that_are_lost_are_told_at_once() -> None:
    lost = [BlockSource(OSError("gone"), [m]) for m in (1, 3)]
    store, _ = store_of(BlockSource(block_of(0), [0]), *lost, BlockSource(block_of(2), [2]))
    with pytest.raises(FetchFailed) as caught:
        maps_read(store)
    assert caught.value.map_ids == (1, 3)


def test_a_lost_block_names_the_maps_that_counted_not_those_made_again_elsewhere() -> None:
    store, _ = store_of(BlockSource(OSError("gone"), [1, 2, 3], frozenset([1, 3])))
    with pytest.raises(FetchFailed) as caught:
        maps_read(store)
    assert caught.value.map_ids == (1, 3)


def test_groups_are_merged_each_for_itself_and_calls_may_have_written_nothing() -> None:
    parts = [
        MergePart([block_of(0, 1), None], frozenset([1])),
        MergePart([block_of(2), block_of(2)], frozenset([2])),
    ]
    made = merge_groups(parts, list)
    assert made is not None
    first, second = made
    assert first is not None
    assert first.index[:, MAP].tolist() == [1, 2]
    assert second is not None
    assert second.index[:, MAP].tolist() == [2]
    empty = [MergePart([None], frozenset([0]))]
    assert merge_groups(empty, list) == [None]


@pytest.mark.parametrize("handle", [TimeoutError("it is gone"), block_of(5, damaged=True)])
def test_nothing_is_merged_when_a_block_is_not_to_be_had(handle: Any) -> None:
    parts = [MergePart([block_of(4)], frozenset([4])), MergePart([handle], frozenset([5]))]
    assert merge_groups(parts, list) is None
