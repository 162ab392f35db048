"""Arrow tables as pandas DataFrames, with the types that PySpark gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    ByteType,
    DataType,
    IntegerType,
    LongType,
    MapType,
    ShortType,
    StructType,
    TimestampType,
    UserDefinedType,
    VariantType,
)
from rayspark.datatypes.convert import column_to_values
from rayspark.sql.pandas.utils import require_minimum_pandas_version

if TYPE_CHECKING:
    from rayspark.execution.session_conf import SessionConf

_INTEGERS: dict[type[DataType], str] = {
    ByteType: "int8",
    ShortType: "int16",
    IntegerType: "int32",
    LongType: "int64",
}


def table_to_pandas(table: pa.Table, schema: StructType, conf: SessionConf) -> Any:
    """A table as ``toPandas`` gives it: timestamps without zone in the session's zone, whole
    numbers with nulls as floats, arrays of numpy, structs as dictionaries (or Row: see
    ``spark.sql.execution.pandas.structHandlingMode``).
    """
    pandas: Any = require_minimum_pandas_version()

    mode = conf.get("spark.sql.execution.pandas.structHandlingMode") or "legacy"
    series = [
        _series(table.column(i), f.dataType, conf.zone, mode, pandas)
        for i, f in enumerate(schema.fields)
    ]
    if not series:
        return pandas.DataFrame(index=range(table.num_rows))
    found = pandas.concat(series, axis=1, keys=range(len(series)))
    found.columns = schema.names
    return found


def _series(column: pa.ChunkedArray, dt: DataType, zone: str, mode: str, pandas: Any) -> Any:
    match dt:
        case TimestampType():
            return column.cast(pa.timestamp("us", zone)).to_pandas().dt.tz_localize(None)
        case VariantType() | UserDefinedType():
            return _objects(column, dt, zone, pandas)
        case ArrayType() | MapType() | StructType() if mode == "row":
            return _objects(column, dt, zone, pandas)
        case BooleanType() if column.null_count:
            return pandas.Series(column.to_pylist(), dtype=object)
        case _ if type(dt) in _INTEGERS and not column.null_count:
            return column.to_pandas().astype(_INTEGERS[type(dt)])
    return column.to_pandas(date_as_object=True, maps_as_pydicts="strict")


def _objects(column: pa.ChunkedArray, dt: DataType, zone: str, pandas: Any) -> Any:
    """The values that ``collect`` gives."""
    values = [v for chunk in column.chunks for v in column_to_values(chunk, dt, zone=zone)]
    return pandas.Series(values, dtype=object)
