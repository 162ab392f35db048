"""What all parts of the DataFrame face stand on: the query, its plan and its columns."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.analysis.frames import of_frame
from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    MultiAlias,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedRegex,
    UnresolvedStar,
)
from rayspark.catalyst.logical import LogicalPlan, Project
from rayspark.datatypes import StructType
from rayspark.errors import AnalysisException, PySparkAttributeError, PySparkIndexError
from rayspark.execution.query import QueryExecution
from rayspark.sql.column import Column
from rayspark.sql.expected import expected
from rayspark.sql.literals import attribute
from rayspark.sql.marks import QueryMark

if TYPE_CHECKING:
    from rayspark.execution.session_state import SessionState
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession

_NAMED = (Attribute, Alias, MultiAlias, UnresolvedAttribute, UnresolvedStar, UnresolvedRegex,
          UnresolvedAlias)  # fmt: skip


class FrameCore(QueryMark):
    """A query and the session it belongs to. Each part of the face is a subclass of this."""

    def __init__(self, query: QueryExecution, session: SparkSession) -> None:
        self._query = query
        self._session = session
        self._deferred = _waits_for_outer(query.logical)
        if not self._deferred:
            self._query.analyzed  # noqa: B018  mistakes show at the call that made them

    @property
    def _plan(self) -> LogicalPlan:
        """The analysed plan; as written, if it reads columns of a query around it."""
        return self._query.logical if self._deferred else self._query.analyzed

    @property
    def _state(self) -> SessionState:
        return self._session._state

    def _subquery_plan(self) -> LogicalPlan:
        return self._plan

    def _derive(self, plan: LogicalPlan) -> DataFrame:
        """A DataFrame of the same session."""
        return self._session._frame(plan)

    # -- columns -----------------------------------------------------------------------------

    @functools.cached_property
    def _schema(self) -> StructType:
        return self._query.schema

    @property
    def schema(self) -> StructType:
        """The columns with their types.

        >>> spark.range(1).schema
        StructType([StructField('id', LongType(), False)])
        """
        return self._schema

    @property
    def columns(self) -> list[str]:
        """The names of the columns.

        >>> spark.range(1).columns
        ['id']
        """
        return [f.name for f in self.schema.fields]

    @property
    def dtypes(self) -> list[tuple[str, str]]:
        """The names of the columns, each with its type as text.

        >>> spark.range(1).dtypes
        [('id', 'bigint')]
        """
        return [(f.name, f.dataType.simpleString()) for f in self.schema.fields]

    def _column(self, name: str) -> Column:
        """The column of this DataFrame that a name means."""
        if self._deferred:
            return Column(attribute(name))
        if name != "*" and "." not in name and "`" not in name:
            found = [a for a in self._plan.output if self._same_name(a.name, name)]
            if len(found) == 1:
                return self._column_of(found[0])
        written = attribute(name)
        if isinstance(written, UnresolvedStar):
            own = (
                () if written.target else tuple(of_frame(a, self._plan) for a in self._plan.output)
            )
            return Column(written.copy(own=own))
        project = self._state.execute(Project((written,), self._plan)).analyzed
        assert isinstance(project, Project)
        (resolved,) = project.columns
        if isinstance(resolved, Attribute):
            return self._column_of(resolved)
        return Column(resolved.child if isinstance(resolved, Alias) else resolved)

    def _columns_named(self, name: str) -> list[Attribute]:
        """All columns of exactly this name, dots being part of it."""
        found = [a for a in self._plan.output if self._same_name(a.name, name)]
        if not found:
            raise AnalysisException(
                errorClass="UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
                messageParameters={
                    "colName": name,
                    "fieldNames": ", ".join(self.columns),
                },
            )
        return found

    def _same_name(self, a: str, b: str) -> bool:
        return a == b or (not self._case_sensitive and a.lower() == b.lower())

    @property
    def _case_sensitive(self) -> bool:
        return self._state.conf.get("spark.sql.caseSensitive") == "true"

    def _by_position(self, position: int) -> Column:
        return self._column_of(self._plan.output[position])

    def _column_of(self, found: Attribute) -> Column:
        return Column(of_frame(found, self._plan))

    def __getattr__(self, name: str) -> Column:
        if name.startswith("__") or "_query" not in self.__dict__ or name not in self.columns:
            raise PySparkAttributeError(
                errorClass="ATTRIBUTE_NOT_SUPPORTED", messageParameters={"attr_name": name}
            )
        return self._column(name)

    def __dir__(self) -> list[str]:
        return sorted({*dir(type(self)), *(c for c in self.columns if c.isidentifier())})

    # -- arguments ---------------------------------------------------------------------------

    def _expressions(self, cols: Sequence[Any], *, ordinals: bool = False) -> list[Expression]:
        """The expressions of columns and names; one list of them counts as its members."""
        if len(cols) == 1 and isinstance(cols[0], Sequence) and not isinstance(cols[0], str):
            cols = cols[0]
        return [self._expression(col, ordinals) for col in cols]

    def _expression(self, col: Any, ordinals: bool = False) -> Expression:
        if isinstance(col, Column):
            return col._expr
        if isinstance(col, str):
            return attribute(col)
        if ordinals and isinstance(col, int) and not isinstance(col, bool):
            if col < 1:
                raise PySparkIndexError(
                    errorClass="INDEX_NOT_POSITIVE", messageParameters={"index": str(col)}
                )
            return self._by_position(col - 1)._expr
        raise expected("col", "Column or str", col)


def named(expressions: Iterable[Expression]) -> tuple[Expression, ...]:
    """Expressions as the columns of a result: each has a name, or is given one by analysis."""
    return tuple(map(_named, expressions))


def _named(e: Expression) -> Expression:
    if isinstance(e, _NAMED):
        return e
    if isinstance(e, SortOrder):
        return _named(e.child)
    if isinstance(e, Cast) and isinstance(e.child, Cast):
        # As in PySpark: however often it is cast, a column keeps its name.
        inner: Expression = e
        while isinstance(inner, Cast):
            inner = inner.child
        match inner:
            case UnresolvedAttribute(parts=(*_, name)) | Attribute(name=name):
                return Alias(e, name)
    return UnresolvedAlias(e)


def _waits_for_outer(plan: LogicalPlan) -> bool:
    """Whether the plan reads columns of a query around it, so that it has no meaning alone."""
    stack = [plan]
    while stack:
        node = stack.pop()
        if node.resolved:
            continue
        for e in node.expressions:
            for part in e.walk():
                if isinstance(part, UnresolvedAttribute) and part.outer:
                    return True
        stack.extend(node.children)
    return False


def short_schema(frame: FrameCore) -> str:
    """The first columns, as Spark shows a DataFrame inside something else."""
    if frame._deferred:
        return "[...]"
    fields = frame.schema.fields
    shown = ", ".join(f"{f.name}: {f.dataType.simpleString()}" for f in fields[:2])
    more = len(fields) - 2
    rest = f" ... {more} more field{'s' if more > 1 else ''}" if more > 0 else ""
    return f"[{shown}{rest}]"


def plan_of(other: Any, argument: str = "other") -> LogicalPlan:
    """The plan of another DataFrame."""
    if not isinstance(other, FrameCore):
        raise expected(argument, "DataFrame", other)
    return other._plan


def names_of(subset: Any, argument: str = "subset") -> list[str]:
    """A list of column names from one name or several."""
    names = [subset] if isinstance(subset, str) else list(subset)
    for name in names:
        if not isinstance(name, str):
            raise expected(argument, "str", name)
    return names
