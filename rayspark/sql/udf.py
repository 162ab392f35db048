"""User functions written in Python, as functions of columns: ``udf`` and the register of names."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import PythonFunction, PythonUDF
from rayspark.catalyst.expressions.python import EvalKind
from rayspark.config.entries.sql import PYTHON_UDF_ARROW
from rayspark.datatypes import DataType, StringType, parse_ddl
from rayspark.errors import PySparkTypeError
from rayspark.sql.arguments import column_or_name
from rayspark.sql.column import Column
from rayspark.sql.expected import expected, refused
from rayspark.sql.marks import session_setting
from rayspark.sql.pandas.typehints import infer_eval_type_for_udf

if TYPE_CHECKING:
    from rayspark.sql.session import SparkSession

__all__ = ["UDFRegistration", "UserDefinedFunction"]

KINDS: dict[int, EvalKind] = {
    100: "row",
    101: "arrow_row",
    200: "pandas",
    202: "pandas_agg",
    204: "pandas_iter",
    217: "pandas_agg_iter",
    250: "arrow",
    251: "arrow_iter",
    252: "arrow_agg",
    254: "arrow_agg_iter",
}
"""PySpark's numbers for the ways a function is called."""


class UserDefinedFunction:
    """A Python function that takes columns. Made by ``udf``, ``pandas_udf`` and ``arrow_udf``.

    Parameters
    ----------
    func : callable
        The function.
    returnType : DataType or str
        What it returns, text by default.
    name : str, optional
        What it is called in column names; the function's name by default.
    evalType : int
        How it is called: PySpark's number, 100 being once a row.
    deterministic : bool
        Whether the same arguments always give the same value.

    Raises
    ------
    PySparkTypeError
        If an argument is of another type (``NOT_EXPECTED_TYPE``).
    """

    def __init__(
        self,
        func: Callable[..., Any],
        returnType: DataType | str = StringType(),  # noqa: B008  PySpark's signature
        name: str | None = None,
        evalType: int = 100,
        deterministic: bool = True,
    ) -> None:
        if not callable(func):
            raise expected("func", "callable", func)
        if not isinstance(returnType, DataType | str):
            raise expected("returnType", "DataType or str", returnType)
        if not isinstance(evalType, int):
            raise expected("evalType", "int", evalType)
        self.func = func
        self._return_type = returnType
        self._name = name or getattr(func, "__name__", None) or type(func).__name__
        self.evalType = evalType
        self.deterministic = deterministic
        functools.update_wrapper(self, func, assigned=("__doc__", "__module__"), updated=())
        self.__name__ = self._name

    @functools.cached_property
    def _parsed_type(self) -> DataType:
        declared = self._return_type
        return parse_ddl(declared) if isinstance(declared, str) else declared

    @property
    def returnType(self) -> DataType:
        """What it returns."""
        return self._parsed_type

    def __call__(self, *args: Column | str, **kwargs: Column | str) -> Column:
        """The function of these columns, given by position or by the parameter's name."""
        values = [*args, *kwargs.values()]
        names = (*(None for _ in args), *kwargs) if kwargs else ()
        return Column(PythonUDF(self._function, tuple(map(column_or_name, values)), names))

    @functools.cached_property
    def _function(self) -> PythonFunction:
        kind = KINDS[self.evalType]
        return PythonFunction(self.func, self.returnType, self._name, kind, self.deterministic)

    def asNondeterministic(self) -> UserDefinedFunction:
        """The function, said to give other values for the same arguments: it is called exactly
        where it stands, never moved or left out.
        """
        self.deterministic = False
        self.__dict__.pop("_function", None)
        return self


def create_udf(
    f: Callable[..., Any], returnType: DataType | str, useArrow: bool | None = None
) -> UserDefinedFunction:
    """A function called once a row; with pandas or Arrow type hints, once a batch."""
    kind = None if useArrow is False else _hinted(f)
    if useArrow is None:
        useArrow = bool(session_setting(PYTHON_UDF_ARROW))
    return UserDefinedFunction(f, returnType, evalType=kind or (101 if useArrow else 100))


def _hinted(f: Callable[..., Any]) -> int | None:
    """The kind that type hints of pandas or Arrow ask for. Others mean nothing here."""
    if not {"pandas", "pyarrow"} & sys.modules.keys() or not inspect.isroutine(f):
        return None
    return infer_eval_type_for_udf(f)


class UDFRegistration:
    """The functions of a session that SQL knows by name: ``spark.udf``."""

    def __init__(self, sparkSession: SparkSession) -> None:
        self.sparkSession = sparkSession

    def register(
        self, name: str, f: Callable[..., Any], returnType: DataType | str | None = None
    ) -> UserDefinedFunction:
        """Give a function a name that SQL text and ``call_udf`` can use.

        Parameters
        ----------
        name : str
            The name; a function of that name registered before is replaced.
        f : callable
            A Python function, or one made by ``udf`` or ``pandas_udf``.
        returnType : DataType or str, optional
            What a Python function returns, text by default.

        Returns
        -------
        UserDefinedFunction
            The function under its new name.

        Raises
        ------
        PySparkTypeError
            If a type is given for a function that has one.
        """
        if isinstance(f, UserDefinedFunction):
            if returnType is not None:
                raise PySparkTypeError(
                    errorClass="CANNOT_SPECIFY_RETURN_TYPE_FOR_UDF",
                    messageParameters={"arg_name": "f", "return_type": str(returnType)},
                )
            if f.evalType not in KINDS:
                raise PySparkTypeError(
                    errorClass="INVALID_UDF_EVAL_TYPE",
                    messageParameters={"eval_type": ", ".join(map(str, KINDS))},
                )
            made = UserDefinedFunction(f.func, f.returnType, name, f.evalType, f.deterministic)
        else:
            made = UserDefinedFunction(f, StringType() if returnType is None else returnType, name)
        self.sparkSession._state.functions[name.lower()] = made._function
        return made

    def registerJavaFunction(
        self, name: str, javaClassName: str, returnType: DataType | str | None = None
    ) -> None:
        """Not available: there is no JVM. Register a Python function instead."""
        raise refused("registerJavaFunction", "there is no JVM; register a Python function.")

    def registerJavaUDAF(self, name: str, javaClassName: str) -> None:
        """Not available: there is no JVM. Use a ``pandas_udf`` of groups instead."""
        raise refused("registerJavaUDAF", "there is no JVM; register a grouped pandas_udf.")
