"""Actions: each runs one or several jobs and brings a result to the driver, or has an effect."""

from __future__ import annotations

import copy
import heapq
import operator
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial, reduce
from itertools import chain, islice
from typing import Any, TypeVar

from rayspark.lineage.pipeline import stop_iteration
from rayspark.localproperties import all_properties, replace_properties
from rayspark.rdd._transformations import Transformations, count_records

T = TypeVar("T")
U = TypeVar("U")
K = TypeVar("K")
V = TypeVar("V")
T_co = TypeVar("T_co", covariant=True)

EMPTY = "Can not reduce() empty RDD"
_NOTHING: Any = object()


class Actions(Transformations[T_co]):
    """Methods that run jobs."""

    # -- bring records -----------------------------------------------------------------------

    def collect(self) -> list[T_co]:
        """All records, in the order of the partitions. They must fit into the driver's memory.

        >>> sc.parallelize([3, 1, 2], 2).collect()
        [3, 1, 2]
        """
        parts = self._run(_list)
        if len(parts) == 1:
            only: list[T_co] = parts[0]
            return only
        return list(chain.from_iterable(parts))

    def collectWithJobGroup(
        self, groupId: str, description: str, interruptOnCancel: bool = False
    ) -> list[T_co]:
        """Deprecated: as :meth:`collect`, in a job group. Use :meth:`SparkContext.setJobGroup`.

        Parameters
        ----------
        groupId, description, interruptOnCancel
            As for ``setJobGroup``.
        """
        warnings.warn(
            "Deprecated in 3.1, use rayspark.InheritableThread and SparkContext.setJobGroup.",
            FutureWarning,
            stacklevel=2,
        )
        before = all_properties()
        self.ctx.setJobGroup(groupId, description, interruptOnCancel)
        try:
            return self.collect()
        finally:
            replace_properties(before)

    def toLocalIterator(self, prefetchPartitions: bool = False) -> Iterator[T_co]:
        """An iterator over all records that needs memory for the largest partition only: a job for
        each partition, run when the iterator comes to it.

        Parameters
        ----------
        prefetchPartitions : bool
            Compute the next partition while this one is being read. False by default.

        >>> [x for x in sc.range(4, numSlices=2).toLocalIterator()]
        [0, 1, 2, 3]
        """
        splits = range(self.getNumPartitions())
        if not prefetchPartitions:
            for split in splits:
                yield from self._run(_list, [split])[0]
            return
        ahead = None
        try:
            for split in splits:
                current = ahead or self._submit(_list, [split])
                ahead = self._submit(_list, [split + 1]) if split + 1 < len(splits) else None
                yield from self._finish(current)[0]
        finally:
            if ahead is not None:
                ahead.cancel("the iterator was closed")

    def take(self, num: int) -> list[T_co]:
        """The first ``num`` records. Runs on one partition first, then on more of them as needed.

        >>> sc.range(100, numSlices=10).take(3)
        [0, 1, 2]
        """
        num = operator.index(num)
        found: list[T_co] = []
        total, scanned = self.getNumPartitions(), 0
        while len(found) < num and scanned < total:
            attempt = 1
            if scanned and not found:
                attempt = scanned * 4
            elif scanned:
                guess = int(1.5 * num * scanned / len(found)) - scanned
                attempt = min(max(guess, 1), scanned * 4)
            stop = min(scanned + attempt, total)
            for part in self._run(partial(_head, num - len(found)), range(scanned, stop)):
                found += part
            scanned = stop
        return found[:num]

    def first(self) -> T_co:
        """The first record.

        Raises
        ------
        ValueError
            If there is none.

        Examples
        --------
        >>> sc.parallelize([2, 3, 4]).first()
        2
        """
        records = self.take(1)
        if not records:
            raise ValueError("RDD is empty")
        return records[0]

    def isEmpty(self) -> bool:
        """Whether there is no record.

        >>> sc.parallelize([1]).filter(lambda x: x > 5).isEmpty()
        True
        """
        return not self.take(1)

    def top(self, num: int, key: Callable[[T_co], Any] | None = None) -> list[T_co]:
        """The ``num`` largest records, largest first.

        Parameters
        ----------
        num : int
            How many.
        key : callable, optional
            What is compared; the records themselves by default.

        >>> sc.parallelize([10, 4, 2, 12, 3]).top(2)
        [12, 10]
        """
        return self._select(heapq.nlargest, num, key)

    def takeOrdered(self, num: int, key: Callable[[T_co], Any] | None = None) -> list[T_co]:
        """The ``num`` smallest records, smallest first.

        Parameters
        ----------
        num : int
            How many.
        key : callable, optional
            What is compared; the records themselves by default.

        Raises
        ------
        ValueError
            If ``num`` is negative.

        Examples
        --------
        >>> sc.parallelize([10, 4, 2, 12, 3]).takeOrdered(2, key=lambda x: -x)
        [12, 10]
        """
        if num < 0:
            raise ValueError("top N cannot be negative.")
        if num == 0 or self.getNumPartitions() == 0:
            return []
        return self._select(heapq.nsmallest, num, key)

    def _select(
        self,
        choose: Callable[..., list[T_co]],
        num: int,
        key: Callable[[T_co], Any] | None,
    ) -> list[T_co]:
        def choose_in(_: int, records: Iterator[T_co]) -> list[T_co]:
            return choose(num, records, key)

        parts = self._run(choose_in)
        return reduce_values(lambda a, b: choose(num, a + b, key), parts)

    # -- bring one value ---------------------------------------------------------------------

    def count(self) -> int:
        """Number of records.

        >>> sc.parallelize([2, 3, 4]).count()
        3
        """
        return sum(self._run(count_records))

    def reduce(self, f: Callable[[T_co, T_co], T_co]) -> T_co:
        """Combine all records to one.

        Parameters
        ----------
        f : callable
            ``f(a, b)``, associative and commutative: partitions are reduced first.

        Raises
        ------
        ValueError
            If there is no record.

        Examples
        --------
        >>> sc.parallelize([1, 2, 3, 4, 5]).reduce(lambda a, b: a + b)
        15
        """

        def reduce_part(_: int, records: Iterator[T_co]) -> list[T_co]:
            for initial in records:
                return [_guarded(f, records, initial)]
            return []

        found: list[T_co] = list(chain.from_iterable(self._run(reduce_part)))
        return reduce_values(f, found)

    def fold(self, zeroValue: T_co, op: Callable[[T_co, T_co], T_co]) -> T_co:  # type: ignore[misc]
        """As :meth:`reduce`, with a value to begin with: once in each partition and once on the
        driver.

        Parameters
        ----------
        zeroValue
            A neutral value, such as 0 for a sum.
        op : callable
            ``op(a, b)``, associative and commutative; it may change and return ``a``.

        >>> sc.parallelize([1, 2, 3, 4, 5]).fold(0, lambda a, b: a + b)
        15
        """
        return self.aggregate(zeroValue, op, op)

    def aggregate(
        self, zeroValue: U, seqOp: Callable[[U, T_co], U], combOp: Callable[[U, U], U]
    ) -> U:
        """Fold the records of each partition, then the results of the partitions.

        Parameters
        ----------
        zeroValue
            Neutral value: begins each partition, and the combination on the driver.
        seqOp : callable
            ``seqOp(accumulated, record)``; it may change and return its first argument.
        combOp : callable
            ``combOp(accumulated, accumulated)``; likewise.

        >>> add = lambda acc, x: (acc[0] + x, acc[1] + 1)
        >>> merge = lambda a, b: (a[0] + b[0], a[1] + b[1])
        >>> sc.parallelize([1, 2, 3, 4], 2).aggregate((0, 0), add, merge)
        (10, 4)
        """

        def fold_part(_: int, records: Iterator[T_co]) -> U:
            # The function is shared by the tasks of an executor, and seqOp may change its argument.
            zero: U = copy.deepcopy(zeroValue)
            return _guarded(seqOp, records, zero)

        parts: list[U] = self._run(fold_part)
        return _guarded(combOp, parts, zeroValue)

    def max(self, key: Callable[[T_co], Any] | None = None) -> T_co:
        """The largest record, compared by ``key`` if that is given.

        >>> sc.parallelize([1.0, 5.0, 43.0, 10.0]).max(key=str)
        5.0
        """
        return self._extreme(max, key)

    def min(self, key: Callable[[T_co], Any] | None = None) -> T_co:
        """The smallest record, compared by ``key`` if that is given.

        >>> sc.parallelize([2.0, 5.0, 43.0, 10.0]).min(key=str)
        10.0
        """
        return self._extreme(min, key)

    def _extreme(self, choose: Callable[..., T_co], key: Callable[[T_co], Any] | None) -> T_co:
        def choose_in(_: int, records: Iterator[T_co]) -> list[T_co]:
            found = choose(records, key=key, default=_NOTHING)
            return [] if found is _NOTHING else [found]

        found = list(chain.from_iterable(self._run(choose_in)))
        if not found:
            raise ValueError(EMPTY)
        return choose(found, key=key)

    def countByValue(self: Actions[K]) -> dict[K, int]:
        """How often each record occurs.

        >>> sorted(sc.parallelize([1, 2, 1, 2, 2], 2).countByValue().items())
        [(1, 2), (2, 3)]
        """
        return _added(self._run(_count_values))

    def countByKey(self: Actions[tuple[K, V]]) -> dict[K, int]:
        """How many pairs there are of each key.

        >>> sorted(sc.parallelize([("a", 1), ("b", 1), ("a", 1)]).countByKey().items())
        [('a', 2), ('b', 1)]
        """
        return self.keys().countByValue()

    def collectAsMap(self: Actions[tuple[K, V]]) -> dict[K, V]:
        """All pairs as a dictionary; of several with the same key, the last.

        >>> sc.parallelize([(1, 2), (3, 4)]).collectAsMap()
        {1: 2, 3: 4}
        """
        return dict(self.collect())

    def reduceByKeyLocally(self: Actions[tuple[K, V]], func: Callable[[V, V], V]) -> dict[K, V]:
        """Combine the values of each key, and bring the result to the driver as a dictionary.

        >>> sorted(sc.parallelize([("a", 1), ("b", 1), ("a", 1)]).reduceByKeyLocally(max).items())
        [('a', 1), ('b', 1)]
        """

        def reduce_part(_: int, pairs: Iterator[tuple[K, V]]) -> dict[K, V]:
            return _merged({}, pairs, func)

        def merge(into: dict[K, V], part: dict[K, V]) -> dict[K, V]:
            return _merged(into, part.items(), func)

        return reduce_values(merge, self._run(reduce_part))

    def lookup(self: Actions[tuple[K, V]], key: K) -> list[V]:
        """The values of a key. Looks into one partition only when the RDD has a partitioner.

        >>> pairs = sc.parallelize([("a", 1), ("b", 2), ("a", 3)])
        >>> pairs.lookup("a"), pairs.partitionBy(2).lookup("b")
        ([1, 3], [2])
        """

        def values_in(_: int, pairs: Iterator[tuple[K, V]]) -> list[V]:
            return [pair[1] for pair in pairs if pair[0] == key]

        partitions = None if self.partitioner is None else [self.partitioner(key)]
        return list(chain.from_iterable(self._run(values_in, partitions)))

    # -- have an effect ----------------------------------------------------------------------

    def foreach(self, f: Callable[[T_co], None]) -> None:
        """Call ``f(record)`` for each record, where the record is.

        >>> total = sc.accumulator(0)
        >>> sc.parallelize([1, 2, 3]).foreach(total.add)
        >>> total.value
        6
        """

        def call_each(_: int, records: Iterator[T_co]) -> None:
            try:
                for record in records:
                    f(record)
            except StopIteration as stop:
                raise stop_iteration(stop) from stop

        self._run(call_each)

    def foreachPartition(self, f: Callable[[Iterator[T_co]], None]) -> None:
        """Call ``f(iterator over the records)`` for each partition, where it is.

        >>> largest = sc.accumulator(0)
        >>> sc.parallelize([1, 2, 3], 2).foreachPartition(lambda part: largest.add(max(part)))
        >>> largest.value
        4
        """
        consume: Callable[[Iterator[T_co]], Any] = f

        def call(_: int, records: Iterator[T_co]) -> None:
            produced: Any = consume(records)
            if isinstance(produced, Iterable):
                for _ in produced:
                    pass

        self._run(call)


def reduce_values(f: Callable[[T, T], T], values: list[T]) -> T:
    """Reduce on the driver what the partitions gave."""
    if not values:
        raise ValueError(EMPTY)
    return _guarded(f, values[1:], values[0])


def _guarded(f: Callable[[U, T], U], items: Iterable[T], initial: U) -> U:
    """``functools.reduce`` that does not let a StopIteration of ``f`` out: seen by a loop further
    up, it would silently end it.
    """
    try:
        return reduce(f, items, initial)
    except StopIteration as stop:
        raise stop_iteration(stop) from stop


def _list(_: int, records: Iterator[Any]) -> list[Any]:
    return list(records)


def _head(num: int, _: int, records: Iterator[Any]) -> list[Any]:
    return list(islice(records, num))


def _count_values(_: int, records: Iterator[Any]) -> dict[Any, int]:
    return dict(Counter(records))


def _added(parts: list[dict[K, int]]) -> dict[K, int]:
    if not parts:
        raise ValueError(EMPTY)
    totals: dict[K, int] = defaultdict(int)
    for part in parts:
        for value, times in part.items():
            totals[value] += times
    return totals


def _merged(
    into: dict[K, V], pairs: Iterable[tuple[K, V]], func: Callable[[V, V], V]
) -> dict[K, V]:
    try:
        for key, value in pairs:
            into[key] = func(into[key], value) if key in into else value
    except StopIteration as stop:
        raise stop_iteration(stop) from stop
    return into
