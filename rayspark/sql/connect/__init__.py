"""Spark Connect is not available: each name says so when it is looked up."""

from __future__ import annotations

from typing import NoReturn

from rayspark.sql.expected import refused

NAMES = ("SparkSession", "DataFrame", "Column", "session", "dataframe", "column", "functions",
         "catalog", "conf", "group", "readwriter", "streaming", "types", "udf", "window",
         "client", "proto")  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    """No name is here."""
    if name not in NAMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    raise refused(
        f"rayspark.sql.connect.{name}", "there is no Connect server; use rayspark.sql.SparkSession."
    )
