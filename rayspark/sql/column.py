"""Column: an expression over the columns of a DataFrame, as users build it.

A column holds a Catalyst expression that may be unresolved (``F.col("a")``) or name one column of
one DataFrame for certain (``df.a``, ``df["a"]``). Columns never change: each operator makes a new
one, so they may be shared between threads and kept for later.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from rayspark.catalyst.expressions import (
    Alias,
    CaseWhen,
    Cast,
    CastMode,
    Expression,
    InSubquery,
    MultiAlias,
    SortOrder,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    WindowCall,
)
from rayspark.datatypes import DataType
from rayspark.datatypes.ddl import parse_single_type
from rayspark.errors import (
    IllegalArgumentException,
    PySparkAttributeError,
    PySparkTypeError,
    PySparkValueError,
    UnsupportedOperationException,
)
from rayspark.sql.column_text import text_of
from rayspark.sql.expected import expected
from rayspark.sql.literals import literal, plain
from rayspark.sql.marks import QueryMark, WindowMark

if TYPE_CHECKING:
    from rayspark.sql.window import WindowSpec

__all__ = ["Column"]

# mypy: disable-error-code="override"
# (comparing columns makes a column, as in PySpark, where `object` promises a bool)


def expression_of(value: Any) -> Expression:
    """The expression of a column; a constant for anything else."""
    return value._expr if isinstance(value, Column) else literal(value)


def call(name: str, *args: Any) -> Column:
    """A call of a function: columns as they are, other values as constants."""
    return Column(UnresolvedFunction(name, tuple(map(expression_of, args))))


class Column:
    """An expression over a DataFrame's columns.

    Made by ``df.name``, ``df["name"]``, the functions of :mod:`rayspark.sql.functions`, and by
    operators on columns. Python's ``and``, ``or`` and ``not`` cannot be used: write ``&``, ``|``
    and ``~``, with parentheses around comparisons.

    Examples
    --------
    >>> from rayspark.sql import functions as F
    >>> (F.col("a") + 1).alias("b")
    Column<'+(a, 1) AS b'>
    >>> (F.col("a") > 1) & F.col("s").isNotNull()
    Column<'and(>(a, 1), isNotNull(s))'>
    """

    _is_column = True
    __hash__ = None  # type: ignore[assignment]  # `==` makes a column: no key of a dictionary

    def __init__(self, expr: Expression, text: str | None = None) -> None:
        self._expr = expr
        self._text = text

    # -- arithmetic --------------------------------------------------------------------------

    def __neg__(self) -> Column:
        return call("negative", self)

    def __add__(self, other: Any) -> Column:
        return call("+", self, other)

    def __sub__(self, other: Any) -> Column:
        return call("-", self, other)

    def __mul__(self, other: Any) -> Column:
        return call("*", self, other)

    def __truediv__(self, other: Any) -> Column:
        return call("/", self, other)

    def __mod__(self, other: Any) -> Column:
        return call("%", self, other)

    def __pow__(self, other: Any) -> Column:
        return call("power", self, other)

    def __radd__(self, other: Any) -> Column:
        # As in PySpark: what commutes keeps the column on the left, also in the column's name.
        return call("+", self, other)

    def __rsub__(self, other: Any) -> Column:
        return call("-", other, self)

    def __rmul__(self, other: Any) -> Column:
        return call("*", self, other)

    def __rtruediv__(self, other: Any) -> Column:
        return call("/", other, self)

    def __rmod__(self, other: Any) -> Column:
        return call("%", other, self)

    def __rpow__(self, other: Any) -> Column:
        return call("power", other, self)

    # -- comparison and logic ----------------------------------------------------------------

    def __eq__(self, other: Any) -> Column:
        return call("=", self, other)

    def __ne__(self, other: Any) -> Column:
        return call("not", call("=", self, other))

    def __lt__(self, other: Any) -> Column:
        return call("<", self, other)

    def __le__(self, other: Any) -> Column:
        return call("<=", self, other)

    def __ge__(self, other: Any) -> Column:
        return call(">=", self, other)

    def __gt__(self, other: Any) -> Column:
        return call(">", self, other)

    def eqNullSafe(self, other: Any) -> Column:
        """Whether both are equal, or both null: never null itself (SQL's ``<=>``).

        >>> from rayspark.sql import functions as F
        >>> F.col("a").eqNullSafe(None)
        Column<'<=>(a, NULL)'>
        """
        return call("<=>", self, other)

    def __and__(self, other: Any) -> Column:
        return call("and", self, other)

    def __or__(self, other: Any) -> Column:
        return call("or", self, other)

    def __rand__(self, other: Any) -> Column:
        return call("and", self, other)

    def __ror__(self, other: Any) -> Column:
        return call("or", self, other)

    def __invert__(self) -> Column:
        return call("not", self)

    def bitwiseOR(self, other: Any) -> Column:
        """Bits of either."""
        return call("|", self, other)

    def bitwiseAND(self, other: Any) -> Column:
        """Bits of both."""
        return call("&", self, other)

    def bitwiseXOR(self, other: Any) -> Column:
        """Bits of exactly one."""
        return call("^", self, other)

    def isNull(self) -> Column:
        """Whether it is null."""
        return call("isnull", self)

    def isNotNull(self) -> Column:
        """Whether it is not null."""
        return call("isnotnull", self)

    def isNaN(self) -> Column:
        """Whether it is NaN."""
        return call("isnan", self)

    def isin(self, *cols: Any) -> Column:
        """Whether the value is one of those given.

        Parameters
        ----------
        *cols
            Values or columns; or one list or set of them; or a DataFrame of one column, whose
            values are meant.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("a").isin([1, 2])
        Column<'in(a, 1, 2)'>
        """
        if len(cols) == 1 and isinstance(cols[0], QueryMark):
            return Column(InSubquery(cols[0]._subquery_plan(), (), (self._expr,)))
        if len(cols) == 1 and isinstance(cols[0], list | set):
            cols = tuple(cols[0])
        return call("in", self, *cols)

    def between(self, lowerBound: Any, upperBound: Any) -> Column:
        """Whether the value lies between two bounds, both included."""
        return call("and", self >= lowerBound, self <= upperBound)

    # -- text --------------------------------------------------------------------------------

    def contains(self, other: Any) -> Column:
        """Whether the text (or binary value) holds another one."""
        return call("contains", self, other)

    def startswith(self, other: Any) -> Column:
        """Whether the text begins with another one. No pattern: see :meth:`rlike`."""
        return call("startswith", self, other)

    def endswith(self, other: Any) -> Column:
        """Whether the text ends with another one. No pattern: see :meth:`rlike`."""
        return call("endswith", self, other)

    def like(self, other: str) -> Column:
        """Whether the text matches an SQL pattern (``%``: anything, ``_``: any character)."""
        return call("like", self, _pattern(other))

    def ilike(self, other: str) -> Column:
        """As :meth:`like`, upper and lower case being the same."""
        return call("ilike", self, _pattern(other))

    def rlike(self, other: str) -> Column:
        """Whether a regular expression (Java's) matches some part of the text."""
        return call("rlike", self, _pattern(other))

    def substr(self, startPos: int | Column, length: int | Column) -> Column:
        """A part of the text, counted from 1.

        Parameters
        ----------
        startPos : int or Column
            Where it begins; negative: from the end.
        length : int or Column
            How long it is.

        Raises
        ------
        PySparkTypeError
            If one is a number and the other a column (``NOT_SAME_TYPE``).

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("name").substr(1, 3)
        Column<'substr(name, 1, 3)'>
        """
        start, size = plain(startPos), plain(length)
        if type(start) is not type(size):
            raise PySparkTypeError(
                errorClass="NOT_SAME_TYPE",
                messageParameters={
                    "arg_name1": "startPos",
                    "arg_name2": "length",
                    "arg_type1": type(start).__name__,
                    "arg_type2": type(size).__name__,
                },
            )
        if not isinstance(start, int | Column):
            raise expected("startPos", "Column or int", start)
        return call("substr", self, start, size)

    # -- parts -------------------------------------------------------------------------------

    def getItem(self, key: Any) -> Column:
        """The element of an array at an index from 0, or the value of a key of a map."""
        _warn_of_column(key, "key", "getItem")
        return self[key]

    def getField(self, name: Any) -> Column:
        """A field of a struct."""
        _warn_of_column(name, "name", "getField")
        return self[name]

    def __getitem__(self, k: Any) -> Column:
        if isinstance(k, slice):
            if k.step is not None:
                raise PySparkValueError(errorClass="SLICE_WITH_STEP", messageParameters={})
            return self.substr(k.start, k.stop)
        return Column(UnresolvedExtract(self._expr, expression_of(k)))

    def __getattr__(self, item: Any) -> Column:
        if item.startswith("__"):
            raise PySparkAttributeError(errorClass="CANNOT_ACCESS_TO_DUNDER", messageParameters={})
        return self[item]

    def withField(self, fieldName: str, col: Column) -> Column:
        """The struct with a field added, or replaced.

        Parameters
        ----------
        fieldName : str
            The field; with dots, a field inside a field.
        col : Column
            Its value.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("s").withField("x", F.lit(1))
        Column<'update_field(s, x, 1)'>
        """
        if not isinstance(fieldName, str):
            raise expected("fieldName", "str", fieldName)
        if not isinstance(col, Column):
            raise expected("col", "Column", col)
        return call("update_field", self, fieldName, col)

    def dropFields(self, *fieldNames: str) -> Column:
        """The struct without some fields.

        Parameters
        ----------
        *fieldNames : str
            The fields; with dots, fields inside fields.

        Raises
        ------
        UnsupportedOperationException
            If none is named.
        """
        if not fieldNames:
            raise UnsupportedOperationException("dropFields() needs the name of a field to drop.")
        found = self
        for name in fieldNames:
            found = call("drop_field", found, name)
        return found

    # -- names and types ---------------------------------------------------------------------

    def alias(self, *alias: str, **kwargs: Any) -> Column:
        """The column under another name.

        Parameters
        ----------
        *alias : str
            The name; several for a generator that makes several columns.
        metadata : dict
            Notes for the column (``StructField.metadata``); with one name only.

        Raises
        ------
        PySparkValueError
            If metadata is given for several names.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("a").alias("b", metadata={"max": 9})
        Column<'a AS b'>
        """
        metadata = kwargs.pop("metadata", None)
        assert not kwargs, f"Unexpected kwargs where passed: {kwargs}"
        for name in alias:
            if not isinstance(name, str):
                raise expected("alias", "str", name)
        if len(alias) == 1:
            return Column(Alias(self._expr, alias[0], metadata=metadata))
        if metadata is not None:
            raise PySparkValueError(
                errorClass="ONLY_ALLOWED_FOR_SINGLE_COLUMN",
                messageParameters={"arg_name": "metadata"},
            )
        return Column(MultiAlias(self._expr, alias))

    def name(self, *alias: str, **kwargs: Any) -> Column:
        """The same as :meth:`alias`."""
        return self.alias(*alias, **kwargs)

    def cast(self, dataType: DataType | str) -> Column:
        """The value as another type.

        With ``spark.sql.ansi.enabled`` (the default) a value that does not fit is an error when the
        query runs.

        Parameters
        ----------
        dataType : DataType or str
            The type, or its text: ``"decimal(10, 2)"``.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("a").cast("int")
        Column<'CAST(a AS INT)'>
        """
        return self._cast(dataType, CastMode.ANSI)

    def try_cast(self, dataType: DataType | str) -> Column:
        """As :meth:`cast`, with null for a value that does not fit."""
        return self._cast(dataType, CastMode.TRY)

    def astype(self, dataType: DataType | str) -> Column:
        """The same as :meth:`cast`."""
        return self.cast(dataType)

    def _cast(self, dataType: DataType | str, mode: CastMode) -> Column:
        if not isinstance(dataType, DataType | str):
            raise expected("dataType", "DataType or str", dataType)
        type = parse_single_type(dataType) if isinstance(dataType, str) else dataType
        return Column(Cast(self._expr, type, mode))

    # -- order -------------------------------------------------------------------------------

    def asc(self) -> Column:
        """Upwards, nulls first."""
        return self._order(True, True)

    def asc_nulls_first(self) -> Column:
        """Upwards, nulls first."""
        return self._order(True, True)

    def asc_nulls_last(self) -> Column:
        """Upwards, nulls last."""
        return self._order(True, False)

    def desc(self) -> Column:
        """Downwards, nulls last."""
        return self._order(False, False)

    def desc_nulls_first(self) -> Column:
        """Downwards, nulls first."""
        return self._order(False, True)

    def desc_nulls_last(self) -> Column:
        """Downwards, nulls last."""
        return self._order(False, False)

    def _order(self, ascending: bool, nulls_first: bool) -> Column:
        return Column(SortOrder(self._expr, ascending, nulls_first))

    # -- conditions, windows, queries --------------------------------------------------------

    def when(self, condition: Column, value: Any) -> Column:
        """One more branch of a column that ``functions.when`` began.

        Parameters
        ----------
        condition : Column
            When the branch applies, those before it not doing so.
        value
            A column or a constant.

        Raises
        ------
        IllegalArgumentException
            On any other column, and after :meth:`otherwise`.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.when(F.col("a") > 9, "big").when(F.col("a") > 1, "small").otherwise("tiny")
        Column<'CASE WHEN >(a, 9) THEN 'big' WHEN >(a, 1) THEN 'small' ELSE 'tiny' END'>
        """
        if not isinstance(condition, Column):
            raise expected("condition", "Column", condition)
        case = self._expr
        if not isinstance(case, CaseWhen):
            raise IllegalArgumentException(
                "when() can only be applied on a Column previously generated by when() function"
            )
        if case.otherwise is not None:
            raise IllegalArgumentException("when() cannot be applied once otherwise() is applied")
        branch = (condition._expr, expression_of(value))
        return Column(CaseWhen((*case.branches, branch)))

    def otherwise(self, value: Any) -> Column:
        """The value where no branch of ``functions.when`` applies (null without this).

        Raises
        ------
        IllegalArgumentException
            On any other column, and the second time.
        """
        case = self._expr
        if not isinstance(case, CaseWhen):
            raise IllegalArgumentException(
                "otherwise() can only be applied on a Column previously generated by when()"
            )
        if case.otherwise is not None:
            raise IllegalArgumentException(
                "otherwise() can only be applied once on a Column previously generated by when()"
            )
        return Column(CaseWhen(case.branches, expression_of(value)))

    def over(self, window: WindowSpec) -> Column:
        """The function computed over the rows around each row.

        Parameters
        ----------
        window : WindowSpec
            Which rows: see :class:`rayspark.sql.Window`.

        Examples
        --------
        >>> from rayspark.sql import Window
        >>> from rayspark.sql import functions as F
        >>> F.max("a").over(Window.partitionBy("b"))
        Column<'max(a) OVER (PARTITION BY b)'>
        """
        if not isinstance(window, WindowMark):
            raise expected("window", "WindowSpec", window)
        return Column(WindowCall(self._expr, window._spec))

    def transform(self, f: Callable[[Column], Column]) -> Column:
        """``f(column)``: for chains of one's own functions."""
        return f(self)

    def outer(self) -> Column:
        """In a query used inside another one: a column of the query around it.

        Examples
        --------
        >>> from rayspark.sql import functions as F
        >>> F.col("a") == F.col("a").outer()
        Column<'=(a, lazy(a))'>
        """

        def mark(e: Expression) -> Expression:
            return e.copy(outer=True) if isinstance(e, UnresolvedAttribute) else e

        return Column(self._expr.transform_up(mark))

    # -- what Python would do with it --------------------------------------------------------

    def __contains__(self, item: Any) -> NoReturn:
        raise PySparkValueError(errorClass="CANNOT_APPLY_IN_FOR_COLUMN", messageParameters={})

    def __iter__(self) -> NoReturn:
        raise PySparkTypeError(
            errorClass="NOT_ITERABLE", messageParameters={"objectName": "Column"}
        )

    def __bool__(self) -> NoReturn:
        raise PySparkValueError(
            errorClass="CANNOT_CONVERT_COLUMN_INTO_BOOL",
            messageParameters={"column": self._shown()},
        )

    def __repr__(self) -> str:
        return f"Column<'{self._shown()}'>"

    def _shown(self) -> str:
        return text_of(self._expr) if self._text is None else self._text

    def __reduce__(self) -> tuple[type[Column], tuple[Expression, str | None]]:
        return Column, (self._expr, self._text)


def _pattern(other: Any) -> str:
    if isinstance(other, Column):
        raise PySparkTypeError(
            errorClass="NOT_ITERABLE", messageParameters={"objectName": "Column"}
        )
    return plain(other)  # type: ignore[no-any-return]


def _warn_of_column(key: Any, argument: str, method: str) -> None:
    if isinstance(key, Column):
        warnings.warn(
            f"A column as '{argument}' of {method} is deprecated: write `column[{argument}]`.",
            FutureWarning,
            stacklevel=3,
        )
