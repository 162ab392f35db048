"""From a stage's template and a partition number to an iterator of records.

Linear chains are followed by a loop, not by recursion, and consecutive record ops become one
compiled loop, so a lineage of thousands of steps neither overflows a stack nor slows down. Cached
steps are read from the cache, or computed, kept and handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from rayspark.executor.batch import NarrowInput, ResultSink, ShuffleInput, Step, TaskSpec, Template
from rayspark.executor.context import TaskContext
from rayspark.executor.sharing import carries_state
from rayspark.ids import BlockId
from rayspark.lineage.ops import RecordOp
from rayspark.lineage.pipeline import Fused, RecordSteps, fuse
from rayspark.serializers import load
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.storage.checkpoint import write_partition
from rayspark.storagelevel import StorageLevel

if TYPE_CHECKING:
    from rayspark.executor.runtime import ExecutorRuntime

MAX_NESTED_GENERATORS = 150
"""User generators nest one Python frame each; CPython allows about 1000. A longer chain of
``mapPartitions`` is cut by holding the partition in memory now and then."""


class LoadedTemplate:
    """A stage as an executor keeps it: shared by its tasks, or unpickled anew for each."""

    def __init__(self, data: bytes) -> None:
        template: Template = load(data)
        self._data = data if carries_state(template) else None
        self._shared = CompiledTemplate(template)

    @property
    def shuffle_spec(self) -> ShuffleSpec | None:
        """Of a map stage, where its records go."""
        sink = self._shared.sink
        return None if isinstance(sink, ResultSink) else sink.spec

    def for_task(self) -> CompiledTemplate:
        """The copy that a task may use."""
        return self._shared if self._data is None else CompiledTemplate(load(self._data))


class CompiledTemplate:
    """A template with its chains of record ops compiled, made once per executor."""

    def __init__(self, template: Template) -> None:
        self.steps = template.steps
        self.sink = template.sink
        self._users = _count_users(template)
        self._fused: dict[int, tuple[Fused, int]] = {}

    def chain_into_sink(self) -> tuple[RecordSteps, int]:
        """Record ops that end the stage, to be compiled with the sink, and the step they read."""
        last = len(self.steps) - 1
        step = self.steps[last]
        if not isinstance(step.op, RecordOp) or step.level is not None or step.checkpoint:
            return (), last
        return self._chain(last)

    def fused(self, at: int) -> tuple[Fused, int]:
        """The compiled chain of record ops that ends at step ``at``, and the step it reads."""
        found = self._fused.get(at)
        if found is None:
            steps, top = self._chain(at)
            found = self._fused[at] = fuse(steps), top
        return found

    def _chain(self, at: int) -> tuple[RecordSteps, int]:
        """Consecutive record ops that end at a step, first applied first, and what they read."""
        kinds: list[tuple[str, Callable[..., Any]]] = []
        top = at
        while True:
            op = self.steps[top].op
            assert isinstance(op, RecordOp)
            kinds.append((op.kind, op.func))
            source = self.steps[top].inputs[0]
            assert isinstance(source, NarrowInput)
            top = source.step
            if not self._can_fuse(top):
                return kinds[::-1], top

    def _can_fuse(self, at: int) -> bool:
        step = self.steps[at]
        return (
            isinstance(step.op, RecordOp)
            and step.level is None
            and step.checkpoint is None
            and self._users[at] == 1
        )


def _count_users(template: Template) -> list[int]:
    users = [0] * len(template.steps)
    for step in template.steps:
        for source in step.inputs:
            if isinstance(source, NarrowInput):
                users[source.step] += 1
    return users


def records_of(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    at: int | None = None,
    split: int | None = None,
) -> Iterator[Any]:
    """Records of partition ``split`` of step ``at`` (default: what the task's sink consumes)."""
    at = len(template.steps) - 1 if at is None else at
    split = task.key.partition if split is None else split
    layers: list[Callable[[Iterator[Any]], Iterator[Any]]] = []
    generators = 0
    while True:
        step = template.steps[at]
        if step.level is not None:
            block = BlockId(step.rdd, split)
            hit = runtime.cached(block, context)
            if hit is not None:
                records: Iterator[Any] = hit
                break
            layers.append(_keep(runtime, block, step.level, context))
        if step.checkpoint is not None:
            layers.append(_checkpoint(step.checkpoint, split, task))
        if isinstance(step.op, RecordOp):
            run, at = template.fused(at)
            layers.append(run)
            generators = _limit_nesting(generators, layers)
            continue
        following = _only_parent(step, split)
        if following is not None:
            layers.append(_apply(step.op, split, context))
            generators = _limit_nesting(generators, layers)
            at, split = following
            continue
        records = step.op.run(split, _open(template, task, runtime, context, step, split), context)
        break
    for layer in reversed(layers):
        records = layer(records)
    return records


def _only_parent(step: Step, split: int) -> tuple[int, int] | None:
    """The one partition of the one step that is read, if it is so: the walk goes on in a loop."""
    if len(step.inputs) > 1 and not getattr(step.op, "skips_empty", False):
        return None
    found: tuple[int, int] | None = None
    for source in step.inputs:
        if isinstance(source, ShuffleInput):
            return None
        parents = source.splits.parents(split)
        if len(parents) > 1 or (parents and found):
            return None
        if parents:
            found = source.step, parents[0]
    return found


def _limit_nesting(generators: int, layers: list[Callable[[Iterator[Any]], Iterator[Any]]]) -> int:
    if (generators + 1) % MAX_NESTED_GENERATORS == 0:
        layers.append(_hold)
    return generators + 1


def _apply(op: Any, split: int, context: TaskContext) -> Callable[[Iterator[Any]], Iterator[Any]]:
    return lambda records: op.run(split, (records,), context)


def _hold(records: Iterable[Any]) -> Iterator[Any]:
    return iter(list(records))


def _keep(
    runtime: ExecutorRuntime, block: BlockId, level: StorageLevel, context: TaskContext
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    return lambda records: runtime.keep(block, list(records), level, context)


def _checkpoint(
    directory: str, split: int, task: TaskSpec
) -> Callable[[Iterator[Any]], Iterator[Any]]:
    return lambda records: write_partition(directory, split, task.key.tid, records)


def _open(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    step: Step,
    split: int,
) -> list[Iterable[Any]]:
    """Inputs of a step that has none, several, or a shuffle."""
    if step.has_payload:
        frame = (task.payloads or {})[BlockId(step.rdd, split)]
        return [iter(runtime.decode_payload(frame))]
    return [
        runtime.read_shuffle(source, split, context)
        if isinstance(source, ShuffleInput)
        else _narrow(template, task, runtime, context, source, split)
        for source in step.inputs
    ]


def _narrow(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    source: NarrowInput,
    split: int,
) -> Iterator[Any]:
    splits = source.splits.parents(split)
    if len(splits) == 1:
        return records_of(template, task, runtime, context, source.step, splits[0])
    return chain.from_iterable(
        records_of(template, task, runtime, context, source.step, parent) for parent in splits
    )
