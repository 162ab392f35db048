"""All rows by name. Tables are read when the first function is looked up."""

from __future__ import annotations

import copyreg
import importlib
from functools import cache
from types import MappingProxyType
from typing import Any

from rayspark.catalyst.functions.row import Fn

TABLES = (
    "operators",
    "conditional",
    "math",
    "string",
    "regex",
    "misc",
    "datetime",
    "interval",
    "array",
    "map",
    "struct",
    "json",
    "xml",
    "aggregate",
    "statistics",
    "sketch",
    "window",
    "generator",
    "higher_order",
    "refused",
)
"""Modules under ``tables/``, each with a tuple ``ROWS``."""
OF_PLANS = "states"
"""The module of functions that no user can call."""


@cache
def functions() -> MappingProxyType[str, Fn]:
    """Every row under each of its names."""
    found: dict[str, Fn] = {}
    for table in TABLES:
        rows = importlib.import_module(f"rayspark.catalyst.functions.tables.{table}").ROWS
        for row in rows:
            for name in (row.name, *row.aliases):
                if name in found:
                    raise ValueError(f"function {name!r} has two rows: tables/{table}.py")
                found[name] = row
    return MappingProxyType(found)


def _named(row: Fn) -> tuple[Any, ...]:
    """Rows are shared: a pickle names its row."""
    return function, (row.name,)


copyreg.pickle(Fn, _named)


def find_function(name: str) -> Fn | None:
    """The row of a function, by any of its names, in any case."""
    return functions().get(name.lower())


def function(name: str) -> Fn:
    """The row of a function that exists."""
    return functions()[name] if not name.endswith("()") else _functions_of_plans()[name]


@cache
def _functions_of_plans() -> dict[str, Fn]:
    rows = importlib.import_module(f"rayspark.catalyst.functions.tables.{OF_PLANS}").ROWS
    return {row.name: row for row in rows}
