"""What makes a query run: collect, count, take, show, foreach..."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, overload

import pyarrow as pa  # noqa: TC002

from rayspark.catalyst.expressions import (
    Alias,
    Exists,
    ScalarSubquery,
    UnresolvedFunction,
    lit,
)
from rayspark.catalyst.logical import Aggregate, Limit, LogicalPlan, Project, Relation, Tail
from rayspark.datatypes import Row
from rayspark.datatypes.convert import batch_to_rows
from rayspark.errors import IllegalArgumentException, PySparkValueError
from rayspark.execution.run import failures_of_queries
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore, short_schema
from rayspark.sql.dataframe.pretty import html_text, show_text, vertical_text
from rayspark.sql.expected import expected

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

EXPLAIN_MODES = ("simple", "extended", "codegen", "cost", "formatted")


def rows_of(table: pa.Table, frame: FrameCore) -> list[Row]:
    """The rows of a table as PySpark gives them."""
    schema = frame.schema
    return [row for batch in table.to_batches() for row in batch_to_rows(batch, schema)]


class ActionMethods(FrameCore):
    """Methods that run the query."""

    _shown_as_html = False
    """Notebooks ask for HTML first: then the plain form need not run the query again."""

    def collect(self) -> list[Row]:
        """All rows.

        >>> spark.range(2).collect()
        [Row(id=0), Row(id=1)]
        """
        return rows_of(self._query.to_arrow(), self)

    def count(self) -> int:
        """How many rows there are.

        >>> spark.range(5).count()
        5
        """
        counted = Alias(UnresolvedFunction("count", (lit(1),)), "count")
        return int(self._values(Aggregate((), (counted,), self._plan))[0])

    def isEmpty(self) -> bool:
        """Whether there is no row.

        >>> spark.range(0).isEmpty()
        True
        """
        one = Limit(Project((), self._plan), count=lit(1))
        return bool(self._state.execute(one).to_arrow().num_rows == 0)

    def take(self, num: int) -> list[Row]:
        """The first so many rows."""
        return self._limited(num).collect()

    def tail(self, num: int) -> list[Row]:
        """The last so many rows."""
        return self._derive(Tail(self._plan, count=lit(num))).collect()

    @overload
    def head(self) -> Row | None: ...
    @overload
    def head(self, n: int) -> list[Row]: ...
    def head(self, n: int | None = None) -> Row | list[Row] | None:
        """The first row, or ``None`` if there is none; with a number, a list of so many.

        >>> spark.range(2).head()
        Row(id=0)
        >>> spark.range(2).head(1)
        [Row(id=0)]
        """
        if n is None:
            found = self.take(1)
            return found[0] if found else None
        return self.take(n)

    def first(self) -> Row | None:
        """The first row, or ``None`` if there is none."""
        return self.head()

    def toLocalIterator(self, prefetchPartitions: bool = False) -> Iterator[Row]:
        """The rows one after the other; only a partition of them is in memory here.

        Parameters
        ----------
        prefetchPartitions : bool
            Whether the next partition is made while this one is used.
        """
        tables = self._query.batches(prefetchPartitions)
        return (row for table in tables for row in rows_of(table, self))

    def foreach(self, f: Callable[[Row], None]) -> None:
        """Call a function with each row, where the rows are."""
        with failures_of_queries():
            self.rdd.foreach(f)

    def foreachPartition(self, f: Callable[[Iterator[Row]], None]) -> None:
        """Call a function with the rows of each partition, where they are."""
        with failures_of_queries():
            self.rdd.foreachPartition(f)

    @property
    def rdd(self) -> Any:
        """The rows as an RDD of :class:`Row`."""
        raise NotImplementedError

    def _limited(self, num: int) -> DataFrame:
        return self._derive(Limit(self._plan, count=lit(num)))

    def _values(self, plan: LogicalPlan) -> list[Any]:
        """The first row of a small query."""
        query = self._state.execute(plan)
        (row,) = (
            row
            for batch in query.to_arrow().to_batches()
            for row in batch_to_rows(batch, query.schema)
        )
        return list(row)

    # -- printing ----------------------------------------------------------------------------

    def show(self, n: int = 20, truncate: bool | int = True, vertical: bool = False) -> None:
        """Print the first rows as a table.

        Parameters
        ----------
        n : int
            How many (default 20).
        truncate : bool or int
            Cut values to 20 characters (default), to so many, or not at all.
        vertical : bool
            A line for each value.

        Examples
        --------
        >>> spark.range(3).show(2)
        +---+
        | id|
        +---+
        |  0|
        |  1|
        +---+
        only showing top 2 rows
        """
        print(self._show_string(n, truncate, vertical))  # noqa: T201  its purpose

    def _show_string(self, n: Any = 20, truncate: Any = True, vertical: Any = False) -> str:
        if not isinstance(n, int) or isinstance(n, bool):
            raise expected("n", "int", n)
        if not isinstance(vertical, bool):
            raise expected("vertical", "bool", vertical)
        if isinstance(truncate, bool):
            width = 20 if truncate else 0
        else:
            try:
                width = int(truncate)
            except ValueError:
                raise expected("truncate", "bool", truncate) from None
        shown = max(0, min(n, (1 << 31) - 16))
        table = self._limited(shown + 1)._query.to_arrow()
        write = vertical_text if vertical else show_text
        return write(table, self.schema, shown, width, self._state.conf.zone)

    def __repr__(self) -> str:
        if self._eager and not self._shown_as_html:
            rows, width = self._eager_limits
            return self._show_string(rows, width)
        return f"DataFrame[{', '.join(f'{name}: {kind}' for name, kind in self.dtypes)}]"

    def _repr_html_(self) -> str | None:
        """A table for notebooks, when ``spark.sql.repl.eagerEval.enabled`` is set."""
        self._shown_as_html = True
        if not self._eager:
            return None
        rows, width = self._eager_limits
        table = self._limited(rows + 1)._query.to_arrow()
        return html_text(table, self.schema, rows, width, self._state.conf.zone)

    @property
    def _eager(self) -> bool:
        return self._state.conf.get("spark.sql.repl.eagerEval.enabled") == "true"

    @property
    def _eager_limits(self) -> tuple[int, int]:
        conf = self._state.conf
        rows = conf.get("spark.sql.repl.eagerEval.maxNumRows") or "20"
        return int(rows), int(conf.get("spark.sql.repl.eagerEval.truncate") or "20")

    def _ipython_key_completions_(self) -> list[str]:
        return self.columns

    def printSchema(self, level: int | None = None) -> None:
        """Print the columns as a tree.

        Parameters
        ----------
        level : int, optional
            How deep into nested types.

        Examples
        --------
        >>> spark.range(1).printSchema()
        root
         |-- id: long (nullable = false)
        """
        text = self.schema.treeString(level) if level else self.schema.treeString()
        print(text)  # noqa: T201  its purpose

    def explain(self, extended: bool | str | None = None, mode: str | None = None) -> None:
        """Print how the query will run.

        Parameters
        ----------
        extended : bool or str, optional
            True: all plans, not only the physical one; or a mode.
        mode : str, optional
            ``simple``, ``extended``, ``codegen`` (the DuckDB text), ``cost``, ``formatted``.

        Raises
        ------
        PySparkValueError
            If both are given.
        IllegalArgumentException
            For another mode.
        """
        if extended is not None and mode is not None:
            raise PySparkValueError(
                errorClass="CANNOT_SET_TOGETHER",
                messageParameters={"arg_list": "extended and mode"},
            )
        if extended is not None and not isinstance(extended, bool | str):
            raise expected("extended", "bool or str", extended)
        if mode is not None and not isinstance(mode, str):
            raise expected("mode", "str", mode)
        word = mode or (extended if isinstance(extended, str) else None)
        chosen = word or ("extended" if extended else "simple")
        if chosen.lower() not in EXPLAIN_MODES:
            raise IllegalArgumentException(
                f"Unknown explain mode: {chosen}. Accepted explain modes are "
                + ", ".join(f"'{m}'" for m in EXPLAIN_MODES)
                + "."
            )
        print(self._query.explain_text(chosen.lower()))  # noqa: T201  its purpose

    # -- what is known of it -----------------------------------------------------------------

    def isLocal(self) -> bool:
        """Whether the rows are in this process already."""
        return not self._plan.has(Relation) and not self._plan.children

    @property
    def isStreaming(self) -> bool:
        """False: it is a batch."""
        return False

    def inputFiles(self) -> list[str]:
        """The files that are read, as far as is known."""
        found: dict[str, None] = {}
        for relation in self._plan.collect(Relation):
            files = getattr(relation.source, "files", ())
            found.update(dict.fromkeys(str(getattr(file, "path", file)) for file in files))
        return [re.sub(r"^file:/(?!/)", "file:///", path) for path in found]

    def scalar(self) -> Column:
        """The only value of a query of one column, for use in another query."""
        return Column(ScalarSubquery(self._subquery_plan()), f"({short_schema(self)})")

    def exists(self) -> Column:
        """Whether the query has a row, for use in another query."""
        return Column(Exists(self._subquery_plan()), f"EXISTS ({short_schema(self)})")

    @property
    def executionInfo(self) -> Any:
        """Not there: as in PySpark without Spark Connect."""
        raise PySparkValueError(
            errorClass="CLASSIC_OPERATION_NOT_SUPPORTED_ON_DF",
            messageParameters={"member": "queryExecution"},
        )
