"""Aggregation in several levels, so that the driver does not have to combine every partition."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from functools import reduce
from typing import Any, TypeVar

from rayspark.lineage.ops import PartitionOp
from rayspark.rdd._sorting import Sorting

T = TypeVar("T")
U = TypeVar("U")
T_co = TypeVar("T_co", covariant=True)


class Trees(Sorting[T_co]):
    """Tree aggregation."""

    def treeAggregate(
        self,
        zeroValue: U,
        seqOp: Callable[[U, T_co], U],
        combOp: Callable[[U, U], U],
        depth: int = 2,
    ) -> U:
        """As :meth:`aggregate`, combining partitions in levels of shuffles before the driver does.

        Parameters
        ----------
        zeroValue
            Begins each partition (not the combination).
        seqOp, combOp : callable
            As in :meth:`aggregate`.
        depth : int
            How many levels are wanted. 2 by default.

        Raises
        ------
        ValueError
            If the depth is below 1.

        Examples
        --------
        >>> add = lambda a, b: a + b
        >>> sc.parallelize([-5, -4, -3, -2, -1, 1, 2, 3, 4], 10).treeAggregate(0, add, add, 3)
        -5
        """
        _check_depth(depth)
        n: float = self.getNumPartitions()
        if n == 0:
            return zeroValue

        def fold_part(_: int, records: Iterator[T_co]) -> Iterator[U]:
            yield reduce(seqOp, records, copy.deepcopy(zeroValue))

        partial = self._narrow(PartitionOp(fold_part))
        scale = max(math.ceil(n ** (1.0 / depth)), 2)
        while n > scale + n / scale:
            n /= scale
            level = partial._narrow(PartitionOp(_Level(int(n))))
            partial = level.reduceByKey(combOp, int(n)).values()
        combined: U = partial.reduce(combOp)
        return combined

    def treeReduce(self, f: Callable[[T_co, T_co], T_co], depth: int = 2) -> T_co:
        """As :meth:`reduce`, in levels.

        Parameters
        ----------
        f : callable
            ``f(a, b)``, associative and commutative.
        depth : int
            As in :meth:`treeAggregate`.

        Raises
        ------
        ValueError
            If there is no record, or the depth is below 1.

        Examples
        --------
        >>> sc.parallelize([-5, -4, -3, -2, -1, 1, 2, 3, 4], 10).treeReduce(lambda a, b: a + b)
        -5
        """
        _check_depth(depth)

        def append(found: list[Any], record: Any) -> list[Any]:
            return [f(found[0], record)] if found else [record]

        def combine(left: list[Any], right: list[Any]) -> list[Any]:
            return [f(left[0], right[0])] if left and right else left or right

        nothing: list[Any] = []
        found = self.treeAggregate(nothing, append, combine, depth)
        if not found:
            raise ValueError("Cannot reduce empty RDD.")
        reduced: T_co = found[0]
        return reduced


def _check_depth(depth: int) -> None:
    if depth < 1:
        raise ValueError(f"Depth cannot be smaller than 1 but got {depth}.")


class _Level:
    """Gives the value of partition i to partition ``i % n`` of the next level."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, split: int, values: Iterator[Any]) -> Iterator[tuple[int, Any]]:
        for value in values:
            yield split % self.n, value
