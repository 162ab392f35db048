"""DataFrames of two: joins and set operations."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.logical import (
    Join,
    JoinKind,
    LateralJoin,
    LogicalPlan,
    SetOp,
    Union,
)
from rayspark.errors import AnalysisException
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore, plan_of
from rayspark.sql.expected import refused

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

JOIN_TYPES = {
    "inner": JoinKind.INNER,
    "outer": JoinKind.FULL,
    "full": JoinKind.FULL,
    "fullouter": JoinKind.FULL,
    "leftouter": JoinKind.LEFT,
    "left": JoinKind.LEFT,
    "rightouter": JoinKind.RIGHT,
    "right": JoinKind.RIGHT,
    "leftsemi": JoinKind.SEMI,
    "semi": JoinKind.SEMI,
    "leftanti": JoinKind.ANTI,
    "anti": JoinKind.ANTI,
    "cross": JoinKind.CROSS,
}
_SUPPORTED = [
    "inner", "outer", "full", "fullouter", "full_outer", "leftouter", "left", "left_outer",
    "rightouter", "right", "right_outer", "leftsemi", "left_semi", "semi", "leftanti", "left_anti",
    "anti", "cross",
]  # fmt: skip
_LATERAL = {"inner": JoinKind.INNER, "leftouter": JoinKind.LEFT, "left": JoinKind.LEFT,
            "cross": JoinKind.CROSS}  # fmt: skip


class JoinMethods(FrameCore):
    """Methods that put two DataFrames together."""

    def join(self, other: Any, on: Any = None, how: str | None = None) -> DataFrame:
        """Pairs of rows of two DataFrames that belong together.

        Parameters
        ----------
        other : DataFrame
            The right side.
        on : str, Column or list of them, optional
            Names of columns that both sides have, which come out once; or conditions, all of which
            must be true. Without it, every pair.
        how : str, optional
            ``inner`` (default), ``cross``, ``left``, ``right``, ``full`` (also ``outer``),
            ``semi``, ``anti``; Spark's other spellings too.

        Raises
        ------
        AnalysisException
            For another ``how`` (``UNSUPPORTED_JOIN_TYPE``); for names that a side does not have.

        Examples
        --------
        >>> a = spark.createDataFrame([(1, "x"), (2, "y")], "id int, a string")
        >>> b = spark.createDataFrame([(1, "z")], "id int, b string")
        >>> a.join(b, "id").collect()
        [Row(id=1, a='x', b='z')]
        >>> a.join(b, a.id == b.id, "anti").collect()
        [Row(id=2, a='y')]
        """
        left, right = self._plan, plan_of(other)
        assert how is None or isinstance(how, str), "how should be a string"
        kind = join_kind(how)
        if on is None:
            return self._derive(Join(left, right, kind))
        parts = on if isinstance(on, list) else [on]
        if isinstance(parts[0], str):
            return self._derive(Join(left, right, kind, using=tuple(parts)))
        assert isinstance(parts[0], Column), "on should be Column or list of Column"
        condition = reduce(lambda a, b: a & b, parts)._expr
        return self._derive(Join(left, right, kind, condition))

    def crossJoin(self, other: Any) -> DataFrame:
        """Every row of one with every row of the other."""
        return self._derive(Join(self._plan, plan_of(other), JoinKind.CROSS))

    def lateralJoin(
        self, other: Any, on: Column | None = None, how: str | None = None
    ) -> DataFrame:
        """Each row with the rows of a query that reads the row's columns (``Column.outer``).

        Parameters
        ----------
        other : DataFrame
            The query.
        on : Column, optional
            A condition.
        how : str, optional
            ``inner`` (default), ``left`` or ``cross``.
        """
        word = (how or "inner").lower().replace("_", "")
        if word not in _LATERAL:
            raise AnalysisException(
                errorClass="UNSUPPORTED_JOIN_TYPE",
                messageParameters={
                    "typ": how or "",
                    "supported": "'inner', 'leftouter', 'left', 'left_outer', 'cross'",
                },
            )
        condition = None if on is None else on._expr
        return self._derive(LateralJoin(self._plan, plan_of(other), _LATERAL[word], condition))

    def nearestByJoin(
        self,
        other: Any,
        rankingExpression: Column,
        numResults: int,
        mode: str,
        direction: str,
        *,
        joinType: str = "inner",
    ) -> DataFrame:
        """Not available: use a window over :meth:`crossJoin`, or :meth:`lateralJoin`."""
        raise refused("nearestByJoin", "use lateralJoin with orderBy and limit.")

    def zip(self, other: Any) -> DataFrame:
        """Not available: use ``rdd.zip``, or a join on :meth:`zipWithIndex`."""
        raise refused("DataFrame.zip", "use rdd.zip, or join both sides on zipWithIndex.")

    # -- sets --------------------------------------------------------------------------------

    def union(self, other: Any) -> DataFrame:
        """All rows of both, columns by position. Equal rows stay: see :meth:`distinct`.

        >>> spark.range(2).union(spark.range(1)).collect()
        [Row(id=0), Row(id=1), Row(id=0)]
        """
        return self._derive(Union((*self._union_inputs(), plan_of(other))))

    def unionAll(self, other: Any) -> DataFrame:
        """The same as :meth:`union`."""
        return self.union(other)

    def unionByName(self, other: Any, allowMissingColumns: bool = False) -> DataFrame:
        """All rows of both, columns by name.

        Parameters
        ----------
        other : DataFrame
            The other rows.
        allowMissingColumns : bool
            Whether a column that one side does not have is null there (default: an error).
        """
        inputs = (self._plan, plan_of(other))
        return self._derive(Union(inputs, by_name=True, allow_missing=allowMissingColumns))

    def intersect(self, other: Any) -> DataFrame:
        """Rows that are in both, each once."""
        return self._derive(SetOp(self._plan, plan_of(other), "intersect"))

    def intersectAll(self, other: Any) -> DataFrame:
        """Rows that are in both, as often as in both."""
        return self._derive(SetOp(self._plan, plan_of(other), "intersect", True))

    def subtract(self, other: Any) -> DataFrame:
        """Rows that are not in the other, each once."""
        return self._derive(SetOp(self._plan, plan_of(other), "except"))

    def exceptAll(self, other: Any) -> DataFrame:
        """Rows that are not in the other, as many more of each as there are here."""
        return self._derive(SetOp(self._plan, plan_of(other), "except", True))

    def _union_inputs(self) -> tuple[LogicalPlan, ...]:
        """The inputs of a union just made: unions of hundreds of DataFrames stay flat."""
        written = self._query.logical
        if isinstance(written, Union) and not written.by_name:
            types = [[a.type for a in plan.output] for plan in written.inputs_]
            if types.count(types[0]) == len(types):
                return written.inputs_
        return (self._plan,)


def join_kind(how: str | None) -> JoinKind:
    """The kind of join that a word means."""
    kind = JOIN_TYPES.get((how or "inner").lower().replace("_", ""))
    if kind is None:
        raise AnalysisException(
            errorClass="UNSUPPORTED_JOIN_TYPE",
            messageParameters={
                "typ": how or "",
                "supported": ", ".join(f"'{word}'" for word in _SUPPORTED),
            },
        )
    return kind
