"""SQLContext and HiveContext: the old ways in, before SparkSession."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rayspark.context import SparkContext
from rayspark.sql.novalue import NO_VALUE
from rayspark.sql.session import SparkSession

if TYPE_CHECKING:
    from rayspark.datatypes import DataType, StructType
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.readwriter import DataFrameReader
    from rayspark.sql.udf import UDFRegistration
    from rayspark.sql.udtf import UDTFRegistration

__all__ = ["HiveContext", "SQLContext"]


class SQLContext:
    """The old face of :class:`SparkSession`: each method calls the session's.

    Parameters
    ----------
    sparkContext : SparkContext
        The application.
    sparkSession : SparkSession, optional
        The session; the one in use by default.
    """

    def __init__(
        self,
        sparkContext: SparkContext,
        sparkSession: SparkSession | None = None,
        jsqlContext: Any = None,
    ) -> None:
        warnings.warn(
            "Deprecated in 3.0.0. Use SparkSession.builder.getOrCreate() instead.",
            FutureWarning,
            stacklevel=2,
        )
        self._sc = sparkContext
        self.sparkSession = sparkSession or SparkSession.builder.getOrCreate()

    @classmethod
    def getOrCreate(cls, sc: SparkContext | None = None) -> SQLContext:  # noqa: ARG003
        """A context over the session in use."""
        session = SparkSession.builder.getOrCreate()
        return cls(session.sparkContext, session)

    def newSession(self) -> SQLContext:
        """See ``SparkSession.newSession``."""
        return type(self)(self._sc, self.sparkSession.newSession())

    def setConf(self, key: str, value: bool | int | str) -> None:
        """See ``RuntimeConfig.set``."""
        self.sparkSession.conf.set(key, value)

    def getConf(self, key: str, defaultValue: Any = NO_VALUE) -> str | None:
        """See ``RuntimeConfig.get``."""
        return self.sparkSession.conf.get(key, defaultValue)

    @property
    def udf(self) -> UDFRegistration:
        """See ``SparkSession.udf``."""
        return self.sparkSession.udf

    @property
    def udtf(self) -> UDTFRegistration:
        """See ``SparkSession.udtf``."""
        return self.sparkSession.udtf

    def range(
        self, start: int, end: int | None = None, step: int = 1, numPartitions: int | None = None
    ) -> DataFrame:
        """See ``SparkSession.range``."""
        return self.sparkSession.range(start, end, step, numPartitions)

    def registerFunction(
        self, name: str, f: Callable[..., Any], returnType: DataType | None = None
    ) -> Any:
        """See ``UDFRegistration.register``."""
        return self.sparkSession.udf.register(name, f, returnType)

    def registerJavaFunction(
        self, name: str, javaClassName: str, returnType: DataType | None = None
    ) -> None:
        """Not available: there is no JVM."""
        self.sparkSession.udf.registerJavaFunction(name, javaClassName, returnType)

    def createDataFrame(
        self,
        data: Any,
        schema: Any = None,
        samplingRatio: float | None = None,
        verifySchema: bool = True,
    ) -> DataFrame:
        """See ``SparkSession.createDataFrame``."""
        return self.sparkSession.createDataFrame(data, schema, samplingRatio, verifySchema)

    def registerDataFrameAsTable(self, df: DataFrame, tableName: str) -> None:
        """See ``DataFrame.createOrReplaceTempView``."""
        df.createOrReplaceTempView(tableName)

    def dropTempTable(self, tableName: str) -> None:
        """See ``Catalog.dropTempView``."""
        self.sparkSession.catalog.dropTempView(tableName)

    def createExternalTable(
        self,
        tableName: str,
        path: str | None = None,
        source: str | None = None,
        schema: StructType | None = None,
        **options: str,
    ) -> DataFrame:
        """See ``Catalog.createTable``."""
        return self.sparkSession.catalog.createTable(tableName, path, source, schema, **options)

    def sql(self, sqlQuery: str) -> DataFrame:
        """See ``SparkSession.sql``."""
        return self.sparkSession.sql(sqlQuery)

    def table(self, tableName: str) -> DataFrame:
        """See ``SparkSession.table``."""
        return self.sparkSession.table(tableName)

    def tables(self, dbName: str | None = None) -> DataFrame:
        """The tables and temporary views: ``SHOW TABLES``."""
        where = "" if dbName is None else f" IN `{dbName}`"
        return self.sparkSession.sql(f"SHOW TABLES{where}")

    def tableNames(self, dbName: str | None = None) -> list[str]:
        """The names of tables and temporary views."""
        return [table.name for table in self.sparkSession.catalog.listTables(dbName)]

    def cacheTable(self, tableName: str) -> None:
        """See ``Catalog.cacheTable``."""
        self.sparkSession.catalog.cacheTable(tableName)

    def uncacheTable(self, tableName: str) -> None:
        """See ``Catalog.uncacheTable``."""
        self.sparkSession.catalog.uncacheTable(tableName)

    def clearCache(self) -> None:
        """See ``Catalog.clearCache``."""
        self.sparkSession.catalog.clearCache()

    @property
    def read(self) -> DataFrameReader:
        """See ``SparkSession.read``."""
        return self.sparkSession.read

    @property
    def readStream(self) -> Any:
        """Not available: see ``SparkSession.readStream``."""
        return self.sparkSession.readStream

    @property
    def streams(self) -> Any:
        """Not available: see ``SparkSession.streams``."""
        return self.sparkSession.streams


class HiveContext(SQLContext):
    """The same: there is no Hive."""

    def __init__(
        self,
        sparkContext: SparkContext,
        sparkSession: SparkSession | None = None,
        jhiveContext: Any = None,
    ) -> None:
        super().__init__(sparkContext, sparkSession)

    def refreshTable(self, tableName: str) -> None:
        """See ``Catalog.refreshTable``."""
        self.sparkSession.catalog.refreshTable(tableName)
