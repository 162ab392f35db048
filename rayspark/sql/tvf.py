"""Table functions as methods: ``spark.tvf.explode(F.array(F.lit(1), F.lit(2)))``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.logical import UnresolvedTableFunction
from rayspark.sql.column import Column, expression_of
from rayspark.sql.expected import refused

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession

__all__ = ["TableValuedFunction"]


class TableValuedFunction:
    """SQL's table functions: ``spark.tvf``."""

    def __init__(self, sparkSession: SparkSession) -> None:
        self._session = sparkSession

    def _call(self, name: str, *args: Any) -> DataFrame:
        plan = UnresolvedTableFunction(name, tuple(map(expression_of, args)))
        return self._session._frame(plan)

    def range(
        self, start: int, end: int | None = None, step: int = 1, numPartitions: int | None = None
    ) -> DataFrame:
        """See ``SparkSession.range``."""
        return self._session.range(start, end, step, numPartitions)

    def explode(self, collection: Column) -> DataFrame:
        """A row for each element of an array or pair of a map.

        >>> spark.tvf.explode(F.array(F.lit(1), F.lit(2))).collect()
        [Row(col=1), Row(col=2)]
        """
        return self._call("explode", collection)

    def explode_outer(self, collection: Column) -> DataFrame:
        """As :meth:`explode`; of an empty or missing collection a row of nulls."""
        return self._call("explode_outer", collection)

    def posexplode(self, collection: Column) -> DataFrame:
        """As :meth:`explode`, with the position of each."""
        return self._call("posexplode", collection)

    def posexplode_outer(self, collection: Column) -> DataFrame:
        """As :meth:`posexplode`; of an empty or missing collection a row of nulls."""
        return self._call("posexplode_outer", collection)

    def inline(self, input: Column) -> DataFrame:
        """A row for each struct of an array, its fields as columns."""
        return self._call("inline", input)

    def inline_outer(self, input: Column) -> DataFrame:
        """As :meth:`inline`; of an empty or missing array a row of nulls."""
        return self._call("inline_outer", input)

    def json_tuple(self, input: Column, *fields: Column) -> DataFrame:
        """Some fields of a JSON object as columns of text."""
        return self._call("json_tuple", input, *fields)

    def stack(self, n: Column, *fields: Column) -> DataFrame:
        """Values laid out in ``n`` rows."""
        return self._call("stack", n, *fields)

    def variant_explode(self, input: Column) -> DataFrame:
        """A row for each element of a variant: position, key and value."""
        return self._call("variant_explode", input)

    def variant_explode_outer(self, input: Column) -> DataFrame:
        """As :meth:`variant_explode`; of an empty or missing variant a row of nulls."""
        return self._call("variant_explode_outer", input)

    def collations(self) -> DataFrame:
        """Not available: text is compared by its bytes."""
        raise refused("collations", "text is compared by its bytes; there are no collations.")

    def sql_keywords(self) -> DataFrame:
        """Not available: see the documentation of Spark's SQL."""
        raise refused("sql_keywords", "see Spark's documentation for the list of key words.")

    def python_worker_logs(self) -> DataFrame:
        """Not available: see the executors' output."""
        raise refused("python_worker_logs", "what functions print goes to the executors' output.")
