"""Jobs become stages; stages run in order, are shared and reused."""

from __future__ import annotations

import gc
import weakref
from time import process_time

import pytest
from scheduler_harness import narrow, reads, shuffle, source

from rayspark.events import types as news
from rayspark.ids import ShuffleId
from rayspark.lineage.dependency import NarrowDependency, Range
from rayspark.lineage.node import Node
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.storagelevel import StorageLevel


def test_a_job_of_one_stage_delivers_each_index_once(harness):
    job = harness.submit(narrow(source(3)))
    assert sorted(harness.where(0)) == [0, 1, 2]
    harness.finish()
    assert harness.ended == {job: None}
    assert harness.results[job] == {i: f"result {i}" for i in range(3)}
    harness.assert_empty()


def test_only_the_wanted_partitions_run(harness):
    harness.repeats_partitions = True
    job = harness.submit(source(10), partitions=[7, 2, 7])
    assert sorted(r.key.partition for r in harness.of(0)) == [2, 7, 7]
    harness.finish()
    assert harness.results[job] == {0: "result 7", 1: "result 2", 2: "result 7"}


def test_a_job_over_nothing_ends_at_once(harness):
    job = harness.submit(source(3), partitions=[])
    assert harness.ended == {job: None}
    assert not harness.launched
    harness.assert_empty()


def test_a_partition_that_does_not_exist_is_named(harness):
    job = harness.submit(source(3), partitions=[0, 5])
    expected = "Attempting to access a non-existent partition: 5. Total number of partitions: 3"
    assert expected in str(harness.ended[job])
    harness.assert_empty()


def test_a_shuffle_cuts_and_the_reduce_side_waits(harness):
    edge = shuffle(source(3), 2)
    harness.submit(narrow(reads(edge)))
    maps = harness.of(0)
    assert [r.key.partition for r in maps] == [0, 1, 2]
    assert all(r.run.sink is edge for r in maps)
    harness.succeed(*maps[:2])
    assert not harness.of(1)
    harness.succeed(maps[2])
    assert [r.key.partition for r in harness.of(1)] == [0, 1]
    harness.finish()
    harness.assert_empty()


def test_stage_numbers_grow_from_the_sources_to_the_result(harness):
    left, right = shuffle(source(2), 2), shuffle(source(2), 2)
    both = shuffle(reads(left, right), 2)
    harness.submit(reads(both))
    stages = harness.state.tables.stages.values()
    assert [(s.id, [p.id for p in s.parents.values()]) for s in stages] == [
        (0, []),
        (1, []),
        (2, [0, 1]),
        (3, [2]),
    ]
    harness.finish()
    harness.assert_empty()


def test_finished_map_output_is_reused_and_its_stage_skipped(harness):
    edge = shuffle(source(3), 2)
    harness.submit(reads(edge))
    harness.finish()
    before = len(harness.launched)
    job = harness.submit(narrow(reads(edge)))
    harness.finish()
    assert sorted(r.key.partition for r in harness.launched[before:]) == [0, 1]
    assert len(harness.results[job]) == 2


def test_below_a_finished_shuffle_nothing_is_looked_at(harness):
    deep = shuffle(source(2), 2)
    edge = shuffle(reads(deep), 2)
    harness.submit(reads(edge))
    harness.finish()
    harness.submit(reads(edge))
    assert [s.shuffle_id for s in harness.state.tables.stages.values()] == [edge.shuffle_id, None]
    harness.finish()


def test_two_jobs_share_a_running_map_stage(harness):
    edge = shuffle(source(4), 2)
    first = harness.submit(reads(edge))
    second = harness.submit(narrow(reads(edge)))
    assert len(harness.state.tables.map_stages) == 1
    harness.finish()
    assert harness.ended == {first: None, second: None}
    maps = [r for r in harness.launched if r.run.sink is edge]
    assert len(maps) == 4
    harness.assert_empty()


def test_a_diamond_runs_its_shuffle_once(harness):
    edge = shuffle(source(2), 2)
    left, right = narrow(reads(edge)), narrow(reads(edge))
    joined = Node(left.op, (NarrowDependency(left), NarrowDependency(right)), 2)
    harness.submit(joined)
    harness.finish()
    assert len(harness.launched) == 2 + 2


def test_an_empty_map_side_needs_no_tasks(harness):
    job = harness.submit(reads(shuffle(source(0), 2)))
    assert sorted(harness.where(1)) == [0, 1]
    harness.finish()
    assert harness.ended == {job: None}


def test_nodes_are_let_go_with_their_job_but_output_stays(harness):
    node = source(2)
    edge = shuffle(node, 2)
    gone = weakref.ref(node)
    harness.submit(reads(edge))
    harness.finish()
    shuffle_id = edge.shuffle_id
    assert shuffle_id in harness.state.tracker
    harness.launched.clear()
    del node, edge
    gc.collect()
    assert gone() is None
    dropped = harness.feed(ev.ShuffleForgotten(shuffle_id))
    assert dropped == [act.DropMapOutput(shuffle_id, None)]
    assert shuffle_id not in harness.state.tracker


def test_a_shuffle_forgotten_while_it_is_read_is_made_again(harness):
    edge = shuffle(source(2), 2)
    job = harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    harness.feed(ev.ShuffleForgotten(edge.shuffle_id))
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_an_unknown_shuffle_may_be_forgotten(harness):
    assert harness.feed(ev.ShuffleForgotten(ShuffleId(10**9))) == []


def test_a_cached_node_ends_the_walk(harness):
    edge = shuffle(source(2), 2)
    cached = reads(edge)
    cached.marks.level = StorageLevel.MEMORY_ONLY
    harness.submit(cached)
    harness.finish()
    blocks = [(cached.id, 0), (cached.id, 1)]
    harness.feed(ev.BlocksStored("e1", "host-e1", blocks, in_heap=False))
    harness.feed(ev.ShuffleForgotten(edge.shuffle_id))
    harness.submit(narrow(cached))
    assert len(harness.state.tables.stages) == 1
    harness.finish()


def test_a_partly_cached_node_does_not(harness):
    edge = shuffle(source(2), 2)
    cached = reads(edge)
    cached.marks.level = StorageLevel.MEMORY_ONLY
    harness.feed(ev.BlocksStored("e1", "host-e1", [(cached.id, 1)], in_heap=False))
    harness.submit(narrow(cached))
    assert len(harness.state.tables.stages) == 2
    harness.finish()


@pytest.mark.parametrize("steps", [10_000])
def test_long_narrow_lineage_is_neither_deep_nor_quadratic(harness, steps):
    node = source(4)
    for _ in range(steps):
        node = narrow(node)
    began = process_time()
    harness.submit(node)
    harness.finish()
    assert process_time() - began < 5.0
    harness.assert_empty()


def test_long_lineage_of_shuffles_is_neither_deep_nor_quadratic(make_harness):
    h = make_harness()
    h.state.invariants = lambda: None  # they look at every stage after every event
    h.executor("e1", cores=1)
    node = source(1)
    for _ in range(2_000):
        node = reads(shuffle(node, 1))
    began = process_time()
    job = h.submit(node)
    h.finish()
    assert process_time() - began < 5.0
    assert h.ended == {job: None}


def test_a_union_reads_each_parent_where_it_lies(harness):
    left, right = source(2), source(3)
    edges = (NarrowDependency(left, Range(0, 2)), NarrowDependency(right, Range(2, 3)))
    right.preferred = lambda split: [f"host-e{1 + split % 2}"]
    harness.submit(Node(left.op, edges, 5))
    placed = {r.key.partition: r.executor for r in harness.launched}
    assert placed[2] == "e1"
    assert placed[3] == "e2"
    harness.finish()


def test_stages_are_announced_with_their_nodes(harness):
    edge = shuffle(source(2), 2)
    actions = harness.state.handle(
        ev.JobSubmitted(9, reads(edge), range(2), None, 1.5, properties={"spark.job.tags": "a,b"})
    )
    told = [a.event for a in actions if isinstance(a, act.Notify)]
    start = told[0]
    assert isinstance(start, news.JobStart)
    assert (start.job_id, start.time, start.properties) == (9, 1500, {"spark.job.tags": "a,b"})
    assert [(s.stage_id, s.num_tasks, s.parent_ids) for s in start.stage_infos] == [
        (0, 2, ()),
        (1, 2, (0,)),
    ]
    assert [type(t).__name__ for t in told[1:]] == [
        "StageSubmitted",
        "TasksStarted",
        "TasksStarted",
    ]
    assert told[1].stage_info.submission_time == 1500


def test_a_stage_that_cannot_be_launched_fails_all_its_jobs_at_once(harness):
    edge = shuffle(source(6), 2)
    jobs = [harness.submit(narrow(reads(edge))) for _ in range(2)]
    error, never_sent = TypeError("cannot pickle"), harness.of(0)
    on_e1 = [r.task for r in never_sent if r.executor == "e1"]
    for one in never_sent:
        if one.executor == "e1":
            del harness.running[one.key.tid]
    harness.feed(ev.LaunchFailed("e1", on_e1, error, harness.now))
    assert harness.ended == dict.fromkeys(jobs, error)
    harness.assert_empty()
