"""Functions that are more than a call with columns. The others are made from their signatures."""

from __future__ import annotations

import functools
import random
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import CaseWhen, UnresolvedFunction
from rayspark.catalyst.parser import parse_expression
from rayspark.datatypes import DataType, StringType, StructType
from rayspark.errors import PySparkValueError
from rayspark.sql.arguments import column_or_name, columns_or_names
from rayspark.sql.column import Column, call, expression_of
from rayspark.sql.expected import expected
from rayspark.sql.functions import partitioning
from rayspark.sql.literals import attribute, literal, no_column_in, plain
from rayspark.sql.marks import session_zone
from rayspark.sql.udf import create_udf
from rayspark.sql.udtf import UserDefinedTableFunction, create_udtf

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

ColumnOrName = Column | str

# -- columns and constants -------------------------------------------------------------------------


def col(col: str) -> Column:
    """A column by its name, of whatever DataFrame it is used with.

    ``a.b`` is the column ``b`` of table ``a``, or the field ``b`` of column ``a``; in backquotes a
    dot is a dot. ``*`` means all columns.
    """
    if not isinstance(col, str):
        raise expected("col", "str", col)
    return Column(attribute(col))


def lit(col: Any) -> Column:
    """A constant: text, number, date, list (an array), numpy value...; a column stays as it is."""
    if isinstance(col, Column):
        return col
    if isinstance(col, list):
        no_column_in(col)
    return Column(literal(col))


def expr(str: Any) -> Column:
    """A column written in SQL."""
    if isinstance(str, Column):
        raise expected("str", "str", str)
    return Column(parse_expression(str, zone=session_zone()), str)


def when(condition: Column, value: Any) -> Column:
    """The value where the condition is true; more branches with ``Column.when`` and
    ``Column.otherwise``; null where none applies.
    """
    if not isinstance(condition, Column):
        raise expected("condition", "Column", condition)
    return Column(CaseWhen(((condition._expr, expression_of(value)),)))


# -- order -----------------------------------------------------------------------------------------


def asc(col: ColumnOrName) -> Column:
    """Upwards, nulls first."""
    return Column(column_or_name(col)).asc()


def asc_nulls_first(col: ColumnOrName) -> Column:
    """Upwards, nulls first."""
    return Column(column_or_name(col)).asc_nulls_first()


def asc_nulls_last(col: ColumnOrName) -> Column:
    """Upwards, nulls last."""
    return Column(column_or_name(col)).asc_nulls_last()


def desc(col: ColumnOrName) -> Column:
    """Downwards, nulls last."""
    return Column(column_or_name(col)).desc()


def desc_nulls_first(col: ColumnOrName) -> Column:
    """Downwards, nulls first."""
    return Column(column_or_name(col)).desc_nulls_first()


def desc_nulls_last(col: ColumnOrName) -> Column:
    """Downwards, nulls last."""
    return Column(column_or_name(col)).desc_nulls_last()


# -- aggregates of distinct values -----------------------------------------------------------------


def _distinct(name: str, *args: Any) -> Column:
    return Column(UnresolvedFunction(name, args, distinct=True))


def count_distinct(col: ColumnOrName, *cols: ColumnOrName) -> Column:
    """How many different values there are, or combinations of values of several columns."""
    return _distinct("count", column_or_name(col), *map(column_or_name, cols))


def countDistinct(col: ColumnOrName, *cols: ColumnOrName) -> Column:
    """The same as :func:`count_distinct`."""
    return count_distinct(col, *cols)


def sum_distinct(col: ColumnOrName) -> Column:
    """The sum of the different values."""
    return _distinct("sum", column_or_name(col))


def sumDistinct(col: ColumnOrName) -> Column:
    """The old name of :func:`sum_distinct`."""
    warnings.warn("Deprecated in 3.2, use sum_distinct instead.", FutureWarning, stacklevel=3)
    return sum_distinct(col)


def listagg_distinct(col: ColumnOrName, delimiter: Column | str | bytes | None = None) -> Column:
    """The different values as one text."""
    more = () if delimiter is None else (expression_of(delimiter),)
    return _distinct("listagg", column_or_name(col), *more)


def string_agg_distinct(col: ColumnOrName, delimiter: Column | str | bytes | None = None) -> Column:
    """The different values as one text."""
    more = () if delimiter is None else (expression_of(delimiter),)
    return _distinct("string_agg", column_or_name(col), *more)


# -- calls with conditions of their own ------------------------------------------------------------


def log(arg1: ColumnOrName | float, arg2: ColumnOrName | None = None) -> Column:
    """The logarithm: the natural one of a column, or to a base (first argument) of the second."""
    if arg2 is None:
        return Column(UnresolvedFunction("ln", (column_or_name(arg1, "arg1"),)))
    base = column_or_name(arg1) if isinstance(arg1, str | Column) else literal(float(plain(arg1)))
    return Column(UnresolvedFunction("log", (base, column_or_name(arg2, "arg2"))))


def sha2(col: ColumnOrName, numBits: int) -> Column:
    """The SHA-2 hash of the value in hexadecimal digits.

    Parameters
    ----------
    col : Column or str
        A binary value or text.
    numBits : int
        224, 256, 384 or 512; 0 means 256.
    """
    if numBits not in (0, 224, 256, 384, 512):
        raise PySparkValueError(
            errorClass="VALUE_NOT_ALLOWED",
            messageParameters={
                "arg_name": "numBits",
                "allowed_values": "[0, 224, 256, 384, 512]",
            },
        )
    return Column(UnresolvedFunction("sha2", (column_or_name(col), literal(numBits))))


def json_tuple(col: ColumnOrName, *fields: str) -> Column:
    """Some fields of a JSON object as columns of text."""
    if not fields:
        raise PySparkValueError(errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "field"})
    return call("json_tuple", Column(column_or_name(col)), *fields)


def unix_timestamp(
    timestamp: ColumnOrName | None = None, format: str = "yyyy-MM-dd HH:mm:ss"
) -> Column:
    """Seconds since 1970 of a time, or of text in a format; of now without an argument."""
    if timestamp is None:
        return call("unix_timestamp", call("current_timestamp"))
    return call("unix_timestamp", Column(column_or_name(timestamp)), format)


def window(
    timeColumn: ColumnOrName,
    windowDuration: str,
    slideDuration: str | None = None,
    startTime: str | None = None,
) -> Column:
    """The window of time that a moment falls in: a struct of ``start`` and ``end``.

    Parameters
    ----------
    timeColumn : Column or str
        A timestamp.
    windowDuration : str
        How long windows are: ``"1 day"``.
    slideDuration : str, optional
        How far apart they begin; without it, one ends where the next begins.
    startTime : str, optional
        How much later than 1970-01-01 00:00 UTC one begins.
    """
    for name, value in (("windowDuration", windowDuration), ("slideDuration", slideDuration),
                        ("startTime", startTime)):  # fmt: skip
        if not (value is None and name != "windowDuration") and not isinstance(plain(value), str):
            raise expected(name, "str", value)
    slide = plain(slideDuration) or plain(windowDuration)
    parts = (plain(windowDuration), slide, plain(startTime) or "0 second")
    return call("window", Column(column_or_name(timeColumn, "timeColumn")), *parts)


def session_window(timeColumn: ColumnOrName, gapDuration: Column | str) -> Column:
    """The session that a moment belongs to: one ends when nothing happens for a while."""
    if not isinstance(plain(gapDuration), str | Column):
        raise expected("gapDuration", "Column or str", gapDuration)
    return call("session_window", Column(column_or_name(timeColumn, "timeColumn")), gapDuration)


def call_function(funcName: str, *cols: ColumnOrName) -> Column:
    """A function by its name: SQL's, or a registered one."""
    return Column(UnresolvedFunction(funcName, columns_or_names(cols)))


def call_udf(udfName: str, *cols: ColumnOrName) -> Column:
    """A registered function by its name."""
    return call_function(udfName, *cols)


def broadcast(df: DataFrame) -> DataFrame:
    """The DataFrame, marked as small enough to be sent to every executor in a join."""
    return df.hint("broadcast")


# -- partitions of tables --------------------------------------------------------------------------


def _moved(name: str) -> None:
    text = f"Deprecated in 4.0.0, use partitioning.{name} instead."
    warnings.warn(text, FutureWarning, stacklevel=4)


def years(col: ColumnOrName) -> Column:
    """See :func:`rayspark.sql.functions.partitioning.years`."""
    _moved("years")
    return partitioning.years(col)


def months(col: ColumnOrName) -> Column:
    """See :func:`rayspark.sql.functions.partitioning.months`."""
    _moved("months")
    return partitioning.months(col)


def days(col: ColumnOrName) -> Column:
    """See :func:`rayspark.sql.functions.partitioning.days`."""
    _moved("days")
    return partitioning.days(col)


def hours(col: ColumnOrName) -> Column:
    """See :func:`rayspark.sql.functions.partitioning.hours`."""
    _moved("hours")
    return partitioning.hours(col)


def bucket(numBuckets: Column | int, col: ColumnOrName) -> Column:
    """See :func:`rayspark.sql.functions.partitioning.bucket`."""
    _moved("bucket")
    return partitioning.bucket(numBuckets, col)


def count_min_sketch(
    col: ColumnOrName,
    eps: Column | float,
    confidence: Column | float,
    seed: Column | int | None = None,
) -> Column:
    """How often each value of a column occurs, as a count-min sketch in Spark's own format.

    Parameters
    ----------
    col : Column or str
        Whole numbers, texts or bytes.
    eps : float
        Part of all values by which an estimate may be too large.
    confidence : float
        How sure that is, below 1.
    seed : int, optional
        Of the hashes; by default any.
    """
    chosen = random.randint(0, (1 << 31) - 1) if seed is None else seed
    constants = tuple(lit(value)._expr for value in (eps, confidence, chosen))
    return Column(UnresolvedFunction("count_min_sketch", (column_or_name(col), *constants)))


# -- functions of users ----------------------------------------------------------------------------


def udf(
    f: Callable[..., Any] | DataType | str | None = None,
    returnType: DataType | str = StringType(),  # noqa: B008  PySpark's signature
    *,
    useArrow: bool | None = None,
) -> Any:
    """A Python function as a function of columns, called once a row.

    Parameters
    ----------
    f : callable, optional
        The function; without it, a decorator is returned. In its place may stand the type.
    returnType : DataType or str
        What it returns, text by default.
    useArrow : bool, optional
        Convert what it returns as Arrow does, so that a value of a wrong type is an error; without,
        it is null. By default as ``spark.sql.execution.pythonUDF.arrow.enabled`` says.
    """
    if f is None or isinstance(f, str | DataType):
        return functools.partial(create_udf, returnType=f or returnType, useArrow=useArrow)
    return create_udf(f, returnType=returnType, useArrow=useArrow)


def udtf(
    cls: type[Any] | None = None,
    *,
    returnType: StructType | str | None = None,
    useArrow: bool | None = None,  # noqa: ARG001  rows come in Arrow batches anyway
) -> UserDefinedTableFunction | Callable[..., UserDefinedTableFunction]:
    """A class with a method ``eval`` that yields rows, as a table function.

    Parameters
    ----------
    cls : class, optional
        The class; without it, a decorator is returned.
    returnType : StructType or str, optional
        The columns; not needed when the class has a static method ``analyze``.
    useArrow : bool, optional
        Exchange batches in Arrow form; rows do so here anyway.
    """
    if cls is None:
        return functools.partial(create_udtf, returnType=returnType)
    return create_udtf(cls, returnType=returnType)


def arrow_udtf(
    cls: type[Any] | None = None, *, returnType: StructType | str | None = None
) -> UserDefinedTableFunction | Callable[..., UserDefinedTableFunction]:
    """As :func:`udtf`, with Arrow batches in and out."""
    if cls is None:
        return functools.partial(create_udtf, returnType=returnType, arrow=True)
    return create_udtf(cls, returnType=returnType, arrow=True)
