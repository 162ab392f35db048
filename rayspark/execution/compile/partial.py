"""Which aggregate functions can be split for distributed aggregation, and how.

Partial values are made of the rows that are at hand, merged after the exchange, and the result is
made of the merged ones. A function that is not here has all rows of a group gathered first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rayspark.catalyst.expressions import AggregateCall, Attribute, Call, Cast, Expression
from rayspark.datatypes import DecimalType


@dataclass(frozen=True)
class Split:
    """The three steps of one aggregate call."""

    partials: tuple[AggregateCall, ...]
    """Over input rows."""
    merge: Callable[[Sequence[Attribute]], tuple[AggregateCall, ...]]
    """Over the partial values' columns."""
    final: Callable[[Sequence[Expression]], Expression]
    """Over the merged values."""


def split(call: AggregateCall) -> Split | None:
    """How a call is split; ``None`` if it cannot be."""
    if call.distinct or call.order:
        return None
    merged_by = {"min": "min", "max": "max", "sum": "sum", "count": "sum"}.get(call.name)
    if merged_by is None:
        return None

    def merge(attributes: Sequence[Attribute]) -> tuple[AggregateCall, ...]:
        return tuple(
            AggregateCall(Call(merged_by, (a,), type=call.dtype)) for a in attributes
        )

    def final(merged: Sequence[Expression]) -> Expression:
        value = merged[0]
        if call.name == "count":
            from rayspark.catalyst.expressions import lit

            return Call("coalesce", (value, Cast(lit(0), call.dtype)))
        return value

    return Split((call,), merge, final)


__all__ = ["DecimalType", "Split", "split"]
