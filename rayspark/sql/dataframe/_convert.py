"""DataFrames as something else: Arrow, pandas, an RDD, JSON, a view, a place to write to."""

from __future__ import annotations

import functools
import warnings
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.catalyst.canonical import canonical
from rayspark.catalyst.expressions import Alias, UnresolvedFunction
from rayspark.catalyst.logical import Project
from rayspark.catalyst.parser import parse_table_name
from rayspark.errors import AnalysisException, ParseException, PySparkTypeError
from rayspark.execution.bridge import rows_node
from rayspark.rdd import RDD
from rayspark.sql.dataframe._core import FrameCore
from rayspark.sql.expected import refused
from rayspark.sql.merge import MergeIntoWriter
from rayspark.sql.pandas.conversion import table_to_pandas
from rayspark.sql.readwriter import DataFrameWriter, DataFrameWriterV2
from rayspark.sql.table_arg import TableArg

if TYPE_CHECKING:
    from rayspark.sql.column import Column
    from rayspark.sql.dataframe import DataFrame


class ConvertMethods(FrameCore):
    """Methods that lead out of the DataFrame."""

    def toArrow(self) -> pa.Table:
        """All rows as a ``pyarrow.Table``.

        >>> spark.range(2).toArrow().column("id").to_pylist()
        [0, 1]
        """
        return _in_zone(self._query.to_arrow(), "UTC")

    def toPandas(self) -> Any:
        """All rows as a ``pandas.DataFrame`` (pandas must be installed).

        Raises
        ------
        PySparkImportError
            If it is not.
        """
        return table_to_pandas(self._query.to_arrow(), self.schema, self._state.conf)

    def toJSON(self, use_unicode: bool = True) -> RDD[str]:
        """The rows as an RDD of JSON objects; fields that are null are left out."""
        whole = UnresolvedFunction("struct", tuple(self._plan.output))
        text = Alias(UnresolvedFunction("to_json", (whole,)), "value")
        return self._derive(Project((text,), self._plan)).rdd.map(_only)

    @functools.cached_property
    def _rdd(self) -> RDD[Any]:
        node = rows_node(self._query.node(), self.schema, self._plan.output)
        return RDD(node, self._session.sparkContext)

    @property
    def rdd(self) -> RDD[Any]:
        """The rows as an RDD of :class:`Row`.

        >>> spark.range(2).rdd.map(lambda row: row.id + 1).collect()
        [1, 2]
        """
        return self._rdd

    def pandas_api(self, index_col: str | list[str] | None = None) -> Any:
        """Not available: the pandas API on Spark. Use :meth:`toPandas` or :meth:`mapInPandas`."""
        raise refused("pandas_api", "use toPandas, mapInPandas or applyInPandas.")

    @property
    def plot(self) -> Any:
        """Not available: draw what :meth:`toPandas` gives."""
        raise refused("plot", "use df.toPandas().plot.")

    def asTable(self) -> TableArg:
        """The rows as the argument of a table function."""
        return TableArg(self._subquery_plan())

    @property
    def sql_ctx(self) -> Any:
        """Not available: the old SQLContext of the DataFrame. Use ``sparkSession``."""
        raise refused("sql_ctx", "use df.sparkSession.")

    # -- views -------------------------------------------------------------------------------

    def createTempView(self, name: str) -> None:
        """Give the DataFrame a name in SQL, in this session.

        Raises
        ------
        AnalysisException
            If there is a view of that name (``TEMP_TABLE_OR_VIEW_ALREADY_EXISTS``).
        """
        self._create_view(name)

    def createOrReplaceTempView(self, name: str) -> None:
        """The same; a view of that name is replaced.

        >>> spark.range(3).createOrReplaceTempView("numbers")
        >>> spark.sql("SELECT sum(id) AS total FROM numbers").collect()
        [Row(total=3)]
        """
        self._create_view(name, replace=True)

    def createGlobalTempView(self, name: str) -> None:
        """The same in all sessions of the application, as ``global_temp.name``."""
        self._create_view(name, of_all=True)

    def createOrReplaceGlobalTempView(self, name: str) -> None:
        """The same; a view of that name is replaced."""
        self._create_view(name, replace=True, of_all=True)

    def registerTempTable(self, name: str) -> None:
        """The old name of :meth:`createOrReplaceTempView`."""
        warnings.warn(
            "Deprecated in 2.0, use createOrReplaceTempView instead.", FutureWarning, stacklevel=2
        )
        self.createOrReplaceTempView(name)

    def _create_view(self, name: str, *, replace: bool = False, of_all: bool = False) -> None:
        try:
            parts = parse_table_name(name)
        except ParseException:
            raise AnalysisException(
                errorClass="_LEGACY_ERROR_TEMP_1321", messageParameters={"viewName": name}
            ) from None
        if len(parts) > 1:
            raise AnalysisException(
                errorClass="TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS",
                messageParameters={"actualName": name},
            )
        self._state.catalog.create_view(
            parts[0], self._plan, replace=replace, of_all_sessions=of_all
        )

    # -- writing -----------------------------------------------------------------------------

    @property
    def write(self) -> DataFrameWriter:
        """Writes the rows to files or a table."""
        return DataFrameWriter(self)  # type: ignore[arg-type]

    def writeTo(self, table: str) -> DataFrameWriterV2:
        """Writes the rows to a table."""
        return DataFrameWriterV2(self, table)  # type: ignore[arg-type]

    @property
    def writeStream(self) -> Any:
        """Not there: the DataFrame is no stream."""
        raise AnalysisException(errorClass="WRITE_STREAM_NOT_ALLOWED", messageParameters={})

    def mergeInto(self, table: str, condition: Column) -> MergeIntoWriter:
        """Not available: rows of a table cannot be changed one by one."""
        return MergeIntoWriter(self, table, condition)  # type: ignore[arg-type]

    # -- comparison --------------------------------------------------------------------------

    def sameSemantics(self, other: DataFrame) -> bool:
        """Whether both have the same plan, whatever their columns' ids."""
        if not isinstance(other, FrameCore):
            raise PySparkTypeError(
                errorClass="NOT_EXPECTED_TYPE",
                messageParameters={
                    "expected_type": "DataFrame",
                    "arg_name": "other",
                    "arg_type": type(other).__name__,
                },
            )
        return bool(canonical(self._query.optimized) == canonical(other._query.optimized))

    def semanticHash(self) -> int:
        """A number that is the same for DataFrames with the same plan."""
        return hash(canonical(self._query.optimized)) & 0x7FFFFFFF


def _only(row: Any) -> Any:
    return row[0]


def _in_zone(table: pa.Table, zone: str) -> pa.Table:
    """Timestamps marked with a zone: the same instants."""
    fields = [
        field.with_type(pa.timestamp("us", zone))
        if pa.types.is_timestamp(field.type) and field.type.tz is not None
        else field
        for field in table.schema
    ]
    schema = pa.schema(fields)
    return table if schema.equals(table.schema) else table.cast(schema)
