"""DuckDB's errors in Spark's words."""

from __future__ import annotations

import duckdb

from rayspark.errors import SparkException
from rayspark.execution.kernels.kernel import END, MARK, SEPARATOR


def translate(error: duckdb.Error) -> Exception:
    """The exception that the user sees for an error that DuckDB raised."""
    message = str(error)
    if MARK in message:
        return carried(message[message.index(MARK) + len(MARK) :])
    return SparkException(message)


def carried(text: str) -> Exception:
    """The exception for a condition that a kernel raised: see ``kernels.kernel.fail``."""
    condition, *parts = text.partition(END)[0].split(SEPARATOR)
    parameters = dict(zip(parts[::2], parts[1::2], strict=True))
    return SparkException(errorClass=condition, messageParameters=parameters)
