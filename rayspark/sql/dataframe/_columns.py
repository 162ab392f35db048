"""DataFrames with other columns: select, rename, add, drop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Alias, Attribute, UnresolvedAttribute, UnresolvedRegex
from rayspark.catalyst.logical import (
    Project,
    SubqueryAlias,
    ToSchema,
    WithColumns,
    WithColumnsRenamed,
)
from rayspark.catalyst.parser import parse_expression
from rayspark.datatypes import StructType
from rayspark.errors import AnalysisException
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore, named
from rayspark.sql.expected import expected, refused

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame


class ColumnMethods(FrameCore):
    """Methods that change columns and leave rows alone."""

    def select(self, *cols: Any) -> DataFrame:
        """These columns.

        Parameters
        ----------
        *cols : str, Column or list
            Names, columns, or one list of them; ``"*"`` stands for all.

        Raises
        ------
        AnalysisException
            If there is no such column (``UNRESOLVED_COLUMN``), and for any other mistake.

        Examples
        --------
        >>> spark.range(2).select("id", (F.col("id") * 2).alias("twice")).collect()
        [Row(id=0, twice=0), Row(id=1, twice=2)]
        """
        return self._derive(Project(named(self._expressions(cols)), self._plan))

    def selectExpr(self, *expr: str | list[str]) -> DataFrame:
        """Columns written in SQL.

        >>> spark.range(2).selectExpr("id + 1 AS next").collect()
        [Row(next=1), Row(next=2)]
        """
        texts: Any = expr[0] if len(expr) == 1 and isinstance(expr[0], list) else expr
        zone = self._state.conf.zone
        columns = [parse_expression(text, zone=zone) for text in texts]
        return self._derive(Project(named(columns), self._plan))

    def withColumn(self, colName: str, col: Column) -> DataFrame:
        """A column added, or one of that name replaced.

        Parameters
        ----------
        colName : str
            The name.
        col : Column
            The values, made of this DataFrame's columns.

        Examples
        --------
        >>> spark.range(2).withColumn("twice", F.col("id") * 2).collect()
        [Row(id=0, twice=0), Row(id=1, twice=2)]
        """
        if not isinstance(col, Column):
            raise expected("col", "Column", col)
        return self._derive(WithColumns((Alias(col._expr, colName),), self._plan))

    def withColumns(self, *colsMap: dict[str, Column]) -> DataFrame:
        """Several columns added or replaced; all are made of the columns as they were.

        Parameters
        ----------
        *colsMap : dict
            One dictionary from names to columns.
        """
        assert len(colsMap) == 1
        if not isinstance(colsMap[0], dict):
            raise expected("colsMap", "dict", colsMap[0])
        made = tuple(
            Alias(self._expression(col), name, metadata=_notes_of(col))
            for name, col in colsMap[0].items()
        )
        return self._derive(WithColumns(made, self._plan))

    def withColumnRenamed(self, existing: str, new: str) -> DataFrame:
        """A column under another name; the same DataFrame if there is no such column."""
        return self.withColumnsRenamed({existing: new})

    def withColumnsRenamed(self, colsMap: dict[str, str]) -> DataFrame:
        """Columns under other names; names that do not exist are passed over."""
        if not isinstance(colsMap, dict):
            raise expected("colsMap", "dict", colsMap)
        return self._derive(WithColumnsRenamed(self._plan, tuple(colsMap.items())))

    def withMetadata(self, columnName: str, metadata: dict[str, Any]) -> DataFrame:
        """A column with notes (``schema[name].metadata``)."""
        if not isinstance(metadata, dict):
            raise expected("metadata", "dict", metadata)
        noted = Alias(self._column(columnName)._expr, columnName, metadata=metadata)
        return self._derive(WithColumns((noted,), self._plan))

    def drop(self, *cols: str | Column) -> DataFrame:
        """All columns but these; names that do not exist are passed over.

        >>> spark.range(1).withColumn("a", F.lit(1)).drop("id", "nothing").columns
        ['a']
        """
        gone: set[Any] = set()
        for col in cols:
            if not isinstance(col, str | Column):
                raise expected("col", "Column or str", col)
            gone.update(self._dropped(col))
        kept = tuple(a for a in self._plan.output if a.id not in gone)
        return self._derive(Project(kept, self._plan))

    def _dropped(self, col: str | Column) -> list[Any]:
        output = self._plan.output
        if isinstance(col, str):
            return [a.id for a in output if self._same_name(a.name, col)]
        match col._expr:
            case Attribute(id=id):
                return [id]
            case UnresolvedAttribute(parts=(*qualifier, name)):
                return [
                    a.id
                    for a in output
                    if (
                        self._same_name(a.name, name)
                        and a.qualifier[-len(qualifier) :] == tuple(qualifier)
                    )
                    or (not qualifier and self._same_name(a.name, name))
                ]
        return []

    def toDF(self, *cols: str) -> DataFrame:
        """The same columns under these names, as many as there are.

        Raises
        ------
        AnalysisException
            If the numbers differ (``ASSIGNMENT_ARITY_MISMATCH``).
        """
        for name in cols:
            if not isinstance(name, str):
                raise expected("cols", "list[str]", name)
        output = self._plan.output
        if len(cols) != len(output):
            raise AnalysisException(
                errorClass="ASSIGNMENT_ARITY_MISMATCH",
                messageParameters={"numExpr": str(len(cols)), "numTarget": str(len(output))},
            )
        renamed = tuple(Alias(a, name) for a, name in zip(output, cols, strict=True))
        return self._derive(Project(renamed, self._plan))

    def to(self, schema: StructType) -> DataFrame:
        """The columns of a schema by name, in its order and cast to its types where that is safe.

        Raises
        ------
        AnalysisException
            If a column is missing and may not be null, or a type does not fit.
        """
        assert schema is not None
        return self._derive(ToSchema(self._plan, target=schema))

    def alias(self, alias: str) -> DataFrame:
        """The DataFrame under a name, by which ``F.col("name.column")`` finds its columns."""
        assert isinstance(alias, str), "alias should be a string"
        return self._derive(SubqueryAlias(self._plan, (alias,)))

    def colRegex(self, colName: str) -> Column:
        """All columns whose name a regular expression in backquotes matches, for ``select``.

        >>> df = spark.range(1).select(F.lit(1).alias("ab"), F.lit(2).alias("b"))
        >>> df.select(df.colRegex("`a.*`")).columns
        ['ab']
        """
        if not isinstance(colName, str):
            raise expected("colName", "str", colName)
        *target, last = colName.split(".`") if ".`" in colName else [colName]
        if target:
            return Column(UnresolvedRegex(last.rstrip("`"), (target[0].strip("`"),)))
        if colName.startswith("`") and colName.endswith("`"):
            return Column(UnresolvedRegex(colName[1:-1]))
        return self._column(colName)

    def metadataColumn(self, colName: str) -> Column:
        """Not available: sources have no hidden columns here."""
        if not isinstance(colName, str):
            raise expected("colName", "str", colName)
        raise refused(
            "metadataColumn",
            "sources have no hidden columns; see F.input_file_name().",
        )

    def transform(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> DataFrame:
        """``func(df, *args, **kwargs)``: for chains of one's own functions."""
        result = func(self, *args, **kwargs)
        assert isinstance(result, FrameCore), (
            f"Func returned an instance of type [{type(result)}], should have been DataFrame."
        )
        return result  # type: ignore[return-value]


def _notes_of(col: Any) -> Any:
    expr = getattr(col, "_expr", None)
    return expr.metadata if isinstance(expr, Alias) else None
