"""The messages between driver and executor: what is run, with what input, and what came of it.

A *template* is a stage's lineage and sink, pickled once per stage and kept by each executor; a
*batch* names a template and lists tasks by partition, so that a task costs a few dozen bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from typing import Any, NamedTuple

from rayspark.executor.barrier import BarrierGroup
from rayspark.executor.report import TaskReport
from rayspark.ids import BlockId, BroadcastId, RddId, ShuffleId, TaskKey
from rayspark.lineage.dependency import Piece, ShuffleRead, SplitMap
from rayspark.lineage.node import Op
from rayspark.records import dataclass
from rayspark.resource.needs import Needs
from rayspark.serializers import Frame
from rayspark.shuffle.blocks import GroupBlock
from rayspark.shuffle.spec import ShuffleSpec
from rayspark.storage.disk import DiskBlock
from rayspark.storagelevel import StorageLevel


class NarrowInput(NamedTuple):
    """Input computed within the task."""

    step: int
    splits: SplitMap


class ShuffleInput(NamedTuple):
    """Input read from a shuffle."""

    shuffle_id: ShuffleId
    spec: ShuffleSpec
    read: ShuffleRead | None = None

    def pieces(self, split: int) -> Sequence[Piece]:
        """What a partition reads."""
        return (Piece(split, split + 1),) if self.read is None else self.read.pieces[split]


@dataclass(frozen=True, slots=True)
class Step:
    """A lineage node as an executor needs it."""

    rdd: RddId
    op: Op
    inputs: tuple[NarrowInput | ShuffleInput, ...]
    level: StorageLevel | None
    has_payload: bool
    checkpoint: str | None = None
    """Directory to which each partition is written as it is computed (reliable checkpoint)."""


@dataclass(frozen=True, slots=True)
class ShuffleSink:
    """The stage's records go into a shuffle."""

    spec: ShuffleSpec


@dataclass(frozen=True, slots=True)
class ResultSink:
    """``func(split, iterator)`` makes the task's result."""

    func: Callable[[int, Any], Any]


@dataclass(frozen=True, slots=True)
class Template:
    """One stage: steps in topological order (inputs before users), the last one feeds the sink."""

    steps: tuple[Step, ...]
    sink: ShuffleSink | ResultSink


class TaskSpec(NamedTuple):
    """One task of a batch."""

    key: TaskKey
    number: int
    payloads: Mapping[BlockId, Frame] | None = None
    """Data of source partitions that this task reads."""


@dataclass(slots=True)
class BlockSource:
    """Where some map output lies: an opaque handle that ``ExecutorRuntime.fetch`` resolves."""

    handle: Any
    map_ids: Sequence[int]
    """Map tasks whose output the block holds."""
    valid: frozenset[int] | None = None
    """The ones to be read from it; None for all (others were superseded by another try)."""
    size: int = 0
    """About how many bytes it has."""

    @property
    def wanted(self) -> Collection[int]:
        """Map tasks whose output is read from it."""
        return self.map_ids if self.valid is None else self.valid


class MergePart(NamedTuple):
    """Blocks of one executor call, to be merged with those of others."""

    handles: Sequence[Any]
    """One for each group of reduce partitions; None where nothing was written."""
    maps: frozenset[int]
    """The map tasks whose output counts."""


@dataclass(slots=True)
class ShuffleGroup:
    """All map output for one group of reduce partitions."""

    shuffle_id: ShuffleId
    group: int
    version: int
    sources: Sequence[BlockSource]
    missing: tuple[int, ...] = ()
    """Map tasks whose output does not exist (now): reading the group is a fetch failure."""


@dataclass(frozen=True, slots=True)
class Forget:
    """What executors need no longer keep."""

    templates: Sequence[int] = ()
    shuffles: Sequence[ShuffleId] = ()
    rdds: Sequence[RddId] = ()
    blocks: Sequence[BlockId] = ()
    broadcasts: Sequence[BroadcastId] = ()
    broadcast_copies: Sequence[BroadcastId] = ()
    """Values only: where they lie is still known, so that a task may fetch them again."""


@dataclass(slots=True)
class TaskBatch:
    """Tasks of one stage attempt for one executor; or no tasks, only news."""

    number: int
    """Counts the batches sent to this executor: what they tell is learnt in this order."""
    template_id: int
    tasks: Sequence[TaskSpec]
    properties: dict[str, str]
    template: bytes | None = None
    """Sent the first time only."""
    writes_shuffle: bool = False
    groups: int = 1
    """Into how many blocks map output is split."""
    shuffles: Sequence[ShuffleGroup] = ()
    """Shuffle inputs that this executor does not know yet (or knows in an older version)."""
    num_groups: Mapping[ShuffleId, int] = field(default_factory=dict)
    """Groups of each shuffle that is read."""
    cached: Mapping[BlockId, Any] = field(default_factory=dict)
    """Handles of cached partitions that the tasks may read."""
    store: Sequence[BlockId] = ()
    """Cached partitions that are wanted: each gets a place among the call's returns."""
    broadcasts: Mapping[BroadcastId, Any] = field(default_factory=dict)
    """Handles of broadcasts that the template captures, sent the first time only."""
    files: Sequence[Any] = ()
    """Handles of files that the user added since this executor's last batch."""
    barrier: BarrierGroup | None = None
    """The tasks that this one runs together with, in a barrier stage."""
    forget: Sequence[Forget] = ()
    """What batches before this one told and is not needed any more."""
    needs: Needs | None = None
    """Resources of each task, where they are not as configured."""


@dataclass(slots=True)
class BatchResult:
    """What came of a batch. ``blocks`` and ``stored`` become returns of their own."""

    reports: list[TaskReport]
    blocks: list[GroupBlock | None]
    stored: list[Frame | DiskBlock | None]
    heap: list[BlockId]
    """Cached partitions that the executor also keeps deserialised."""
    missed: Sequence[BlockId] = ()
    """Partitions that the driver has in its books and that had to be computed all the same."""
