"""Functions of groups: ``applyInPandas``, ``applyInArrow``, and of two DataFrames' groups."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Expression, PythonFunction
from rayspark.catalyst.logical import CoGroupPython, GroupPython
from rayspark.datatypes import StructType
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.sql.expected import refused
from rayspark.sql.pandas.map_ops import made_by, result_schema
from rayspark.sql.pandas.typehints import (
    infer_group_arrow_eval_type_from_func,
    infer_group_pandas_eval_type_from_func,
)
from rayspark.sql.udf import UserDefinedFunction

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.group import GroupedData

_ITERATES = {215, 216}
_STREAMS = "it keeps state between the batches of a stream, and there are no streams."


class PandasGroupedOpsMixin:
    """Part of the GroupedData face."""

    _df: DataFrame

    @property
    def _keys(self) -> tuple[Expression, ...]:
        raise NotImplementedError

    def applyInPandas(self, func: Callable[..., Any], schema: Any) -> DataFrame:
        """The rows that a function makes of each group.

        Parameters
        ----------
        func : callable
            Takes a group as a ``pandas.DataFrame``, or its key (a tuple) and the group, and gives a
            DataFrame. With type hints ``Iterator[pandas.DataFrame]`` it gets and gives a group in
            batches.
        schema : StructType or str
            The columns that it makes.

        Raises
        ------
        PySparkValueError
            If it takes another number of arguments (``INVALID_PANDAS_UDF``).
        """
        return self._apply("pandas", func, schema, infer_group_pandas_eval_type_from_func)

    def applyInArrow(self, func: Callable[..., Any], schema: StructType | str) -> DataFrame:
        """As :meth:`applyInPandas`, with ``pyarrow.Table``.

        >>> df = spark.createDataFrame([("a", 1), ("a", 2), ("b", 3)], "k string, v long")
        >>> first = df.groupBy("k").applyInArrow(lambda group: group.slice(0, 1), df.schema)
        >>> first.orderBy("k").select("k").collect()
        [Row(k='a'), Row(k='b')]
        """
        return self._apply("arrow", func, schema, infer_group_arrow_eval_type_from_func)

    def apply(self, udf: Any) -> DataFrame:
        """The old form of :meth:`applyInPandas`, with a ``pandas_udf`` of kind ``GROUPED_MAP``."""
        if not isinstance(udf, UserDefinedFunction) or udf.evalType != 201:
            raise PySparkTypeError(
                errorClass="INVALID_UDF_EVAL_TYPE",
                messageParameters={"eval_type": "SQL_GROUPED_MAP_PANDAS_UDF"},
            )
        warnings.warn("Use applyInPandas instead of apply.", UserWarning, stacklevel=2)
        return self.applyInPandas(udf.func, udf.returnType)

    def cogroup(self, other: GroupedData) -> PandasCogroupedOps:
        """The groups of two DataFrames with the same keys side by side."""
        return PandasCogroupedOps(self, other)  # type: ignore[arg-type]

    def applyInPandasWithState(
        self,
        func: Callable[..., Any],
        outputStructType: StructType | str,
        stateStructType: StructType | str,
        outputMode: str,
        timeoutConf: str,
    ) -> DataFrame:
        """Not available: use :meth:`applyInPandas`."""
        raise refused("applyInPandasWithState", _STREAMS)

    def transformWithState(
        self,
        statefulProcessor: Any,
        outputStructType: StructType | str,
        outputMode: str,
        timeMode: str,
        initialState: GroupedData | None = None,
        eventTimeColumnName: str = "",
    ) -> DataFrame:
        """Not available: use :meth:`applyInPandas`."""
        raise refused("transformWithState", _STREAMS)

    def transformWithStateInPandas(
        self,
        statefulProcessor: Any,
        outputStructType: StructType | str,
        outputMode: str,
        timeMode: str,
        initialState: GroupedData | None = None,
        eventTimeColumnName: str = "",
    ) -> DataFrame:
        """Not available: use :meth:`applyInPandas`."""
        raise refused("transformWithStateInPandas", _STREAMS)

    def _apply(
        self,
        kind: Choice["pandas", "arrow"],
        func: Callable[..., Any],
        schema: Any,
        infer: Callable[[Any], int | None],
    ) -> DataFrame:
        where = f"the function in groupby.applyIn{kind.capitalize()} must take either "
        _check_arguments(func, (1, 2), f"{where}one argument (data) or two arguments (key, data).")
        result = result_schema(schema)
        iterates = infer(func) in _ITERATES
        function = PythonFunction(func, result, _name(func), kind)
        how: Choice["pandas", "arrow", "pandas_iter", "arrow_iter"] = kind
        if iterates:
            how = "pandas_iter" if kind == "pandas" else "arrow_iter"
        plan = GroupPython(self._keys, function, how, made_by(result), self._df._plan)
        return self._df._derive(plan)


class PandasCogroupedOps:
    """Groups of two DataFrames. Made by ``GroupedData.cogroup``."""

    def __init__(self, gd1: GroupedData, gd2: GroupedData) -> None:
        self._left, self._right = gd1, gd2

    def applyInPandas(self, func: Callable[..., Any], schema: StructType | str) -> DataFrame:
        """The rows that a function makes of the two groups of each key.

        Parameters
        ----------
        func : callable
            Takes two ``pandas.DataFrame``, or the key and both, and gives one. A group that only
            one side has is empty on the other.
        schema : StructType or str
            The columns that it makes.
        """
        return self._apply("pandas", func, schema)

    def applyInArrow(self, func: Callable[..., Any], schema: StructType | str) -> DataFrame:
        """As :meth:`applyInPandas`, with ``pyarrow.Table``."""
        return self._apply("arrow", func, schema)

    def _apply(
        self, kind: Choice["pandas", "arrow"], func: Callable[..., Any], schema: Any
    ) -> DataFrame:
        _check_arguments(func, (2, 3), f"the function in cogroup.applyIn{kind.capitalize()} must "
                         "take either two arguments (left, right) or three arguments (key, left, "
                         "right).")  # fmt: skip
        result = result_schema(schema)
        function = PythonFunction(func, result, _name(func), kind)
        left, right = self._left, self._right
        plan = CoGroupPython(
            left._keys, right._keys, function, kind, made_by(result), left._df._plan,
            right._df._plan,
        )  # fmt: skip
        return left._df._derive(plan)


def _check_arguments(func: Callable[..., Any], allowed: tuple[int, int], detail: str) -> None:
    if len(inspect.getfullargspec(func).args) not in allowed:
        raise PySparkValueError(
            errorClass="INVALID_PANDAS_UDF", messageParameters={"detail": detail}
        )


def _name(func: Callable[..., Any]) -> str:
    return getattr(func, "__name__", type(func).__name__)
