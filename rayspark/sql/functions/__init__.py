"""Functions of columns: ``from rayspark.sql import functions as F``.

All names of PySpark are here. Those that do not work say so, with the reason, when a query is built
with them.
"""

from __future__ import annotations

from typing import Any

from rayspark.sql import udf, udtf
from rayspark.sql.functions import builtin, partitioning

UserDefinedFunction = udf.UserDefinedFunction
UserDefinedTableFunction = udtf.UserDefinedTableFunction
AnalyzeArgument = udtf.AnalyzeArgument
AnalyzeResult = udtf.AnalyzeResult
OrderingColumn = udtf.OrderingColumn
PartitioningColumn = udtf.PartitioningColumn
SelectedColumn = udtf.SelectedColumn
SkipRestOfInputTableException = udtf.SkipRestOfInputTableException
del udf, udtf  # the names of functions

__all__ = [*builtin.__all__, "partitioning"]


def __getattr__(name: str) -> Any:
    """A function of ``builtin``."""
    try:
        value = globals()[name] = getattr(builtin, name)
    except AttributeError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
    return value


def __dir__() -> list[str]:
    """The names, loaded or not."""
    return sorted({*globals(), *__all__})
