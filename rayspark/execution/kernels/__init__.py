"""How functions are computed: one entry per row of the function table.

A kernel is the text of a DuckDB expression over the arguments' texts, or a function that writes
one. What DuckDB has no exact answer for is an :class:`ArrowFunction`, which DuckDB calls with
vectors.

    KERNELS["upper"] = "upper({0})"
    KERNELS["sqrt"] = kernel_sqrt                  # def kernel_sqrt(site: Site) -> str

Spark's meaning counts, not DuckDB's: error or null, index base, rounding, order of nulls. The
compiler casts what a kernel gives to the type that the function's row says, so a kernel need not
care for width, but its value must be right.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from rayspark.catalyst.functions.registry import OF_PLANS, TABLES
from rayspark.execution.kernels.kernel import ArrowFunction, Exact, Kernel, Site, fail

__all__ = ["ArrowFunction", "Exact", "Kernel", "Site", "fail", "kernels"]


@cache
def kernels() -> Mapping[str, Kernel]:
    """All kernels, by the first name of their function."""
    found: dict[str, Kernel] = {}
    for table in (*TABLES, OF_PLANS):
        if table == "refused":
            continue
        module = importlib.import_module(f"rayspark.execution.kernels.{table}")
        found.update(module.KERNELS)
    return MappingProxyType(found)
