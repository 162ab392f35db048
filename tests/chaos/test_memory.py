"""User code that takes more memory than there is: killed by the kernel, or refused."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from job import EXPECTED, sums, timed, undisturbed
from ray_rig import Ledger, counts

from rayspark import TaskContext
from rayspark.errors import SparkException

LIMIT = 150 << 20
GROUPS = Path("/sys/fs/cgroup/memory")


@pytest.fixture
def small_memory() -> Iterator[Path]:
    """A group of processes that the kernel kills when they take more than ``LIMIT``."""
    group = GROUPS / f"rayspark-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(LIMIT))
    except OSError as error:
        pytest.skip(f"needs the right to make a memory cgroup: {error}")
    yield group
    group.rmdir()


def hog(group: Path, tries: int):
    """For ``mapPartitionsWithIndex``: partition 1 takes all memory there is, so many times."""

    def take(split, records):
        if split == 1 and TaskContext.get().attemptNumber() < tries:
            (group / "cgroup.procs").write_text(str(os.getpid()))
            held = [os.urandom(1 << 20) * 8 for _ in range(2 * LIMIT >> 23)]
            raise AssertionError(f"took {len(held)} chunks and lives")
        return records

    return take


def test_a_task_that_takes_all_memory_once_is_tried_again(spark, small_memory, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    job = sums(sc, ledger).mapPartitionsWithIndex(hog(small_memory, 1), True)
    found, seconds = timed(job.collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == ({}, {1: 1})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.failed, spent.recomputed) == (1, 1, 1)
    recovery("executor out of memory (by the kernel)", "same answer", "1 reduce", seconds, without)


def test_a_task_that_always_does_fails_its_job_with_advice(spark, small_memory):
    sc = spark(spark__task__maxFailures=2)
    with pytest.raises(SparkException) as caught:
        sc.range(4, numSlices=4).mapPartitionsWithIndex(hog(small_memory, 9)).collect()
    text = str(caught.value)
    assert "failed 2 times" in text and "ExecutorLostFailure" in text
    assert "its process was killed, as the system does when memory is short" in text
    assert "use more, smaller partitions" in text and "spark.executor.cores" in text
    assert counts(sc).executors_lost == 2
    assert sc.range(100, numSlices=4).sum() == 4950


def test_memory_that_the_process_may_not_have_is_an_error_of_the_task(spark):
    sc = spark(spark__task__maxFailures=2)

    def limited(tries):
        def take(split, records):
            if split == 1 and TaskContext.get().attemptNumber() < tries:
                used = int(Path("/proc/self/statm").read_text().split()[0]) * 4096
                before = resource.getrlimit(resource.RLIMIT_AS)
                resource.setrlimit(resource.RLIMIT_AS, (used + LIMIT, before[1]))
                try:
                    bytearray(8 * LIMIT)
                finally:
                    resource.setrlimit(resource.RLIMIT_AS, before)
            return records

        return take

    numbers = sc.range(100, numSlices=4)
    assert numbers.mapPartitionsWithIndex(limited(1)).sum() == 4950
    with pytest.raises(SparkException) as caught:
        numbers.mapPartitionsWithIndex(limited(9)).sum()
    text = str(caught.value)
    assert "failed 2 times" in text and "bytearray(8 * LIMIT)" in text and "MemoryError" in text
    assert "use more, smaller partitions" in text
    assert counts(sc).executors_lost == 0
