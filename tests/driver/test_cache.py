"""Cached partitions: kept, missed, moved away, lost with their machine."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from rayspark import SparkContext, StorageLevel
from rayspark.events.bus import EventBus
from rayspark.executor.batch import Forget
from rayspark.ids import BlockId, ExecutorId, HostId, RddId
from rayspark.scheduler import cache_manager
from rayspark.scheduler.cache_manager import CacheManager
from rayspark.scheduler.cached_blocks import CachedBlocks
from rayspark.scheduler.events import BlocksDropped, BlocksStored

H1, H2 = HostId("h1"), HostId("h2")
BLOCKS = [BlockId(RddId(1), split) for split in range(3)]
LEVEL = StorageLevel.MEMORY_ONLY


class NotingBackend:
    """Executors that do not answer by themselves."""

    def __init__(self) -> None:
        self.copies: list[tuple[ExecutorId, Any, Callable[[Any], None]]] = []

    def copy(self, executor: ExecutorId, handle: Any, done: Callable[[Any], None]) -> None:
        self.copies.append((executor, handle, done))


@pytest.fixture
def backend() -> NotingBackend:
    return NotingBackend()


class OtherHost:
    """A launcher as the cache manager sees it: one executor, on another machine."""

    def executors_elsewhere(self, host: HostId, salt: int) -> list[tuple[ExecutorId, HostId]]:
        return [(ExecutorId("e2"), H2)]


class Rig:
    """A cache manager with three partitions on the first machine."""

    def __init__(self, backend: NotingBackend) -> None:
        self.blocks = CachedBlocks(1 << 30)
        self.posted: list[Any] = []
        self.told: list[Forget] = []
        launcher: Any = OtherHost()
        executors: Any = backend
        self.cache = CacheManager(
            self.blocks, launcher, executors, EventBus(), self.posted.append, self.told.append
        )
        for block in BLOCKS:
            self.blocks.put(block, H1, object(), 10, LEVEL)
        self.released = 0
        self.is_released = threading.Event()

    def release(self) -> None:
        self.released += 1
        self.is_released.set()


@pytest.fixture
def rig(backend: NotingBackend) -> Rig:
    return Rig(backend)


def test_a_machine_is_released_when_all_its_partitions_were_copied(rig, backend):
    rig.cache.move_away(H1, rig.release)
    for _, handle, done in backend.copies:
        assert not rig.released
        done(f"copy of {handle}")
    assert rig.released == 1
    assert all(set(entry.homes) == {H2} for entry in rig.blocks.snapshot().values())
    assert sum(isinstance(event, BlocksStored) for event in rig.posted) == 3


def test_copies_that_fail_at_once_do_not_hold_up_the_release(rig, backend, caplog, monkeypatch):
    monkeypatch.setattr(backend, "copy", lambda executor, handle, done: done(None))
    with caplog.at_level(logging.WARNING):
        rig.cache.move_away(H1, rig.release)
    assert rig.released == 1
    assert caplog.text.count("could not be copied to h2") == 3


def test_copies_that_never_answer_do_not_hold_it_up_for_ever(rig, backend, monkeypatch):
    monkeypatch.setattr(cache_manager, "MOVE_SECONDS", 0.01)
    rig.cache.move_away(H1, rig.release)
    assert rig.is_released.wait(10)
    for _, _, done in backend.copies:
        done("late")
    assert rig.released == 1


def test_nothing_is_kept_on_a_machine_that_is_gone(rig):
    rig.cache.lose_host(H1)
    assert rig.told == [Forget(blocks=BLOCKS)]  # also copies in the heaps of other machines
    assert [type(event) for event in rig.posted] == [BlocksDropped]
    assert rig.blocks.put(BLOCKS[0], H1, "late", 10, LEVEL) is None
    assert rig.blocks.put(BLOCKS[0], H2, "made again", 10, LEVEL) == ([], [])
    assert rig.blocks.add_copy(BLOCKS[0], H1, "late") == []
    assert set(rig.blocks.snapshot()[BLOCKS[0]].homes) == {H2}


def test_an_rdd_may_be_persisted_again_right_after_unpersist(sc: SparkContext):
    for level in (StorageLevel.MEMORY_AND_DISK, StorageLevel.MEMORY_ONLY) * 5:
        numbers = sc.range(100, numSlices=2).cache()
        numbers.count()
        numbers.unpersist().persist(level)
        numbers.count()
        kept = [entry.level for b, entry in sc._driver.cached_blocks().items()
                if b.rdd == numbers._node.id]  # fmt: skip
        assert kept == [level, level]


def test_a_partition_that_an_executor_cannot_get_is_stored_anew(sc: SparkContext):
    computed = sc.accumulator(0)

    def note(record: int) -> int:
        computed.add(1)
        return record

    numbers = sc.parallelize([7], 1).map(note).cache()
    numbers.count()
    numbers.count()  # from here on the driver has told the executor of it
    runtime = sc._driver._backend._runtime
    runtime.heap._limit = 0
    runtime.heap.drop([numbers._node.id])
    runtime._cached.clear()  # as if the object store had lost it
    for _ in range(5):
        assert numbers.collect() == [7]
    assert computed.value == 3  # first, when it was missed, and once more for the store


def test_a_miss_that_is_told_late_leaves_the_partition_stored_anew(sc: SparkContext):
    launcher, blocks = sc._driver._launcher, sc._driver._cache.blocks
    numbers = sc.parallelize([7], 1).cache()
    numbers.count()
    numbers.count()
    block = BlockId(numbers._node.id, 0)
    assert launcher.told(ExecutorId("driver"), [block]) == [block]
    blocks.put(block, HostId("localhost"), object(), 1, LEVEL)
    assert launcher.told(ExecutorId("driver"), [block]) == []
