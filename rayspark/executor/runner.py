"""Run a batch of tasks: a plain function of (batch, runtime).

Each task is tried on its own: one that fails does not disturb its neighbours in the batch. What a
task raises is sorted here, by type: shuffle input that is gone (``FETCH_FAILED``), our own wish to
stop (``KILLED``), and everything else, which is the user's (``FAILED``) and keeps the user's
traceback only.
"""

from __future__ import annotations

import time
from typing import Any

from rayspark.errors.faults import CommitDenied, FetchFailed, TaskKilled
from rayspark.errors.traceback import TaskError
from rayspark.executor.barrier import ADDRESSES, BarrierGroup
from rayspark.executor.batch import BatchResult, ResultSink, TaskBatch, TaskSpec
from rayspark.executor.combine import write_combined
from rayspark.executor.context import TaskContext, TaskInterrupted
from rayspark.executor.evaluate import CompiledTemplate, LoadedTemplate, records_of
from rayspark.executor.faults import FaultInjector
from rayspark.executor.report import TaskReport, TaskState
from rayspark.executor.runtime import ExecutorRuntime, TemplateGone
from rayspark.ids import BlockId
from rayspark.lineage.pipeline import RecordSteps
from rayspark.serializers import Frame, dump, encode
from rayspark.shuffle.blocks import GroupBlock, Segment, build_block, group_of
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.shuffle.writer import MapWriter
from rayspark.storage.disk import DiskBlock


class BatchOutput:
    """Map output and cached partitions that the tasks of one batch leave behind."""

    def __init__(self, spec: ShuffleSpec | None, groups: int) -> None:
        self.spec = spec
        self.segments: list[list[Segment]] = [[] for _ in range(groups if spec else 0)]
        self.stored: dict[BlockId, Frame | DiskBlock] = {}

    def add(self, segments: list[Segment]) -> None:
        """Take the segments of a map task that succeeded."""
        if not segments:
            return
        assert self.spec is not None
        reduces, groups = self.spec.partitioner.num_partitions, len(self.segments)
        for segment in segments:
            self.segments[group_of(segment.reduce_id, reduces, groups)].append(segment)

    def blocks(self, checksum: bool) -> list[GroupBlock | None]:
        """One block per group."""
        return [build_block(segments, checksum=checksum) for segments in self.segments]


def run_batch(batch: TaskBatch, runtime: ExecutorRuntime) -> BatchResult:
    """Run every task of the batch, in order."""
    try:
        template = runtime.learn(batch)
    except TemplateGone as gone:
        return _all(batch, TaskState.KILLED, str(gone))
    except Exception as error:  # noqa: BLE001  unpickling runs user code
        return _all(batch, TaskState.FAILED, TaskError.of(error))
    if template is None:
        return _all(batch, TaskState.KILLED, None)
    spec = template.shuffle_spec
    output = BatchOutput(spec, batch.groups)
    reports = [run_task(template, task, batch, runtime, output) for task in batch.tasks]
    heap = [block for block in output.stored if block in runtime.heap]
    stored = [output.stored.get(block) for block in batch.store]
    missed = list(output.stored.keys() - set(batch.store))
    return BatchResult(reports, output.blocks(runtime.settings.checksum), stored, heap, missed)


def _all(batch: TaskBatch, state: TaskState, error: Any) -> BatchResult:
    """The outcome of a batch none of whose tasks could begin."""
    reports = [TaskReport(task.key, state, error=error) for task in batch.tasks]
    empty = [None] * (batch.groups if batch.writes_shuffle else 0)
    return BatchResult(reports, [*empty], [None for _ in batch.store], [])


def run_task(
    loaded: LoadedTemplate,
    task: TaskSpec,
    batch: TaskBatch,
    runtime: ExecutorRuntime,
    output: BatchOutput,
) -> TaskReport:
    """Run one task and say what came of it; what it made is taken only when it succeeded."""
    context = TaskContext(runtime, task, batch, runtime.settings.task_memory)
    report = TaskReport(task.key, TaskState.SUCCESS, metrics=context._metrics)
    began, cpu = time.perf_counter(), time.thread_time_ns()
    segments: list[Segment] = []
    try:
        runtime.running.start(task.key.tid, context)
        segments = _attempt(loaded, task, runtime, context, report)
    except TaskInterrupted as stop:
        report.state, report.error = TaskState.KILLED, context._killed or stop.reason
    finally:
        # An exception on its way may strike anywhere in here, at the entry of a function too.
        while True:
            try:
                runtime.running.end(task.key.tid)
                break
            except TaskInterrupted:
                continue
        context._leave()
    if report.state is TaskState.SUCCESS:
        output.stored.update(context._stored)
        output.add(segments)
    else:
        runtime.discard(context._stored)
    report.duration = time.perf_counter() - began
    metrics = context._metrics
    metrics.executor_run_time = int(report.duration * 1000)
    metrics.executor_cpu_time = time.thread_time_ns() - cpu
    metrics.peak_execution_memory = context._budget.peak
    return report


def _attempt(
    loaded: LoadedTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    report: TaskReport,
) -> list[Segment]:
    """Run the user's code; sort what it raises. Returns map output."""
    context._enter()
    segments: list[Segment] = []
    try:
        report.value, segments = _run_sink(loaded.for_task(), task, runtime, context)
        context._check_faults()
        if context._accumulators:
            report.accumulators = dump(context._accumulated())
    except TaskInterrupted:
        raise
    except FetchFailed as fault:
        report.state, report.error = TaskState.FETCH_FAILED, fault
    except TaskKilled as stop:
        report.state, report.error = TaskState.KILLED, stop.reason
    except CommitDenied as denied:
        report.state, report.error = TaskState.COMMIT_DENIED, denied
    except BaseException as error:  # noqa: BLE001  user code may raise anything, SystemExit too
        report.state, report.error = TaskState.FAILED, TaskError.of(error)
    return segments


def _run_sink(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
) -> tuple[Any, list[Segment]]:
    if context._batch.barrier is not None:
        _meet(context._batch.barrier, task, runtime, context)
    faults = FaultInjector.of(runtime.settings.faults)
    if faults:
        faults.fire("start", task)
    sink = template.sink
    steps, top = ((), None) if isinstance(sink, ResultSink) else _folded(template, sink.spec)
    records = records_of(template, task, runtime, context, top)
    if faults:
        records = faults.watch(records, task)
    if isinstance(sink, ResultSink):
        value = encode([sink.func(task.key.partition, records)]).detached()
        context._metrics.result_size = value.nbytes
        if faults:
            faults.fire("end", task)
        return value, []
    spec = sink.spec
    writer = MapWriter(spec, task.key.partition, context._budget.is_full)
    began = time.perf_counter_ns()
    if spec.map_side_combine:
        assert spec.aggregator is not None
        write_combined(writer, records, steps, spec.aggregator, context._budget)
    else:
        writer.write(records)
    metrics = context._metrics
    metrics.shuffle_write_time = time.perf_counter_ns() - began
    metrics.shuffle_write_bytes, metrics.shuffle_write_records = writer.bytes, writer.records
    if faults:
        faults.fire("end", task)
        faults.corrupt(writer.segments, task)
    return (writer.bytes, writer.records, writer.sizes()), writer.segments


def _folded(template: CompiledTemplate, spec: ShuffleSpec) -> tuple[RecordSteps, int | None]:
    """Record ops that are compiled together with map-side combining, and the step they read."""
    return template.chain_into_sink() if spec.map_side_combine else ((), None)


def _meet(
    group: BarrierGroup, task: TaskSpec, runtime: ExecutorRuntime, context: TaskContext
) -> None:
    """Tasks of a barrier stage tell each other where they run; none starts before all are there."""
    group.addresses = group.gather(
        ADDRESSES, task.key.partition, runtime.address, context._check_killed
    )
