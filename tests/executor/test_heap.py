"""Copies of cached partitions in an executor's heap: what stays when there is not room for all."""

from __future__ import annotations

from rayspark.executor.heap import HEAP_FACTOR, HeapCache
from rayspark.ids import BlockId, RddId
from rayspark.serializers import encode

RECORDS = list(range(100))
FRAME = encode(RECORDS)
SIZE = FRAME.nbytes * HEAP_FACTOR


def keep(heap: HeapCache, rdd: int, split: int) -> bool:
    return heap.put(BlockId(RddId(rdd), split), FRAME, RECORDS)


def held(heap: HeapCache) -> set[tuple[int, int]]:
    blocks = [BlockId(RddId(rdd), split) for rdd in range(3) for split in range(4)]
    return {(block.rdd, block.split) for block in blocks if block in heap}


def test_a_scan_of_an_rdd_that_does_not_fit_keeps_finding_what_did() -> None:
    heap = HeapCache(3 * SIZE)
    hits = 0
    for _ in range(3):
        for split in range(4):
            found = heap.get(BlockId(RddId(0), split))
            hits += found is not None
            if found is None:
                keep(heap, 0, split)
    assert hits == 2 * 3, "three of four, in every pass but the first"


def test_other_rdds_make_room_the_least_recently_used_first() -> None:
    heap = HeapCache(3 * SIZE)
    assert keep(heap, 0, 0) and keep(heap, 1, 0) and keep(heap, 0, 1)
    assert heap.get(BlockId(RddId(0), 0)) is not None
    assert keep(heap, 2, 0)
    assert held(heap) == {(0, 0), (0, 1), (2, 0)}
    assert keep(heap, 2, 1) and keep(heap, 2, 2)
    assert held(heap) == {(2, 0), (2, 1), (2, 2)}


def test_nothing_goes_for_what_will_not_fit() -> None:
    heap = HeapCache(2 * SIZE)
    keep(heap, 0, 0)
    keep(heap, 1, 0)
    large = encode(list(range(1000)))
    assert not heap.put(BlockId(RddId(1), 1), large, list(range(1000)))
    assert held(heap) == {(0, 0), (1, 0)}
