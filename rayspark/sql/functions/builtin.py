"""The functions of ``rayspark.sql.functions``, each made when its name is first used.

What a function is called and takes stands in ``signatures.txt`` (PySpark's own), what it means in
the table ``rayspark.catalyst.functions``; those that are more than a call with columns are written
out in ``_special``. Type checkers and editors read ``builtin.pyi``, generated from the same.
"""

from __future__ import annotations

import sys
from typing import Any

from rayspark.sql.functions import _special
from rayspark.sql.functions._build import build
from rayspark.sql.functions._signatures import signatures
from rayspark.sql.pandas import functions as batch_functions

SAME = {"column": "col", "negative": "negate", "power": "pow", "random": "rand"}
"""Two names of one function."""

_BATCHES = ("pandas_udf", "arrow_udf", "PandasUDFType", "ArrowUDFType")
"""Found here too, as in PySpark."""

__all__ = list(signatures())


def __getattr__(name: str) -> Any:
    """Make a function when its name is first used."""
    if name in SAME:
        value = globals()[name] = getattr(sys.modules[__name__], SAME[name])
        return value
    if name in _BATCHES:
        return getattr(batch_functions, name)
    if name not in signatures():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = build(name, getattr(_special, name, None), __name__)
    globals()[name] = made
    return made


def __dir__() -> list[str]:
    """The names, made or not."""
    return sorted({*globals(), *__all__})
