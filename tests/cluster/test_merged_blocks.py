"""Small blocks are merged while maps run: fewer references, the same answer."""

from __future__ import annotations

import operator
import time

import pytest
from ray_rig import await_executors, counts, held, wait_until

from rayspark.storage.ray_store import Inline

MAPS, REDUCES = 120, 8


def pairs(sc, seconds, width=0):
    """Pairs of 120 map tasks, too long to be sent in batches; values are texts of this width."""

    def make(split, records):
        time.sleep(seconds)
        return ((x % 50, str(x).rjust(width) if width else x) for x in records)

    return sc.range(6000, numSlices=MAPS).mapPartitionsWithIndex(make)


def blocks_of(sc, shuffled):
    """What the driver holds of the shuffle below: distinct blocks of calls."""
    (edge,) = shuffled._node.dependencies
    statuses = sc._driver._state.tracker.statuses(edge.shuffle_id)
    return list({id(s.blocks): s.blocks for s in statuses}.values())


@pytest.mark.parametrize("size", ["0", "1m"])
def test_the_answer_is_the_same_with_fewer_references(spark, size):
    sc = spark(spark__ray__mergedBlockSize=size)
    await_executors(sc, 2)
    sc.range(4, numSlices=4).map(lambda x: time.sleep(0.2)).count()  # tasks are long
    before = held(sc).references
    wide = 2000  # 100 KB a task: less would travel in its answer
    shuffled = pairs(sc, 0.06, wide).partitionBy(REDUCES)
    found = shuffled.glom().map(sorted).collect()
    expected = sorted((x % 50, str(x).rjust(wide)) for x in range(6000))
    assert sorted(x for part in found for x in part) == expected
    blocks, references = blocks_of(sc, shuffled), held(sc).references - before
    assert {m for one in blocks for m in one.map_ids} == set(range(MAPS))
    if size == "0":
        assert len(blocks) > MAPS // 2
        assert references > MAPS
    else:
        assert len(blocks) < MAPS // 2
        assert references < MAPS
    assert counts(sc).recomputed == counts(sc).failed == 0
    # Every reader sees the records of a partition in the order of the map tasks.
    assert shuffled.glom().map(sorted).collect() == found
    in_order = shuffled.values().glom().collect()
    assert all(part == sorted(part) for part in in_order)
    del shuffled, blocks
    wait_until(lambda: held(sc).shuffles == 0, "the shuffle to be forgotten")
    wait_until(lambda: held(sc).references <= before, "its blocks to be freed")


def test_little_output_leaves_no_references(spark):
    sc = spark()
    await_executors(sc, 2)
    before = held(sc).references
    shuffled = sc.range(6000, numSlices=8).map(lambda x: (x % 50, x)).partitionBy(REDUCES)
    assert shuffled.count() == 6000
    blocks = blocks_of(sc, shuffled)
    assert all(isinstance(h, Inline) for one in blocks for h in one.handles if h is not None)
    wait_until(lambda: held(sc).references <= before, "the answers' references to be dropped")


def test_a_block_that_is_damaged_is_found_by_its_reader_and_only_its_map_runs_again(spark):
    sc = spark(
        spark__ray__fault__bad="point=end,stage=1,partition=3,attempt=0,action=corrupt",
    )
    sc.range(4, numSlices=4).map(lambda x: time.sleep(0.2)).count()
    sums = dict(pairs(sc, 0.06).reduceByKey(operator.add, REDUCES).collect())
    assert sums == {key: sum(range(key, 6000, 50)) for key in range(50)}
    assert counts(sc).recomputed == 1
