"""``df.transpose()``: a column for each row, called by the value of an index column.

``k=x a=1 b=2`` and ``k=y a=3 b=4`` become ``key=a x=1 y=3`` and ``key=b x=2 y=4``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rayspark.catalyst.expressions import Attribute
from rayspark.datatypes import AtomicType, DataType, StringType, StructField, StructType
from rayspark.datatypes.coercion import find_tightest
from rayspark.errors import AnalysisException
from rayspark.sql.column import Column

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame

MAX_VALUES = "spark.sql.transposeMaxValues"


def transposed(df: DataFrame, index: Column) -> DataFrame:
    """The rows, in the order of their index, as columns. The query runs at once.

    Raises
    ------
    AnalysisException
        ``TRANSPOSE_INVALID_INDEX_COLUMN``, ``TRANSPOSE_NO_LEAST_COMMON_TYPE``,
        ``TRANSPOSE_EXCEED_ROW_LIMIT``.
    """
    key = df.select(index)._plan.output[0]
    if not isinstance(key.dtype, AtomicType):
        reason = f"the index column must be of an atomic type, but is {key.dtype!r}"
        raise _error("TRANSPOSE_INVALID_INDEX_COLUMN", reason=reason)
    others = [a for a in df._plan.output if a.id != key.id]
    kind = _common([a.dtype for a in others])
    limit = int(df.sparkSession.conf.get(MAX_VALUES, "500") or "500")
    values = [Column(a).cast(kind).alias(str(at)) for at, a in enumerate(others)]
    rows = (
        df.where(index.isNotNull())
        .orderBy(index)
        .select(index.cast("string").alias("key"), *values)
        .limit(limit + 1)
        .collect()
    )
    if len(rows) > limit:
        raise _error("TRANSPOSE_EXCEED_ROW_LIMIT", maxValues=str(limit), config=MAX_VALUES)
    fields = [StructField("key", StringType(), False)]
    fields += [StructField(row[0], kind) for row in rows]
    made = [(a.name, *(row[at] for row in rows)) for at, a in enumerate(others, 1)]
    return df.sparkSession.createDataFrame(made, StructType(fields))


def default_index(columns: Sequence[Attribute]) -> Column:
    """The first column."""
    return Column(columns[0])


def _common(types: Sequence[DataType]) -> DataType:
    if not types:
        return StringType()
    found = types[0]
    for dt in types[1:]:
        wider = find_tightest(found, dt, ansi=False)
        if wider is None:
            pair = [f'"{t.simpleString().upper()}"' for t in (found, dt)]
            raise _error("TRANSPOSE_NO_LEAST_COMMON_TYPE", dt1=pair[0], dt2=pair[1])
        found = wider
    return found


def _error(condition: str, **parameters: str) -> AnalysisException:
    return AnalysisException(errorClass=condition, messageParameters=parameters)
