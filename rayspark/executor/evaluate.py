"""From a stage's template and a partition number to an iterator of records.

Steps are opened by a loop with a stack of its own, not by recursion, and consecutive record ops
become one compiled loop, so a lineage of thousands of steps neither overflows a stack nor slows
down. Cached steps are read from the cache, or computed, kept and handed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from rayspark.executor.batch import NarrowInput, ResultSink, ShuffleInput, Step, TaskSpec, Template
from rayspark.executor.context import TaskContext
from rayspark.executor.sharing import carries_state
from rayspark.ids import BlockId
from rayspark.lineage.ops import PartitionOp, RecordOp
from rayspark.lineage.pipeline import Fused, RecordSteps, fuse
from rayspark.serializers import load
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.storage.checkpoint import write_partition
from rayspark.storagelevel import StorageLevel

if TYPE_CHECKING:
    from rayspark.executor.runtime import ExecutorRuntime

MAX_NESTING = 150
"""Generators nest at least one Python frame each; CPython allows about 1000. A longer chain of
``mapPartitions`` is cut by holding the partition in memory now and then."""
COLLECTING = 3
"""What an op that collects its input counts for: it reads it some frames further down."""

Layer = Callable[[Iterator[Any]], Iterator[Any]]


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
        self.held = self._places_to_hold()
        """Steps whose partitions are held in memory, so that reading them nests not too deep."""

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

    def _places_to_hold(self) -> frozenset[int]:
        held = set()
        depths: list[int] = []
        for at, step in enumerate(self.steps):
            below = [source.step for source in step.inputs if isinstance(source, NarrowInput)]
            depth = max((depths[parent] for parent in below), default=0)
            fused = isinstance(step.op, RecordOp) and self._can_fuse(below[0])
            if not fused:
                depth += 1 if isinstance(step.op, (RecordOp, PartitionOp)) else COLLECTING
            if step.level is not None or step.checkpoint is not None:
                depth = 0
            elif depth >= MAX_NESTING and not self._can_fuse(at):
                held.add(at)
                depth = 0
            depths.append(depth)
        return frozenset(held)


def _count_users(template: Template) -> list[int]:
    users = [0] * len(template.steps)
    for step in template.steps:
        for source in step.inputs:
            if isinstance(source, NarrowInput):
                users[source.step] += 1
    return users


class _Opening:
    """A step whose inputs are being opened, and what is laid around its records."""

    def __init__(self, layers: list[Layer], run: Callable[[list[Iterable[Any]]], Iterator[Any]]):
        self.layers = layers
        self._run = run
        self.inputs: list[Iterable[Any]] = []
        self.wanted: Iterator[Iterable[Any] | tuple[int, int]] = iter(())
        """Inputs that are not open yet: records, or the step and partition that makes them."""

    def next_wanted(self) -> tuple[int, int] | None:
        """The partition to be opened next."""
        for source in self.wanted:
            if isinstance(source, tuple):
                return source
            self.inputs.append(source)
        return None

    def records(self) -> Iterator[Any]:
        """The step's records, all inputs being open."""
        records = self._run(self.inputs)
        for layer in reversed(self.layers):
            records = layer(records)
        return records


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
    openings = [_descend(template, task, runtime, context, at, split)]
    while True:
        wanted = openings[-1].next_wanted()
        if wanted is not None:
            openings.append(_descend(template, task, runtime, context, *wanted))
            continue
        records = openings.pop().records()
        if not openings:
            return records
        openings[-1].inputs.append(records)


def _descend(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    at: int,
    split: int,
) -> _Opening:
    """Follow the steps that read one partition of one other, down to the first that does not."""
    layers: list[Layer] = []
    while True:
        step = template.steps[at]
        if step.level is not None:
            block = BlockId(step.rdd, split)
            hit = runtime.cached(block, context)
            if hit is not None:
                opening = _Opening(layers, _only_input)
                opening.inputs.append(hit)
                return opening
            layers.append(_keep(runtime, block, step.level, context))
        if step.checkpoint is not None:
            layers.append(_checkpoint(step.checkpoint, split, task))
        if at in template.held:
            layers.append(_hold)
        if isinstance(step.op, RecordOp):
            run, at = template.fused(at)
            layers.append(run)
            continue
        following = _only_parent(step, split)
        if following is None:
            break
        layers.append(_apply(step.op, split, context))
        at, split = following
    opening = _Opening(layers, partial(_run, step.op, split, context))
    opening.wanted = _inputs(template, task, runtime, context, step, split)
    return opening


def _only_input(inputs: list[Iterable[Any]]) -> Iterator[Any]:
    return iter(inputs[0])


def _run(op: Any, split: int, context: TaskContext, inputs: list[Iterable[Any]]) -> Iterator[Any]:
    records: Iterator[Any] = op.run(split, inputs, context)
    return records


def _only_parent(step: Step, split: int) -> tuple[int, int] | None:
    """The one partition of the one step that is read, if it is so: the walk goes on in a loop."""
    if step.has_payload:
        return None
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


def _apply(op: Any, split: int, context: TaskContext) -> Layer:
    return lambda records: op.run(split, (records,), context)


def _hold(records: Iterable[Any]) -> Iterator[Any]:
    return iter(list(records))


def _keep(
    runtime: ExecutorRuntime, block: BlockId, level: StorageLevel, context: TaskContext
) -> Layer:
    return lambda records: runtime.keep(block, list(records), level, context)


def _checkpoint(directory: str, split: int, task: TaskSpec) -> Layer:
    return lambda records: write_partition(directory, split, task.key.tid, records)


def _inputs(
    template: CompiledTemplate,
    task: TaskSpec,
    runtime: ExecutorRuntime,
    context: TaskContext,
    step: Step,
    split: int,
) -> Iterator[Iterable[Any] | tuple[int, int]]:
    """Inputs of a step that has none, several, or a shuffle; of several partitions one at a time
    is opened, when it is read. What came with the task is the first.
    """
    if step.has_payload:
        frame = (task.payloads or {})[BlockId(step.rdd, split)]
        yield iter(runtime.decode_payload(frame))
    for source in step.inputs:
        if isinstance(source, ShuffleInput):
            yield runtime.read_shuffle(source, split, context)
            continue
        splits = source.splits.parents(split)
        if len(splits) == 1:
            yield source.step, splits[0]
        else:
            open_one = partial(records_of, template, task, runtime, context, source.step)
            yield chain.from_iterable(map(open_one, splits))
