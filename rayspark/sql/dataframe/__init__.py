"""DataFrame: rows with named, typed columns, computed when an action asks for them.

A DataFrame holds a query. Transformations make another query over its analysed plan and analyse it
at once, so a mistake shows at the call that made it; actions run it. DataFrames never change and
may be used by several threads. The class is put together from parts, a concern a module:

    _columns     select, rename, add and drop columns
    _rows        filter, sort, limit, sample, divide
    _joins       joins and set operations
    _groups      groups, unpivot
    _missing     nulls: drop, fill, replace
    _statistics  describe, quantiles, correlation
    _actions     collect, count, show...
    _convert     Arrow, pandas, RDD, views, writing
    _keeping     cache and checkpoint
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.datatypes import LongType, StructField, StructType
from rayspark.sql.column import Column
from rayspark.sql.dataframe._actions import ActionMethods
from rayspark.sql.dataframe._columns import ColumnMethods
from rayspark.sql.dataframe._convert import ConvertMethods
from rayspark.sql.dataframe._groups import GroupMethods
from rayspark.sql.dataframe._joins import JoinMethods
from rayspark.sql.dataframe._keeping import KeepingMethods
from rayspark.sql.dataframe._missing import DataFrameNaFunctions, MissingMethods
from rayspark.sql.dataframe._rows import RowMethods
from rayspark.sql.dataframe._statistics import DataFrameStatFunctions, StatisticsMethods
from rayspark.sql.expected import expected
from rayspark.sql.pandas.map_ops import PandasMapOpsMixin

if TYPE_CHECKING:
    from rayspark.sql.session import SparkSession

__all__ = ["DataFrame", "DataFrameNaFunctions", "DataFrameStatFunctions"]


class DataFrame(
    ConvertMethods,
    KeepingMethods,
    ColumnMethods,
    RowMethods,
    JoinMethods,
    GroupMethods,
    MissingMethods,
    StatisticsMethods,
    PandasMapOpsMixin,
    ActionMethods,
):
    """Rows with named, typed columns.

    Made by a session (``spark.read``, ``spark.sql``, ``spark.createDataFrame``...) and by methods
    of other DataFrames.

    Examples
    --------
    >>> people = spark.createDataFrame([("Alice", 2), ("Bob", 5)], ["name", "age"])
    >>> people.filter(people.age > 3).select("name").collect()
    [Row(name='Bob')]
    """

    @property
    def sparkSession(self) -> SparkSession:
        """The session that it belongs to."""
        return self._session

    @property
    def na(self) -> DataFrameNaFunctions:
        """Methods about missing values."""
        return DataFrameNaFunctions(self)

    @property
    def stat(self) -> DataFrameStatFunctions:
        """Methods about statistics."""
        return DataFrameStatFunctions(self)

    def zipWithIndex(self, indexColName: str = "index") -> DataFrame:
        """The rows with their number, from 0.

        Parameters
        ----------
        indexColName : str
            The name of the new column, which is the last.
        """
        numbered = self.rdd.zipWithIndex().map(_with_number)
        schema = StructType([*self.schema.fields, StructField(indexColName, LongType(), False)])
        return self._session.createDataFrame(numbered, schema)

    def __getitem__(self, item: Any) -> Any:
        """``df["a"]``, ``df[0]``: a column; ``df[["a", "b"]]``: these columns; ``df[condition]``:
        the rows for which it is true.
        """
        if isinstance(item, str):
            return self._column(item)
        if isinstance(item, Column):
            return self.filter(item)
        if isinstance(item, list | tuple):
            return self.select(*item)
        if isinstance(item, int):
            return self._by_position(item)
        raise expected("item", "Column, float, integer, list or string", item)


def _with_number(pair: Any) -> tuple[Any, ...]:
    row, number = pair
    return (*row, number)
