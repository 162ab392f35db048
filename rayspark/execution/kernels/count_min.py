"""``count_min_sketch``: how often values occur, estimated; byte for byte Spark's sketch.

A sketch is a table of counters, ``depth`` rows of ``width``: a value adds one to a counter of each
row, chosen by a hash of the row's own, and has occurred at most as often as the least of its
counters says. Serialised, in big-endian: version 1, the number of values, depth, width, a number
for each row's hash, the counters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from rayspark.datatypes import BinaryType, StringType
from rayspark.execution.kernels.aggregate import agg
from rayspark.execution.kernels.hashing import murmur3_bytes
from rayspark.execution.kernels.kernel import Site
from rayspark.execution.kernels.texts import each

PRIME = (1 << 31) - 1
MASK = (1 << 48) - 1
Counts = np.ndarray[Any, np.dtype[np.int64]]


def shape(epsilon: float, confidence: float) -> tuple[int, int]:
    """Depth and width for an error of ``epsilon`` of all, but for a chance of 1 - ``confidence``.

    >>> shape(0.1, 0.99)
    (7, 20)
    """
    return math.ceil(-math.log1p(-confidence) / math.log(2)), math.ceil(2 / epsilon)


def java_numbers(seed: int, count: int) -> list[int]:
    """What ``new java.util.Random(seed).nextInt(Integer.MAX_VALUE)`` gives.

    >>> java_numbers(42, 1)
    [1562431130]
    """
    state = (seed ^ 0x5DEECE66D) & MASK
    found: list[int] = []
    while len(found) < count:
        state = (state * 0x5DEECE66D + 0xB) & MASK
        bits = state >> 17
        if bits < PRIME:  # the one number that would come too often is drawn again
            found.append(bits)
    return found


def sketch(values: Sequence[Any], often: Sequence[int], depth: int, width: int, seed: int) -> bytes:
    """The sketch of values, each of which occurs so often."""
    hashes = java_numbers(seed, depth)
    table = np.zeros((depth, width), np.int64)
    counts = np.array(often, np.int64)
    places = _of_bytes if values and isinstance(values[0], bytes) else _of_numbers
    for row, at in enumerate(places(values, hashes, width)):
        np.add.at(table[row], at, counts)
    head = (1).to_bytes(4, "big") + int(counts.sum()).to_bytes(8, "big", signed=True)
    size = depth.to_bytes(4, "big") + width.to_bytes(4, "big")
    return head + size + np.array(hashes, ">i8").tobytes() + table.astype(">i8").tobytes()


def _of_numbers(values: Sequence[int], hashes: Sequence[int], width: int) -> list[Counts]:
    """The counter of each value in each row."""
    numbers = np.array(values, np.int64)
    found = []
    with np.errstate(over="ignore"):
        for multiplier in hashes:
            product = numbers * np.int64(multiplier)
            product += product >> 32
            found.append((product & PRIME) % width)
    return found


def _of_bytes(values: Sequence[bytes], hashes: Sequence[int], width: int) -> list[Counts]:
    first = np.array([murmur3_bytes(v, 0) for v in values], np.int32)
    pairs = zip(values, first.tolist(), strict=True)
    second = np.array([murmur3_bytes(v, s) for v, s in pairs], np.int32)
    found = []
    with np.errstate(over="ignore"):
        for row in range(len(hashes)):
            at = np.fmod(first + np.int32(row) * second, np.int32(width))
            found.append(np.abs(at).astype(np.int64))
    return found


OF_NUMBERS = each(
    "spark_count_min_numbers", sketch,
    ("BIGINT[]", "BIGINT[]", "INTEGER", "INTEGER", "INTEGER"), "BLOB", pa.binary(),
)  # fmt: skip
OF_BYTES = each(
    "spark_count_min_bytes", sketch,
    ("BLOB[]", "BIGINT[]", "INTEGER", "INTEGER", "INTEGER"), "BLOB", pa.binary(),
)  # fmt: skip


def count_min_sketch(site: Site) -> str:
    """Of the different values and how often each occurs."""
    depth, width = shape(site.literal(1), site.literal(2))
    match site.types[0]:
        case StringType():
            value, kind, function = f"encode({site.args[0]})", "BLOB", OF_BYTES
        case BinaryType():
            value, kind, function = site.args[0], "BLOB", OF_BYTES
        case _:
            value, kind, function = f"CAST({site.args[0]} AS BIGINT)", "BIGINT", OF_NUMBERS
    counted = agg(site, "histogram", value, where=f"{value} IS NOT NULL")
    return site.use(
        function,
        f"coalesce(map_keys({counted}), CAST([] AS {kind}[]))",
        f"CAST(coalesce(map_values({counted}), []) AS BIGINT[])",
        str(depth), str(width), str(site.literal(3)),
    )  # fmt: skip
