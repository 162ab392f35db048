"""Casts that the user wrote: which there are, and what to do instead of those there are not."""

from __future__ import annotations

from rayspark.catalyst.analysis.errors import mismatch, sql_type
from rayspark.catalyst.expressions import Cast, CastMode
from rayspark.datatypes import DataType, DateType
from rayspark.datatypes.base import NumericType
from rayspark.datatypes.casts import can_cast


def check_cast(e: Cast, ansi: bool) -> None:
    """Refuse a cast between types that have none.

    Raises
    ------
    AnalysisException
        ``DATATYPE_MISMATCH.CAST_*``, saying which function or setting would do it.
    """
    strict = ansi or e.mode is CastMode.TRY
    source = e.child.dtype
    if can_cast(source, e.type, strict):
        return
    parameters = {"srcType": sql_type(source), "targetType": sql_type(e.type)}
    suggestion = suggested_function(source, e.type)
    if suggestion is not None and strict:
        raise mismatch("CAST_WITH_FUNC_SUGGESTION", e, **parameters, functionNames=suggestion)
    if strict and e.mode is not CastMode.TRY and can_cast(source, e.type, ansi=False):
        raise mismatch(
            "CAST_WITH_CONF_SUGGESTION",
            e,
            **parameters,
            config='"spark.sql.ansi.enabled"',
            configVal="'false'",
        )
    raise mismatch("CAST_WITHOUT_SUGGESTION", e, **parameters)


def suggested_function(source: DataType, target: DataType) -> str | None:
    """The function that does what CAST refuses to."""
    match source, target:
        case (DateType(), NumericType()):
            return "`UNIX_DATE`"
        case (NumericType(), DateType()):
            return "`DATE_FROM_UNIX_DATE`"
    return None
