"""Which task runs where, and how many at a time."""

from __future__ import annotations

from collections import Counter

import pytest
from scheduler_harness import narrow, reads, shuffle, source

from rayspark.lineage.dependency import Grouped, NarrowDependency
from rayspark.lineage.node import Node
from rayspark.scheduler import events as ev
from rayspark.scheduler.locality import owner
from rayspark.scheduler.task import Locality
from rayspark.storagelevel import StorageLevel


def prefer(n, hosts):
    """A source whose partition i lies on ``hosts[i]``."""
    return source(n, preferred=lambda split: hosts[split])


# ------------------------------------------------------------------------------ spreading


def test_tasks_are_spread_evenly_over_free_slots(make_harness):
    h = make_harness()
    for name in ("e1", "e2", "e3"):
        h.executor(name, cores=4)
    h.submit(source(6))
    assert Counter(h.where(0).values()) == {"e1": 2, "e2": 2, "e3": 2}


def test_no_slot_idles_while_tasks_wait(make_harness):
    h = make_harness()
    h.executor("e1", cores=1)
    h.executor("e2", cores=5)
    h.submit(source(6))
    assert Counter(h.where(0).values()) == {"e1": 1, "e2": 5}


def test_a_task_takes_the_cores_it_is_said_to_take(make_harness):
    h = make_harness(task_cpus=2)
    h.executor("e1", cores=5)
    h.submit(source(6))
    assert len(h.of(0)) == 2


def test_only_executors_of_the_profile_are_used(harness):
    harness.submit(source(4, profile="native"))
    assert not harness.running
    harness.executor("n1", profile="native", cores=4)
    assert set(harness.where(0).values()) == {"n1"}


def test_long_tasks_are_never_queued(harness):
    harness.submit(source(100))
    for _ in range(20):
        harness.succeed(harness.of(0)[0], duration=0.2)
        assert len(harness.of(0)) == 4


def test_short_tasks_are_queued_to_keep_an_executor_busy(harness):
    harness.submit(source(2000))
    assert len(harness.of(0)) == 4
    harness.succeed(*[r for r in harness.of(0) if r.executor == "e1"], duration=0.001)
    ahead = Counter(harness.where(0).values())
    assert ahead["e1"] == 100, "two slots, 50 ms of work each"
    assert ahead["e2"] == 2


def test_no_executor_gets_more_than_its_share_of_the_rest(harness):
    harness.submit(source(64))
    harness.succeed(*[r for r in harness.of(0) if r.executor == "e1"], duration=0.0001)
    assert Counter(harness.where(0).values())["e1"] <= 32
    harness.finish(duration=0.0001)


def test_the_queue_is_bounded_and_refilled_by_halves(harness):
    harness.submit(source(5000))
    harness.succeed(*[r for r in harness.of(0) if r.executor == "e1"], duration=0.0)
    mine = [r for r in harness.of(0) if r.executor == "e1"]
    assert len(mine) == 500
    harness.succeed(*mine[:249], duration=0.0)
    assert len([r for r in harness.of(0) if r.executor == "e1"]) == 251
    harness.succeed(*mine[249:260], duration=0.0)
    assert len([r for r in harness.of(0) if r.executor == "e1"]) == 500


@pytest.mark.parametrize(
    ("duration", "batches"),
    [(0.001, [50, 50]), (0.00001, [500]), (0.02, [2, 3])],
    ids=["short", "so short that an answer takes longer", "long"],
)
def test_work_ahead_is_sent_in_two_halves_of_which_one_runs_while_the_other_is_answered(
    harness, duration, batches
):
    harness.submit(source(2000))
    launched = [
        a
        for a in harness.succeed(
            *[r for r in harness.of(0) if r.executor == "e1"], duration=duration
        )
        if type(a).__name__ == "Launch"
    ]
    assert [(a.executor, len(a.tasks)) for a in launched] == [("e1", n) for n in batches]
    tids = [task.key.tid for a in launched for task in a.tasks]
    assert tids == sorted(tids)


# ------------------------------------------------------------------------------ locality


def test_a_task_runs_where_its_source_lies(harness):
    harness.submit(narrow(prefer(4, [["host-e2"], ["host-e1"], ["host-e2"], ["host-e1"]])))
    assert harness.where(0) == {0: "e2", 1: "e1", 2: "e2", 3: "e1"}
    assert {r.task.locality for r in harness.of(0)} == {Locality.NODE_LOCAL}


def test_a_task_waits_for_its_host_and_then_runs_anywhere(harness):
    harness.submit(prefer(4, [["host-e1"]] * 4))
    assert set(harness.where(0).values()) == {"e1"}
    assert len(harness.of(0)) == 2
    assert harness.state.next_tick() == 3.0
    harness.tick(2.9)
    assert len(harness.of(0)) == 2
    harness.tick(0.1)
    assert harness.where(0)[3] == "e2"
    assert harness.of(0)[3].task.locality is Locality.ANY
    harness.finish()


def test_a_launch_near_the_data_restarts_the_wait(harness):
    harness.submit(prefer(6, [["host-e1"]] * 6))
    harness.tick(2.0)
    harness.succeed(harness.of(0)[0])
    assert len(harness.of(0)) == 2
    harness.tick(2.9)
    assert set(harness.where(0).values()) == {"e1"}
    harness.tick(0.2)
    assert "e2" in harness.where(0).values()
    harness.finish()


def test_without_wait_nothing_waits(make_harness):
    h = make_harness(locality_wait_node=0.0)
    h.executor("e1")
    h.executor("e2")
    h.submit(prefer(4, [["host-e1"]] * 4))
    assert Counter(h.where(0).values()) == {"e1": 2, "e2": 2}


def test_a_wish_for_an_unknown_host_is_no_wish(harness):
    harness.submit(prefer(4, [["elsewhere"]] * 4))
    assert len(harness.of(0)) == 4
    harness.finish()


def test_tasks_without_a_wish_do_not_wait_for_those_with_one(harness):
    harness.submit(prefer(6, [["host-e1"]] * 4 + [[], []]))
    assert harness.where(0) == {0: "e1", 1: "e1", 4: "e2", 5: "e2"}
    harness.finish()


def test_cached_blocks_in_a_heap_pull_first_to_the_process_then_to_the_host(make_harness):
    h = make_harness()
    h.executor("e1", host="h", cores=1)
    h.executor("e2", host="h", cores=1)
    h.executor("e3", host="other", cores=1)
    cached = source(3)
    h.feed(ev.BlocksStored("e1", "h", [(cached.id, i) for i in range(3)], in_heap=True))
    h.submit(narrow(cached))
    assert [(r.executor, r.task.locality.name) for r in h.of(0)] == [("e1", "PROCESS_LOCAL")]
    h.tick(3.0)
    assert {r.executor: r.task.locality.name for r in h.of(0)} == {
        "e1": "PROCESS_LOCAL",
        "e2": "NODE_LOCAL",
    }
    h.tick(3.0)
    assert h.where(0)[2] == "e3"
    h.finish()


def test_a_dead_process_s_heap_is_forgotten_and_the_host_remains(harness):
    cached = source(1)
    harness.executor("e1b", host="host-e1")
    harness.feed(ev.BlocksStored("e1", "host-e1", [(cached.id, 0)], in_heap=True))
    harness.lose("e1")
    harness.submit(narrow(cached))
    assert [(r.executor, r.task.locality.name) for r in harness.of(0)] == [("e1b", "NODE_LOCAL")]


def test_late_news_of_blocks_on_a_dead_machine_are_not_believed(harness):
    harness.executor("e1b", host="host-e1")
    block = (source(1).id, 0)
    harness.lose("e1")
    harness.feed(ev.BlocksStored("e1", "host-e1", [block], in_heap=True))
    assert harness.state.directory.locations(*block) == ({}, {"host-e1": None})
    harness.lose_host("host-e1")
    assert not harness.state.directory.knows(block[0])
    harness.feed(ev.BlocksStored("e1b", "host-e1", [block], in_heap=True))
    assert not harness.state.directory.knows(block[0])


def test_blocks_dropped_are_no_wish(harness):
    cached = source(4)
    blocks = [(cached.id, i) for i in range(4)]
    harness.feed(ev.BlocksStored("e1", "host-e1", blocks, in_heap=True))
    harness.feed(ev.BlocksDropped(blocks))
    harness.submit(narrow(cached))
    assert Counter(harness.where(0).values()) == {"e1": 2, "e2": 2}


def test_the_nearest_cached_ancestor_decides(harness):
    root = source(1)
    upper = narrow(root)
    harness.feed(ev.BlocksStored("e1", "host-e1", [(root.id, 0)], in_heap=False))
    harness.feed(ev.BlocksStored("e2", "host-e2", [(upper.id, 0)], in_heap=False))
    harness.submit(narrow(narrow(upper)))
    assert harness.where(0) == {0: "e2"}


def test_a_coalesced_task_goes_to_its_first_parent(harness):
    node = prefer(4, [["host-e2"], ["host-e2"], ["host-e1"], ["host-e1"]])
    harness.submit(narrow(node, Grouped(((0, 1), (2, 3))), n=2))
    assert harness.where(0) == {0: "e2", 1: "e1"}


def test_wishes_through_long_branches_are_cheap(harness):
    left = right = prefer(200, [[f"host-e{1 + i % 2}"] for i in range(200)])
    for _ in range(2000):
        left, right = narrow(left), narrow(right)
    joined = Node(left.op, (NarrowDependency(left), NarrowDependency(right)), 200)
    harness.submit(joined)
    assert harness.where(0) == {0: "e1", 1: "e2", 2: "e1", 3: "e2"}


def test_reduce_tasks_go_to_the_owners_of_their_partitions(harness):
    edge = shuffle(source(4), 4)
    harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    assert harness.where(1) == {0: "e1", 1: "e1", 2: "e2", 3: "e2"}
    owned = [("e1", "e2")[owner(p, 4, 2)] for p in range(4)]
    assert owned == ["e1", "e1", "e2", "e2"]
    harness.finish()


def test_nobody_waits_for_an_owner(harness):
    edge = shuffle(source(1), 8)
    harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    for _ in range(4):
        harness.succeed(next(r for r in harness.of(1) if r.executor == "e1"))
    assert len(harness.of(1)) == 4
    harness.finish()


# ------------------------------------------------------------------------------ turns


def test_first_come_first_served(harness):
    harness.submit(source(6))
    harness.submit(source(2))
    harness.succeed(*harness.of(0)[:2])
    assert len(harness.of(0)) == 4
    assert not harness.of(1)
    harness.finish()


@pytest.mark.parametrize("fair", [True, False])
def test_fair_pools_share(make_harness, fair):
    h = make_harness(fair=fair)
    h.executor("e1", cores=4)
    h.submit(source(100), spark_scheduler_pool="a")
    h.submit(source(100), spark_scheduler_pool="b")
    for _ in range(8):
        h.succeed(next(r for r in h.running.values()), duration=1.0)
    assert bool(h.of(1)) is fair
    if fair:
        assert len(h.of(0)) == len(h.of(1)) == 2


# ------------------------------------------------------------------------------ stalled readers


def test_tries_that_wait_for_lost_input_make_room_for_its_repair(harness):
    edge = shuffle(source(4), 8)
    job = harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    harness.lose_host("host-e1")
    assert not harness.of(0), "the readers left hold every slot"
    harness.tick(2.0)
    harness.drain_kills()
    assert [r.key.partition for r in harness.of(0)] == [0, 1]
    harness.finish()
    assert harness.ended == {job: None}
    harness.assert_empty()


def test_they_are_left_alone_when_there_is_room(harness):
    edge = shuffle(source(4), 2)
    job = harness.submit(reads(edge))
    harness.succeed(*harness.of(0))
    harness.executor("e3", cores=8)
    harness.lose_host("host-e1")
    harness.tick(2.0)
    assert harness.kills == []
    harness.finish()
    assert harness.ended == {job: None}
    harness.drain_kills()
    harness.assert_empty()


def test_partitions_to_compute_anew_are_spread_however_short_cached_ones_are(make_harness):
    """Two of eight are not cached: they take a hundred times as long, one on each executor."""
    harness = make_harness()
    for name in ("e1", "e2"):
        harness.executor(name, "host", cores=1)
    cached = source(8)
    for name, splits in (("e1", (0, 1, 2)), ("e2", (3, 4, 5))):
        blocks = [(cached.id, split) for split in splits]
        harness.feed(ev.BlocksStored(name, "host", blocks, in_heap=True))
    cached.marks.level = StorageLevel.MEMORY_ONLY
    harness.submit(narrow(cached))
    while near := [r for r in harness.of(0) if r.executor == "e1" and r.key.partition < 6]:
        harness.succeed(near[0], duration=0.003)
    assert [r.key.partition for r in harness.of(0) if r.executor == "e1"] == [6], harness.where(0)
    while near := [r for r in harness.of(0) if r.executor == "e2" and r.key.partition < 6]:
        harness.succeed(near[0], duration=0.003)
    assert harness.where(0) == {6: "e1", 7: "e2"}
    harness.finish()
    harness.assert_empty()
