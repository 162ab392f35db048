"""Formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rayspark.datatypes import StructType
from rayspark.errors import AnalysisException
from rayspark.execution.sources.api import Source
from rayspark.execution.sources.parquet import open_parquet

Opener = Callable[[Sequence[str], StructType | None, Mapping[str, str], Mapping[str, str]], Source]

READERS: dict[str, Opener] = {"parquet": open_parquet}

_LONG_NAMES = {
    "org.apache.spark.sql.parquet": "parquet",
    "org.apache.spark.sql.execution.datasources.parquet": "parquet",
}


def short_name(format: str) -> str:
    """The format that a name or one of Spark's class names stands for."""
    lower = format.lower()
    return next((s for long, s in _LONG_NAMES.items() if lower.startswith(long)), lower)


def open_source(
    format: str,
    paths: Sequence[str],
    schema: StructType | None = None,
    options: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Source:
    """Open a source for reading.

    Parameters
    ----------
    format
        e.g. ``"parquet"``, in any case.
    paths
        Files, directories and patterns.
    schema
        The columns, if the user names them; else they are inferred.
    options, settings
        The reader's options and the session's settings.

    Raises
    ------
    AnalysisException
        ``DATA_SOURCE_NOT_FOUND``, ``PATH_NOT_FOUND``, ``UNABLE_TO_INFER_SCHEMA`` ...
    """
    opener = READERS.get(short_name(format))
    if opener is None:
        raise not_found(format)
    return opener(paths, schema, options or {}, settings or {})


def not_found(format: str) -> AnalysisException:
    """The error for a format that does not exist."""
    return AnalysisException(
        errorClass="DATA_SOURCE_NOT_FOUND", messageParameters={"provider": format}
    )
