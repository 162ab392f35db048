"""MERGE INTO as a chain of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from rayspark.records import dataclass
from rayspark.sql.expected import refused

if TYPE_CHECKING:
    from rayspark.sql.column import Column
    from rayspark.sql.dataframe import DataFrame

__all__ = ["MergeIntoWriter"]

_REASON = (
    "tables are directories of Parquet files, whose rows cannot be changed one by one; read the "
    "table, join, and write it with mode('overwrite')."
)


class MergeIntoWriter:
    """Not available: says so when it is made."""

    @dataclass(init=False)
    class WhenMatched:
        """What to do with rows that match."""

    @dataclass(init=False)
    class WhenNotMatched:
        """What to do with rows of the source that do not match."""

    @dataclass(init=False)
    class WhenNotMatchedBySource:
        """What to do with rows of the table that do not match."""

    def __init__(self, df: DataFrame, table: str, condition: Column) -> None:
        raise refused("MERGE INTO", _REASON)

    def whenMatched(self, condition: Column | None = None) -> NoReturn:
        """Not available."""
        raise refused("MERGE INTO", _REASON)

    def whenNotMatched(self, condition: Column | None = None) -> NoReturn:
        """Not available."""
        raise refused("MERGE INTO", _REASON)

    def whenNotMatchedBySource(self, condition: Column | None = None) -> NoReturn:
        """Not available."""
        raise refused("MERGE INTO", _REASON)

    def withSchemaEvolution(self) -> NoReturn:
        """Not available."""
        raise refused("MERGE INTO", _REASON)

    def merge(self) -> NoReturn:
        """Not available."""
        raise refused("MERGE INTO", _REASON)
