"""DataFrameWriterV2: ``df.writeTo("table")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import (
    Attribute,
    Literal,
    UnresolvedAttribute,
    UnresolvedFunction,
)
from rayspark.catalyst.logical.command import BucketSpec, CreateTable, Insert
from rayspark.catalyst.parser import parse_table_name
from rayspark.sql.column import Column
from rayspark.sql.expected import expected, refused
from rayspark.sql.reader import OptionUtils
from rayspark.sql.utils import to_str

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame


class DataFrameWriterV2(OptionUtils):
    """Writes a DataFrame to a table. Methods that set something give the writer back."""

    def __init__(self, df: DataFrame, table: str) -> None:
        self._df = df
        self._spark = df.sparkSession
        self._table = parse_table_name(table)
        self._given = {}
        self._properties: dict[str, str] = {}
        self._provider: str | None = None
        self._partitions: tuple[str, ...] = ()
        self._buckets: BucketSpec | None = None

    def using(self, provider: str) -> DataFrameWriterV2:
        """Say in which format a new table's files are."""
        self._provider = provider
        return self

    def option(self, key: str, value: Any) -> DataFrameWriterV2:
        """Set an option of the format."""
        self._set(key, to_str(value) or "")
        return self

    def options(self, **options: Any) -> DataFrameWriterV2:
        """Set several options of the format."""
        for key, value in options.items():
            self.option(key, value)
        return self

    def tableProperty(self, property: str, value: str) -> DataFrameWriterV2:
        """Set a property of a new table."""
        self._properties[property] = value
        return self

    def partitionedBy(self, col: Any, *cols: Any) -> DataFrameWriterV2:
        """Have a directory for each value of these columns of a new table; and files of buckets,
        for ``partitioning.bucket(4, "id")``.
        """
        names, buckets = [], None
        for one in (col, *cols):
            match one._expr if isinstance(one, Column) else None:
                case None if isinstance(one, str):
                    names.append(one)
                case UnresolvedAttribute(parts=(name,)) | Attribute(name=name):
                    names.append(name)
                case UnresolvedFunction(
                    name="bucket", args=(Literal(value=count), UnresolvedAttribute(parts=(name,)))
                ) if buckets is None:
                    buckets = BucketSpec(count, (name,))
                case None:
                    raise expected("col", "Column", one)
                case _:
                    raise refused(
                        f"partitionedBy({one!r})",
                        "tables are divided by columns; add a column with the value first.",
                    )
        self._partitions, self._buckets = tuple(names), buckets
        return self

    def clusterBy(self, col: str, *cols: str) -> DataFrameWriterV2:
        """Not available: use :meth:`partitionedBy`."""
        raise refused("clusterBy", "use partitionedBy.")

    def create(self) -> None:
        """Make the table and write the rows. It must not exist."""
        self._create(replace=False)

    def replace(self) -> None:
        """Make the table anew and write the rows. It must exist."""
        self._spark._state.catalog.table(self._table)
        self._create(replace=True)

    def createOrReplace(self) -> None:
        """Make the table, anew if it exists, and write the rows."""
        self._create(replace=True)

    def _create(self, *, replace: bool) -> None:
        self._spark._run(
            CreateTable(
                self._table,
                None,
                self._df._plan,
                provider=self._provider,
                partition_by=self._partitions,
                options=tuple(self._given.items()),
                properties=tuple(self._properties.items()),
                replace=replace,
                buckets=self._buckets,
            )
        )

    def append(self) -> None:
        """Add the rows, columns by name."""
        self._spark._run(Insert(self._table, self._df._plan, by_name=True))

    def overwrite(self, condition: Column) -> None:
        """Not available for a condition: use :meth:`overwritePartitions`."""
        raise refused("overwrite(condition)", "use overwritePartitions, or write the whole table.")

    def overwritePartitions(self) -> None:
        """Replace those partitions that the rows have; the whole table if it has none."""
        conf = self._spark._state.conf
        key = "spark.sql.sources.partitionOverwriteMode"
        before = conf.get(key)
        conf.set(key, "dynamic")
        try:
            self._spark._run(Insert(self._table, self._df._plan, True, by_name=True))
        finally:
            conf.set(key, before or "static")
