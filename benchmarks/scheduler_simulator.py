"""The real scheduler, driven by a simulated cluster: what does planning cost, without any data?

    python benchmarks/scheduler_simulator.py

1,000 executors with 4 slots on 250 hosts run a 10,000 x 10,000 shuffle, a stage of 100,000 tasks of
1 ms, the same with tasks of 1 s, and the shuffle again with a host dying in it. Virtual time: an
executor's tasks take as long as they say, reports come in one batch per executor and launch.
Printed: driver CPU per task (limit 100 microseconds) and peak memory (limit 1 GB).
"""

from __future__ import annotations

import heapq
import resource
import sys
import time
from array import array
from collections import defaultdict
from dataclasses import dataclass
from itertools import count
from typing import Any

from rayspark.ids import ExecutorId, HostId, JobId
from rayspark.lineage.dependency import NarrowDependency, ShuffleDependency
from rayspark.lineage.node import Node
from rayspark.metrics import TaskMetrics
from rayspark.scheduler import actions as act
from rayspark.scheduler import events as ev
from rayspark.scheduler.config import SchedulerConfig
from rayspark.scheduler.state import SchedulerState
from rayspark.scheduler.task import (
    CallBlocks,
    ExecutorOffer,
    MapStatus,
    ResultFunction,
    TaskLaunch,
    TaskReport,
    TaskState,
)
from rayspark.shuffle.partitioner import HashPartitioner
from rayspark.shuffle.sizes import pack
from rayspark.shuffle.spec import ShuffleSpec

LIMIT_US = 100.0
LIMIT_MB = 1000.0
GROUPS = 64
"""Blocks of a call."""
MERGED_BYTES = 256 << 10
"""Five of the calls that there are."""
MERGE_SECONDS = 0.1
"""Virtual, until their blocks are one."""


@dataclass
class Outcome:
    """What one scenario cost."""

    name: str
    tasks: int
    cpu_seconds: float
    virtual_seconds: float

    @property
    def per_task_us(self) -> float:
        return self.cpu_seconds / max(self.tasks, 1) * 1e6


@dataclass
class Batch:
    """Tasks that will report together."""

    executor: ExecutorId
    tasks: list[TaskLaunch]
    duration: float
    is_map: bool
    blocks: CallBlocks | None = None
    """What its map tasks leave, together."""


class Cluster:
    """Executors that finish what they are given after the time it takes, in virtual time."""

    def __init__(self, executors: int, slots: int, per_host: int) -> None:
        self.state = SchedulerState(SchedulerConfig(merged_block_size=MERGED_BYTES))
        self.now = 0.0
        self.cpu = 0.0
        self.tasks = 0
        self.duration = 0.001
        self.reduces = 0
        self.over: set[int] = set()
        self._queue: list[tuple[float, int, ev.Event | Batch]] = []
        self._order = count()
        self._free_at: dict[ExecutorId, list[float]] = {}
        self._hosts: dict[ExecutorId, HostId] = {}
        self._jobs = count()
        for i in range(executors):
            executor, host = ExecutorId(f"e{i}"), HostId(f"h{i // per_host}")
            self._hosts[executor] = host
            self._free_at[executor] = [0.0] * slots
            self.feed(ev.ExecutorAdded(ExecutorOffer(executor, host, slots), self.now))

    def feed(self, event: ev.Event) -> None:
        """Have the scheduler handle an event; only that is timed."""
        began = time.process_time()
        actions = self.state.handle(event)
        self.cpu += time.process_time() - began
        for action in actions:
            match action:
                case act.Launch():
                    self._run(action)
                case act.MergeMapOutput(shuffle_id, host, _, number, parts):
                    maps = tuple(map_id for _, maps in parts for map_id in maps)
                    made = CallBlocks((), maps, sum(blocks.size for blocks, _ in parts))
                    merged = ev.MapOutputMerged(shuffle_id, host, number, made)
                    self.at(self.now + MERGE_SECONDS, merged)
                case act.JobEnded(job_id=job_id, error=error):
                    if error is not None:
                        raise error
                    self.over.add(job_id)

    def _run(self, launch: act.Launch) -> None:
        """Short tasks report in batches, as through an executor's report buffer."""
        executor = launch.executor
        slots = self._free_at[executor]
        heapq.heapify(slots)
        batches: dict[float, list[TaskLaunch]] = defaultdict(list)
        for task in launch.tasks:
            end = max(heapq.heappop(slots), self.now) + self.duration
            heapq.heappush(slots, end)
            window = max(0.01, end - end % 0.01 + 0.01) if self.duration < 0.01 else end
            batches[window].append(task)
        self.tasks += len(launch.tasks)
        is_map = isinstance(launch.run.sink, ShuffleDependency)
        for when, tasks in batches.items():
            self.at(when, Batch(executor, tasks, self.duration, is_map))

    def _reports(self, batch: Batch) -> ev.TasksEnded:
        """Made when they arrive, as in reality: map statuses are large."""
        reports = [
            TaskReport(
                t.key,
                TaskState.SUCCESS,
                self._value(batch, t),
                metrics=TaskMetrics(executor_run_time=1000, executor_cpu_time=10**9, result_size=9),
                duration=batch.duration,
            )
            for t in batch.tasks
        ]
        return ev.TasksEnded(batch.executor, reports, self.now)

    def _value(self, batch: Batch, task: TaskLaunch) -> Any:
        if not batch.is_map:
            return None
        host, total = self._hosts[batch.executor], 100 * self.reduces
        told = pack(array("q", [100]) * self.reduces, array("q", [10]) * self.reduces)
        if batch.blocks is None:
            size = len(batch.tasks) * total // GROUPS
            batch.blocks = CallBlocks((), tuple(t.key.partition for t in batch.tasks), size)
        return MapStatus(batch.executor, host, task.key.tid, batch.blocks, total, total, told)

    def at(self, when: float, event: ev.Event | Batch) -> None:
        """Something will happen."""
        heapq.heappush(self._queue, (when, next(self._order), event))

    def run(self, name: str, node: Node, duration: float) -> Outcome:
        """One job, to its end."""
        self.duration = duration
        self.cpu, self.tasks, began = 0.0, 0, self.now
        job = JobId(next(self._jobs))
        partitions = range(node.num_partitions)
        self.feed(ev.JobSubmitted(job, node, partitions, ResultFunction(None), self.now))
        while job not in self.over:
            tick = self.state.next_tick()
            if self._queue and (tick is None or self._queue[0][0] <= tick):
                when, _, event = heapq.heappop(self._queue)
                self.now = max(self.now, when)
                self.feed(self._reports(event) if isinstance(event, Batch) else event)
            elif tick is not None:
                self.now = max(self.now, tick)
                self.feed(ev.Tick(self.now))
            else:
                raise RuntimeError("the scheduler waits for nothing")
        return Outcome(name, self.tasks, self.cpu, self.now - began)


def source(partitions: int) -> Node:
    """Nobody computes it: the op stays empty."""
    return Node(None, (), partitions, label="Source")  # type: ignore[arg-type]


def shuffled(maps: int, reduces: int) -> Node:
    """A node over a shuffle."""
    edge = ShuffleDependency(source(maps), ShuffleSpec(HashPartitioner(reduces)))
    read = Node(None, (edge,), reduces, label="Shuffled")  # type: ignore[arg-type]
    return Node(None, (NarrowDependency(read),), reduces, label="Map")  # type: ignore[arg-type]


def scenarios(executors: int, width: int, tasks: int) -> tuple[list[Outcome], int]:
    """Run every scenario; also says how many maps were made again."""
    cluster = Cluster(executors, slots=4, per_host=4)
    outcomes = []
    cluster.reduces = width
    wide = shuffled(width, width)
    outcomes.append(cluster.run(f"shuffle {width:,} x {width:,}, 1 s tasks", wide, 1.0))
    outcomes.append(cluster.run("the same again, maps reused", wide, 0.001))
    outcomes.append(cluster.run(f"{tasks:,} tasks of 1 ms", source(tasks), 0.001))
    outcomes.append(cluster.run(f"{tasks:,} tasks of 1 s", source(tasks), 1.0))
    broken = shuffled(width, width)
    cluster.at(cluster.now + 3.5, ev.HostLost(HostId("h1"), "simulated", cluster.now + 3.5))
    outcomes.append(cluster.run("shuffle in which a host dies", broken, 1.0))
    small = Cluster(executors=1, slots=2, per_host=1)
    few = tasks // 5
    outcomes.append(small.run(f"{few:,} tasks of 0.1 ms, 1 executor", source(few), 0.0001))
    return outcomes, cluster.state.tracker.recomputed


def main() -> int:
    """The figures at full size; the exit code tells whether the limits were kept."""
    outcomes, recomputed = scenarios(executors=1000, width=10_000, tasks=100_000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'scenario':<40}{'tasks':>9}{'us/task':>9}{'virtual s':>11}")
    for one in outcomes:
        print(f"{one.name:<40}{one.tasks:>9,}{one.per_task_us:>9.1f}{one.virtual_seconds:>11.2f}")
    print(f"peak memory of the process: {peak:,.0f} MB; recomputed maps: {recomputed}")
    worst = max(one.per_task_us for one in outcomes)
    return int(worst > LIMIT_US or peak > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
