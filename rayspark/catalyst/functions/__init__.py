"""The table of functions: one row says all that the front end must know of a function.

    row        Fn, and the rules for result types and nulls that rows name
    registry   all rows by name
    tables/    the rows, a family a file

A row is used by the analyzer (finding it, making arguments fit), by ``rayspark.sql.functions``
(which is built from it, with signature and documentation), by the documentation pages and by the
tests, which run its examples. How it is computed is the business of ``rayspark.execution.kernels``:
a test checks that every row that says it works has a kernel.
"""

from __future__ import annotations

from rayspark.catalyst.functions.registry import find_function, function, functions
from rayspark.catalyst.functions.row import Fn

__all__ = ["Fn", "find_function", "function", "functions"]
