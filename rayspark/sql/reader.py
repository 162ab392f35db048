"""DataFrameReader: ``spark.read``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import Relation, UnresolvedRelation
from rayspark.catalyst.parser import parse_table_name
from rayspark.datatypes import DataType, StructType, parse_ddl
from rayspark.execution.sources import open_source
from rayspark.rdd import RDD
from rayspark.sql.expected import expected, refused
from rayspark.sql.reading_rdd import read_rdd
from rayspark.sql.utils import to_str

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession

DEFAULT_FORMAT = "spark.sql.sources.default"


class OptionUtils:
    """What readers and writers share: their options."""

    _given: dict[str, str]

    def _set_options(self, **options: Any) -> None:
        """Set those that are not ``None``."""
        for key, value in options.items():
            if value is not None:
                text = to_str(value)
                assert text is not None
                self._set(key, text)

    def _set_arguments(self, arguments: Mapping[str, Any], *others: str) -> None:
        """Set a method's arguments (its ``locals()``), but those that are no options."""
        self._set_options(**{k: v for k, v in arguments.items() if k not in ("self", *others)})

    def _set(self, key: str, value: str) -> None:
        """Options are the same in any case: the last one counts, as it was written."""
        for known in [k for k in self._given if k.lower() == key.lower()]:
            del self._given[known]
        self._given[key] = value


class DataFrameReader(OptionUtils):
    """Reads files and other sources. Methods that set something give the reader back.

    Examples
    --------
    >>> import tempfile
    >>> directory = tempfile.mkdtemp()
    >>> spark.range(3).write.mode("overwrite").parquet(directory)
    >>> spark.read.parquet(directory).orderBy("id").collect()
    [Row(id=0), Row(id=1), Row(id=2)]
    """

    def __init__(self, spark: SparkSession) -> None:
        self._spark = spark
        self._given = {}
        self._format: str | None = None
        self._schema: StructType | None = None

    def format(self, source: str) -> DataFrameReader:
        """Say what to read: ``parquet``, ``csv``, ``json``, ``orc``, ``text``..."""
        self._format = source
        return self

    def schema(self, schema: StructType | str) -> DataFrameReader:
        """Say which columns there are, instead of having them inferred.

        Parameters
        ----------
        schema : StructType or str
            The columns, as types or in DDL.
        """
        if not isinstance(schema, StructType | str):
            raise expected("schema", "StructType or str", schema)
        parsed: DataType = parse_ddl(schema) if isinstance(schema, str) else schema
        if not isinstance(parsed, StructType):
            raise expected("schema", "StructType or str", parsed)
        self._schema = parsed
        return self

    def option(self, key: str, value: Any) -> DataFrameReader:
        """Set an option of the format."""
        self._set(key, to_str(value) or "")
        return self

    def options(self, **options: Any) -> DataFrameReader:
        """Set several options of the format."""
        for key, value in options.items():
            self.option(key, value)
        return self

    def load(
        self,
        path: Any = None,
        format: str | None = None,
        schema: StructType | str | None = None,
        **options: Any,
    ) -> DataFrame:
        """Read.

        Parameters
        ----------
        path : str or list of str, optional
            Files, directories or patterns; or the option ``path``.
        format : str, optional
            The format; ``spark.sql.sources.default`` (parquet) if none was set.
        schema : StructType or str, optional
            The columns.
        **options
            Options of the format.

        Raises
        ------
        AnalysisException
            If there is nothing there (``PATH_NOT_FOUND``), or its columns cannot be inferred.
        """
        self.options(**options)
        if format is not None:
            self.format(format)
        if path is not None and not isinstance(path, str | list):
            path = str(path)
        return self._load(self._format, path, schema)

    def _load(
        self, format: str | None, path: Any, schema: StructType | str | None = None
    ) -> DataFrame:
        if schema is not None:
            self.schema(schema)
        conf = self._spark._state.conf
        chosen = format or conf.get(DEFAULT_FORMAT) or "parquet"
        given = dict(self._given)
        if isinstance(path, RDD):

            def infer(paths: list[str]) -> StructType:
                return open_source(chosen, paths, None, given, conf.effective()).schema

            return read_rdd(self._spark, path, chosen, self._schema, given, infer)
        named = [given.pop(key) for key in list(given) if key.lower() == "path"]
        if path is None:
            path = named
        paths = [path] if isinstance(path, str) else list(path)
        for one in paths:
            if not isinstance(one, str):
                raise expected("path", "str, list or RDD", one)
        source = open_source(
            chosen, paths, self._schema, given, conf.effective(), self._spark._data_sources
        )
        attributes = tuple(
            Attribute(f.name, f.dataType, f.nullable, metadata=f.metadata or None)
            for f in source.schema.fields
        )
        return self._spark._frame(Relation(source, attributes))

    def table(self, tableName: str) -> DataFrame:
        """A table or view by its name."""
        if not isinstance(tableName, str):
            raise expected("tableName", "str", tableName)
        options = tuple(self._given.items())
        return self._spark._frame(UnresolvedRelation(parse_table_name(tableName), options))

    def changes(self, tableName: str) -> NoReturn:
        """Not available: tables keep no changes."""
        raise refused("changes", "tables keep no record of changes.")

    def parquet(self, *paths: Any, **options: Any) -> DataFrame:
        """Parquet files.

        Parameters
        ----------
        *paths : str
            Files, directories or patterns.
        **options
            ``mergeSchema``, ``pathGlobFilter``, ``recursiveFileLookup``, ``modifiedBefore``,
            ``modifiedAfter``, ``datetimeRebaseMode``, ``int96RebaseMode``.
        """
        self._set_options(**options)
        many = paths[0] if len(paths) == 1 and isinstance(paths[0], list | tuple) else paths
        return self._load("parquet", list(many))

    def text(
        self,
        paths: str | list[str],
        wholetext: bool = False,
        lineSep: str | None = None,
        pathGlobFilter: bool | str | None = None,
        recursiveFileLookup: bool | str | None = None,
        modifiedBefore: bool | str | None = None,
        modifiedAfter: bool | str | None = None,
    ) -> DataFrame:
        """Lines of text in a column ``value``.

        Parameters
        ----------
        paths : str or list of str
            Files, directories or patterns.
        wholetext : bool
            A row for each file instead of each line.

        Every other parameter is the option of that name.
        """
        self._set_arguments(locals(), "paths")
        return self._load("text", paths)

    def json(
        self,
        path: str | list[str] | RDD[str],
        schema: StructType | str | None = None,
        primitivesAsString: bool | str | None = None,
        prefersDecimal: bool | str | None = None,
        allowComments: bool | str | None = None,
        allowUnquotedFieldNames: bool | str | None = None,
        allowSingleQuotes: bool | str | None = None,
        allowNumericLeadingZero: bool | str | None = None,
        allowBackslashEscapingAnyCharacter: bool | str | None = None,
        mode: Any = None,
        columnNameOfCorruptRecord: Any = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        multiLine: bool | str | None = None,
        allowUnquotedControlChars: bool | str | None = None,
        lineSep: Any = None,
        samplingRatio: Any = None,
        dropFieldIfAllNull: bool | str | None = None,
        encoding: Any = None,
        locale: Any = None,
        pathGlobFilter: Any = None,
        recursiveFileLookup: bool | str | None = None,
        modifiedBefore: Any = None,
        modifiedAfter: Any = None,
        allowNonNumericNumbers: bool | str | None = None,
        useUnsafeRow: bool | str | None = None,
    ) -> DataFrame:
        """Files of JSON objects, one a line.

        Parameters
        ----------
        path : str or list of str
            Files, directories or patterns.
        schema : StructType or str, optional
            The columns; inferred otherwise.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "schema")
        return self._load("json", path, schema)

    def csv(
        self,
        path: str | list[str] | RDD[str],
        schema: StructType | str | None = None,
        sep: Any = None,
        encoding: Any = None,
        quote: Any = None,
        escape: Any = None,
        comment: Any = None,
        header: bool | str | None = None,
        inferSchema: bool | str | None = None,
        ignoreLeadingWhiteSpace: bool | str | None = None,
        ignoreTrailingWhiteSpace: bool | str | None = None,
        nullValue: Any = None,
        nanValue: Any = None,
        positiveInf: Any = None,
        negativeInf: Any = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        maxColumns: Any = None,
        maxCharsPerColumn: Any = None,
        maxMalformedLogPerPartition: Any = None,
        mode: Any = None,
        columnNameOfCorruptRecord: Any = None,
        multiLine: bool | str | None = None,
        charToEscapeQuoteEscaping: Any = None,
        samplingRatio: Any = None,
        enforceSchema: bool | str | None = None,
        emptyValue: Any = None,
        locale: Any = None,
        lineSep: Any = None,
        pathGlobFilter: Any = None,
        recursiveFileLookup: bool | str | None = None,
        modifiedBefore: Any = None,
        modifiedAfter: Any = None,
        unescapedQuoteHandling: Any = None,
    ) -> DataFrame:
        """Files of lines with values between separators.

        Parameters
        ----------
        path : str or list of str
            Files, directories or patterns.
        schema : StructType or str, optional
            The columns; inferred otherwise.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "schema")
        return self._load("csv", path, schema)

    def xml(
        self,
        path: str | list[str] | RDD[str],
        rowTag: str | None = None,
        schema: StructType | str | None = None,
        excludeAttribute: bool | str | None = None,
        attributePrefix: Any = None,
        valueTag: Any = None,
        ignoreSurroundingSpaces: bool | str | None = None,
        rowValidationXSDPath: Any = None,
        ignoreNamespace: bool | str | None = None,
        wildcardColName: Any = None,
        encoding: Any = None,
        inferSchema: bool | str | None = None,
        nullValue: Any = None,
        dateFormat: Any = None,
        timestampFormat: Any = None,
        mode: Any = None,
        columnNameOfCorruptRecord: Any = None,
        multiLine: bool | str | None = None,
        samplingRatio: Any = None,
        locale: Any = None,
    ) -> DataFrame:
        """Files of XML elements.

        Parameters
        ----------
        path : str or list of str
            Files, directories or patterns.
        schema : StructType or str, optional
            The columns; inferred otherwise.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path", "schema")
        return self._load("xml", path, schema)

    def orc(
        self,
        path: str | list[str],
        mergeSchema: bool | str | None = None,
        pathGlobFilter: Any = None,
        recursiveFileLookup: bool | str | None = None,
        modifiedBefore: Any = None,
        modifiedAfter: Any = None,
    ) -> DataFrame:
        """ORC files.

        Parameters
        ----------
        path : str or list of str
            Files, directories or patterns.

        Every other parameter is the option of that name; see ``docs/sources.md``.
        """
        self._set_arguments(locals(), "path")
        return self._load("orc", path)

    def jdbc(
        self,
        url: str,
        table: str,
        column: str | None = None,
        lowerBound: int | str | None = None,
        upperBound: int | str | None = None,
        numPartitions: int | None = None,
        predicates: list[str] | None = None,
        properties: dict[str, str] | None = None,
    ) -> DataFrame:
        """A table of a database.

        Parameters
        ----------
        url : str
            Of the database: ``jdbc:postgresql://host/db``, ``jdbc:sqlite:file``.
        table : str
            The table.
        column, lowerBound, upperBound, numPartitions : optional
            Read in parts by ranges of a column; all four, or none.
        predicates : list of str, optional
            Read in parts, one for each condition.
        properties : dict, optional
            ``user``, ``password`` and other properties of the connection.
        """
        self._set_options(**(properties or {}))
        self._set_options(url=url, dbtable=table)
        if column is not None:
            for name, bound in (("lowerBound", lowerBound), ("upperBound", upperBound),
                                ("numPartitions", numPartitions)):  # fmt: skip
                assert bound is not None, f"{name} can not be None when 'column' is specified"
            self._set_options(
                partitionColumn=column,
                lowerBound=lowerBound,
                upperBound=upperBound,
                numPartitions=numPartitions,
            )
        if predicates is not None:
            self._set("predicates", "\n".join(predicates))
        return self._load("jdbc", [])
