"""Statistics of columns: describe, summary, quantiles, correlation, frequencies."""

from __future__ import annotations

import random
import re
import sys
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    Literal,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.logical import Aggregate, Filter, LocalRelation, Project
from rayspark.datatypes import (
    ArrayType,
    DecimalType,
    DoubleType,
    NumericType,
    StringType,
    StructField,
    StructType,
)
from rayspark.errors import (
    IllegalArgumentException,
    PySparkTypeError,
    PySparkValueError,
)
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore
from rayspark.sql.expected import expected
from rayspark.sql.literals import literal

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

SUMMARY = ("count", "mean", "stddev", "min", "25%", "50%", "75%", "max")
DESCRIBE = ("count", "mean", "stddev", "min", "max")
_PERCENTILE = re.compile(r"(\d+(?:\.\d+)?)%")


class StatisticsMethods(FrameCore):
    """Methods that say something about columns."""

    def describe(self, *cols: str | list[str]) -> DataFrame:
        """Count, mean, standard deviation, smallest and greatest value of columns, as text.

        Parameters
        ----------
        *cols : str or list
            The columns; all numeric and text columns by default.

        Examples
        --------
        >>> spark.createDataFrame([(1,), (3,)], ["a"]).describe().collect()[1]
        Row(summary='mean', a='2.0')
        """
        names: Any = cols[0] if len(cols) == 1 and isinstance(cols[0], list) else cols
        chosen = [self._column(n)._expr for n in names] or list(self._plan.output)
        return self._summarized(DESCRIBE, chosen)

    def summary(self, *statistics: Any) -> DataFrame:
        """Statistics of all numeric and text columns, as text.

        Parameters
        ----------
        *statistics : str
            ``count``, ``mean``, ``stddev``, ``min``, ``max``, ``count_distinct``,
            ``approx_count_distinct``, percentiles such as ``25%``; by default count, mean, stddev,
            min, quartiles and max.

        Raises
        ------
        IllegalArgumentException
            For another one (``UNRECOGNIZED_STATISTIC``).
        """
        given: Any = statistics
        if len(statistics) == 1 and isinstance(statistics[0], list):
            given = statistics[0]
        return self._summarized(tuple(given) or SUMMARY, list(self._plan.output))

    def _summarized(self, statistics: tuple[str, ...], chosen: list[Any]) -> DataFrame:
        columns = [c for c in chosen if isinstance(c.dtype, NumericType | StringType)]
        wanted = [
            Alias(Cast(_statistic(s, c), StringType()), f"{i}_{j}")
            for i, s in enumerate(statistics)
            for j, c in enumerate(columns)
        ]
        found = self._first(Aggregate((), tuple(wanted), self._plan)) if wanted else []
        width = len(columns)
        rows = [(s, *found[i * width : (i + 1) * width]) for i, s in enumerate(statistics)]
        names = ["summary", *(_name_of(c) for c in columns)]
        return self._local(rows, names)

    def _local(self, rows: list[tuple[Any, ...]], names: list[str]) -> DataFrame:
        """A DataFrame of text, already computed."""
        attributes = tuple(Attribute(name, StringType()) for name in names)
        columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(len(names))]
        table = pa.Table.from_arrays(columns, schema=pa.schema([(n, pa.string()) for n in names]))
        return self._derive(LocalRelation(attributes, table))

    def _first(self, plan: Any) -> list[Any]:
        (row,) = self._derive(plan).collect()
        return list(row)

    # -- two columns -------------------------------------------------------------------------

    def corr(self, col1: str, col2: str, method: str | None = None) -> float:
        """Pearson's correlation of two numeric columns; a null counts as 0.

        Raises
        ------
        PySparkValueError
            For another method than ``pearson``.
        """
        _names(col1=col1, col2=col2)
        if method and method != "pearson":
            raise PySparkValueError(
                errorClass="VALUE_NOT_ALLOWED",
                messageParameters={"arg_name": "method", "allowed_values": "['pearson']"},
            )
        found = self._of_two("corr", "correlation", col1, col2)
        return float("nan") if found is None else float(found)

    def cov(self, col1: str, col2: str) -> float:
        """The sample covariance of two numeric columns; a null counts as 0."""
        _names(col1=col1, col2=col2)
        found = self._of_two("covar_samp", "covariance", col1, col2)
        return float("nan") if found is None else float(found)

    def _of_two(self, function: str, what: str, *names: str) -> Any:
        columns = [self._column(name)._expr for name in names]
        for column in columns:
            if not isinstance(column.dtype, NumericType):
                raise IllegalArgumentException(
                    f"requirement failed: Currently {what} calculation for columns with dataType "
                    f"{column.dtype.simpleString()} not supported."
                )
        args = tuple(
            UnresolvedFunction("coalesce", (Cast(c, DoubleType()), lit(0.0))) for c in columns
        )
        found = Alias(UnresolvedFunction(function, args), "found")
        return self._first(Aggregate((), (found,), self._plan))[0]

    def crosstab(self, col1: str, col2: str) -> DataFrame:
        """How often each pair of values of two columns occurs: a row and a column for each value.

        >>> df = spark.createDataFrame([("x", 1), ("x", 2), ("y", 1)], ["a", "b"])
        >>> df.crosstab("a", "b").orderBy("a_b").collect()
        [Row(a_b='x', 1=1, 2=1), Row(a_b='y', 1=1, 2=0)]
        """
        _names(col1=col1, col2=col2)
        keys = [Column(_text_or_null(self._column(name)._expr)) for name in (col1, col2)]
        left, right = (k.alias(n) for k, n in zip(keys, (f"{col1}_{col2}", "_2"), strict=True))
        pairs = self._derive(Project((left._expr, right._expr), self._plan))
        return pairs.groupBy(f"`{col1}_{col2}`").pivot("_2").count().fillna(0)

    # -- one column --------------------------------------------------------------------------

    def approxQuantile(
        self,
        col: str | list[str] | tuple[str, ...],
        probabilities: list[float] | tuple[float, ...],
        relativeError: float,
    ) -> Any:
        """Values below which given parts of the others lie. Nulls and NaN do not count.

        Parameters
        ----------
        col : str or list of str
            Numeric columns.
        probabilities : list of float
            The parts, from 0 (the smallest value) to 1 (the greatest).
        relativeError : float
            How wrong they may be; 0: not at all.

        Returns
        -------
        list of float, or a list of those for several columns
        """
        if not isinstance(col, str | list | tuple):
            raise expected("col", "list, str or tuple", col)
        names = [col] if isinstance(col, str) else list(col)
        for name in names:
            if not isinstance(name, str):
                raise PySparkTypeError(
                    errorClass="DISALLOWED_TYPE_FOR_CONTAINER",
                    messageParameters={
                        "arg_name": "col",
                        "arg_type": type(col).__name__,
                        "allowed_types": "str",
                        "item_type": type(name).__name__,
                    },
                )
        _check_quantiles(probabilities, relativeError)
        found = [self._quantiles(name, list(probabilities), float(relativeError)) for name in names]
        return found[0] if isinstance(col, str) else found

    def _quantiles(self, name: str, probabilities: list[float], error: float) -> list[float]:
        column = self._column(name)._expr
        if not isinstance(column.dtype, NumericType):
            raise IllegalArgumentException(
                f"requirement failed: Quantile calculation for column {name} with data type "
                f"{type(column.dtype).__name__} is not supported."
            )
        number = Cast(column, DoubleType())
        usable = Filter(UnresolvedFunction("not", (UnresolvedFunction("isnan", (number,)),)),
                        self._plan)  # fmt: skip
        accuracy = 2147483647 if error == 0 else max(1, min(2147483647, round(1 / error)))
        wanted = UnresolvedFunction("array", tuple(literal(float(p)) for p in probabilities))
        call = UnresolvedFunction("percentile_approx", (number, wanted, lit(accuracy)))
        found = self._first(Aggregate((), (Alias(call, "found"),), usable))[0]
        return [] if found is None else list(found)

    def freqItems(
        self, cols: list[str] | tuple[str, ...], support: float | None = None
    ) -> DataFrame:
        """Values that occur often, for each column an array; it may hold others too.

        Parameters
        ----------
        cols : list of str
            The columns.
        support : float, optional
            In which part of the rows a value must occur to be there for certain (default 0.01).
        """
        if not isinstance(cols, list | tuple):
            raise expected("cols", "list or tuple", cols)
        share = support or 0.01
        if not 1e-4 <= share <= 1:
            raise IllegalArgumentException(
                f"requirement failed: Support must be in [1e-4, 1], but got {share}."
            )
        total, fields = self._derive(self._plan).count(), []
        items: list[list[Any]] = []
        for name in cols:
            column = self._column(name)._expr
            values = self._derive(Project((Alias(column, "v"),), self._plan))
            counted = values.groupBy("v").count().collect()
            if len(counted) > 1 / share:
                counted = [row for row in counted if row[1] >= share * total]
            items.append([row[0] for row in counted])
            fields.append(StructField(f"{name}_freqItems", ArrayType(column.dtype, True), True))
        return self._session.createDataFrame([tuple(items)], StructType(fields))

    def sampleBy(
        self, col: str | Column, fractions: dict[Any, float], seed: int | None = None
    ) -> DataFrame:
        """Some rows by chance, with a chance of its own for each value of a column.

        Parameters
        ----------
        col : str or Column
            The column.
        fractions : dict
            From values to chances; rows with other values are left out.
        seed : int, optional
            The same seed gives the same rows.
        """
        if not isinstance(col, str | Column):
            raise expected("col", "Column or str", col)
        if not isinstance(fractions, dict):
            raise expected("fractions", "dict", fractions)
        for key in fractions:
            if not isinstance(key, float | int | str):
                raise PySparkTypeError(
                    errorClass="DISALLOWED_TYPE_FOR_CONTAINER",
                    messageParameters={
                        "arg_name": "fractions",
                        "arg_type": type(fractions).__name__,
                        "allowed_types": "float, int, str",
                        "item_type": type(key).__name__,
                    },
                )
        for key, chance in fractions.items():
            if not 0 <= chance <= 1:
                raise IllegalArgumentException(
                    f"requirement failed: Fractions must be in [0, 1], but got {key} -> {chance}."
                )
        drawn = random.randint(0, sys.maxsize) if seed is None else int(seed)
        key = Column(self._expression(col))
        draw = Column(UnresolvedFunction("rand", (Literal(drawn, lit(1 << 40).type),)))
        chosen = lit_column(False)
        for value, chance in fractions.items():
            chosen = chosen | ((key == value) & (draw < float(chance)))
        return self._derive(Filter(chosen._expr, self._plan))


class DataFrameStatFunctions:
    """Statistics: ``df.stat``."""

    def __init__(self, df: DataFrame) -> None:
        self.df = df

    def approxQuantile(
        self,
        col: str | list[str] | tuple[str, ...],
        probabilities: list[float] | tuple[float, ...],
        relativeError: float,
    ) -> Any:
        """See :meth:`DataFrame.approxQuantile`."""
        return self.df.approxQuantile(col, probabilities, relativeError)

    def corr(self, col1: str, col2: str, method: str | None = None) -> float:
        """See :meth:`DataFrame.corr`."""
        return self.df.corr(col1, col2, method)

    def cov(self, col1: str, col2: str) -> float:
        """See :meth:`DataFrame.cov`."""
        return self.df.cov(col1, col2)

    def crosstab(self, col1: str, col2: str) -> DataFrame:
        """See :meth:`DataFrame.crosstab`."""
        return self.df.crosstab(col1, col2)

    def freqItems(
        self, cols: list[str] | tuple[str, ...], support: float | None = None
    ) -> DataFrame:
        """See :meth:`DataFrame.freqItems`."""
        return self.df.freqItems(cols, support)

    def sampleBy(self, col: str, fractions: dict[Any, float], seed: int | None = None) -> DataFrame:
        """See :meth:`DataFrame.sampleBy`."""
        return self.df.sampleBy(col, fractions, seed)


def lit_column(value: Any) -> Column:
    """A constant as a column."""
    return Column(literal(value))


def _text_or_null(e: Expression) -> Expression:
    return UnresolvedFunction("coalesce", (Cast(e, StringType()), lit("null")))


def _name_of(e: Any) -> str:
    return e.name if isinstance(e, Attribute) else e.sql()


def _statistic(name: str, column: Any) -> Expression:
    """A statistic of a column; null where text has none."""
    numeric = isinstance(column.dtype, NumericType)
    percentile = _PERCENTILE.fullmatch(name)
    if percentile and 0 <= float(percentile[1]) <= 100:
        if not numeric:
            return lit(None)
        share = literal(float(percentile[1]) / 100)
        if isinstance(column.dtype, DecimalType):  # Spark shows it without its type's scale
            column = Cast(column, DoubleType())
        return UnresolvedFunction("percentile_approx", (column, share, lit(10000)))
    match name.lower():
        case "count" | "min" | "max" | "approx_count_distinct" as known:
            return UnresolvedFunction(known, (column,))
        case "count_distinct":
            return UnresolvedFunction("count", (column,), distinct=True)
        case "mean" | "stddev" as known:
            return UnresolvedFunction(known, (column,)) if numeric else lit(None)
    raise IllegalArgumentException(
        errorClass="UNRECOGNIZED_STATISTIC", messageParameters={"stats": f"'{name}'"}
    )


def _check_quantiles(probabilities: Any, error: Any) -> None:
    if not isinstance(probabilities, list | tuple):
        raise expected("probabilities", "list or tuple", probabilities)
    for p in probabilities:
        if not isinstance(p, float | int) or p < 0 or p > 1:
            raise expected("probabilities", "list[float, int]", p)
    if not isinstance(error, float | int):
        raise expected("relativeError", "float or int", error)
    if error < 0:
        raise PySparkValueError(
            errorClass="NEGATIVE_VALUE",
            messageParameters={"arg_name": "relativeError", "arg_value": str(error)},
        )


def _names(**names: Any) -> None:
    for argument, name in names.items():
        if not isinstance(name, str):
            raise expected(argument, "str", name)
