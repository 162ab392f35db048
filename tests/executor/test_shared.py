"""What tasks of a process share, and the memory it may take."""

from __future__ import annotations

import logging
import threading
from typing import Any

import pytest

from rayspark import SparkConf, SparkContext, TaskContext
from rayspark.executor.runtime import ExecutorRuntime, ExecutorSettings
from rayspark.executor.shares import MemoryShares
from rayspark.ids import ExecutorId, HostId
from rayspark.lineage.node import NATIVE

MIB = 1 << 20


@pytest.fixture
def runtime() -> ExecutorRuntime:
    return ExecutorRuntime(ExecutorId("1"), HostId("a"), ExecutorSettings(), fetch=list)


class Engine:
    def __init__(self, closed: list[str], name: str) -> None:
        self._closed, self._name = closed, name

    def close(self) -> None:
        self._closed.append(self._name)
        if self._name == "broken":
            raise OSError("cannot close")


def test_it_is_made_once_and_closed_with_the_executor(runtime: ExecutorRuntime, caplog: Any):
    closed: list[str] = []
    made: list[object] = []
    begun = threading.Barrier(4)

    def ask() -> None:
        begun.wait()
        made.append(runtime.shared("engine", lambda _: Engine(closed, "engine")))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(map(id, made))) == 1
    assert runtime.shared("number", lambda r: r.settings.cores) == 1
    runtime.shared("broken", lambda _: Engine(closed, "broken"))
    with caplog.at_level(logging.ERROR):
        runtime.close()
    assert closed == ["broken", "engine"], "what was made last is closed first"
    assert "broken of executor 1 could not be closed" in caplog.text


def test_one_that_could_not_be_made_is_made_by_the_next(runtime: ExecutorRuntime):
    with pytest.raises(ZeroDivisionError):
        runtime.shared("engine", lambda _: 1 // 0)
    assert runtime.shared("engine", lambda _: 5) == 5


def test_one_that_needs_another_may_ask_for_it(runtime: ExecutorRuntime):
    runtime.shared("outer", lambda r: r.shared("inner", lambda _: "made"))
    assert runtime.shared("inner", lambda _: "anew") == "made"


def test_tasks_of_a_local_executor_reach_it():
    conf = SparkConf(loadDefaults=False).setMaster("local[3]").setAppName("shared")
    conf.set("spark.ui.showConsoleProgress", "false")

    def ask(_: Any) -> Any:
        runtime = TaskContext.get()._runtime
        engine = runtime.shared("engine", lambda r: [r.settings.cores])
        yield id(engine), engine[0], runtime.settings.execution_memory

    with SparkContext(conf=conf) as sc:
        work = sc.range(8, numSlices=8).mapPartitions(ask)
        work._node.profile = NATIVE
        ((_, cores, memory),) = set(work.collect())
    assert cores == 3
    assert memory > 100 * MIB


def test_memory_is_divided_by_the_settings():
    shares = MemoryShares(1000 * MIB, 0.6, 0.5)
    base = ExecutorSettings(task_memory=512 * MIB)
    python = shares.python(base, cores=2)
    assert (python.cores, python.execution_memory) == (2, 300 * MIB)
    assert python.task_memory == 150 * MIB
    assert python.heap_cache == 300 * MIB
    native = shares.native(base, cores=8, units=4, free=0)
    assert (native.cores, native.execution_memory) == (8, 1200 * MIB)
    assert native.task_memory == native.execution_memory


def test_memory_is_the_machine_s_where_nothing_is_set():
    shares = MemoryShares(None, 0.6, 0.5)
    base = ExecutorSettings(task_memory=512 * MIB)
    assert shares.python(base, cores=2).execution_memory == 1024 * MIB
    assert shares.python(base, cores=2).task_memory == 512 * MIB
    assert shares.native(base, cores=8, units=8, free=1000 * MIB).execution_memory == 600 * MIB
