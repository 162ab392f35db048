"""Rows in groups: ``df.groupBy("a")``, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import (
    Alias,
    Expression,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedStar,
    lit,
)
from rayspark.catalyst.logical import Aggregate, GroupingSets, LogicalPlan, Pivot
from rayspark.datatypes import NumericType
from rayspark.errors import AnalysisException, UnsupportedOperationException
from rayspark.records import dataclass
from rayspark.sql.column import Column
from rayspark.sql.column_text import text_of
from rayspark.sql.dataframe._core import named, short_schema
from rayspark.sql.literals import attribute, literal
from rayspark.sql.names import split_name
from rayspark.sql.pandas.group_ops import PandasGroupedOpsMixin

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

__all__ = ["GroupedData"]

Kind = Choice["GroupBy", "Rollup", "Cube", "GroupingSets", "Pivot"]

_SHORT_NAMES = {"average": "avg", "mean": "avg", "std": "stddev", "size": "count"}
COUNT_ALL = UnresolvedFunction("count", (lit(1),))


@dataclass(frozen=True, eq=False)
class Grouping:
    """What the groups are made by."""

    keys: tuple[Expression, ...]
    kind: Kind = "GroupBy"
    sets: tuple[tuple[int, ...], ...] = ()
    """Of rollup, cube and grouping sets: positions of keys."""
    pivot: Expression | None = None
    values: tuple[Expression, ...] = ()


def dfapi(f: Callable[..., DataFrame]) -> Callable[..., DataFrame]:
    """Part of PySpark's machinery under this name: the function itself."""
    return f


def df_varargs_api(f: Callable[..., DataFrame]) -> Callable[..., DataFrame]:
    """Part of PySpark's machinery under this name: the function itself."""
    return f


class GroupedData(PandasGroupedOpsMixin):
    """The groups of a DataFrame's rows. Made by ``DataFrame.groupBy``, ``rollup``, ``cube``."""

    def __init__(self, jgd: Grouping, df: DataFrame) -> None:
        self._grouping = jgd
        self._df = df
        self.session = df.sparkSession

    def agg(self, *exprs: Any) -> DataFrame:
        """Aggregates of each group: a row a group.

        Parameters
        ----------
        *exprs : Column, or one dict
            Aggregates, or a dictionary from column names (or ``"*"``) to names of functions.

        Examples
        --------
        >>> df = spark.createDataFrame([("a", 1), ("a", 2), ("b", 5)], ["k", "v"])
        >>> df.groupBy("k").agg({"v": "sum"}).orderBy("k").collect()
        [Row(k='a', sum(v)=3), Row(k='b', sum(v)=5)]
        """
        assert exprs, "exprs should not be empty"
        if len(exprs) == 1 and isinstance(exprs[0], dict):
            # As in PySpark: the columns come in the order of a Java map.
            return self._aggregate([_by_name(c, exprs[0][c]) for c in java_order(exprs[0])])
        assert all(isinstance(c, Column) for c in exprs), "all exprs should be Column"
        return self._aggregate([c._expr for c in exprs])

    def count(self) -> DataFrame:
        """How many rows each group has."""
        return self._aggregate([Alias(COUNT_ALL, "count")])

    def sum(self, *cols: str) -> DataFrame:
        """The sums of numeric columns, or of all of them."""
        return self._numeric("sum", cols)

    def avg(self, *cols: str) -> DataFrame:
        """The averages of numeric columns, or of all of them."""
        return self._numeric("avg", cols)

    def mean(self, *cols: str) -> DataFrame:
        """The same as :meth:`avg`."""
        return self._numeric("avg", cols)

    def max(self, *cols: str) -> DataFrame:
        """The greatest values of numeric columns, or of all of them."""
        return self._numeric("max", cols)

    def min(self, *cols: str) -> DataFrame:
        """The smallest values of numeric columns, or of all of them."""
        return self._numeric("min", cols)

    def pivot(self, pivot_col: str | Column, values: list[Any] | None = None) -> GroupedData:
        """A column of the result for each value of a column.

        Parameters
        ----------
        pivot_col : str or Column
            The column.
        values : list, optional
            Its values; without them, a query finds out which there are.

        Raises
        ------
        UnsupportedOperationException
            For a second pivot (``REPEATED_CLAUSE``), and after rollup or cube.

        Examples
        --------
        >>> df = spark.createDataFrame([("a", 1, 10), ("a", 2, 20)], ["k", "year", "v"])
        >>> df.groupBy("k").pivot("year", [1, 2]).sum("v").collect()
        [Row(k='a', 1=10, 2=20)]
        """
        given = self._grouping
        if given.kind == "Pivot":
            raise UnsupportedOperationException(
                errorClass="REPEATED_CLAUSE",
                messageParameters={"clause": "PIVOT", "operation": "SUBQUERY"},
            )
        if given.kind != "GroupBy":
            raise UnsupportedOperationException(
                errorClass="UNSUPPORTED_GROUPING_EXPRESSION", messageParameters={}
            )
        pivot = attribute(pivot_col) if isinstance(pivot_col, str) else pivot_col._expr
        constants = tuple(v._expr if isinstance(v, Column) else literal(v) for v in (values or ()))
        return GroupedData(Grouping(given.keys, "Pivot", (), pivot, constants), self._df)

    def __repr__(self) -> str:
        keys = ", ".join(map(text_of, self._grouping.keys))
        return (
            f"GroupedData[grouping expressions: [{keys}], value: {short_schema(self._df)}, "
            f"type: {self._grouping.kind}]"
        )

    def _numeric(self, function: str, cols: tuple[Any, ...]) -> DataFrame:
        names = cols[0] if len(cols) == 1 and isinstance(cols[0], list) else cols
        schema = self._df.schema
        if not names:
            found = [Column(a) for a in self._df._plan.output if isinstance(a.type, NumericType)]
        else:
            found = [self._df[name] for name in names]
            for name, column in zip(names, found, strict=True):
                if column._expr.resolved and not isinstance(column._expr.dtype, NumericType):
                    raise AnalysisException(
                        f'"{name}" is not a numeric column. Aggregation function can only be '
                        f"applied on a numeric column. The columns are: {schema.simpleString()}",
                        errorClass="_LEGACY_ERROR_TEMP_1323",
                        messageParameters={"colName": name},
                    )
        return self._aggregate([UnresolvedFunction(function, (c._expr,)) for c in found])

    def _aggregate(self, aggregates: list[Expression]) -> DataFrame:
        return self._df._derive(self._aggregate_plan(aggregates))

    def _aggregate_plan(self, aggregates: list[Expression]) -> LogicalPlan:
        grouping, child = self._grouping, self._df._plan
        if grouping.pivot is not None:
            calls = tuple(aggregates)
            return Pivot(grouping.keys, grouping.pivot, grouping.values, calls, child)
        wanted = named(aggregates)
        keeps_keys = self._df._state.conf.get("spark.sql.retainGroupColumns") != "false"
        columns = (*(named(grouping.keys) if keeps_keys else ()), *wanted)
        if grouping.kind == "GroupBy":
            keys = tuple(e.child if isinstance(e, Alias) else e for e in grouping.keys)
            return Aggregate(keys, columns, child)
        return GroupingSets(grouping.sets, grouping.keys, columns, child)

    @property
    def _keys(self) -> tuple[Expression, ...]:
        return self._grouping.keys


def java_order(keys: Iterable[str]) -> list[str]:
    """Keys in the order in which a Java ``HashMap`` gives them."""
    given = list(keys)
    size = 16
    while len(given) > size * 3 // 4:
        size *= 2
    return sorted(given, key=lambda key: _java_hash(key) & (size - 1))


def _java_hash(text: str) -> int:
    found = 0
    for unit in memoryview(text.encode("utf-16-le")).cast("H"):
        found = (31 * found + unit) & 0xFFFFFFFF
    return found ^ (found >> 16)


def _by_name(column: str, function: str) -> Expression:
    name = _SHORT_NAMES.get(function.lower(), function.lower())
    if column == "*" and name == "count":
        return COUNT_ALL
    inner = UnresolvedStar() if column == "*" else UnresolvedAttribute(split_name(column))
    return UnresolvedFunction(name, (inner,))
