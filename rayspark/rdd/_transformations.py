"""Transformations that look at records or partitions, not at keys."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, count, cycle, repeat
from operator import itemgetter, length_hint
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rayspark.errors import SparkException
from rayspark.lineage.dependency import (
    Grouped,
    NarrowDependency,
    Quotient,
    Range,
    Remainder,
)
from rayspark.lineage.ops import CartesianOp, ConcatOp, PartitionOp, RecordOp, ZippedOp
from rayspark.rdd._core import ONE_TO_ONE, check_rdds, worst
from rayspark.rdd._persistence import Persistence
from rayspark.rdd.pipe import Pipe
from rayspark.rdd.roundrobin import first_target
from rayspark.shuffle.partitioner import PositionPartitioner
from rayspark.shuffle.spec import ShuffleSpec

if TYPE_CHECKING:
    from rayspark.rdd import RDD

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

_SIZED: tuple[type, ...] = (type(iter([])), type(iter(range(0))))
"""Iterators that know exactly how many items are left."""

REPARTITION_BATCH = 10
"""Records that repartition() moves together, as PySpark does: it shows in the layout."""


class Transformations(Persistence[T_co]):
    """Lazy: each returns an RDD at once, and nothing runs before an action."""

    # -- records -----------------------------------------------------------------------------

    def map(self, f: Callable[[T_co], U], preservesPartitioning: bool = False) -> RDD[U]:
        """Apply a function to each record.

        Parameters
        ----------
        f : callable
            ``f(record)`` is the new record.
        preservesPartitioning : bool
            Promise that keys stay as they are, so that the result keeps the partitioner. False by
            default.

        >>> sc.parallelize(["b", "a"]).map(lambda x: (x, 1)).collect()
        [('b', 1), ('a', 1)]
        """
        return self._narrow(RecordOp("map", f), preservesPartitioning)

    def flatMap(
        self, f: Callable[[T_co], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """Apply a function that gives any number of records for each.

        Parameters
        ----------
        f : callable
            ``f(record)`` is an iterable.
        preservesPartitioning : bool
            As in :meth:`map`.

        >>> sc.parallelize(["a b", "c"]).flatMap(str.split).collect()
        ['a', 'b', 'c']
        """
        return self._narrow(RecordOp("flat_map", f), preservesPartitioning)

    def filter(self, f: Callable[[T_co], bool]) -> RDD[T_co]:
        """Keep the records for which ``f(record)`` is true.

        >>> sc.range(6).filter(lambda x: x % 2 == 0).collect()
        [0, 2, 4]
        """
        return self._narrow(RecordOp("filter", f), True)

    def keyBy(self, f: Callable[[T_co], K]) -> RDD[tuple[K, T_co]]:
        """Make pairs ``(f(record), record)``.

        >>> sc.parallelize(["ant", "bee"]).keyBy(lambda w: w[0]).collect()
        [('a', 'ant'), ('b', 'bee')]
        """
        return self._narrow(RecordOp("key_by", f))

    def keys(self: Transformations[tuple[K, V]]) -> RDD[K]:
        """The first item of each pair.

        >>> sc.parallelize([(1, 2), (3, 4)]).keys().collect()
        [1, 3]
        """
        return self._narrow(RecordOp("map", itemgetter(0)))

    def values(self: Transformations[tuple[K, V]]) -> RDD[V]:
        """The second item of each pair.

        >>> sc.parallelize([(1, 2), (3, 4)]).values().collect()
        [2, 4]
        """
        return self._narrow(RecordOp("map", itemgetter(1)))

    def mapValues(self: Transformations[tuple[K, V]], f: Callable[[V], U]) -> RDD[tuple[K, U]]:
        """Apply a function to the value of each pair; keys and partitioner stay.

        >>> sc.parallelize([("a", ["x", "y"]), ("b", ["z"])]).mapValues(len).collect()
        [('a', 2), ('b', 1)]
        """
        return self._narrow(RecordOp("map_values", f), True)

    def flatMapValues(
        self: Transformations[tuple[K, V]], f: Callable[[V], Iterable[U]]
    ) -> RDD[tuple[K, U]]:
        """Apply a function to the value of each pair that gives any number of values.

        >>> sc.parallelize([("a", "xy"), ("b", "")]).flatMapValues(list).collect()
        [('a', 'x'), ('a', 'y')]
        """
        return self._narrow(RecordOp("flat_map_values", f), True)

    # -- partitions --------------------------------------------------------------------------

    def mapPartitions(
        self, f: Callable[[Iterator[T_co]], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """Apply a function to each partition as a whole.

        Parameters
        ----------
        f : callable
            ``f(iterator over the records)`` is an iterable; a generator is best, since then the
            partition need not fit in memory.
        preservesPartitioning : bool
            As in :meth:`map`.

        >>> sc.parallelize([1, 2, 3, 4], 2).mapPartitions(lambda part: [sum(part)]).collect()
        [3, 7]
        """
        return self._narrow(PartitionOp(OnPartition(f)), preservesPartitioning)

    def mapPartitionsWithIndex(
        self, f: Callable[[int, Iterator[T_co]], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """Apply a function to each partition and its number.

        Parameters
        ----------
        f : callable
            ``f(number, iterator)`` is an iterable.
        preservesPartitioning : bool
            As in :meth:`map`.

        >>> numbered = lambda split, part: [(split, list(part))]
        >>> sc.parallelize([1, 2, 3, 4], 2).mapPartitionsWithIndex(numbered).collect()
        [(0, [1, 2]), (1, [3, 4])]
        """
        return self._narrow(PartitionOp(f), preservesPartitioning)

    def mapPartitionsWithSplit(
        self, f: Callable[[int, Iterator[T_co]], Iterable[U]], preservesPartitioning: bool = False
    ) -> RDD[U]:
        """Deprecated name of :meth:`mapPartitionsWithIndex`."""
        warnings.warn(
            "mapPartitionsWithSplit is deprecated; use mapPartitionsWithIndex instead",
            FutureWarning,
            stacklevel=2,
        )
        return self.mapPartitionsWithIndex(f, preservesPartitioning)

    def glom(self) -> RDD[list[T_co]]:
        """Make one list of each partition.

        >>> sc.parallelize([1, 2, 3, 4], 2).glom().collect()
        [[1, 2], [3, 4]]
        """
        return self._narrow(PartitionOp(_glom))

    def pipe(
        self, command: str, env: dict[str, str] | None = None, checkCode: bool = False
    ) -> RDD[str]:
        """Send each partition through a program: records are its lines of input, its lines of
        output the new records.

        Parameters
        ----------
        command : str
            Program and arguments, split as a shell would, but run without one.
        env : dict, optional
            The whole environment of the program; empty by default.
        checkCode : bool
            Fail the job when the program ends with another code than 0. False by default.

        >>> sc.parallelize(["b", "a"], 1).pipe("/bin/sort").collect()
        ['a', 'b']
        """
        return self._narrow(PartitionOp(Pipe(command, env or {}, checkCode)))

    # -- layout ------------------------------------------------------------------------------

    def coalesce(self, numPartitions: int, shuffle: bool = False) -> RDD[T_co]:
        """Have at most so many partitions.

        Parameters
        ----------
        numPartitions : int
            How many.
        shuffle : bool
            Redistribute evenly (see :meth:`repartition`), which can also give more partitions.
            By default neighbours are put together where they are, without moving data.

        Raises
        ------
        ValueError
            If ``numPartitions`` is not positive.

        Examples
        --------
        >>> sc.parallelize([1, 2, 3, 4, 5], 3).coalesce(1).glom().collect()
        [[1, 2, 3, 4, 5]]
        """
        if not numPartitions > 0:
            raise ValueError("Number of partitions must be positive.")
        if shuffle:
            return self._spread(numPartitions)
        parents = self._node.num_partitions
        n = min(numPartitions, parents)
        groups = tuple(tuple(range(i * parents // n, (i + 1) * parents // n)) for i in range(n))
        dependency = NarrowDependency(self._node, Grouped(groups))
        return self._make(ConcatOp(), (dependency,), n, "CoalescedRDD")

    def repartition(self, numPartitions: int) -> RDD[T_co]:
        """Redistribute the records evenly over so many partitions, with a shuffle.

        >>> sc.parallelize([1, 2, 3, 4], 1).repartition(3).getNumPartitions()
        3
        """
        return self.coalesce(numPartitions, shuffle=True)

    def _spread(self, n: int) -> RDD[T_co]:
        size = min(REPARTITION_BATCH, self.ctx._batchSize or 1024)
        determinism = self._order_sensitive()
        placed = self._narrow(PartitionOp(_Deal(n, size)), determinism=determinism)
        dependency = placed._shuffle_into(ShuffleSpec(PositionPartitioner(n), keyed=False))
        return self._make(ConcatOp(), (dependency,), n, "CoalescedRDD", determinism=determinism)

    # -- several RDDs ------------------------------------------------------------------------

    def union(self, other: Transformations[U]) -> RDD[T_co | U]:
        """All records of both, duplicates too: the partitions of one after those of the other.

        >>> sc.parallelize([1, 2]).union(sc.parallelize([2, 3])).collect()
        [1, 2, 2, 3]
        """
        check_rdds("other", other)
        both: list[Transformations[Any]] = [self, other]
        made = union_all(both)
        if self.partitioner == other.partitioner and made.getNumPartitions() == (
            self.getNumPartitions()
        ):
            made.partitioner = self.partitioner
        return made

    def __add__(self, other: Transformations[U]) -> RDD[T_co | U]:
        """Same as :meth:`union`.

        >>> (sc.parallelize([1]) + sc.parallelize([2])).collect()
        [1, 2]
        """
        if not isinstance(other, Transformations):
            raise TypeError(f"an RDD can be added to an RDD only, found {type(other).__name__}")
        return self.union(other)

    def cartesian(self, other: Transformations[U]) -> RDD[tuple[T_co, U]]:
        """All pairs of a record of this and a record of the other RDD.

        >>> sc.parallelize([1, 2], 1).cartesian(sc.parallelize("ab", 1)).collect()
        [(1, 'a'), (1, 'b'), (2, 'a'), (2, 'b')]
        """
        check_rdds("other", other)
        left, right = self._node, other._node
        divisor = right.num_partitions
        dependencies = (
            NarrowDependency(left, Quotient(divisor)),
            NarrowDependency(right, Remainder(divisor)),
        )
        return self._make(
            CartesianOp(), dependencies, left.num_partitions * divisor, "CartesianRDD"
        )

    def zip(self, other: Transformations[U]) -> RDD[tuple[T_co, U]]:
        """Pair the n-th record of this with the n-th of the other RDD.

        Both must have the same number of partitions, and of records in each partition.

        Raises
        ------
        ValueError
            If the numbers of partitions differ. When a partition's records differ in number, the
            job fails.

        Examples
        --------
        >>> sc.range(3).zip(sc.range(10, 13)).collect()
        [(0, 10), (1, 11), (2, 12)]
        """
        check_rdds("other", other)
        n = self.getNumPartitions()
        if n != other.getNumPartitions():
            raise ValueError("Can only zip with RDD which has the same number of partitions")
        parents = (self._node, other._node)
        dependencies = [NarrowDependency(parent, ONE_TO_ONE) for parent in parents]
        order = max(self._order_sensitive(), other._order_sensitive(), key=lambda d: d.value)
        return self._make(ZippedOp(_zip), dependencies, n, "ZippedPartitionsRDD", determinism=order)

    def zipWithIndex(self) -> RDD[tuple[T_co, int]]:
        """Pair each record with its number: by partition, then by place in it.

        Runs a job at once that counts the records, unless there is only one partition.

        >>> sc.parallelize(["a", "b", "c"], 3).zipWithIndex().collect()
        [('a', 0), ('b', 1), ('c', 2)]
        """
        n = self.getNumPartitions()
        starts = [0]
        if n > 1:
            for size in self._run(count_records, range(n - 1)):
                starts.append(starts[-1] + size)
        return self._narrow(PartitionOp(_Number(starts)), determinism=self._order_sensitive())

    def zipWithUniqueId(self) -> RDD[tuple[T_co, int]]:
        """Pair each record with a unique number, without a job: ``k``, ``k + n``, ``k + 2n`` ... in
        partition ``k`` of ``n``.

        >>> sc.parallelize(["a", "b", "c", "d"], 2).zipWithUniqueId().collect()
        [('a', 0), ('b', 2), ('c', 1), ('d', 3)]
        """
        op = PartitionOp(_NumberApart(self.getNumPartitions()))
        return self._narrow(op, determinism=self._order_sensitive())


def union_all(rdds: Sequence[Transformations[Any]]) -> RDD[Any]:
    """Partitions of all RDDs in order; if all are placed alike, the i-th of each put together."""
    check_rdds("rdds", *rdds)
    nodes = [rdd._node for rdd in rdds]
    partitioner = rdds[0].partitioner
    if partitioner is not None and all(rdd.partitioner == partitioner for rdd in rdds):
        alike = [NarrowDependency(node, ONE_TO_ONE) for node in nodes]
        n = partitioner.numPartitions
        return rdds[0]._make(ConcatOp(), alike, n, "PartitionerAwareUnionRDD")
    dependencies, start = [], 0
    for node in nodes:
        dependencies.append(NarrowDependency(node, Range(start, node.num_partitions)))
        start += node.num_partitions
    return rdds[0]._make(ConcatOp(), dependencies, start, "UnionRDD", determinism=worst(nodes))


class OnPartition:
    """``f(iterator)`` as a function of partition number and iterator."""

    __slots__ = ("f",)

    def __init__(self, f: Callable[[Iterator[Any]], Any]) -> None:
        self.f = f

    def __call__(self, split: int, records: Iterator[Any]) -> Any:
        return self.f(records)

    @property
    def __name__(self) -> str:
        """Name of the user's function, for messages."""
        return getattr(self.f, "__name__", repr(self.f))


def count_records(_: int, records: Iterator[Any]) -> int:
    """How many records the partition has, counted by a loop in C."""
    if type(records) in _SIZED:
        return length_hint(records)
    counter = count()
    deque(zip(records, counter, strict=False), maxlen=0)
    return next(counter)


def _glom(_: int, records: Iterator[Any]) -> Iterator[list[Any]]:
    yield list(records)


def _zip(split: int, left: Iterator[Any], right: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    try:
        yield from zip(left, right, strict=True)
    except ValueError as error:
        if not str(error).startswith("zip() argument"):
            raise
        raise SparkException(
            "Can only zip RDDs with same number of elements in each partition: in partition "
            f"{split} {str(error).removeprefix('zip() ')}"
        ) from None


class _Number:
    def __init__(self, starts: Sequence[int]) -> None:
        self.starts = starts

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[tuple[Any, int]]:
        return zip(records, count(self.starts[split]), strict=False)


class _NumberApart:
    def __init__(self, step: int) -> None:
        self.step = step

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[tuple[Any, int]]:
        return zip(records, count(split, self.step), strict=False)


class _Deal:
    """Deals batches of records out to ``n`` partitions, beginning at one that depends on the
    input partition.
    """

    def __init__(self, n: int, size: int) -> None:
        self.n, self.size = n, size

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[tuple[int, Any]]:
        first = first_target(split, self.n)
        targets = (at % self.n for at in range(first, first + self.n))
        places = chain.from_iterable(repeat(at, self.size) for at in cycle(targets))
        return cast("Iterator[tuple[int, Any]]", zip(places, records, strict=False))
