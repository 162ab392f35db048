"""Barrier stages, resource profiles, and the lineage as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from rayspark.ids import BlockId
from rayspark.lineage.node import Node
from rayspark.lineage.ops import PartitionOp
from rayspark.rdd._debug import debug_string
from rayspark.rdd._io import Writing
from rayspark.rdd._transformations import OnPartition
from rayspark.resource.needs import needs_of

if TYPE_CHECKING:
    from rayspark.rdd import RDD
    from rayspark.resource import ResourceProfile

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)


class Staged(Writing[T_co]):
    """Methods about how stages run."""

    _resource_profile: ResourceProfile | None = None

    def barrier(self) -> RDDBarrier[T_co]:
        """Have the next step run as a barrier stage: all its tasks start together and can talk to
        each other through :class:`~rayspark.BarrierTaskContext`; if one fails, all are run again.

        >>> sc.range(4, numSlices=2).barrier().mapPartitions(lambda part: [sum(part)]).collect()
        [1, 5]
        """
        return RDDBarrier(cast("RDD[T_co]", self))

    def withResources(self, profile: ResourceProfile) -> RDD[T_co]:
        """Say what executors and tasks of the stages that compute this RDD need.

        If the profile only says what tasks take (``TaskResourceRequests().cpus(2)``), they run on
        the executors of the application, fewer at a time. Where it says what executors must have
        (cores, memory, or a resource that Ray knows, such as ``gpu``), executors of their own are
        started when a job needs them, and released when idle. RDDs with different profiles in one
        stage are an error, unless ``spark.scheduler.resource.profileMergeConflicts`` is true.

        Parameters
        ----------
        profile : ResourceProfile
            From a :class:`~rayspark.resource.ResourceProfileBuilder`.

        Raises
        ------
        SparkException
            If tasks of the profile take what its executors do not have. Whether the cluster has it,
            or the master is local, is found out when a job runs: the action raises.

        Examples
        --------
        >>> from rayspark import TaskContext
        >>> from rayspark.resource import ResourceProfileBuilder, TaskResourceRequests
        >>> profile = ResourceProfileBuilder().require(TaskResourceRequests().cpus(2)).build
        >>> numbers = sc.range(2, numSlices=2).map(lambda _: TaskContext.get().cpus())
        >>> numbers.withResources(profile).collect()
        [2, 2]
        """
        application = self.ctx._application
        self._node.marks.needs = needs_of(profile, application.needs)
        application.announce_profile(profile)
        self.has_resource_profile = True
        self._resource_profile = profile
        return cast("RDD[T_co]", self)

    def getResourceProfile(self) -> ResourceProfile | None:
        """The profile given to :meth:`withResources`, or None.

        >>> sc.range(1).getResourceProfile() is None
        True
        """
        return self._resource_profile

    def toDebugString(self) -> bytes | None:
        """The lineage as text: each step with its partitions, storage level and call site.

        >>> print(sc.range(4, numSlices=2).setName("numbers").toDebugString().decode())
        (2) numbers PythonRDD[...] at ... []
        """
        blocks = self.ctx._driver.cached_blocks() if _is_kept_below(self._node) else {}

        def describe(node: Node) -> list[str]:
            name = f"{node.marks.name} " if node.marks.name else ""
            title = f"{name}{node.label}[{node.id}] at {node.call_site}"
            level = node.marks.level
            if level is None:
                return [f"{title} []"]
            lines = [f"{title} [{level}]"]
            splits = (BlockId(node.id, split) for split in range(node.num_partitions))
            kept = [blocks[block] for block in splits if block in blocks]
            if kept:
                on_disk = sum(block.size for block in kept if block.on_disk)
                in_memory = sum(block.size for block in kept) - on_disk
                lines.append(
                    f"    CachedPartitions: {len(kept)}; MemorySize: {_size(in_memory)}; "
                    f"DiskSize: {_size(on_disk)}"
                )
            return lines

        return debug_string(self._node, describe).encode()


class RDDBarrier(Generic[T]):
    """An RDD whose next step is a barrier stage; made by :meth:`RDD.barrier`."""

    def __init__(self, rdd: RDD[T]) -> None:
        self.rdd = rdd

    def mapPartitions(
        self, f: Callable[[Iterator[T]], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """As ``RDD.mapPartitions``, with all tasks started together.

        >>> from rayspark import BarrierTaskContext
        >>> def meet(part):
        ...     context = BarrierTaskContext.get()
        ...     context.barrier()
        ...     return [len(context.getTaskInfos())]
        >>> sc.range(4, numSlices=2).barrier().mapPartitions(meet).collect()
        [2, 2]
        """
        op = PartitionOp(OnPartition(f))
        return self.rdd._narrow(op, preservesPartitioning, barrier=True)

    def mapPartitionsWithIndex(
        self, f: Callable[[int, Iterator[T]], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """As ``RDD.mapPartitionsWithIndex``, with all tasks started together.

        >>> numbered = lambda split, part: [(split, sum(part))]
        >>> sc.range(4, numSlices=2).barrier().mapPartitionsWithIndex(numbered).collect()
        [(0, 1), (1, 5)]
        """
        return self.rdd._narrow(PartitionOp(f), preservesPartitioning, barrier=True)


def _is_kept_below(root: Node) -> bool:
    seen: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node.marks.level is not None:
            return True
        if node not in seen:
            seen.add(node)
            stack.extend(dependency.parent for dependency in node.dependencies)
    return False


def _size(count: float) -> str:
    """Bytes as Spark prints them.

    >>> _size(128), _size(3 << 20)
    ('128.0 B', '3.0 MiB')
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 2048 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.1f} {unit}"
