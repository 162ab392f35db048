"""Records that are not of the shape that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rayspark.datatypes import StringType, StructType
from rayspark.errors import AnalysisException, SparkException


def malformed(path: str, values: Sequence[Any]) -> SparkException:
    """The error of mode FAILFAST: the record's values, as far as they could be read."""
    shown = "[" + ",".join("null" if v is None else str(v) for v in values) + "]"
    cause = SparkException(
        errorClass="MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
        messageParameters={"badRecord": shown, "failFastMode": "FAILFAST"},
    )
    error = SparkException(
        f"Reading file {path} failed. {cause}",
        "FAILED_READ_FILE.NO_HINT",
        {"path": path},
    )
    error.__cause__ = cause
    return error


def is_malformed(error: SparkException) -> bool:
    """Is it the error of mode FAILFAST?"""
    cause = error.__cause__
    condition = cause.getCondition() if isinstance(cause, SparkException) else None
    return (condition or "").startswith("MALFORMED_RECORD_IN_PARSING")


def check_not_only_corrupt(wanted: StructType, name: str) -> None:
    """Is more wanted than the column for corrupt records? Alone it says nothing: no value is read.

    Raises
    ------
    AnalysisException
        ``UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN``.
    """
    if wanted.names == [name]:
        raise AnalysisException(
            errorClass="UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN", messageParameters={}
        )


def check_corrupt_column(schema: StructType, name: str) -> None:
    """Is the column for corrupt records a string?

    Raises
    ------
    AnalysisException
        ``INVALID_CORRUPT_RECORD_TYPE``.
    """
    for f in schema.fields:
        if f.name == name and not (isinstance(f.dataType, StringType) and f.nullable):
            raise AnalysisException(
                errorClass="INVALID_CORRUPT_RECORD_TYPE",
                messageParameters={
                    "columnName": f"`{name}`",
                    "actualType": f'"{f.dataType.simpleString().upper()}"',
                },
            )
