"""The few helpers of ``pyspark.sql.utils`` that programs use."""

from __future__ import annotations

from enum import Enum
from typing import Any

from rayspark.context import SparkContext
from rayspark.errors import (
    AnalysisException,
    IllegalArgumentException,
    ParseException,
    PySparkRuntimeError,
    PythonException,
    QueryExecutionException,
    StreamingQueryException,
    UnknownException,
)
from rayspark.sql.marks import active_session

__all__ = [
    "AnalysisException",
    "IllegalArgumentException",
    "ParseException",
    "PythonException",
    "QueryExecutionException",
    "StreamingQueryException",
    "UnknownException",
]


def is_remote() -> bool:
    """False: there is no Spark Connect."""
    return False


def to_str(value: Any) -> str | None:
    """A value as Spark writes it in settings and options."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def enum_to_value(value: Any) -> Any:
    """The value of a member of an Enum; anything else as it is."""
    return value.value if isinstance(value, Enum) else value


def escape_meta_characters(s: str) -> str:
    """Text with line ends and tabs made visible."""
    for character, written in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\f", "\\f"),
                               ("\b", "\\b"), ("\u000b", "\\v"), ("\u0007", "\\a")):  # fmt: skip
        s = s.replace(character, written)
    return s


def get_lit_sql_str(val: str) -> str:
    """Text as a constant in SQL: in quotes, with those inside escaped."""
    return "'" + val.replace("\\", "\\\\").replace("'", "\\'") + "'"


def get_active_spark_context() -> SparkContext:
    """The running SparkContext.

    Raises
    ------
    PySparkRuntimeError
        If there is none.
    """
    found = SparkContext._active_spark_context
    if found is None:
        raise PySparkRuntimeError(errorClass="SESSION_OR_CONTEXT_NOT_EXISTS", messageParameters={})
    return found  # type: ignore[no-any-return]


def is_timestamp_ntz_preferred() -> bool:
    """Whether a datetime without zone is a TIMESTAMP_NTZ in the session in use."""
    return bool(active_session().conf.get("spark.sql.timestampType") == "TIMESTAMP_NTZ")
