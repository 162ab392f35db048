"""DataFrames with other rows: filter, sort, limit, sample, distribute."""

from __future__ import annotations

import random
import sys
from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import SortOrder, lit
from rayspark.catalyst.logical import (
    Collect,
    Deduplicate,
    Distinct,
    Filter,
    Hint,
    Limit,
    Offset,
    Repartition,
    RepartitionBy,
    Sample,
    Sort,
)
from rayspark.catalyst.parser import parse_expression
from rayspark.errors import (
    IllegalArgumentException,
    PySparkIndexError,
    PySparkTypeError,
    PySparkValueError,
)
from rayspark.sql.column import Column
from rayspark.sql.dataframe._core import FrameCore, named
from rayspark.sql.expected import expected, refused
from rayspark.sql.observation import Observation

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

_HINT_TYPES = "str, float, int, Column, list[str], list[float], list[int]"


class RowMethods(FrameCore):
    """Methods that choose, order and divide rows."""

    def filter(self, condition: Column | str) -> DataFrame:
        """The rows for which a condition is true.

        Parameters
        ----------
        condition : Column or str
            A column of booleans, or its text in SQL.

        Examples
        --------
        >>> spark.range(5).filter(F.col("id") > 2).collect()
        [Row(id=3), Row(id=4)]
        >>> spark.range(5).filter("id % 4 = 0").collect()
        [Row(id=0), Row(id=4)]
        """
        if isinstance(condition, str):
            return self._derive(
                Filter(parse_expression(condition, zone=self._state.conf.zone), self._plan)
            )
        if not isinstance(condition, Column):
            raise expected("condition", "Column or str", condition)
        return self._derive(Filter(condition._expr, self._plan))

    def where(self, condition: Column | str) -> DataFrame:
        """The same as :meth:`filter`."""
        return self.filter(condition)

    def limit(self, num: int) -> DataFrame:
        """At most so many rows."""
        return self._derive(Limit(self._plan, count=lit(_integer("num", num))))

    def offset(self, num: int) -> DataFrame:
        """All rows but the first so many."""
        return self._derive(Offset(self._plan, count=lit(_integer("num", num))))

    # -- order -------------------------------------------------------------------------------

    def sort(self, *cols: Any, **kwargs: Any) -> DataFrame:
        """The rows in order.

        Parameters
        ----------
        *cols : str, Column, int or list
            The keys: names, columns, orders such as ``F.desc("a")``, positions from 1 (negative:
            downwards).
        ascending : bool or list of bool
            The direction of all keys, or of each.

        Raises
        ------
        PySparkValueError
            Without a key (``CANNOT_BE_EMPTY``).

        Examples
        --------
        >>> spark.range(3).sort(F.desc("id")).collect()
        [Row(id=2), Row(id=1), Row(id=0)]
        """
        return self._derive(Sort(self._plan, self._sort_keys(cols, kwargs)))

    def orderBy(self, *cols: Any, **kwargs: Any) -> DataFrame:
        """The same as :meth:`sort`."""
        return self.sort(*cols, **kwargs)

    def sortWithinPartitions(self, *cols: Any, **kwargs: Any) -> DataFrame:
        """As :meth:`sort`, within each partition."""
        return self._derive(Sort(self._plan, self._sort_keys(cols, kwargs), is_global=False))

    def _sort_keys(self, cols: Any, kwargs: dict[str, Any]) -> tuple[SortOrder, ...]:
        if not cols:
            raise PySparkValueError(
                errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "column"}
            )
        if len(cols) == 1 and isinstance(cols[0], list):
            cols = cols[0]
        keys = [self._sort_key(col) for col in cols]
        ascending = kwargs.get("ascending", True)
        if isinstance(ascending, bool | int):
            directions = [bool(ascending)] * len(keys)
        elif isinstance(ascending, list):
            directions = [bool(a) for a in ascending]
        else:
            raise expected("ascending", "bool or list", ascending)
        pairs = zip(keys, directions, strict=False)
        return tuple(
            _order(key) if up else SortOrder(_order(key).child, False, False) for key, up in pairs
        )

    def _sort_key(self, col: Any) -> Any:
        if isinstance(col, int) and not isinstance(col, bool):
            if col == 0:
                raise PySparkIndexError(errorClass="ZERO_INDEX", messageParameters={})
            found = self._by_position(abs(col) - 1)
            return (found if col > 0 else found.desc())._expr
        return self._expression(col)

    # -- each row once -----------------------------------------------------------------------

    def distinct(self) -> DataFrame:
        """Each row once.

        >>> spark.range(4).select(F.col("id") % 2).distinct().count()
        2
        """
        return self._derive(Distinct(self._plan))

    def dropDuplicates(self, subset: Any = None) -> DataFrame:
        """One row for each combination of values of some columns, or of all.

        Parameters
        ----------
        subset : list of str, optional
            The columns; which of several rows stays is not said.
        """
        if subset is None:
            return self.distinct()
        if isinstance(subset, str) or not hasattr(subset, "__iter__"):
            raise expected("subset", "list or tuple", subset)
        for name in subset:
            if not isinstance(name, str):
                raise expected("subset", "str", name)
        keys = tuple(a for name in subset for a in self._columns_named(name))
        return self._derive(Deduplicate(self._plan, keys))

    def drop_duplicates(self, subset: list[str] | None = None) -> DataFrame:
        """The same as :meth:`dropDuplicates`."""
        return self.dropDuplicates(subset)

    def dropDuplicatesWithinWatermark(self, subset: list[str] | None = None) -> DataFrame:
        """Not available for a batch: use :meth:`dropDuplicates`."""
        raise refused("dropDuplicatesWithinWatermark", "it is for streams; use dropDuplicates.")

    def withWatermark(self, eventTime: str, delayThreshold: str) -> DataFrame:
        """The same DataFrame: a watermark means nothing to a batch."""
        for name, value in (("eventTime", eventTime), ("delayThreshold", delayThreshold)):
            if not value or type(value) is not str:
                raise expected(name, "str", value)
        return self._derive(self._plan)

    # -- by chance ---------------------------------------------------------------------------

    def sample(
        self,
        withReplacement: Any = None,
        fraction: Any = None,
        seed: Any = None,
    ) -> DataFrame:
        """Some rows by chance.

        Parameters
        ----------
        withReplacement : bool, optional
            Whether a row may come several times; may be left out.
        fraction : float
            About which part of the rows; more than 1 with replacement: how often each comes.
        seed : int, optional
            The same seed gives the same rows.

        Examples
        --------
        >>> spark.range(100).sample(0.5, 3).count() < 100
        True
        """
        if isinstance(withReplacement, float) or (
            isinstance(withReplacement, int) and not isinstance(withReplacement, bool)
        ):
            seed = int(fraction) if fraction is not None else seed
            withReplacement, fraction = None, float(withReplacement)
        replace = withReplacement
        valid_seed = seed is None or isinstance(seed, int)
        if not (replace is None or isinstance(replace, bool)) or not isinstance(fraction, float):
            kinds = ", ".join(type(v).__name__ for v in (replace, fraction, seed))
            raise PySparkTypeError(
                errorClass="NOT_EXPECTED_TYPE",
                messageParameters={
                    "arg_name": "withReplacement (optional), fraction (required) and seed "
                    "(optional)",
                    "expected_type": "bool, float or int",
                    "arg_type": kinds,
                },
            )
        if not valid_seed:
            raise expected("seed", "int", seed)
        if fraction < 0 or (fraction > 1 and not replace):
            raise IllegalArgumentException(
                f"requirement failed: Sampling fraction ({fraction}) must be "
                + ("nonnegative" if replace else "on interval [0, 1]")
                + f" {'with' if replace else 'without'} replacement"
            )
        drawn = _seed(seed)
        return self._derive(
            Sample(
                self._plan,
                lower=0.0,
                upper=fraction,
                with_replacement=bool(replace),
                seed=drawn,
            )
        )

    def randomSplit(self, weights: list[float], seed: int | None = None) -> list[DataFrame]:
        """Several DataFrames that have all rows between them, divided by chance.

        Parameters
        ----------
        weights : list of float
            Their shares; they need not sum to 1.
        seed : int, optional
            The same seed gives the same parts.
        """
        for weight in weights:
            if weight < 0.0:
                raise PySparkValueError(
                    errorClass="VALUE_NOT_POSITIVE",
                    messageParameters={"arg_name": "weights", "arg_value": str(weight)},
                )
        total, drawn = sum(weights), _seed(seed)
        if not total > 0:
            raise IllegalArgumentException(
                "requirement failed: Sum of weights must be positive, but got "
                f"[{','.join(str(float(w)) for w in weights)}]"
            )
        # Rows are put in order first: their draws must not depend on how they arrive.
        keys = tuple(SortOrder(a) for a in self._plan.output if _can_be_sorted(a.type))
        plan = Sort(self._plan, keys, is_global=False) if keys else self._plan
        parts, below = [], 0.0
        for i, weight in enumerate(weights):
            upper = 1.0 if i == len(weights) - 1 else below + weight / total
            parts.append(self._derive(Sample(plan, lower=below, upper=upper, seed=drawn)))
            below = upper
        return parts

    # -- partitions --------------------------------------------------------------------------

    def coalesce(self, numPartitions: int) -> DataFrame:
        """Fewer partitions, neighbours put together without a shuffle."""
        _positive(numPartitions)
        return self._derive(Repartition(self._plan, count=numPartitions, shuffle=False))

    def repartition(self, numPartitions: int | str | Column, *cols: str | Column) -> DataFrame:
        """Other partitions: so many, even ones, or divided by the hash of some columns.

        Parameters
        ----------
        numPartitions : int, str or Column
            How many (default: ``spark.sql.shuffle.partitions``), or already the first column.
        *cols : str or Column
            Rows with the same values come together.
        """
        if isinstance(numPartitions, int) and not isinstance(numPartitions, bool):
            _positive(numPartitions)
            if not cols:
                return self._derive(Repartition(self._plan, count=numPartitions))
            return self._repartition_by(numPartitions, self._expressions(cols))
        if not isinstance(numPartitions, str | Column):
            raise expected("numPartitions", "Column or str", numPartitions)
        return self._repartition_by(None, self._expressions((numPartitions, *cols)))

    def repartitionByRange(
        self, numPartitions: int | str | Column, *cols: str | Column
    ) -> DataFrame:
        """Other partitions, each with a range of the values of some columns.

        Parameters
        ----------
        numPartitions : int, str or Column
            How many, or already the first column.
        *cols : str or Column
            The columns, or orders of them.
        """
        if isinstance(numPartitions, int) and not isinstance(numPartitions, bool):
            _positive(numPartitions)
            if not cols:
                raise PySparkValueError(
                    errorClass="CANNOT_BE_EMPTY",
                    messageParameters={"item": "partition-by expression"},
                )
            return self._repartition_by(numPartitions, map(_order, self._expressions(cols)))
        if not isinstance(numPartitions, str | Column):
            raise expected("numPartitions", "Column, int or str", numPartitions)
        return self._repartition_by(None, map(_order, self._expressions((numPartitions, *cols))))

    def repartitionById(self, numPartitions: int, partitionIdCol: str | Column) -> DataFrame:
        """Not available: use :meth:`repartition` or ``rdd.partitionBy``."""
        raise refused("repartitionById", "use repartition(n, column), or rdd.partitionBy.")

    def _repartition_by(self, count: int | None, keys: Any) -> DataFrame:
        return self._derive(RepartitionBy(tuple(keys), self._plan, count))

    # -- hints and metrics -------------------------------------------------------------------

    def hint(self, name: str, *parameters: Any) -> DataFrame:
        """Advice for planning: ``broadcast``, ``merge``, ``shuffle_hash``, ``repartition``...

        Parameters
        ----------
        name : str
            The hint; one that nobody knows is passed over, with a warning.
        *parameters : str, int, float, Column or list
            What it takes.
        """
        if len(parameters) == 1 and isinstance(parameters[0], list):
            parameters = tuple(parameters[0])
        if not isinstance(name, str):
            raise expected("name", "str", name)
        for p in parameters:
            good = isinstance(p, str | float | int | Column) or (
                isinstance(p, list) and all(isinstance(e, str | float | int) for e in p)
            )
            if not good:
                raise PySparkTypeError(
                    errorClass="DISALLOWED_TYPE_FOR_CONTAINER",
                    messageParameters={
                        "arg_name": "parameters",
                        "arg_type": type(parameters).__name__,
                        "allowed_types": _HINT_TYPES,
                        "item_type": type(p).__name__,
                    },
                )
        args = tuple(p._expr if isinstance(p, Column) else p for p in parameters)
        return self._derive(Hint(self._plan, name=name, args=args))

    def observe(self, observation: Any, *exprs: Column) -> DataFrame:
        """The same rows; metrics are taken of them when an action runs.

        Parameters
        ----------
        observation : Observation or str
            Where the metrics are found afterwards, or their name.
        *exprs : Column
            Aggregates with names: ``F.count(F.lit(1)).alias("rows")``.
        """
        if not exprs:
            raise PySparkValueError(
                errorClass="CANNOT_BE_EMPTY", messageParameters={"item": "exprs"}
            )
        if not all(isinstance(c, Column) for c in exprs):
            raise expected("exprs", "list[Column]", exprs)
        if not isinstance(observation, Observation | str):
            raise expected("observation", "Observation or str", observation)
        name = observation if isinstance(observation, str) else observation._begin(self._state)
        return self._derive(Collect(name, named(c._expr for c in exprs), self._plan))


def _order(e: Any) -> SortOrder:
    return e if isinstance(e, SortOrder) else SortOrder(e)


def _seed(seed: int | None) -> int:
    return random.randint(0, sys.maxsize) if seed is None else int(seed)


def _integer(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise expected(name, "int", value)
    return value


def _positive(count: int) -> None:
    if not isinstance(count, int):
        raise expected("numPartitions", "int", count)
    if count <= 0:
        raise IllegalArgumentException(
            f"requirement failed: Number of partitions ({count}) must be positive."
        )


def _can_be_sorted(dt: Any) -> bool:
    return dt.typeName() not in ("map", "variant", "interval")
