"""The job that the tests disturb: a shuffle whose tasks take a moment and note where they ran."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ray_rig import Ledger

MAPS, REDUCES = 12, 6
KEYS, RECORDS = 600, 1200
EXPECTED = {key: 2 * key + KEYS for key in range(KEYS)}
PADDING = 6000
"""Bytes that each record carries, so that blocks are larger than what Ray keeps with their owner
(100 KB) and lie in the store of their node."""
MAP_SECONDS, REDUCE_SECONDS = 0.15, 0.1
"""Longer than the scheduler's batches of short tasks: one task at a time on each core."""


def padded(sc: Any, ledger: Ledger, what: str, maps: int = MAPS) -> Any:
    """Numbers with padding, in 12 partitions that take a moment to make."""
    source = sc.range(RECORDS, numSlices=maps)
    noted = source.mapPartitionsWithIndex(ledger.noter(what, MAP_SECONDS))
    return noted.map(lambda x: (x, bytes([x % 251]) * PADDING))


def sums(sc: Any, ledger: Ledger, reduce_seconds: float = REDUCE_SECONDS, maps: int = MAPS) -> Any:
    """Sums by key: a map stage of 12 tasks (``map`` in the ledger), then 6 (``reduce``)."""

    def add_up(values: Any) -> int:
        assert all(len(padding) == PADDING and padding[0] == x % 251 for x, padding in values)
        return sum(x for x, _ in values)

    pairs = padded(sc, ledger, "map", maps).map(lambda record: (record[0] % KEYS, record))
    grouped = pairs.groupByKey(REDUCES).mapValues(add_up)
    return grouped.mapPartitionsWithIndex(ledger.noter("reduce", reduce_seconds), True)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What it returns and how long it took."""
    began = time.monotonic()
    return work(), time.monotonic() - began


def undisturbed(sc: Any, directory: Path, **more: Any) -> float:
    """Seconds that the job takes without a fault, warm; uses stages 0 to 3."""
    for number in range(2):
        ledger = Ledger(directory / f"undisturbed-{number}")
        found, seconds = timed(sums(sc, ledger, **more).collect)
        assert dict(found) == EXPECTED
        assert ledger.again("map") == ledger.again("reduce") == {}
    return seconds
