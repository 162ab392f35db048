"""DataFrameWriter: ``df.write``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.logical import Relation
from rayspark.catalyst.logical.command import BucketSpec, CreateTable, Insert
from rayspark.catalyst.parser import parse_table_name
from rayspark.errors import AnalysisException, PySparkValueError
from rayspark.execution.sources import open_sink
from rayspark.execution.sources.sink import FileSink
from rayspark.lazy import lazy_function
from rayspark.sql.appending import check_appended
from rayspark.sql.expected import expected, refused
from rayspark.sql.reader import DEFAULT_FORMAT, OptionUtils
from rayspark.sql.utils import to_str

if TYPE_CHECKING:
    from rayspark.execution.commands.caching import files_changed
    from rayspark.sql.dataframe import DataFrame
else:
    files_changed = lazy_function("rayspark.execution.commands.caching", "files_changed")

MODES = ("append", "overwrite", "ignore", "error", "errorifexists", "default")


class DataFrameWriter(OptionUtils):
    """Writes a DataFrame. Methods that set something give the writer back.

    Examples
    --------
    >>> import tempfile
    >>> directory = tempfile.mkdtemp()
    >>> df = spark.createDataFrame([("a", 1), ("b", 2)], ["k", "v"])
    >>> df.write.mode("overwrite").partitionBy("k").parquet(directory)
    >>> spark.read.parquet(directory).where("k = 'b'").collect()
    [Row(v=2, k='b')]
    """

    def __init__(self, df: DataFrame) -> None:
        self._df = df
        self._spark = df.sparkSession
        self._given = {}
        self._format: str | None = None
        self._mode = "errorifexists"
        self._partitions: tuple[str, ...] = ()
        self._buckets: BucketSpec | None = None
        self._sorted: tuple[str, ...] = ()

    def mode(self, saveMode: Any) -> DataFrameWriter:
        """Say what to do if there is something already.

        Parameters
        ----------
        saveMode : str
            ``error`` (default), ``append``, ``overwrite`` or ``ignore`` (do nothing).

        Raises
        ------
        AnalysisException
            For another word (``INVALID_SAVE_MODE``).
        """
        if saveMode:
            if not isinstance(saveMode, str) or saveMode.lower() not in MODES:
                raise AnalysisException(
                    errorClass="INVALID_SAVE_MODE", messageParameters={"mode": f'"{saveMode}"'}
                )
            self._mode = saveMode.lower()
        return self

    def format(self, source: str) -> DataFrameWriter:
        """Say what to write: ``parquet``, ``csv``, ``json``, ``orc``, ``text``..."""
        self._format = source
        return self

    def option(self, key: str, value: Any) -> DataFrameWriter:
        """Set an option of the format."""
        self._set(key, to_str(value) or "")
        return self

    def options(self, **options: Any) -> DataFrameWriter:
        """Set several options of the format."""
        for key, value in options.items():
            self.option(key, value)
        return self

    def partitionBy(self, *cols: Any) -> DataFrameWriter:
        """Have a directory for each value of these columns."""
        self._partitions = _flat(cols)
        return self

    def bucketBy(self, numBuckets: int, col: Any, *cols: str) -> DataFrameWriter:
        """Divide the files of a table by the hash of columns, which :meth:`saveAsTable` writes.

        Joins and aggregations on the columns then need no exchange.

        Parameters
        ----------
        numBuckets : int
            How many buckets.
        col : str, list or tuple
            The first column, or all.
        *cols : str
            The other columns.

        Examples
        --------
        >>> df = spark.createDataFrame([(1, "a"), (2, "b")], ["id", "name"])
        >>> df.write.bucketBy(4, "id").sortBy("name").saveAsTable("names_in_buckets")
        >>> [column.isBucket for column in spark.catalog.listColumns("names_in_buckets")]
        [True, False]
        >>> _ = spark.sql("DROP TABLE names_in_buckets")
        """
        if not isinstance(numBuckets, int):
            raise expected("numBuckets", "int", numBuckets)
        self._buckets = BucketSpec(numBuckets, _together(col, cols))
        return self

    def sortBy(self, col: Any, *cols: str) -> DataFrameWriter:
        """Have the rows of each bucket in order; parameters as the columns of :meth:`bucketBy`."""
        self._sorted = _together(col, cols)
        return self

    def clusterBy(self, *cols: str) -> DataFrameWriter:
        """Not available: use :meth:`partitionBy`, or sort the rows."""
        raise refused("clusterBy", "use partitionBy, or df.sort(...).write.")

    # -- writing -----------------------------------------------------------------------------

    def save(
        self,
        path: str | None = None,
        format: str | None = None,
        mode: str | None = None,
        partitionBy: Any = None,
        **options: Any,
    ) -> None:
        """Write to files.

        Parameters
        ----------
        path : str, optional
            The directory; or the option ``path``.
        format, mode, partitionBy
            As the methods of these names.
        **options
            Options of the format.

        Raises
        ------
        AnalysisException
            If there is something already (``PATH_ALREADY_EXISTS``); for columns that do not exist.
        """
        self.mode(mode).options(**options)
        if partitionBy is not None:
            self.partitionBy(partitionBy)
        if format is not None:
            self.format(format)
        self._save(self._format, path)

    def _save(self, format: str | None, path: str | None) -> None:
        state = self._spark._state
        chosen = format or state.conf.get(DEFAULT_FORMAT) or "parquet"
        self._refuse_buckets("save")
        given = dict(self._given)
        named = [given.pop(key) for key in list(given) if key.lower() == "path"]
        target = path if path is not None else (named[0] if named else "")
        sink = open_sink(
            chosen,
            target,
            self._df.schema,
            self._mode,
            self._partitions,
            given,
            state.conf.effective(),
            python=self._spark._data_sources,
        )
        self._df._query.write(sink)
        if target and isinstance(sink, FileSink):
            files_changed(state, target)

    def _spec(self) -> BucketSpec | None:
        """Buckets and the order within them.

        Raises
        ------
        AnalysisException
            ``SORT_BY_WITHOUT_BUCKETING``.
        """
        if self._buckets is None:
            if self._sorted:
                raise AnalysisException(
                    errorClass="SORT_BY_WITHOUT_BUCKETING", messageParameters={}
                )
            return None
        return replace(self._buckets, sorted=self._sorted)

    def _refuse_buckets(self, operation: str) -> None:
        if (spec := self._spec()) is not None:
            raise AnalysisException(
                errorClass=f"_LEGACY_ERROR_TEMP_{1313 if spec.sorted else 1312}",
                messageParameters={"operation": operation},
            )

    def insertInto(self, tableName: str, overwrite: bool | None = None) -> None:
        """Add the rows to a table, columns by position.

        Parameters
        ----------
        tableName : str
            The table; it must exist.
        overwrite : bool, optional
            Replace what is there.
        """
        self._refuse_buckets("insertInto")
        if self._partitions:
            raise AnalysisException(
                errorClass="PARTITION_BY_NOT_ALLOWED_WITH_INSERT_INTO",
                messageParameters={"tableName": tableName},
            )
        replaces = self._mode == "overwrite" if overwrite is None else overwrite
        name = parse_table_name(tableName)
        self._spark._run(Insert(name, self._df._plan, replaces))

    def saveAsTable(
        self,
        name: str,
        format: str | None = None,
        mode: str | None = None,
        partitionBy: Any = None,
        **options: Any,
    ) -> None:
        """Write to a table of the warehouse.

        Parameters
        ----------
        name : str
            The table.
        format, mode, partitionBy
            As the methods of these names; with ``append`` columns are matched by name.
        **options
            Options of the format; with ``path`` the files lie there.
        """
        self.mode(mode).options(**options)
        if partitionBy is not None:
            self.partitionBy(partitionBy)
        if format is not None:
            self.format(format)
        buckets = self._spec()
        parts, plan = parse_table_name(name), self._df._plan
        table = self._spark._state.catalog.find(parts)
        exists = table is not None
        if table is not None and self._mode == "append":
            provider = self._format or self._spark._state.conf.get(DEFAULT_FORMAT) or "parquet"
            check_appended(table, self._df.schema, provider, self._partitions, buckets)
            self._spark._run(Insert(parts, plan, by_name=True))
            return
        if exists and self._mode == "ignore":
            return
        if table is not None and self._mode == "overwrite":
            plan = self._df._query.analyzed
            if any(isinstance(n, Relation) and n.table == table.parts[1:] for n in plan.walk()):
                raise AnalysisException(
                    errorClass="UNSUPPORTED_OVERWRITE.TABLE",
                    messageParameters={"table": ".".join(f"`{part}`" for part in table.parts)},
                )
        given = dict(self._given)
        location = given.pop("path", None)
        self._spark._run(
            CreateTable(
                parts,
                None,
                plan,
                provider=self._format,
                partition_by=self._partitions,
                options=tuple(given.items()),
                location=location,
                buckets=buckets,
                mode=self._mode,
            )
        )

    def parquet(
        self,
        path: str,
        mode: str | None = None,
        partitionBy: Any = None,
        compression: str | None = None,
    ) -> None:
        """Write Parquet files.

        Parameters
        ----------
        path : str
            The directory.
        mode, partitionBy
            As the methods of these names.
        compression : str, optional
            ``snappy`` (default), ``zstd``, ``gzip``, ``none``...
        """
        self._set_options(compression=compression)
        if partitionBy is not None:
            self.partitionBy(partitionBy)
        self.mode(mode)._save("parquet", path)

    def orc(
        self,
        path: str,
        mode: str | None = None,
        partitionBy: Any = None,
        compression: str | None = None,
    ) -> None:
        """Write ORC files; parameters as :meth:`parquet`."""
        self._set_options(compression=compression)
        if partitionBy is not None:
            self.partitionBy(partitionBy)
        self.mode(mode)._save("orc", path)

    def text(self, path: str, compression: str | None = None, lineSep: str | None = None) -> None:
        """Write the only column, which must be text, as lines."""
        self._set_options(compression=compression, lineSep=lineSep)
        self._save("text", path)

    def json(
        self,
        path: str,
        mode: str | None = None,
        compression: Any = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        lineSep: Any = None,
        encoding: Any = None,
        ignoreNullFields: bool | str | None = None,
    ) -> None:
        """Write JSON objects, one a line.

        Parameters
        ----------
        path : str
            The directory.
        mode : str, optional
            What to do if it exists: see :meth:`mode`.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "mode")
        self.mode(mode)._save("json", path)

    def csv(
        self,
        path: str,
        mode: str | None = None,
        compression: Any = None,
        sep: Any = None,
        quote: Any = None,
        escape: Any = None,
        header: bool | str | None = None,
        nullValue: Any = None,
        escapeQuotes: bool | str | None = None,
        quoteAll: bool | str | None = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        ignoreLeadingWhiteSpace: bool | str | None = None,
        ignoreTrailingWhiteSpace: bool | str | None = None,
        charToEscapeQuoteEscaping: Any = None,
        encoding: Any = None,
        emptyValue: Any = None,
        lineSep: Any = None,
    ) -> None:
        """Write lines with values between separators.

        Parameters
        ----------
        path : str
            The directory.
        mode : str, optional
            What to do if it exists: see :meth:`mode`.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "mode")
        self.mode(mode)._save("csv", path)

    def xml(
        self,
        path: str,
        rowTag: str | None = None,
        mode: str | None = None,
        attributePrefix: Any = None,
        valueTag: Any = None,
        rootTag: Any = None,
        declaration: Any = None,
        arrayElementName: Any = None,
        nullValue: Any = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        compression: Any = None,
        encoding: Any = None,
        validateName: bool | str | None = None,
    ) -> None:
        """Write XML elements.

        Parameters
        ----------
        path : str
            The directory.
        mode : str, optional
            What to do if it exists: see :meth:`mode`.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "mode")
        self.mode(mode)._save("xml", path)

    def jdbc(
        self,
        url: str,
        table: str,
        mode: str | None = None,
        properties: dict[str, str] | None = None,
    ) -> None:
        """Write to a table of a database.

        Parameters
        ----------
        url : str
            Of the database.
        table : str
            The table.
        mode : str, optional
            As the method of this name.
        properties : dict, optional
            ``user``, ``password`` and other properties of the connection.
        """
        self._set_options(**(properties or {}))
        self._set_options(url=url, dbtable=table)
        self.mode(mode)._save("jdbc", "")


def _flat(cols: tuple[Any, ...]) -> tuple[str, ...]:
    if len(cols) == 1 and isinstance(cols[0], list | tuple):
        cols = tuple(cols[0])
    for name in cols:
        if not isinstance(name, str):
            raise expected("cols", "str", name)
    return tuple(cols)


def _together(col: Any, cols: tuple[str, ...]) -> tuple[str, ...]:
    """One column and others, or a list of columns and nothing else."""
    if isinstance(col, list | tuple):
        if cols:
            raise PySparkValueError(
                errorClass="CANNOT_SET_TOGETHER",
                messageParameters={"arg_list": f"`col` of type {type(col).__name__} and `cols`"},
            )
        col, cols = col[0], tuple(col[1:])
    for name in cols:
        if not isinstance(name, str):
            raise expected("cols", "list[str]", name)
    if not isinstance(col, str):
        raise expected("col", "list[str]", col)
    return (col, *cols)
