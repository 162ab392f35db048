"""Sorting: range partitioning by a sample of the keys, then a sort within each partition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from rayspark.executor.ops import SortOp
from rayspark.rdd._joins import Joins
from rayspark.rdd.partitioner import Partitioner
from rayspark.rdd.samplers import with_uniform
from rayspark.shuffle.partitioner import RangePartitioner, portable_hash
from rayspark.shuffle.spec import ShuffleSpec

if TYPE_CHECKING:
    from rayspark.rdd import RDD

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

_SAMPLES_PER_PARTITION = 20
_SAMPLE_SEED = 1
_as_it_is: Callable[[Any], Any] = lambda x: x  # noqa: E731  PySpark's default is a lambda


class Sorting(Joins[T_co]):
    """Methods that sort."""

    def sortByKey(
        self: Sorting[tuple[K, V]],
        ascending: bool | None = True,
        numPartitions: int | None = None,
        keyfunc: Callable[[Any], Any] = _as_it_is,
    ) -> RDD[tuple[K, V]]:
        """Sort pairs by key, over all partitions; pairs of equal keys keep their order.

        With more than one partition, a job runs at once that samples the keys.

        Parameters
        ----------
        ascending : bool
            Smallest first; True by default.
        numPartitions : int, optional
            As in :meth:`reduceByKey`.
        keyfunc : callable
            Maps a key to what is compared; the key itself by default.

        >>> sc.parallelize([("b", 2), ("a", 1), ("c", 3)]).sortByKey().keys().collect()
        ['a', 'b', 'c']
        >>> pairs = sc.parallelize([("B", 2), ("a", 1)])
        >>> pairs.sortByKey(False, keyfunc=str.lower).keys().collect()
        ['B', 'a']
        """
        n = self._defaultReducePartitions() if numPartitions is None else numPartitions
        op = SortOp(_compared(keyfunc), bool(ascending))
        if n == 1:
            single = self.coalesce(1) if self.getNumPartitions() > 1 else self
            return single._narrow(op, True)
        func = None if keyfunc is _as_it_is else keyfunc
        bounds = self._key_bounds(n, func)
        if bounds is None:
            return cast("RDD[tuple[K, V]]", self)
        ranges = RangePartitioner(n, bounds, bool(ascending), func)
        target = Partitioner(n, ranges.partition_of)
        return self._shuffled(ShuffleSpec(ranges), op, target)

    def sortBy(
        self: Sorting[T],
        keyfunc: Callable[[T], Any],
        ascending: bool = True,
        numPartitions: int | None = None,
    ) -> RDD[T]:
        """Sort records by what ``keyfunc`` gives for each.

        Parameters
        ----------
        keyfunc : callable
            ``keyfunc(record)`` is compared.
        ascending : bool
            Smallest first; True by default.
        numPartitions : int, optional
            As in :meth:`reduceByKey`.

        >>> sc.parallelize([("a", 3), ("b", 1), ("c", 2)]).sortBy(lambda pair: pair[1]).collect()
        [('b', 1), ('c', 2), ('a', 3)]
        """
        return self.keyBy(keyfunc).sortByKey(ascending, numPartitions).values()

    def repartitionAndSortWithinPartitions(
        self: Sorting[tuple[K, V]],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
        ascending: bool = True,
        keyfunc: Callable[[Any], Any] = _as_it_is,
    ) -> RDD[tuple[K, V]]:
        """Move each pair to the partition of its key, and sort each partition by key.

        Parameters
        ----------
        numPartitions, partitionFunc
            As in :meth:`partitionBy`.
        ascending, keyfunc
            As in :meth:`sortByKey`.

        >>> pairs = sc.parallelize([(0, 5), (3, 8), (2, 6), (0, 8), (3, 8), (1, 3)])
        >>> pairs.repartitionAndSortWithinPartitions(2, lambda k: k % 2).glom().collect()
        [[(0, 5), (0, 8), (2, 6)], [(1, 3), (3, 8), (3, 8)]]
        """
        n = self._defaultReducePartitions() if numPartitions is None else numPartitions
        placed = self.partitionBy(n, partitionFunc)
        return placed._narrow(SortOp(_compared(keyfunc), ascending), True)

    def _key_bounds(self, n: int, func: Callable[[Any], Any] | None) -> tuple[Any, ...] | None:
        """Upper bounds of all ranges but the last, of a sample of about 20 keys a range; None when
        there are no records.
        """
        wanted = n * float(_SAMPLES_PER_PARTITION)
        parts = self._run(_SampleKeys(wanted))
        total = sum(size for size, _ in parts)
        if not total:
            return None
        fraction = min(wanted / total, 1.0)
        keys = [key for _, part in parts for number, key in part if number < fraction]
        if func is not None:
            keys = [func(key) for key in keys]
        keys.sort()
        if not keys:
            return ()
        return tuple(keys[int(len(keys) * (i + 1) / n)] for i in range(n - 1))


class _SampleKeys:
    """Counts the records of a partition and samples keys in the same pass.

    The fraction that is wanted depends on the size of the whole RDD, which is not known yet, so a
    key is kept when it would be wanted even if nothing else came; it keeps its random number.
    """

    def __init__(self, wanted: float) -> None:
        self.wanted = wanted

    def __call__(
        self, split: int, pairs: Iterator[tuple[Any, Any]]
    ) -> tuple[int, list[tuple[float, Any]]]:
        size = 0
        kept: list[tuple[float, Any]] = []
        for chunk, numbers in with_uniform(_SAMPLE_SEED, split, pairs):
            size += len(chunk)
            chosen = np.flatnonzero(numbers < self.wanted / size).tolist()
            kept.extend((float(numbers[at]), chunk[at][0]) for at in chosen)
        fraction = self.wanted / size if size else 0.0
        return size, [(number, key) for number, key in kept if number < fraction]


def _compared(keyfunc: Callable[[Any], Any]) -> Callable[[Any], Any] | None:
    """From a pair to what is compared; None when that is the key itself."""
    if keyfunc is _as_it_is:
        return None
    return lambda pair: keyfunc(pair[0])
