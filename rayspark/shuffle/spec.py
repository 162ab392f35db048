"""All a shuffle is, besides its identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rayspark.records import dataclass
from rayspark.shuffle.partitioner import Partitioner


@dataclass(frozen=True, slots=True)
class Aggregator:
    """How values of one key become one: Spark's ``combineByKey`` triple.

    ``create`` is ``None`` where the first value is already the combiner (``reduceByKey``), so that
    the hot loop is spared a call per key.
    """

    create: Callable[[Any], Any] | None
    merge_value: Callable[[Any, Any], Any]
    merge_combiners: Callable[[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class ShuffleSpec:
    """Redistribution of ``(key, value)`` records.

    ``aggregator`` with ``map_side_combine``: map tasks send combiners. ``keyed`` is False where
    whole records are moved by a partition number computed from their position (``repartition``).
    """

    partitioner: Partitioner
    aggregator: Aggregator | None = None
    map_side_combine: bool = False
    keyed: bool = True
