"""The class SparkSession."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rayspark.catalyst.logical import LogicalPlan, Range, UnresolvedRelation
from rayspark.catalyst.logical.command import Command
from rayspark.catalyst.parser import parse_statement, parse_table_name
from rayspark.conf import SparkConf
from rayspark.context import SparkContext
from rayspark.core._application import PYSPARK_VERSION
from rayspark.errors import (
    IllegalArgumentException,
    PySparkRuntimeError,
    PySparkTypeError,
)
from rayspark.execution.cache import CacheTable
from rayspark.execution.catalog import SessionCatalog
from rayspark.execution.executions import SqlListeners
from rayspark.execution.session_conf import SessionConf
from rayspark.execution.session_state import SessionState
from rayspark.execution.sources import DataSourceRegistry
from rayspark.lazy import lazy_function
from rayspark.rdd import RDD
from rayspark.rdd.callsite import call_site
from rayspark.sql.catalog import Catalog
from rayspark.sql.column import expression_of
from rayspark.sql.conf import RuntimeConfig
from rayspark.sql.dataframe import DataFrame
from rayspark.sql.datasource import DataSourceRegistration
from rayspark.sql.expected import expected, refused
from rayspark.sql.marks import SessionMark, active_session
from rayspark.sql.readwriter import DataFrameReader
from rayspark.sql.session import builder as builder_face
from rayspark.sql.session.artifacts import ArtifactMethods
from rayspark.sql.session.builder import apply_settings
from rayspark.sql.session.context import ContextStart
from rayspark.sql.session.create_dataframe import local_relation
from rayspark.sql.sql_formatter import SQLStringFormatter
from rayspark.sql.tvf import TableValuedFunction
from rayspark.sql.udf import UDFRegistration
from rayspark.sql.udtf import UDTFRegistration

if TYPE_CHECKING:
    from rayspark.datatypes import DataType, StructType
    from rayspark.execution.commands import run_command
else:
    run_command = lazy_function("rayspark.execution.commands", "run_command")


class classproperty:
    """A property of a class, read without an instance."""

    def __init__(self, fget: Callable[[Any], Any]) -> None:
        self.fget = fget

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return self.fget(owner)


class SparkSession(SessionMark, ArtifactMethods):
    """The way to DataFrames and SQL. Made by :attr:`builder`.

    Parameters
    ----------
    sparkContext : SparkContext
        The running application.
    jsparkSession : SparkSession, optional
        A session whose settings, views and cache are used.
    options : dict, optional
        Settings of the session.

    Examples
    --------
    >>> spark.sql("SELECT 1 + 1 AS two").collect()
    [Row(two=2)]
    """

    Builder = builder_face.Builder

    _instantiatedSession: ClassVar[Any] = None

    @classproperty
    def builder(cls: Any) -> builder_face.Builder:
        """A new builder: ``SparkSession.builder.master("local[2]").getOrCreate()``."""
        return builder_face.Builder(cls)

    def __init__(
        self,
        sparkContext: SparkContext,
        jsparkSession: Any = None,
        options: dict[str, Any] = {},  # noqa: B006  PySpark's signature
    ) -> None:
        start = ContextStart(None, sparkContext)
        texts = {k: str(v) for k, v in options.items()}
        shared = jsparkSession or SparkSession._usable()
        if shared is not None:
            self._begin(shared._start_of_context, shared._state)
            apply_settings(self, texts)
        else:
            self._begin(start, _new_state(start, texts))

    def _with_variables(self, text: str) -> str:
        """``${key}`` replaced by the setting of that name, where there is one."""
        if "${" not in text or self._state.conf.get("spark.sql.variable.substitute") == "false":
            return text
        return _VARIABLE.sub(lambda found: self._state.conf.get(found[1]) or found[0], text)

    def _begin(self, start: ContextStart, state: SessionState) -> None:
        self._start_of_context = start
        self._state = state
        self._stopped = False
        self._data_sources = DataSourceRegistry()
        RDD.toDF = _rdd_to_df  # type: ignore[assignment, method-assign]
        if SparkSession._usable() is None:
            SessionMark._default = SparkSession._instantiatedSession = self
            SessionMark._active = self

    @classmethod
    def _start(cls, options: dict[str, str]) -> SparkSession:
        """A new session with these settings; the application is started if none runs."""
        made = cls.__new__(cls)
        earlier = cls._usable()
        if earlier is not None:
            start = earlier._start_of_context
            cache, catalog = earlier._state.cache, earlier._state.catalog
            made._begin(start, _new_state(start, options, cache, catalog))
            return made
        running = SparkContext._active_spark_context
        conf = SparkConf().setAll(list(options.items()))
        start = ContextStart(conf, running)
        made._begin(start, _new_state(start, dict(conf.getAll())))
        return made

    @classmethod
    def _usable(cls) -> SparkSession | None:
        """The session made first, unless it was stopped."""
        found: SparkSession | None = SparkSession._instantiatedSession
        return None if found is None or found._is_stopped else found

    @property
    def _is_stopped(self) -> bool:
        return self._stopped or self._start_of_context.is_over

    @classmethod
    def getActiveSession(cls) -> SparkSession | None:
        """The session in use, or ``None``."""
        found: SparkSession | None = SessionMark._active
        return None if found is None or found._is_stopped else found

    @classmethod
    def active(cls) -> SparkSession:
        """The session in use.

        Raises
        ------
        PySparkRuntimeError
            If there is none (``NO_ACTIVE_OR_DEFAULT_SESSION``).
        """
        found = cls.getActiveSession() or cls._usable()
        if found is None:
            raise PySparkRuntimeError(
                errorClass="NO_ACTIVE_OR_DEFAULT_SESSION", messageParameters={}
            )
        return found

    def newSession(self) -> SparkSession:
        """A session of the same application with settings and temporary views of its own; tables
        and cached data are shared.
        """
        made = SparkSession.__new__(SparkSession)
        start, state = self._start_of_context, self._state
        made._begin(start, _new_state(start, {}, state.cache, state.catalog))
        return made

    def stop(self) -> None:
        """End the application. Stopping twice does nothing."""
        if self._stopped:
            return
        self._stopped = True
        self._state.cache.clear()
        made_first = SparkSession._instantiatedSession
        if made_first is not None and made_first._start_of_context is self._start_of_context:
            SessionMark._default = SessionMark._active = None
            SparkSession._instantiatedSession = None
        self._start_of_context.stop()

    def __enter__(self) -> SparkSession:
        """Use the session in a ``with`` block, which stops it."""
        return self

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        """Stop the session."""
        self.stop()

    # -- parts -------------------------------------------------------------------------------

    @property
    def sparkContext(self) -> SparkContext:
        """The application."""
        return self._start_of_context.get()

    @property
    def version(self) -> str:
        """The version of PySpark whose API this is.

        >>> spark.version
        '4.3.0'
        """
        return PYSPARK_VERSION

    @functools.cached_property
    def _runtime_conf(self) -> RuntimeConfig:
        return RuntimeConfig(self._state.conf)

    @property
    def conf(self) -> RuntimeConfig:
        """The session's settings.

        >>> spark.conf.set("spark.sql.shuffle.partitions", 5)
        >>> spark.conf.get("spark.sql.shuffle.partitions")
        '5'
        """
        return self._runtime_conf

    @functools.cached_property
    def _catalog(self) -> Catalog:
        return Catalog(self)

    @property
    def catalog(self) -> Catalog:
        """Databases, tables, views and functions."""
        return self._catalog

    @property
    def udf(self) -> UDFRegistration:
        """Names for Python functions in SQL."""
        return UDFRegistration(self)

    @property
    def udtf(self) -> UDTFRegistration:
        """Names for Python table functions in SQL."""
        return UDTFRegistration(self)

    @property
    def tvf(self) -> TableValuedFunction:
        """Table functions as methods: ``spark.tvf.explode(...)``."""
        return TableValuedFunction(self)

    @property
    def read(self) -> DataFrameReader:
        """Reads files and other sources: ``spark.read.parquet(path)``."""
        return DataFrameReader(self)

    @property
    def readStream(self) -> Any:
        """Not available: streams come later; read files with :attr:`read`."""
        raise refused("readStream", "structured streaming is not available; use spark.read.")

    @property
    def streams(self) -> Any:
        """Not available: there are no streams."""
        raise refused("streams", "structured streaming is not available.")

    @property
    def dataSource(self) -> DataSourceRegistration:
        """Makes data sources written in Python known to :attr:`read` and ``df.write``."""
        return DataSourceRegistration(self._data_sources)

    @property
    def profile(self) -> Any:
        """Not available: profiles of user functions; ``sc.show_profiles`` is there for RDDs."""
        raise refused("profile", "user functions in SQL are not profiled; see sc.show_profiles.")

    @property
    def client(self) -> Any:
        """Not available: there is no Spark Connect."""
        raise refused("client", "there is no Spark Connect.")

    # -- DataFrames --------------------------------------------------------------------------

    def _frame(self, plan: LogicalPlan) -> DataFrame:
        """The DataFrame of a plan."""
        if self._is_stopped:
            raise PySparkRuntimeError(
                "Cannot use a stopped SparkSession: make a new one with "
                "SparkSession.builder.getOrCreate()."
            )
        return DataFrame(self._state.execute(plan), self)

    def _run(self, statement: Command) -> DataFrame:
        """Run a statement that does something; its result."""
        return self._frame(run_command(statement, self._state))

    def range(
        self, start: int, end: int | None = None, step: int = 1, numPartitions: int | None = None
    ) -> DataFrame:
        """Numbers in a column ``id``.

        Parameters
        ----------
        start : int
            The first one; or, without ``end``, the end of numbers that begin at 0.
        end : int, optional
            Where they end, itself not included.
        step : int
            The distance of two numbers (default 1).
        numPartitions : int, optional
            How many partitions.

        Examples
        --------
        >>> spark.range(1, 7, 2).collect()
        [Row(id=1), Row(id=3), Row(id=5)]
        """
        first, last = (0, int(start)) if end is None else (int(start), int(end))
        if int(step) == 0:
            raise IllegalArgumentException("requirement failed: step (0) cannot be 0")
        slices = None if numPartitions is None else int(numPartitions)
        return self._frame(Range.of(first, last, int(step), slices))

    def createDataFrame(
        self,
        data: Any,
        schema: DataType | str | Sequence[str] | None = None,
        samplingRatio: float | None = None,
        verifySchema: bool = True,
    ) -> DataFrame:
        """A DataFrame of data in this process, or of an RDD.

        Parameters
        ----------
        data : list, RDD, pandas.DataFrame, pyarrow.Table or numpy.ndarray
            Rows (tuples, lists, dictionaries, Row, objects), or a table.
        schema : StructType, DataType, str or list of str, optional
            The columns: as types, in DDL (``"a int, b string"``), or their names alone. A type that
            is no struct makes one column ``value``. Without it types are inferred.
        samplingRatio : float, optional
            Of an RDD: from which part of it to infer; its first row by default.
        verifySchema : bool
            Whether values must fit the types given (default), or are made null otherwise.

        Raises
        ------
        PySparkTypeError, PySparkValueError
            If types cannot be inferred, or a value does not fit.

        Examples
        --------
        >>> spark.createDataFrame([("Alice", 1)], ["name", "age"]).collect()
        [Row(name='Alice', age=1)]
        >>> spark.createDataFrame([1, 2], "int").collect()
        [Row(value=1), Row(value=2)]
        """
        SessionMark._active = self
        if isinstance(data, DataFrame):
            raise PySparkTypeError(
                errorClass="INVALID_TYPE",
                messageParameters={"arg_name": "data", "arg_type": "DataFrame"},
            )
        return self._frame(
            local_relation(data, schema, samplingRatio, verifySchema, self._state.conf)
        )

    def emptyDataFrame(self, schema: StructType | str) -> DataFrame:
        """A DataFrame without rows.

        >>> spark.emptyDataFrame("a int").count()
        0
        """
        return self.createDataFrame([], schema)

    def table(self, tableName: str) -> DataFrame:
        """A table or view by its name."""
        if not isinstance(tableName, str):
            raise expected("tableName", "str", tableName)
        return self._frame(UnresolvedRelation(parse_table_name(tableName)))

    def sql(
        self, sqlQuery: str, args: Mapping[str, Any] | Sequence[Any] | None = None, **kwargs: Any
    ) -> DataFrame:
        """The result of an SQL statement.

        Parameters
        ----------
        sqlQuery : str
            The statement. Markers ``:name`` and ``?`` stand for ``args``; ``{name}`` for keywords.
        args : dict or list, optional
            Values or columns for markers, by name or in order. They are never read as SQL text.
        **kwargs
            DataFrames, columns and values for ``{name}``.

        Raises
        ------
        ParseException
            If the text is no statement: it shows the place.
        AnalysisException
            For any other mistake.

        Examples
        --------
        >>> spark.sql("SELECT :a + 1 AS b", {"a": 41}).collect()
        [Row(b=42)]
        >>> spark.sql("SELECT max(id) FROM {numbers}", numbers=spark.range(5)).collect()
        [Row(max(id)=4)]
        """
        formatter = SQLStringFormatter(self)
        text = formatter.format(sqlQuery, **kwargs) if kwargs else sqlQuery
        try:
            text = self._with_variables(text)
            plan = parse_statement(
                text,
                _arguments(args),
                zone=self._state.conf.zone,
                variables=self._state.constants(),
            )
            if isinstance(plan, Command):
                return self._run(plan)
            return self._frame(plan)
        finally:
            formatter.clear()


_without_session = RDD.toDF
"""What is called before there is a session: it says so."""


def _rdd_to_df(self: RDD[Any], schema: Any = None, sampleRatio: float | None = None) -> Any:
    """The records as a DataFrame of the session in use."""
    if SparkSession._usable() is None:
        return _without_session(self, schema, sampleRatio)
    return active_session().createDataFrame(self, schema, sampleRatio)


_VARIABLE = re.compile(r"\$\{(?:spark:|sparkconf:|hivevar:|hiveconf:)?([^}:]+)\}")


def _arguments(args: Any) -> Any:
    """Values for parameter markers as expressions."""
    if args is None:
        return None
    if isinstance(args, dict):
        return {name: expression_of(value) for name, value in args.items()}
    return [expression_of(value) for value in args]


def _new_state(
    start: ContextStart,
    options: dict[str, str],
    cache: CacheTable | None = None,
    catalog: SessionCatalog | None = None,
) -> SessionState:
    conf = SessionConf(start.settings(options))
    mine = SessionCatalog(conf) if catalog is None else catalog.new_session(conf)
    listeners = SqlListeners(start.bus, call_site)
    return SessionState(conf, mine, start.engine, cache or CacheTable(), start.resources, listeners)
