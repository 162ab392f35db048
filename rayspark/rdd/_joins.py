"""Joins, cogroups and set operations: several RDDs of pairs brought together by key.

All are one op: the inputs are grouped side by side (:mod:`rayspark.executor.grouping`), and a small
function makes records of the groups. An input whose keys already lie right is read where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rayspark.executor.grouping import Groups
from rayspark.executor.ops import CoGroupOp
from rayspark.lineage.dependency import Dependency, NarrowDependency
from rayspark.lineage.node import Determinism
from rayspark.lineage.ops import RecordOp
from rayspark.rdd._core import ONE_TO_ONE, check_rdds
from rayspark.rdd._pair import Pairs
from rayspark.rdd.partitioner import Partitioner
from rayspark.resultiterable import ResultIterable
from rayspark.shuffle.partitioner import HashPartitioner, portable_hash
from rayspark.shuffle.spec import ShuffleSpec

if TYPE_CHECKING:
    from rayspark.rdd import RDD

K = TypeVar("K")
V = TypeVar("V")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)

Emit = Callable[[Sequence[Groups]], Iterable[Any]]


class Joins(Pairs[T_co]):
    """Methods that combine RDDs by key.

    ``numPartitions`` of the result is, by default, ``spark.default.parallelism`` if that is set,
    the number that all RDDs have if they are partitioned alike, and otherwise the sum of theirs.
    """

    def cogroup(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, U]], numPartitions: int | None = None
    ) -> RDD[tuple[K, tuple[ResultIterable[V], ResultIterable[U]]]]:
        """For each key of either RDD, its values in both.

        >>> x, y = sc.parallelize([("a", 1), ("b", 4)]), sc.parallelize([("a", 2)])
        >>> both = x.cogroup(y).mapValues(lambda vw: [list(part) for part in vw])
        >>> sorted(both.collect())
        [('a', [[1], [2]]), ('b', [[4], []])]
        """
        return co_group_rdds([self, other], numPartitions, _groups)

    def groupWith(
        self: Joins[tuple[K, Any]], other: Joins[tuple[K, Any]], *others: Joins[tuple[K, Any]]
    ) -> RDD[tuple[K, tuple[ResultIterable[Any], ...]]]:
        """As :meth:`cogroup`, of any number of RDDs.

        >>> x, y, z = (sc.parallelize([(key, 1)]) for key in "aab")
        >>> grouped = x.groupWith(y, z).mapValues(lambda parts: [list(p) for p in parts])
        >>> sorted(grouped.collect())
        [('a', [[1], [1], []]), ('b', [[], [], [1]])]
        """
        return co_group_rdds([self, other, *others], None, _groups)

    def join(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, U]], numPartitions: int | None = None
    ) -> RDD[tuple[K, tuple[V, U]]]:
        """All pairs ``(key, (value here, value there))`` of keys that both have.

        >>> x = sc.parallelize([("a", 1), ("b", 4)])
        >>> y = sc.parallelize([("a", 2), ("a", 3)])
        >>> sorted(x.join(y).collect())
        [('a', (1, 2)), ('a', (1, 3))]
        """
        return co_group_rdds([self, other], numPartitions, _inner)

    def leftOuterJoin(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, U]], numPartitions: int | None = None
    ) -> RDD[tuple[K, tuple[V, U | None]]]:
        """As :meth:`join`; a key that the other RDD does not have gets None from there.

        >>> x = sc.parallelize([("a", 1), ("b", 4)])
        >>> sorted(x.leftOuterJoin(sc.parallelize([("a", 2)])).collect())
        [('a', (1, 2)), ('b', (4, None))]
        """
        return co_group_rdds([self, other], numPartitions, _left)

    def rightOuterJoin(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, U]], numPartitions: int | None = None
    ) -> RDD[tuple[K, tuple[V | None, U]]]:
        """As :meth:`join`; a key that this RDD does not have gets None from here.

        >>> x = sc.parallelize([("a", 1)])
        >>> sorted(x.rightOuterJoin(sc.parallelize([("a", 2), ("b", 3)])).collect())
        [('a', (1, 2)), ('b', (None, 3))]
        """
        return co_group_rdds([self, other], numPartitions, _right)

    def fullOuterJoin(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, U]], numPartitions: int | None = None
    ) -> RDD[tuple[K, tuple[V | None, U | None]]]:
        """As :meth:`join`; where either RDD does not have a key, there is None.

        >>> x, y = sc.parallelize([("a", 1)]), sc.parallelize([("b", 3)])
        >>> sorted(x.fullOuterJoin(y).collect())
        [('a', (1, None)), ('b', (None, 3))]
        """
        return co_group_rdds([self, other], numPartitions, _full)

    def subtractByKey(
        self: Joins[tuple[K, V]], other: Joins[tuple[K, Any]], numPartitions: int | None = None
    ) -> RDD[tuple[K, V]]:
        """The pairs whose key the other RDD does not have.

        >>> x = sc.parallelize([("a", 1), ("b", 4), ("b", 5)])
        >>> sorted(x.subtractByKey(sc.parallelize([("a", 3)])).collect())
        [('b', 4), ('b', 5)]
        """
        return co_group_rdds([self, other], numPartitions, _without)

    def subtract(self: Joins[V], other: Joins[V], numPartitions: int | None = None) -> RDD[V]:
        """The records that the other RDD does not have.

        >>> sorted(sc.parallelize([1, 1, 2, 3]).subtract(sc.parallelize([3])).collect())
        [1, 1, 2]
        """
        check_rdds("other", other)
        left, right = self.map(_with_true), other.map(_with_true)
        return left.subtractByKey(right, numPartitions).keys()

    def intersection(self: Joins[V], other: Joins[V]) -> RDD[V]:
        """The records that both have, each once.

        >>> sorted(sc.parallelize([1, 2, 2, 3]).intersection(sc.parallelize([2, 3, 4])).collect())
        [2, 3]
        """
        check_rdds("other", other)
        left, right = self.map(_with_true), other.map(_with_true)
        found = co_group_rdds([left, right], None, _common)
        return found._narrow(RecordOp("map", _itself))


def co_group_rdds(rdds: Sequence[Joins[Any]], n: int | None, emit: Emit) -> RDD[Any]:
    """An RDD of the records that ``emit`` makes of the groups of all RDDs."""
    check_rdds("other", *rdds)
    target = Partitioner(_default_partitions(rdds) if n is None else n, portable_hash)
    spec = ShuffleSpec(HashPartitioner(target.numPartitions, portable_hash))
    dependencies: list[Dependency] = [
        NarrowDependency(rdd._node, ONE_TO_ONE)
        if rdd.partitioner == target
        else rdd._shuffle_into(spec)
        for rdd in rdds
    ]
    order = max((rdd._unordered() for rdd in rdds), key=_level)
    return rdds[0]._make(
        CoGroupOp(emit),
        dependencies,
        target.numPartitions,
        "CoGroupedRDD",
        partitioner=target,
        determinism=order,
    )


def _default_partitions(rdds: Sequence[Joins[Any]]) -> int:
    """As many as the union of all has."""
    first = rdds[0]
    if first.ctx._conf.contains("spark.default.parallelism"):
        return first.ctx.defaultParallelism
    size, common = first.getNumPartitions(), first.partitioner
    for rdd in rdds[1:]:
        if common is None or common != rdd.partitioner:
            size, common = size + rdd.getNumPartitions(), None
    return size


def _level(determinism: Determinism) -> int:
    return determinism.value


def _with_true(record: Any) -> tuple[Any, bool]:
    return record, True


def _itself(record: Any) -> Any:
    return record


def _keys(groups: Sequence[Groups]) -> Iterator[Any]:
    """Every key of any input once, in the order of the inputs."""
    for at, group in enumerate(groups):
        earlier = groups[:at]
        for key in group:
            if not any(key in other for other in earlier):
                yield key


def _groups(groups: Sequence[Groups]) -> Iterator[Any]:
    for key in _keys(groups):
        yield key, tuple(ResultIterable(group.get(key, [])) for group in groups)


def _inner(groups: Sequence[Groups]) -> Iterator[Any]:
    left, right = groups
    for key, values in left.items():
        if key in right:
            others = right[key]
            for value in values:
                for other in others:
                    yield key, (value, other)


_NONE = [None]


def _outer(keys: Iterable[Any], left: Groups, right: Groups) -> Iterator[Any]:
    for key in keys:
        others = right.get(key, _NONE)
        for value in left.get(key, _NONE):
            for other in others:
                yield key, (value, other)


def _left(groups: Sequence[Groups]) -> Iterator[Any]:
    return _outer(groups[0], *groups)


def _right(groups: Sequence[Groups]) -> Iterator[Any]:
    left, right = groups
    return _outer((key for key in _keys(groups) if key in right), left, right)


def _full(groups: Sequence[Groups]) -> Iterator[Any]:
    return _outer(_keys(groups), *groups)


def _without(groups: Sequence[Groups]) -> Iterator[Any]:
    left, right = groups
    for key, values in left.items():
        if key not in right:
            for value in values:
                yield key, value


def _common(groups: Sequence[Groups]) -> Iterator[Any]:
    left, right = groups
    return (key for key in left if key in right)
