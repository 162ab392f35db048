"""Transformations of pairs by key: one shuffle, or none when the keys already lie right."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rayspark.executor.ops import AggregateOp, GroupOp
from rayspark.lineage.ops import ConcatOp, PartitionOp, RecordOp
from rayspark.rdd._sampling import Sampling
from rayspark.rdd.partitioner import Partitioner
from rayspark.resultiterable import ResultIterable
from rayspark.shuffle.partitioner import HashPartitioner, portable_hash
from rayspark.shuffle.spec import Aggregator, ShuffleSpec

if TYPE_CHECKING:
    from rayspark.rdd import RDD

K = TypeVar("K")
V = TypeVar("V")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)


class Pairs(Sampling[T_co]):
    """Methods that bring equal keys together."""

    def partitionBy(
        self: Pairs[tuple[K, V]],
        numPartitions: int | None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, V]]:
        """Move each pair to the partition of its key; returns the RDD itself if the keys lie so
        already.

        Parameters
        ----------
        numPartitions : int or None
            How many partitions; None for the default number.
        partitionFunc : callable
            The partition is ``partitionFunc(key) % numPartitions``. By default a hash that is the
            same in every process and run.

        >>> pairs = sc.parallelize([1, 2, 3, 4, 2, 4, 1]).map(lambda x: (x, x))
        >>> pairs.partitionBy(2).keys().glom().collect()
        [[2, 4, 2, 4], [1, 3, 1]]
        """
        target = self._target(numPartitions, partitionFunc)
        if self.partitioner == target:
            return cast("RDD[tuple[K, V]]", self)
        spec = ShuffleSpec(HashPartitioner(target.numPartitions, partitionFunc))
        return self._shuffled(spec, ConcatOp(), target)

    def combineByKey(
        self: Pairs[tuple[K, V]],
        createCombiner: Callable[[V], U],
        mergeValue: Callable[[U, V], U],
        mergeCombiners: Callable[[U, U], U],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, U]]:
        """Combine the values of each key, first where they are, then after a shuffle.

        Parameters
        ----------
        createCombiner : callable
            Makes a combined value of a first value.
        mergeValue : callable
            Adds a value to a combined value; may change and return its first argument.
        mergeCombiners : callable
            Puts two combined values together; likewise.
        numPartitions : int, optional
            As in :meth:`reduceByKey`.
        partitionFunc : callable
            As in :meth:`partitionBy`.

        >>> pairs = sc.parallelize([("a", 1), ("b", 1), ("a", 2)])
        >>> lists = pairs.combineByKey(lambda v: [v], lambda c, v: c + [v], lambda a, b: a + b)
        >>> sorted(lists.collect())
        [('a', [1, 2]), ('b', [1])]
        """
        aggregator = Aggregator(createCombiner, mergeValue, mergeCombiners)
        return self._combine(aggregator, numPartitions, partitionFunc)

    def reduceByKey(
        self: Pairs[tuple[K, V]],
        func: Callable[[V, V], V],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, V]]:
        """Combine the values of each key to one.

        Parameters
        ----------
        func : callable
            ``func(a, b)``, associative and commutative: values are combined before they are moved.
        numPartitions : int, optional
            How many partitions. By default ``spark.default.parallelism``, or else as many as this
            RDD has.
        partitionFunc : callable
            As in :meth:`partitionBy`.

        >>> sorted(
        ...     sc.parallelize([("a", 1), ("b", 1), ("a", 1)]).reduceByKey(int.__add__).collect()
        ... )
        [('a', 2), ('b', 1)]
        """
        return self._combine(Aggregator(None, func, func), numPartitions, partitionFunc)

    def aggregateByKey(
        self: Pairs[tuple[K, V]],
        zeroValue: U,
        seqFunc: Callable[[U, V], U],
        combFunc: Callable[[U, U], U],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, U]]:
        """Fold the values of each key, beginning with a copy of ``zeroValue`` for each key in each
        partition.

        Parameters
        ----------
        zeroValue
            Neutral value.
        seqFunc : callable
            ``seqFunc(accumulated, value)``; may change and return its first argument.
        combFunc : callable
            ``combFunc(accumulated, accumulated)``; likewise.
        numPartitions : int, optional
            As in :meth:`reduceByKey`.
        partitionFunc : callable
            As in :meth:`partitionBy`.

        >>> pairs = sc.parallelize([("a", 1), ("b", 1), ("a", 2)])
        >>> add, merge = lambda acc, v: acc + [v], lambda a, b: a + b
        >>> sorted(pairs.aggregateByKey([], add, merge).collect())
        [('a', [1, 2]), ('b', [1])]
        """

        def create(value: V) -> U:
            return seqFunc(copy.deepcopy(zeroValue), value)

        return self.combineByKey(create, seqFunc, combFunc, numPartitions, partitionFunc)

    def foldByKey(
        self: Pairs[tuple[K, V]],
        zeroValue: V,
        func: Callable[[V, V], V],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, V]]:
        """As :meth:`aggregateByKey` with one function for both.

        >>> pairs = sc.parallelize([("a", 1), ("b", 1), ("a", 2)])
        >>> sorted(pairs.foldByKey(0, lambda a, b: a + b).collect())
        [('a', 3), ('b', 1)]
        """
        return self.aggregateByKey(zeroValue, func, func, numPartitions, partitionFunc)

    def groupByKey(
        self: Pairs[tuple[K, V]],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, Iterable[V]]]:
        """Collect the values of each key in a :class:`~rayspark.resultiterable.ResultIterable`.

        To sum or count them, :meth:`reduceByKey` moves far less data.

        Parameters
        ----------
        numPartitions : int, optional
            As in :meth:`reduceByKey`.
        partitionFunc : callable
            As in :meth:`partitionBy`.

        >>> groups = sc.parallelize([("a", 1), ("b", 1), ("a", 2)]).groupByKey()
        >>> sorted(groups.mapValues(list).collect())
        [('a', [1, 2]), ('b', [1])]
        """
        target = self._target(numPartitions, partitionFunc)
        if self.partitioner == target:
            groups = self._narrow(GroupOp(), True, determinism=self._unordered())
        else:
            spec = ShuffleSpec(HashPartitioner(target.numPartitions, partitionFunc))
            groups = self._shuffled(spec, GroupOp(), target)
        return groups._narrow(RecordOp("map_values", ResultIterable), True)

    def groupBy(
        self: Pairs[V],
        f: Callable[[V], K],
        numPartitions: int | None = None,
        partitionFunc: Callable[[K], int] = portable_hash,
    ) -> RDD[tuple[K, Iterable[V]]]:
        """Collect the records for which ``f`` gives the same key.

        Parameters
        ----------
        f : callable
            Gives the key of a record.
        numPartitions : int, optional
            As in :meth:`reduceByKey`.
        partitionFunc : callable
            As in :meth:`partitionBy`.

        >>> parity = sc.parallelize([1, 1, 2, 3, 5, 8]).groupBy(lambda x: x % 2)
        >>> sorted((k, sorted(v)) for k, v in parity.collect())
        [(0, [2, 8]), (1, [1, 1, 3, 5])]
        """
        return self.keyBy(f).groupByKey(numPartitions, partitionFunc)

    def distinct(self, numPartitions: int | None = None) -> RDD[T_co]:
        """Each record once.

        Parameters
        ----------
        numPartitions : int, optional
            As in :meth:`reduceByKey`.

        >>> sorted(sc.parallelize([1, 1, 2, 3]).distinct().collect())
        [1, 2, 3]
        """
        keyed = self._narrow(PartitionOp(_as_keys))
        return keyed.reduceByKey(_first_of, numPartitions)._narrow(RecordOp("map", itemgetter(0)))

    # -- how -----------------------------------------------------------------------------------

    def _target(self, n: int | None, partition_func: Callable[[Any], int]) -> Partitioner:
        return Partitioner(self._defaultReducePartitions() if n is None else n, partition_func)

    def _combine(
        self, aggregator: Aggregator, n: int | None, partition_func: Callable[[Any], int]
    ) -> RDD[Any]:
        target = self._target(n, partition_func)
        if self.partitioner == target:
            op = AggregateOp(aggregator, combined=False)
            return self._narrow(op, True, determinism=self._unordered())
        spec = ShuffleSpec(
            HashPartitioner(target.numPartitions, partition_func), aggregator, map_side_combine=True
        )
        return self._shuffled(spec, AggregateOp(aggregator, combined=True), target)

    def _shuffled(self, spec: ShuffleSpec, op: Any, target: Partitioner) -> RDD[Any]:
        return self._make(
            op,
            (self._shuffle_into(spec),),
            target.numPartitions,
            "ShuffledRDD",
            partitioner=target,
            determinism=self._node.determinism if isinstance(op, ConcatOp) else self._unordered(),
        )


def _as_keys(_: int, records: Iterator[Any]) -> Iterator[tuple[Any, None]]:
    return zip(records, repeat(None), strict=False)


def _first_of(first: Any, _: Any) -> Any:
    return first
