"""Keeping RDDs: storage levels, checkpoints, and their release when nobody refers to them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rayspark.errors import SparkException, UnsupportedOperationException
from rayspark.executor.context import TaskContext
from rayspark.ids import BlockId
from rayspark.lazy import fsspec
from rayspark.lineage.node import Determinism, Node
from rayspark.lineage.ops import CheckpointOp, LocalCheckpointOp
from rayspark.rdd._core import RDDCore, checkpoint_wanted
from rayspark.storage.checkpoint import CheckpointPart, write_partition
from rayspark.storagelevel import StorageLevel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rayspark.rdd import RDD

T_co = TypeVar("T_co", covariant=True)


class Persistence(RDDCore[T_co]):
    """Methods that keep an RDD, and tell how it is kept."""

    def cache(self) -> RDD[T_co]:
        """Keep the partitions in memory from the next time they are computed (``MEMORY_ONLY``).

        >>> numbers = sc.range(5).cache()
        >>> numbers.is_cached, numbers.sum(), numbers.count()
        (True, 10, 5)
        """
        return self.persist(StorageLevel.MEMORY_ONLY)

    def persist(self, storageLevel: StorageLevel = StorageLevel.MEMORY_ONLY) -> RDD[T_co]:
        """Keep the partitions from the next time they are computed.

        They are freed by :meth:`unpersist`, or when nothing refers to the RDD any more.

        Parameters
        ----------
        storageLevel : StorageLevel
            Where and how. By default in memory; what does not fit is computed again.

        Raises
        ------
        TypeError
            If it is no StorageLevel.
        UnsupportedOperationException
            If the RDD has another level already: unpersist it first.

        Examples
        --------
        >>> from rayspark import StorageLevel
        >>> print(sc.range(5).persist(StorageLevel.MEMORY_AND_DISK).getStorageLevel())
        Disk Memory Serialized 1x Replicated
        """
        if not isinstance(storageLevel, StorageLevel):
            raise TypeError(
                "storageLevel must be of type rayspark.StorageLevel, found "
                f"{type(storageLevel).__name__}; use for example StorageLevel.MEMORY_AND_DISK"
            )
        current = self._node.marks.level
        if current is not None and current != storageLevel:
            raise UnsupportedOperationException(
                "Cannot change storage level of an RDD after it was already assigned a level: "
                f"it has {current!r}. Call unpersist() first."
            )
        if current is None and storageLevel != StorageLevel.NONE:
            self._keep(storageLevel)
        self.is_cached = True
        return cast("RDD[T_co]", self)

    def _keep(self, level: StorageLevel) -> None:
        node, driver = self._node, self.ctx._driver
        driver.persist(node, level)
        weakref.finalize(node, driver.forget_node, node.id).atexit = False

    def unpersist(self, blocking: bool = False) -> RDD[T_co]:
        """Free the kept partitions; they are computed again when they are needed.

        Parameters
        ----------
        blocking : bool
            Accepted as in PySpark; the driver lets go of the partitions at once in either case.

        >>> numbers = sc.range(5).cache()
        >>> numbers.unpersist().is_cached
        False
        """
        self.is_cached = False
        if self._node.marks.level is not None:
            self.ctx._driver.unpersist(self._node)
        return cast("RDD[T_co]", self)

    def getStorageLevel(self) -> StorageLevel:
        """How the RDD is kept; ``StorageLevel.NONE`` when it is not.

        >>> sc.range(5).getStorageLevel()
        StorageLevel(False, False, False, False, 1)
        """
        return self._node.marks.level or StorageLevel.NONE

    def checkpoint(self) -> None:
        """Have the next job that uses this RDD write it below the checkpoint directory; afterwards
        it is read from there and what it was made from is forgotten.

        Call it before the first action. Keeping the RDD in memory as well spares a second
        computation of partitions that the job did not need.

        Raises
        ------
        SparkException
            If ``sc.setCheckpointDir`` was not called.

        Examples
        --------
        >>> import tempfile
        >>> sc.setCheckpointDir(tempfile.mkdtemp())
        >>> squares = sc.range(4).map(lambda x: x * x)
        >>> squares.checkpoint()
        >>> squares.isCheckpointed(), squares.collect(), squares.isCheckpointed()
        (False, [0, 1, 4, 9], True)
        """
        root = self.ctx.getCheckpointDir()
        if root is None:
            raise SparkException(
                "Checkpoint directory has not been set in the SparkContext: call "
                "sc.setCheckpointDir(path) first, with a path that every executor can write to"
            )
        self.is_checkpointed = True
        node = self._node
        if isinstance(node.op, CheckpointOp) or node.marks.local_checkpoint:
            return
        node.marks.checkpoint_dir = f"{root}/rdd-{node.id}"
        checkpoint_wanted[node] = node.marks.checkpoint_dir

    def isCheckpointed(self) -> bool:
        """Whether the RDD is read from a checkpoint, reliable or local.

        >>> sc.range(4).isCheckpointed()
        False
        """
        return isinstance(self._node.op, CheckpointOp | LocalCheckpointOp)

    def localCheckpoint(self) -> None:
        """Have the next job that uses this RDD keep it on the executors, and then forget what it
        was made from.

        This is fast and cuts the lineage of iterative programs, but does not survive the loss of
        an executor: use :meth:`checkpoint` where that matters.

        >>> numbers = sc.range(4).map(str)
        >>> numbers.localCheckpoint()
        >>> numbers.isLocallyCheckpointed(), numbers.collect()
        (True, ['0', '1', '2', '3'])
        """
        node = self._node
        if isinstance(node.op, CheckpointOp | LocalCheckpointOp):
            return
        node.marks.local_checkpoint = True
        checkpoint_wanted[node] = node.marks.checkpoint_dir = None
        level = node.marks.level
        if level is None:
            self._keep(StorageLevel.MEMORY_AND_DISK_DESER)
        elif not level.useDisk:
            # A partition that memory alone could drop cannot be computed again later.
            self.ctx._driver.persist(
                node,
                StorageLevel(True, True, level.useOffHeap, level.deserialized, level.replication),
            )

    def isLocallyCheckpointed(self) -> bool:
        """Whether :meth:`localCheckpoint` was called.

        >>> sc.range(4).isLocallyCheckpointed()
        False
        """
        return self._node.marks.local_checkpoint

    def getCheckpointFile(self) -> str | None:
        """Directory of the reliable checkpoint, once it is written; otherwise None.

        >>> sc.range(4).getCheckpointFile() is None
        True
        """
        op = self._node.op
        return op.directory if isinstance(op, CheckpointOp) else None

    def cleanShuffleDependencies(self, blocking: bool = False) -> None:
        """Free the blocks of the shuffles that this RDD was made from, as far as no checkpoint lies
        between; they are made again when they are needed.

        Parameters
        ----------
        blocking : bool
            Accepted; freeing never waits for tasks.

        >>> counts = sc.parallelize(["a", "b", "a"]).map(lambda w: (w, 1)).reduceByKey(int.__add__)
        >>> sorted(counts.collect())
        [('a', 2), ('b', 1)]
        >>> counts.cleanShuffleDependencies()
        """
        seen: set[Node] = set()
        stack = [self._node]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            for dependency in node.dependencies:
                shuffle_id = getattr(dependency, "shuffle_id", None)
                if shuffle_id is None:
                    stack.append(dependency.parent)
                else:
                    self.ctx._driver.drop_shuffle(shuffle_id)

    def name(self) -> str | None:
        """The name given by :meth:`setName`, or None.

        >>> sc.range(4).name() is None
        True
        """
        return self._node.marks.name or None

    def setName(self, name: str) -> RDD[T_co]:
        """Give the RDD a name, shown in the UI and by ``toDebugString``; returns the RDD.

        >>> sc.range(4).setName("numbers").name()
        'numbers'
        """
        self._node.marks.name = name
        return cast("RDD[T_co]", self)

    # -- after a job -------------------------------------------------------------------------

    def _cut_lineage(self) -> None:
        for node in _wanted_below(self._node):
            directory = checkpoint_wanted.pop(node, "")
            if directory == "":
                continue
            rdd = type(self)(node, self.ctx)
            if directory is None:
                rdd._cut_local()
            else:
                rdd._cut_reliable(directory)

    def _cut_reliable(self, directory: str) -> None:
        """Write the partitions that jobs did not, then read from the files."""
        node = self._node
        node.marks.checkpoint_dir = None
        filesystem, path = fsspec.core.url_to_fs(directory)
        filesystem.makedirs(path, exist_ok=True)
        written = {name.rsplit("/", 1)[-1] for name in filesystem.ls(path, detail=False)}
        missing = [
            split
            for split in range(node.num_partitions)
            if CheckpointPart("", split).path.removeprefix("/") not in written
        ]
        if missing:
            self._submit(_WriteCheckpoint(directory), missing).results()
        node.op, node.dependencies = CheckpointOp(directory), ()
        node.determinism, node.label = Determinism.DETERMINATE, "ReliableCheckpointRDD"

    def _cut_local(self) -> None:
        """Compute the partitions that are not cached, then forget how."""
        node = self._node
        cached = self.ctx._driver.cached_blocks()
        missing = [s for s in range(node.num_partitions) if BlockId(node.id, s) not in cached]
        if missing:
            self._submit(_exhaust, missing).results()
        node.op, node.dependencies = LocalCheckpointOp(node.id), ()
        node.determinism, node.label = Determinism.DETERMINATE, "LocalCheckpointRDD"


class _WriteCheckpoint:
    def __init__(self, directory: str) -> None:
        self.directory = directory

    def __call__(self, split: int, records: Iterator[Any]) -> None:
        context = TaskContext.get()
        assert context is not None
        write_partition(self.directory, split, context.taskAttemptId(), records)


def _exhaust(_: int, records: Iterator[Any]) -> None:
    for _ in records:
        pass


def _wanted_below(root: Node) -> list[Node]:
    """Nodes to be checkpointed that the lineage of ``root`` meets first."""
    found: list[Node] = []
    seen: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in checkpoint_wanted:
            found.append(node)
        else:
            stack.extend(dependency.parent for dependency in node.dependencies)
    return found
