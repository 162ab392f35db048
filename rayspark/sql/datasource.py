"""The Python data source API: write a class, register it, read and write with its name.

Register with ``spark.dataSource.register(MySource)``, then
``spark.read.format("MySource").load()``.
"""

from __future__ import annotations

from rayspark.execution.sources.python_api import (
    CaseInsensitiveDict,
    DataSource,
    DataSourceArrowWriter,
    DataSourceReader,
    DataSourceStreamArrowWriter,
    DataSourceStreamReader,
    DataSourceStreamWriter,
    DataSourceWriter,
    EqualNullSafe,
    EqualTo,
    Filter,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    InputPartition,
    IsNotNull,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Not,
    SimpleDataSourceStreamReader,
    StringContains,
    StringEndsWith,
    StringStartsWith,
    WriterCommitMessage,
)
from rayspark.execution.sources.registry import DataSourceRegistry

__all__ = [
    "CaseInsensitiveDict", "DataSource", "DataSourceReader", "DataSourceStreamReader",
    "DataSourceWriter", "DataSourceArrowWriter", "DataSourceStreamWriter",
    "DataSourceStreamArrowWriter", "SimpleDataSourceStreamReader", "DataSourceRegistration",
    "InputPartition", "WriterCommitMessage", "Filter", "EqualTo", "EqualNullSafe", "GreaterThan",
    "GreaterThanOrEqual", "LessThan", "LessThanOrEqual", "In", "IsNull", "IsNotNull", "Not",
    "StringStartsWith", "StringEndsWith", "StringContains",
]  # fmt: skip


class DataSourceRegistration:
    """``spark.dataSource``: makes data sources known to a session.

    Parameters
    ----------
    registry : DataSourceRegistry
        the session's data sources by name; it is handed to ``open_source`` and ``open_sink``.
    """

    def __init__(self, registry: DataSourceRegistry) -> None:
        self._registry = registry

    def register(self, dataSource: type[DataSource]) -> None:
        """Make a data source known by its name, in place of an earlier one of that name.

        Parameters
        ----------
        dataSource : type
            the class.

        Raises
        ------
        PySparkTypeError
            If it is no subclass of :class:`DataSource`.
        """
        self._registry.register(dataSource)
