"""A lineage node: the five properties of an RDD.

After the RDD paper (Zaharia et al., NSDI 2012, section 4), a distributed collection is fully
described by: its *partitions*, a function that *computes* one of them from its inputs, its
*dependencies* on other nodes, optionally the *partitioner* by which its records are placed, and
optionally *preferred locations*. Scheduling, caching and replay need nothing else, so RDD methods
and physical SQL operators both become nodes and everything below knows only this class.

A node is immutable but for the three marks a user may put on it later (storage level, checkpoint,
name), which is why they live together in :class:`Marks`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from rayspark.ids import HostId, RddId
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.executor.context import TaskContext
    from rayspark.lineage.dependency import Dependency, ShuffleRead
    from rayspark.resource.needs import Needs
    from rayspark.serializers import Frame
    from rayspark.shuffle.partitioner import Partitioner
    from rayspark.storagelevel import StorageLevel

_rdd_ids = itertools.count()

PYTHON = "python"
"""Profile of executors for Python closures: few cores each, since the interpreter runs one thread
at a time."""
NATIVE = "native"
"""Profile of executors for engines with threads of their own: one on each machine, with all the
cores that the application has there."""


class Determinism(Enum):
    """What happens to a partition computed a second time (Spark's DeterministicLevel)."""

    DETERMINATE = 0
    """Same records, same order."""
    UNORDERED = 1
    """Same records, perhaps in another order."""
    INDETERMINATE = 2
    """Perhaps other records: a stage that lost part of it must be rolled back whole."""


class Op(Protocol):
    """What a node computes; picklable, shipped to executors once per stage."""

    def run(
        self, split: int, inputs: Sequence[Iterable[Any]], context: TaskContext
    ) -> Iterator[Any]:
        """Records of partition ``split``; ``inputs[i]`` are those of dependency i, in order."""


class Source(Op, Protocol):
    """An op whose partitions carry data or a description of where to read it."""

    def payload(self, split: int) -> Frame:
        """What only the task of this partition needs, as records: they become its input 0, before
        what it depends on.
        """


@dataclass(slots=True)
class Marks:
    """What a user may say about a node after it was made."""

    level: StorageLevel | None = None
    name: str | None = None
    checkpoint_dir: str | None = None
    """Reliable checkpoint asked for: written by the next job that computes the node."""
    local_checkpoint: bool = False
    needs: Needs | None = None
    """Resources of the stages that compute the node (``RDD.withResources``)."""


@dataclass(eq=False, slots=True, weakref_slot=True)
class Node:
    """One step of a lineage."""

    op: Op
    dependencies: tuple[Dependency, ...]
    num_partitions: int
    reads: tuple[ShuffleRead | None, ...] = field(default=(), kw_only=True)
    """Beside the dependencies, where some are shuffles that are read in other pieces than reduce
    partition i for partition i; empty where none is."""
    partitioner: Partitioner | None = None
    preferred: Callable[[int], Sequence[HostId]] | None = None
    determinism: Determinism = Determinism.DETERMINATE
    """Of the output, given what is known of op and parents."""
    label: str = ""
    """How it was made (``PythonRDD``, ``ParallelCollectionRDD``): printed by ``toDebugString``."""
    call_site: str = ""
    """``collect at /home/me/job.py:12``: the user's line."""
    barrier: bool = False
    profile: str = PYTHON
    """Kind of executor that computes it; a stage goes by its last node."""
    id: RddId = field(default_factory=lambda: RddId(next(_rdd_ids)))
    marks: Marks = field(default_factory=Marks)
