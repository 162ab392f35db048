"""What RDD nodes compute. Every op is a small picklable value; ``run`` gives one partition.

``inputs[i]`` holds the records of dependency i in order. Record-at-a-time ops carry no loop of
their own: consecutive ones are compiled together by :mod:`rayspark.lineage.pipeline`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, product
from typing import TYPE_CHECKING, Any, ClassVar

from rayspark.errors import SparkException
from rayspark.ids import BlockId, RddId
from rayspark.lineage.pipeline import fuse
from rayspark.records import dataclass
from rayspark.serializers import Frame, encode
from rayspark.storage.checkpoint import CheckpointPart, read_partition

if TYPE_CHECKING:
    from rayspark.executor.context import TaskContext

Inputs = Sequence[Iterable[Any]]


@dataclass(frozen=True, slots=True)
class RecordOp:
    """One of the kinds of :mod:`rayspark.lineage.pipeline` with the user's function."""

    kind: str
    func: Callable[..., Any]

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return fuse([(self.kind, self.func)])(inputs[0])


@dataclass(frozen=True, slots=True)
class PartitionOp:
    """``func(split, iterator)`` over a whole partition."""

    func: Callable[[int, Iterator[Any]], Iterable[Any]]

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return _iterate(self.func(split, iter(inputs[0])), self.func)


@dataclass(frozen=True, slots=True)
class ZippedOp:
    """``func(split, *iterators)`` over the same partition of every dependency."""

    func: Callable[..., Iterable[Any]]

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return _iterate(self.func(split, *map(iter, inputs)), self.func)


@dataclass(frozen=True, slots=True)
class ConcatOp:
    """All inputs, one after the other (union, coalesce, plain shuffle read)."""

    skips_empty: ClassVar[bool] = True
    """Inputs without partitions may be left out."""

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return iter(inputs[0]) if len(inputs) == 1 else chain.from_iterable(inputs)


@dataclass(frozen=True, slots=True)
class CartesianOp:
    """All pairs of two inputs; the right one is held in memory."""

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        left, right = inputs
        held = list(right)
        return chain.from_iterable(product((x,), held) for x in left)


@dataclass(frozen=True, slots=True, eq=False)
class CollectionOp:
    """Slices of a driver-side collection, encoded when the RDD was made (later changes unseen)."""

    frames: Sequence[Frame]

    def payload(self, split: int) -> Frame:
        """The slice travels with its own task only."""
        return self.frames[split]

    def __reduce__(self) -> tuple[Any, ...]:
        """The stage carries no data."""
        return CollectionOp, ((),)

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`. The engine passes the decoded slice as input 0."""
        return iter(inputs[0])


@dataclass(frozen=True, slots=True)
class RangeOp:
    """Slices of a ``range``, computed where they are used."""

    start: int
    stop: int
    step: int
    slices: int

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        whole = range(self.start, self.stop, self.step)
        size = len(whole)
        return iter(whole[split * size // self.slices : (split + 1) * size // self.slices])


@dataclass(frozen=True, slots=True)
class ReadOp:
    """A source whose partitions are described by small picklable values with ``read()``."""

    splits: Sequence[Any]
    read: Callable[[Any], Iterable[Any]]

    def payload(self, split: int) -> Frame:
        """The description of one split travels with its own task only."""
        return encode([self.splits[split]], by_value=True)

    def __reduce__(self) -> tuple[Any, ...]:
        """The stage carries the reader, not the list of splits."""
        return ReadOp, ((), self.read)

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return iter(self.read(next(iter(inputs[0]))))


@dataclass(frozen=True, slots=True)
class CheckpointOp:
    """Reads what a reliable checkpoint wrote: the lineage behind it is cut."""

    directory: str

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        return read_partition(CheckpointPart(self.directory, split))


@dataclass(frozen=True, slots=True)
class LocalCheckpointOp:
    """Stands for a lineage that was cut by a local checkpoint: only the cache has its partitions,
    so it is run only when one of them is lost.
    """

    rdd: RddId

    def run(self, split: int, inputs: Inputs, context: TaskContext) -> Iterator[Any]:
        """See :class:`rayspark.lineage.node.Op`."""
        raise SparkException(
            errorClass="CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND",
            messageParameters={"rddBlockId": str(BlockId(self.rdd, split))},
        )


def _iterate(produced: Any, func: Callable[..., Any]) -> Iterator[Any]:
    try:
        return iter(produced)
    except TypeError:
        name = getattr(func, "__name__", repr(func))
        raise TypeError(
            f"the function given to mapPartitions must return an iterable, but {name!r} returned "
            f"{type(produced).__name__}"
        ) from None
