"""``pandas_udf`` and ``arrow_udf``: functions of batches as functions of columns."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any

from rayspark.datatypes import DataType
from rayspark.errors import PySparkTypeError, PySparkValueError
from rayspark.sql.pandas.typehints import hints_of, infer_eval_type
from rayspark.sql.udf import UserDefinedFunction

__all__ = ["ArrowUDFType", "PandasUDFType", "arrow_udf", "pandas_udf"]


class PandasUDFType:
    """How a pandas function is called, for those that say it by number instead of type hints."""

    SCALAR = 200
    SCALAR_ITER = 204
    GROUPED_MAP = 201
    GROUPED_AGG = 202
    GROUPED_AGG_ITER = 217


class ArrowUDFType:
    """How an Arrow function is called, for those that say it by number instead of type hints."""

    SCALAR = 250
    SCALAR_ITER = 251
    GROUPED_AGG = 252
    GROUPED_AGG_ITER = 254


_KINDS = {
    "pandas": {200, 201, 202, 204, 217},
    "arrow": {250, 251, 252, 254},
}


def pandas_udf(
    f: Any = None, returnType: DataType | str | None = None, functionType: int | None = None
) -> Any:
    """A function of pandas Series as a function of columns.

    Parameters
    ----------
    f : callable, optional
        The function; its type hints say how it is called. Without it (or with the type in its
        place) a decorator is returned.
    returnType : DataType or str
        What it returns; a struct comes as a DataFrame.
    functionType : int, optional
        A number of :class:`PandasUDFType`, for a function without type hints.

    Raises
    ------
    PySparkTypeError
        Without a return type (``CANNOT_BE_NONE``); for an unknown number
        (``INVALID_PANDAS_UDF_TYPE``).
    PySparkNotImplementedError
        For type hints that are none of the known ones (``UNSUPPORTED_SIGNATURE``).
    """
    return vectorized_udf(f, returnType, functionType, "pandas")


def arrow_udf(
    f: Any = None, returnType: DataType | str | None = None, functionType: int | None = None
) -> Any:
    """A function of Arrow arrays as a function of columns; parameters as :func:`pandas_udf`."""
    return vectorized_udf(f, returnType, functionType, "arrow")


def vectorized_udf(
    f: Any = None,
    returnType: Any = None,
    functionType: int | None = None,
    kind: str = "pandas",
) -> Any:
    """What :func:`pandas_udf` and :func:`arrow_udf` share."""
    assert kind in _KINDS, "kind should be either 'pandas' or 'arrow'"
    decorates = f is None or isinstance(f, str | DataType)
    declared: Any = (f or returnType) if decorates else returnType
    number: Any = functionType
    if decorates and number is None and isinstance(returnType, int):
        number = returnType
    if declared is None:
        raise PySparkTypeError(
            errorClass="CANNOT_BE_NONE", messageParameters={"arg_name": "returnType"}
        )
    if number is not None and number not in _KINDS[kind]:
        raise PySparkTypeError(
            errorClass="INVALID_PANDAS_UDF_TYPE",
            messageParameters={"arg_name": "functionType", "arg_type": str(number)},
        )
    make = functools.partial(_create, returnType=declared, number=number, kind=kind)
    return make if decorates else make(f)


def _create(
    f: Any, returnType: DataType | str, number: int | None, kind: str
) -> UserDefinedFunction:
    if number is not None and number != PandasUDFType.GROUPED_MAP:
        warnings.warn(
            "Type hints are the preferred way to say how a function of batches is called.",
            UserWarning,
            stacklevel=3,
        )
    signature = inspect.signature(f)
    if number is None:
        number = _inferred(f, signature, kind)
    if number in (200, 204, 250, 251) and not signature.parameters:
        raise PySparkValueError(
            errorClass="INVALID_PANDAS_UDF",
            messageParameters={
                "detail": f"0-arg {kind}_udfs are not supported. Instead, create a 1-arg "
                f"{kind}_udf and ignore the arg in your function."
            },
        )
    return UserDefinedFunction(f, returnType, evalType=number)


def _inferred(f: Callable[..., Any], signature: inspect.Signature, kind: str) -> int:
    annotated = (
        any(p.annotation is not p.empty for p in signature.parameters.values())
        or signature.return_annotation is not signature.empty
    )
    if annotated:
        return infer_eval_type(signature, hints_of(f), kind)
    return PandasUDFType.SCALAR if kind == "pandas" else ArrowUDFType.SCALAR
