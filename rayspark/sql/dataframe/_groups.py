"""Groups of rows, and rows and columns turned around."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Expression
from rayspark.catalyst.logical import Unpivot
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore
from rayspark.sql.dataframe.transposing import default_index, transposed
from rayspark.sql.group import GroupedData, Grouping

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame


class GroupMethods(FrameCore):
    """Methods that gather rows."""

    def groupBy(self, *cols: Any) -> GroupedData:
        """The rows in groups that have the same values of these columns.

        Parameters
        ----------
        *cols : str, Column, int or list
            Names, columns, positions from 1; none: all rows are one group.

        Examples
        --------
        >>> spark.range(4).groupBy(F.col("id") % 2).count().orderBy(1).collect()
        [Row((id % 2)=0, count=2), Row((id % 2)=1, count=2)]
        """
        return self._grouped("GroupBy", cols)

    def groupby(self, *cols: Any) -> GroupedData:
        """The same as :meth:`groupBy`."""
        return self.groupBy(*cols)

    def rollup(self, *cols: Any) -> GroupedData:
        """Groups by all of these columns, by all but the last, ... and by none."""
        keys = self._expressions(cols, ordinals=True)
        sets = tuple(tuple(range(n)) for n in range(len(keys), -1, -1))
        return GroupedData(Grouping(tuple(keys), "Rollup", sets), self._self)

    def cube(self, *cols: Any) -> GroupedData:
        """Groups by each selection of these columns."""
        keys = self._expressions(cols, ordinals=True)
        places = range(len(keys))
        sets = tuple(s for n in range(len(keys), -1, -1) for s in itertools.combinations(places, n))
        return GroupedData(Grouping(tuple(keys), "Cube", sets), self._self)

    def groupingSets(self, groupingSets: Sequence[Sequence[Any]], *cols: Any) -> GroupedData:
        """Groups by each of these selections of columns.

        Parameters
        ----------
        groupingSets : list of list of str, Column or int
            The selections.
        *cols : str, Column or int
            The columns that come out.
        """
        keys = self._expressions(cols, ordinals=True)
        sets: list[tuple[int, ...]] = []
        for chosen in groupingSets:
            members = self._expressions([list(chosen)], ordinals=True)
            sets.append(tuple(_place(keys, e) for e in members))
        return GroupedData(Grouping(tuple(keys), "GroupingSets", tuple(sets)), self._self)

    def agg(self, *exprs: Any) -> DataFrame:
        """Aggregates of all rows.

        Parameters
        ----------
        *exprs : Column, or one dict
            Aggregates, or a dictionary from column names to names of functions.

        Examples
        --------
        >>> spark.range(4).agg(F.sum("id"), F.max("id").alias("most")).collect()
        [Row(sum(id)=6, most=3)]
        """
        return self.groupBy().agg(*exprs)

    def unpivot(
        self, ids: Any, values: Any, variableColumnName: str, valueColumnName: str
    ) -> DataFrame:
        """A row for each of several columns, which hold its name and its value.

        Parameters
        ----------
        ids : str, Column or list
            Columns that stay beside them.
        values : str, Column or list, optional
            The columns to turn into rows; ``None``: all others.
        variableColumnName, valueColumnName : str
            Where the name and the value come to stand.

        Examples
        --------
        >>> df = spark.createDataFrame([(1, 2, 3)], ["id", "a", "b"])
        >>> df.unpivot("id", ["a", "b"], "name", "value").collect()
        [Row(id=1, name='a', value=2), Row(id=1, name='b', value=3)]
        """
        assert ids is not None, "ids must not be None"
        chosen = None if values is None else tuple((e,) for e in self._list(values))
        aliases: tuple[str | None, ...] = () if chosen is None else (None,) * len(chosen)
        return self._derive(
            Unpivot(
                tuple(self._list(ids)),
                chosen,
                aliases,
                variableColumnName,
                (valueColumnName,),
                self._plan,
                include_nulls=True,
            )
        )

    def melt(
        self, ids: Any, values: Any, variableColumnName: str, valueColumnName: str
    ) -> DataFrame:
        """The same as :meth:`unpivot`."""
        return self.unpivot(ids, values, variableColumnName, valueColumnName)

    def transpose(self, indexColumn: str | Column | None = None) -> DataFrame:
        """Rows as columns, called by the values of an index column, in their order.

        The query runs at once; rows whose index is null are left out.

        Parameters
        ----------
        indexColumn : str or Column, optional
            The index: the first column by default.

        Examples
        --------
        >>> df = spark.createDataFrame([("x", 1, 2), ("y", 3, 4)], ["k", "a", "b"])
        >>> df.transpose().collect()
        [Row(key='a', x=1, y=3), Row(key='b', x=2, y=4)]
        """
        if indexColumn is None:
            return transposed(self._self, default_index(self._plan.output))
        (index,) = self._list(indexColumn)
        return transposed(self._self, Column(index))

    def _grouped(self, kind: Any, cols: Any) -> GroupedData:
        keys = tuple(self._expressions(cols, ordinals=True))
        return GroupedData(Grouping(keys, kind), self._self)

    @property
    def _self(self) -> DataFrame:
        return self  # type: ignore[return-value]  # the only subclass of all parts

    def _list(self, cols: Any) -> list[Expression]:
        return self._expressions(cols if isinstance(cols, list | tuple) else [cols])


def _place(keys: list[Expression], e: Expression) -> int:
    if e not in keys:
        keys.append(e)
    return keys.index(e)
