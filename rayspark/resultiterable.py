"""What groupByKey gives for each key."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class ResultIterable(Generic[T_co]):
    """The values of one key: can be iterated again and again, has a length, can be pickled.

    Parameters
    ----------
    data : sized iterable
        The values.

    Examples
    --------
    >>> from rayspark.resultiterable import ResultIterable
    >>> values = ResultIterable([3, 1])
    >>> len(values), sorted(values), list(values)
    (2, [1, 3], [3, 1])
    """

    def __init__(self, data: Collection[T_co]) -> None:
        self.data = data
        self.index = 0
        self.maxindex = len(data)

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)
