"""Missing values: drop, fill and replace."""

from __future__ import annotations

import warnings
from functools import reduce
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    CaseWhen,
    Cast,
    Expression,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.logical import Filter, Project
from rayspark.datatypes import (
    BooleanType,
    DataType,
    DoubleType,
    FloatType,
    NumericType,
    StringType,
)
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.sql.dataframe._core import FrameCore
from rayspark.sql.expected import expected
from rayspark.sql.literals import literal
from rayspark.sql.novalue import NO_VALUE

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame


class MissingMethods(FrameCore):
    """Methods about nulls and NaN."""

    def dropna(
        self,
        how: Any = "any",
        thresh: int | None = None,
        subset: str | tuple[str, ...] | list[str] | None = None,
    ) -> DataFrame:
        """The rows without nulls (and NaN).

        Parameters
        ----------
        how : str
            ``any`` (default): drop a row if one value is missing; ``all``: if all are.
        thresh : int, optional
            Keep rows with at least so many values; ``how`` does not count then.
        subset : str or list of str, optional
            The columns to look at; all by default.

        Examples
        --------
        >>> df = spark.createDataFrame([(1, None), (2, "b")], "a int, b string")
        >>> df.dropna().collect()
        [Row(a=2, b='b')]
        """
        if how is not None and how not in ("any", "all"):
            raise PySparkValueError(
                errorClass="VALUE_NOT_ALLOWED",
                messageParameters={"arg_name": "how", "allowed_values": "['any', 'all']"},
            )
        if subset is not None and not isinstance(subset, str | list | tuple):
            raise expected("subset", "list, str or tuple", subset)
        columns = self._named_columns(subset)
        needed = thresh if thresh is not None else (len(columns) if how == "any" else 1)
        if not columns:
            return self._derive(self._plan)
        present: list[Expression] = [CaseWhen(((_is_there(c), lit(1)),), lit(0)) for c in columns]
        total: Expression = reduce(lambda a, b: UnresolvedFunction("+", (a, b)), present)
        return self._derive(Filter(UnresolvedFunction(">=", (total, lit(needed))), self._plan))

    def fillna(
        self,
        value: Any,
        subset: str | tuple[str, ...] | list[str] | None = None,
    ) -> DataFrame:
        """Values in place of nulls (and NaN), in columns of the value's type.

        Parameters
        ----------
        value : int, float, str, bool or dict
            The value; or a dictionary from column names to values.
        subset : str or list of str, optional
            The columns; all by default. Columns of another type are left alone.

        Examples
        --------
        >>> df = spark.createDataFrame([(1, None), (None, "b")], "a int, b string")
        >>> df.fillna({"a": 0, "b": "?"}).collect()
        [Row(a=1, b='?'), Row(a=0, b='b')]
        """
        if not isinstance(value, float | int | str | bool | dict):
            raise expected("value", "bool, dict, float, int or str", value)
        if isinstance(value, dict):
            fills = {self._attribute(name).id: v for name, v in value.items()}
        else:
            if subset is not None and not isinstance(subset, str | list | tuple):
                raise expected("subset", "list or tuple", subset)
            fills = {c.id: value for c in self._named_columns(subset) if _is_for(value, c.type)}
        columns = [_filled(a, fills[a.id]) if a.id in fills else a for a in self._plan.output]
        return self._derive(Project(tuple(columns), self._plan))

    def replace(
        self,
        to_replace: Any,
        value: Any = NO_VALUE,
        subset: str | tuple[str, ...] | list[str] | None = None,
    ) -> DataFrame:
        """Other values in place of some.

        Parameters
        ----------
        to_replace : bool, int, float, str, list, tuple or dict
            What to look for; a dictionary says for each what to put there.
        value : bool, int, float, str, list, tuple or None
            What to put there: one for all, or one for each.
        subset : str or list of str, optional
            The columns; all by default. Columns of another type are left alone.

        Examples
        --------
        >>> df = spark.createDataFrame([(1, "a"), (2, "b")], "n int, s string")
        >>> df.replace({1: 10}).replace("b", "z").collect()
        [Row(n=10, s='a'), Row(n=2, s='z')]
        """
        pairs = _replacements(to_replace, value)
        if not (subset is None or isinstance(subset, list | tuple | str)):
            raise expected("subset", "list, str or tuple", subset)
        if not pairs:
            return self._derive(self._plan)
        kind = _kind_of(next(iter(pairs)))
        chosen = {c.id for c in self._named_columns(subset) if isinstance(c.type, kind)}
        columns = [_replaced(a, pairs) if a.id in chosen else a for a in self._plan.output]
        return self._derive(Project(tuple(columns), self._plan))

    def _named_columns(self, subset: Any) -> list[Attribute]:
        if subset is None:
            return list(self._plan.output)
        names = [subset] if isinstance(subset, str) else subset
        return [self._attribute(name) for name in names]

    def _attribute(self, name: str) -> Attribute:
        found = self._column(name)._expr
        assert isinstance(found, Attribute), f"{name} is no column of the DataFrame itself"
        return found


class DataFrameNaFunctions:
    """Missing values: ``df.na``."""

    def __init__(self, df: DataFrame) -> None:
        self.df = df

    def drop(
        self,
        how: str = "any",
        thresh: int | None = None,
        subset: str | tuple[str, ...] | list[str] | None = None,
    ) -> DataFrame:
        """See :meth:`DataFrame.dropna`."""
        return self.df.dropna(how=how, thresh=thresh, subset=subset)

    def fill(self, value: Any, subset: list[str] | None = None) -> DataFrame:
        """See :meth:`DataFrame.fillna`."""
        return self.df.fillna(value=value, subset=subset)

    def replace(
        self, to_replace: Any, value: Any = NO_VALUE, subset: list[str] | None = None
    ) -> DataFrame:
        """See :meth:`DataFrame.replace`."""
        return self.df.replace(to_replace, value, subset)


def _is_there(column: Attribute) -> Expression:
    there = UnresolvedFunction("isnotnull", (column,))
    if not isinstance(column.type, FloatType | DoubleType):
        return there
    nan = UnresolvedFunction("isnan", (column,))
    return UnresolvedFunction("and", (there, UnresolvedFunction("not", (nan,))))


def _filled(column: Attribute, value: Any) -> Alias:
    fill = Cast(literal(value), column.type)
    kept: Expression = column
    if isinstance(column.type, FloatType | DoubleType):
        kept = UnresolvedFunction("nanvl", (column, Cast(lit(None), column.type)))
    return Alias(UnresolvedFunction("coalesce", (kept, fill)), column.name)


def _is_for(value: Any, dt: DataType) -> bool:
    if isinstance(value, bool):
        return isinstance(dt, BooleanType)
    if isinstance(value, str):
        return isinstance(dt, StringType)
    return isinstance(dt, NumericType)


def _kind_of(value: Any) -> type[DataType]:
    if isinstance(value, bool):
        return BooleanType
    return StringType if isinstance(value, str) else NumericType


def _replaced(column: Attribute, pairs: dict[Any, Any]) -> Alias:
    branches = tuple(
        (
            UnresolvedFunction("=", (column, Cast(literal(old), column.type))),
            Cast(literal(new), column.type),
        )
        for old, new in pairs.items()
    )
    return Alias(CaseWhen(branches, column), column.name)


def _replacements(to_replace: Any, value: Any) -> dict[Any, Any]:
    """What to put for what; the arguments are checked."""
    plain = (bool, float, int, str, list, tuple)
    if value is NO_VALUE:
        if not isinstance(to_replace, dict):
            raise PySparkTypeError(
                errorClass="ARGUMENT_REQUIRED",
                messageParameters={"arg_name": "value", "condition": "`to_replace` is dict"},
            )
        value = None
    if not isinstance(to_replace, (*plain, dict)):
        raise expected("to_replace", "bool, dict, float, int, str or tuple", to_replace)
    if not isinstance(value, plain) and value is not None and not isinstance(to_replace, dict):
        raise expected("value", "bool, float, int, list, None, str or tuple", value)
    if isinstance(to_replace, dict):
        if value is not None:
            warnings.warn(
                "to_replace is a dict and value is not None. value will be ignored.", stacklevel=3
            )
        pairs = to_replace
    else:
        olds = list(to_replace) if isinstance(to_replace, list | tuple) else [to_replace]
        news = list(value) if isinstance(value, list | tuple) else [value] * len(olds)
        if len(olds) != len(news):
            raise PySparkValueError(
                errorClass="LENGTH_SHOULD_BE_THE_SAME",
                messageParameters={
                    "arg1": "to_replace",
                    "arg2": "value",
                    "arg1_length": str(len(olds)),
                    "arg2_length": str(len(news)),
                },
            )
        pairs = dict(zip(olds, news, strict=True))
    present = [v for v in pairs.values() if v is not None]
    kinds: list[Any] = [bool, str, (float, int)]
    if not any(all(isinstance(v, kind) for v in (*pairs, *present)) for kind in kinds):
        raise PySparkValueError(errorClass="MIXED_TYPE_REPLACEMENT", messageParameters={})
    return pairs
