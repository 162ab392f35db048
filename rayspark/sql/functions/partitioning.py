"""How a table written by ``DataFrameWriterV2`` is divided: ``partitionedBy(years("day"))``.

Such transforms mean something only there.
"""

from __future__ import annotations

from rayspark.catalyst.expressions import UnresolvedFunction
from rayspark.sql.arguments import column_or_name
from rayspark.sql.column import Column
from rayspark.sql.expected import expected
from rayspark.sql.literals import literal

__all__ = ["years", "months", "days", "hours", "bucket"]


def years(col: str | Column) -> Column:
    """A partition for each year of a date or timestamp."""
    return Column(UnresolvedFunction("years", (column_or_name(col),)))


def months(col: str | Column) -> Column:
    """A partition for each month of a date or timestamp."""
    return Column(UnresolvedFunction("months", (column_or_name(col),)))


def days(col: str | Column) -> Column:
    """A partition for each day of a date or timestamp."""
    return Column(UnresolvedFunction("days", (column_or_name(col),)))


def hours(col: str | Column) -> Column:
    """A partition for each hour of a timestamp."""
    return Column(UnresolvedFunction("hours", (column_or_name(col),)))


def bucket(numBuckets: Column | int, col: str | Column) -> Column:
    """A number of partitions, chosen by the hash of a value."""
    if not isinstance(numBuckets, int | Column):
        raise expected("numBuckets", "Column or int", numBuckets)
    count = literal(numBuckets) if isinstance(numBuckets, int) else numBuckets._expr
    return Column(UnresolvedFunction("bucket", (count, column_or_name(col))))
