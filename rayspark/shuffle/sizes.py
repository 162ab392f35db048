"""How much each reduce partition gets from a map task, on its way to the driver.

Up to ``EXACT`` reduce partitions, bytes and rows are told exactly. Beyond that each size is one
byte, the nearest power of 1.1 (5% off at most), and rows are not told: 10,000 map tasks of as many
reduce partitions would otherwise send gigabytes of statistics. The driver keeps sums only.

>>> told = pack(array("q", [0, 5, 70]), array("q", [0, 1, 2]))
>>> sizes, rows = unpack(told, 3)
>>> sizes.tolist(), rows.tolist()
([0, 5, 70], [0, 1, 2])
"""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from rayspark.ids import ShuffleId
from rayspark.records import dataclass

EXACT = 2000
"""Reduce partitions whose sizes are told exactly."""
_BASE = 1.1
_WORD = 8

Numbers = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class MapOutputStatistics:
    """What the map side of a shuffle made, by reduce partition."""

    shuffle_id: ShuffleId
    bytes_by_partition: list[int]
    """Encoded sizes; within 5% when there are more than 2,000 partitions."""
    rows_by_partition: list[int] | None
    """Exact; None when there are more than 2,000 partitions."""


def pack(sizes: array[int], rows: array[int]) -> bytes:
    """What a map task tells."""
    if len(sizes) <= EXACT:
        return sizes.tobytes() + rows.tobytes()
    exact = np.frombuffer(sizes, np.int64)
    codes = np.rint(np.log(np.maximum(exact, 1)) / np.log(_BASE)).clip(1, 255)
    return np.where(exact > 0, codes, 0).astype(np.uint8).tobytes()


def unpack(told: bytes, reduces: int) -> tuple[Numbers, Numbers | None]:
    """Bytes and rows by reduce partition."""
    if len(told) == 2 * _WORD * reduces:
        numbers = np.frombuffer(told, np.int64)
        return numbers[:reduces], numbers[reduces:]
    codes = np.frombuffer(told, np.uint8)
    sizes = np.where(codes > 0, np.rint(_BASE ** codes.astype(np.float64)), 0)
    return sizes.astype(np.int64), None
