"""Records of a reduce partition: an iterable that can also be had batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from rayspark.columnar.pairs import PairColumns
from rayspark.shuffle.blocks import Batch


class ShuffledRecords:
    """What a task reads from a shuffle.

    Iterating gives the records; ``batches`` gives them as they were encoded, which is what
    aggregations and sorts want.
    """

    __slots__ = ("batches",)

    def __init__(self, batches: Callable[[], Iterator[Batch]]) -> None:
        self.batches = batches

    def __iter__(self) -> Iterator[Any]:
        """The records, one by one."""
        return chain.from_iterable(
            batch.rows() if isinstance(batch, PairColumns) else batch for batch in self.batches()
        )
