"""SQL and DataFrames, under PySpark's names.

Each name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from rayspark.lazy import much_to_load

if TYPE_CHECKING:
    from rayspark.sql.catalog import Catalog
    from rayspark.sql.column import Column
    from rayspark.sql.context import HiveContext, SQLContext
    from rayspark.sql.dataframe import DataFrame, DataFrameNaFunctions, DataFrameStatFunctions
    from rayspark.sql.group import GroupedData
    from rayspark.sql.merge import MergeIntoWriter
    from rayspark.sql.observation import Observation
    from rayspark.sql.pandas.group_ops import PandasCogroupedOps
    from rayspark.sql.readwriter import DataFrameReader, DataFrameWriter, DataFrameWriterV2
    from rayspark.sql.session import SparkSession
    from rayspark.sql.types import Geography, Geometry, Row, VariantVal
    from rayspark.sql.udf import UDFRegistration
    from rayspark.sql.udtf import UDTFRegistration
    from rayspark.sql.utils import is_remote
    from rayspark.sql.window import Window, WindowSpec

__all__ = [
    "SparkSession",
    "SQLContext",
    "HiveContext",
    "UDFRegistration",
    "UDTFRegistration",
    "DataFrame",
    "GroupedData",
    "Column",
    "Catalog",
    "Observation",
    "Row",
    "DataFrameNaFunctions",
    "DataFrameStatFunctions",
    "Geography",
    "Geometry",
    "VariantVal",
    "Window",
    "WindowSpec",
    "DataFrameReader",
    "DataFrameWriter",
    "DataFrameWriterV2",
    "MergeIntoWriter",
    "PandasCogroupedOps",
    "is_remote",
]

_HOMES = {
    "catalog": ("Catalog",),
    "column": ("Column",),
    "context": ("HiveContext", "SQLContext"),
    "dataframe": ("DataFrame", "DataFrameNaFunctions", "DataFrameStatFunctions"),
    "group": ("GroupedData",),
    "merge": ("MergeIntoWriter",),
    "observation": ("Observation",),
    "pandas.group_ops": ("PandasCogroupedOps",),
    "readwriter": ("DataFrameReader", "DataFrameWriter", "DataFrameWriterV2"),
    "session": ("SparkSession",),
    "types": ("Geography", "Geometry", "Row", "VariantVal"),
    "udf": ("UDFRegistration",),
    "udtf": ("UDTFRegistration",),
    "utils": ("is_remote",),
    "window": ("Window", "WindowSpec"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Load a name's module when the name is first used."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'rayspark.sql' has no attribute {name!r}")
    with much_to_load():
        module = importlib.import_module(f"rayspark.sql.{home}")
    value = globals()[name] = getattr(module, name)
    return value


def __dir__() -> list[str]:
    """The names, loaded or not."""
    return sorted({*globals(), *_HOME_OF})
