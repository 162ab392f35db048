"""Small blocks of map output become one while their stage runs, and count as what they hold."""

from __future__ import annotations

import pytest
from scheduler_harness import BLOCK_SIZE, INDETERMINATE, Harness, narrow, reads, shuffle, source

from rayspark.scheduler import events as ev
from rayspark.scheduler.config import ExclusionConfig

MAPS = 8


@pytest.fixture
def h() -> Harness:
    """Two machines, four slots each; two calls are enough for a merge."""
    made = Harness(merged_block_size=100 * BLOCK_SIZE, merge_fan_in=2)
    made.executor("e1", host="h1", cores=4)
    made.executor("e2", host="h2", cores=4)
    return made


def running(h: Harness, **more):
    """A job whose map stage (0) runs on both machines."""
    edge = shuffle(source(MAPS, **more), 4)
    job = h.submit(narrow(reads(edge)))
    return edge, job


def maps_at(h: Harness, executor: str):
    return [one for one in h.of(0) if one.executor == executor]


def merged(h: Harness, edge) -> dict[int, int]:
    """Maps whose block holds more than them, and how many it holds."""
    statuses = h.state.tracker.statuses(edge.shuffle_id)
    held = {m: len(s.blocks.map_ids) for m, s in enumerate(statuses) if s is not None}
    return {map_id: n for map_id, n in held.items() if n > 1}


def test_small_blocks_of_a_machine_become_one(h):
    edge, job = running(h)
    first, second, *_ = maps_at(h, "e1")
    h.succeed(maps_at(h, "e2")[0])
    h.succeed(first)
    assert h.merges == []  # each machine has one
    h.succeed(second)
    (merge,) = h.merges
    assert (merge.executor, merge.host) == ("e1", "h1")
    h.merge(merge)
    assert merged(h, edge) == {first.key.partition: 2, second.key.partition: 2}
    h.finish()
    assert h.ended == {job: None}
    assert h.state.tracker.recomputed == 0
    h.assert_empty()


@pytest.mark.parametrize(
    ("config", "merges"),
    [
        ({}, 0),  # off
        ({"merged_block_size": 3 * BLOCK_SIZE, "merge_fan_in": 2}, 0),  # blocks are not small
        ({"merged_block_size": 4 * BLOCK_SIZE}, 1),  # enough bytes
        ({"merged_block_size": 100 * BLOCK_SIZE, "merge_fan_in": 3}, 1),  # enough calls
        ({"merged_block_size": 100 * BLOCK_SIZE}, 0),  # neither
    ],
)
def test_what_is_merged_when(config, merges):
    h = Harness(**config)
    h.executor("e1", cores=MAPS)
    running(h)
    for one in h.of(0)[:5]:
        h.succeed(one)
    assert len(h.merges) == merges


def test_one_merge_at_a_time_and_what_came_meanwhile_is_next(h):
    edge, _ = running(h)
    maps = maps_at(h, "e1")
    for one in maps:
        h.succeed(one)
    (merge,) = h.merges
    h.merge(merge)
    (following,) = h.merges
    assert {m for _, maps in following.parts for m in maps} == {o.key.partition for o in maps[2:]}
    h.merge(following)
    assert merged(h, edge) == {one.key.partition: 2 for one in maps}
    assert h.merges == []  # merged blocks are not merged again


def test_the_reduce_stage_does_not_wait_for_a_merge(h):
    edge, job = running(h)
    h.succeed(*h.of(0)[:1])
    for one in h.of(0):
        h.succeed(one)
    assert h.merges
    assert h.of(1), "the reduce stage runs"
    version = h.state.tracker.version(edge.shuffle_id)
    h.merge(h.merges[0])
    assert h.state.tracker.version(edge.shuffle_id) == version
    h.finish()
    assert h.ended == {job: None}
    h.assert_empty()


def test_a_merge_that_fails_leaves_the_blocks_as_they_are(h):
    edge, job = running(h)
    for one in maps_at(h, "e1")[:2]:
        h.succeed(one)
    h.fail_merge(h.merges[0])
    assert merged(h, edge) == {}
    assert h.merges == []
    h.finish()
    assert h.ended == {job: None}


def test_a_machine_that_is_lost_costs_the_maps_that_it_held_merged_or_not(h):
    edge, job = running(h)
    kept, lost = maps_at(h, "e2")[:2], maps_at(h, "e1")[:3]
    for one in (*kept, *lost):
        h.succeed(one)
    for merge in list(h.merges):
        h.merge(merge)
    assert len(merged(h, edge)) == 4
    h.lose_host("h1")
    assert h.known_maps(edge) == sorted(one.key.partition for one in kept)
    h.executor("e3", host="h3", cores=8)
    h.finish()
    assert h.ended == {job: None}
    assert h.state.tracker.recomputed == len(lost)
    h.assert_empty()


def test_the_answer_of_a_machine_that_was_lost_meanwhile_is_ignored(h):
    edge, job = running(h)
    for one in maps_at(h, "e1")[:2]:
        h.succeed(one)
    (merge,) = h.merges
    h.lose_host("h1")
    h.merge(merge)
    assert h.known_maps(edge) == []
    h.finish()
    assert h.ended == {job: None}


def test_a_map_made_again_during_the_merge_is_read_from_its_own_block(h):
    edge, _ = running(h)
    reader = h.submit(narrow(reads(edge)), [0])
    first, second = maps_at(h, "e1")[:2]
    h.succeed(first)
    h.succeed(second)
    (merge,) = h.merges
    h.state.tracker.forget_maps(edge.shuffle_id, [first.key.partition])
    late = h.success(first)  # the same task, another call
    h.report(late, executor="e1")
    h.merge(merge)
    assert merged(h, edge) == {second.key.partition: 2}
    h.finish()
    assert h.ended[reader] is None


def test_an_indeterminate_stage_that_is_rolled_back_takes_nothing_of_an_old_merge(h):
    edge, _ = running(h, **INDETERMINATE)
    for one in h.of(0)[:3]:
        h.succeed(one)
    asked = list(h.merges)
    h.feed(ev.ShuffleForgotten(edge.shuffle_id))
    assert h.known_maps(edge) == []
    for merge in asked:
        h.merge(merge)
    assert h.known_maps(edge) == []
    h.finish()
    assert set(h.ended.values()) == {None}
    h.assert_empty()


def test_another_executor_of_the_machine_merges_when_the_writer_is_gone():
    h = Harness(merged_block_size=100 * BLOCK_SIZE, merge_fan_in=2)
    h.executor("e1", host="h1", cores=4)
    h.executor("e2", host="h1", cores=4)
    running(h)
    h.succeed(maps_at(h, "e1")[0])
    (one, *_) = maps_at(h, "e2")
    h.lose("e1")
    h.succeed(one)
    assert [merge.executor for merge in h.merges] == ["e2"]


def test_nothing_is_left_to_merge_when_a_stage_is_given_up_for_want_of_executors():
    exclusion = ExclusionConfig(enabled=True)
    h = Harness(merged_block_size=100 * BLOCK_SIZE, exclusion=exclusion)
    h.executor("e1", cores=4)
    _, job = running(h)
    done, doomed, *_ = h.of(0)
    h.succeed(done)
    h.fail(doomed)  # and no other executor may run it; the harness looks at what is left
    assert h.ended[job] is not None
