"""What happens around user code: state of closures, swallowed faults, kills, broken batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from rayspark import SparkConf, SparkContext
from rayspark.errors import SparkException

FAULT = "spark.ray.fault.corrupt"


@pytest.fixture
def sc() -> Iterator[SparkContext]:
    with SparkContext("local[2]", "tasks") as context:
        yield context


def test_tasks_do_not_see_each_others_changes(sc: SparkContext) -> None:
    seen: list[int] = []

    def note(x: int) -> int:
        seen.append(x)
        return len(seen)

    def count(x: int, cache: dict[int, int] = {}) -> int:  # noqa: B006  that is the point
        cache[x] = x
        return len(cache)

    numbers = sc.parallelize(range(6), 3)
    assert numbers.map(note).collect() == [1, 2, 1, 2, 1, 2]
    assert numbers.map(count).collect() == [1, 2, 1, 2, 1, 2]
    assert seen == []


def test_large_arrays_are_the_tasks_own(sc: SparkContext) -> None:
    array = np.zeros(100_000)
    rdd = sc.parallelize([array, np.ones(100_000)], 2)
    array[:] = 5  # after the fact: unseen

    def add(x: Any, y: Any) -> Any:
        x += y
        return x

    assert rdd.reduce(add)[0] == 1.0
    assert rdd.map(lambda a: (0, a)).reduceByKey(add).values().first()[0] == 1.0
    collected = rdd.collect()[0]
    collected += 1
    assert collected[0] == 1.0


def test_a_lost_input_cannot_be_swallowed() -> None:
    conf = SparkConf().setMaster("local[2,4]").set(FAULT, "action=corrupt,stage=0,partition=1")

    def careful(records: Iterator[Any]) -> list[Any]:
        kept = []
        try:
            kept.extend(records)
        except Exception:
            return kept
        return kept

    with SparkContext(conf=conf, appName="swallow") as sc:
        pairs = sc.parallelize(range(1000), 4).map(lambda i: (i, i)).partitionBy(4)
        assert pairs.mapPartitions(careful).count() == 1000


def test_a_cancelled_queue_of_batches_leaves_the_threads_alive(sc: SparkContext) -> None:
    ended: list[BaseException] = []

    def run() -> None:
        try:
            sc.range(200, numSlices=200).foreach(lambda _: time.sleep(0.01))
        except SparkException as error:
            ended.append(error)

    for _ in range(5):
        slow = threading.Thread(target=run)
        slow.start()
        time.sleep(0.05)
        sc.cancelAllJobs()
        slow.join(5)
    assert len(ended) == 5
    assert sc.range(10, numSlices=4).count() == 10


class Unloadable:
    """Pickles, but does not come back."""

    def __reduce__(self) -> tuple[Any, ...]:
        return int, ("not a number",)


def test_what_cannot_be_unpickled_fails_its_job_only(sc: SparkContext) -> None:
    broken = Unloadable()
    with pytest.raises(SparkException, match="invalid literal for int"):
        sc.range(4, numSlices=4).map(lambda x: (broken, x)).count()
    assert sc.range(4, numSlices=4).count() == 4


@pytest.mark.parametrize("raised", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_user_code_may_raise_anything(sc: SparkContext, raised: BaseException) -> None:
    def leave(_: int) -> int:
        raise raised

    with pytest.raises(SparkException, match=type(raised).__name__):
        sc.range(2, numSlices=2).map(leave).collect()
    assert sc.range(2).count() == 2


def test_deep_chains_of_generators_are_cut() -> None:
    with SparkContext("local[1]", "deep") as sc:
        rdd = sc.range(10, numSlices=1)
        for _ in range(1200):
            rdd = rdd.mapPartitions(lambda records: (x for x in records))
        assert rdd.sum() == 45


def test_a_cancelled_task_that_sleeps_gives_its_slot_up() -> None:
    conf = SparkConf().setMaster("local[1]").set("spark.python.task.killTimeout", "100ms")
    with SparkContext(conf=conf, appName="stuck") as sc:
        failed: list[BaseException] = []

        def run() -> None:
            try:
                sc.range(1, numSlices=1).foreach(lambda _: time.sleep(5))
            except SparkException as error:
                failed.append(error)

        waiting = threading.Thread(target=run)
        waiting.start()
        time.sleep(0.2)
        sc.cancelAllJobs()
        waiting.join(2)
        assert failed
        began = time.monotonic()
        assert sc.range(3, numSlices=1).count() == 3
        assert time.monotonic() - began < 3
