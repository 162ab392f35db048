"""Pairs of numbers as two columns.

``(int, int)``, ``(int, float)`` ... are what joins, counts, sorts and graph programs shuffle. As
two numpy arrays they are placed, encoded and decoded at memory speed instead of object by object,
and they come out as exactly the tuples that went in: only values whose type is exactly ``int``
(within 64 bits) or ``float`` are taken, so a ``bool``, a numpy scalar or a big integer never
changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Numbers = np.ndarray[Any, np.dtype[Any]]
"""One-dimensional, int64 or float64."""


class PairColumns(NamedTuple):
    """A batch of pairs."""

    keys: Numbers
    values: Numbers

    def rows(self) -> Iterator[tuple[Any, Any]]:
        """The pairs as Python tuples; one tuple is reused while nobody keeps it."""
        return zip(self.keys.tolist(), self.values.tolist(), strict=True)

    def take(self, order: npt.NDArray[Any]) -> PairColumns:
        """The pairs at these positions."""
        return PairColumns(self.keys[order], self.values[order])


def numbers(values: Sequence[Any]) -> Numbers | None:
    """The values as an array if all are exactly ``int`` or all exactly ``float``."""
    kinds = set(map(type, values))
    if kinds == {int}:
        try:
            return np.array(values, dtype=np.int64)
        except OverflowError:
            return None
    return np.array(values, dtype=np.float64) if kinds == {float} else None


def columns(keys: Sequence[Any], values: Sequence[Any]) -> PairColumns | None:
    """Two columns, if both hold numbers."""
    key_column = numbers(keys)
    if key_column is None:
        return None
    value_column = numbers(values)
    return None if value_column is None else PairColumns(key_column, value_column)


def unzip(records: Sequence[Any]) -> PairColumns | None:
    """Records as columns, if they are pairs of numbers."""
    first = records[0]
    if type(first) is not tuple or len(first) != 2 or set(map(type, records)) != {tuple}:
        return None
    try:
        split = tuple(zip(*records, strict=True))
    except ValueError:  # tuples of different lengths
        return None
    return columns(*split) if len(split) == 2 else None


def concatenate(batches: Sequence[PairColumns]) -> PairColumns:
    """Several batches as one; columns of one kind only."""
    if len(batches) == 1:
        return batches[0]
    return PairColumns(
        np.concatenate([batch.keys for batch in batches]),
        np.concatenate([batch.values for batch in batches]),
    )


def same_kind(a: PairColumns, b: PairColumns) -> bool:
    """Whether the columns of two batches have the same types."""
    return a.keys.dtype == b.keys.dtype and a.values.dtype == b.values.dtype


def sort_order(keys: Numbers, *, reverse: bool) -> npt.NDArray[Any] | None:
    """Positions in the order of the keys; equal keys keep theirs, also in reverse.

    ``None`` when a key is NaN, which has no place in an order.
    """
    if keys.dtype.kind == "f" and np.isnan(keys).any():
        return None
    if not reverse:
        return np.argsort(keys, kind="stable")
    backwards: npt.NDArray[Any] = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")
    return backwards[::-1]
