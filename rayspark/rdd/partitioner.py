"""The partitioner of an RDD as users see it.

The engine's own partitioners are in :mod:`rayspark.shuffle.partitioner`; this one is the value of
``rdd.partitioner``, by which RDDs are found to be placed alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Partitioner:
    """Places a key: ``partitionFunc(key) % numPartitions``.

    Two partitioners are equal when both parts are: then equal keys lie in equal partitions, and
    joining or combining by key needs no shuffle.

    Parameters
    ----------
    numPartitions : int
        Number of partitions.
    partitionFunc : callable
        Maps a key to an int.

    Examples
    --------
    >>> from rayspark.rdd import Partitioner, portable_hash
    >>> Partitioner(4, portable_hash)(7)
    3
    >>> Partitioner(4, portable_hash) == Partitioner(4, portable_hash)
    True
    """

    def __init__(self, numPartitions: int, partitionFunc: Callable[[Any], int]) -> None:
        self.numPartitions = numPartitions
        self.partitionFunc = partitionFunc

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Partitioner)
            and self.numPartitions == other.numPartitions
            and self.partitionFunc == other.partitionFunc
        )

    __hash__ = None  # type: ignore[assignment]  # as in PySpark: a partitioner is no key

    def __call__(self, k: Any) -> int:
        """Partition of a key."""
        return self.partitionFunc(k) % self.numPartitions
