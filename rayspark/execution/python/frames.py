"""Arrow columns as pandas and back, as PySpark converts them.

Timestamps are wall-clock times of the session's zone, without a zone. Dates, decimals and text are
objects. Integers with nulls become floats.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from rayspark.datatypes import DataType, StructType, TimestampType
from rayspark.datatypes.arrow import to_arrow_type
from rayspark.errors import PySparkRuntimeError, PySparkTypeError

if TYPE_CHECKING:
    import pandas as pd


def to_series(column: Any, dt: DataType, zone: str) -> Any:
    """A column as a Series; a struct as a DataFrame."""
    import pandas as pd

    if isinstance(dt, StructType):
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        parts = whole.flatten()
        return pd.DataFrame(
            {f.name: to_series(p, f.dataType, zone) for f, p in zip(dt.fields, parts, strict=True)}
        )
    series = column.to_pandas(date_as_object=True, maps_as_pydicts="lossy")
    if isinstance(dt, TimestampType):
        series = pd.Series(series)
        if series.dt.tz is None:
            series = series.dt.tz_localize("UTC")
        series = series.dt.tz_convert(zone).dt.tz_localize(None)
    return series


def to_frame(table: pa.Table, schema: StructType, zone: str) -> pd.DataFrame:
    """A table as a DataFrame."""
    import pandas as pd

    columns = [
        to_series(column, f.dataType, zone)
        for column, f in zip(table.columns, schema.fields, strict=True)
    ]
    made = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(table.num_rows))
    made.columns = [f.name for f in schema.fields]
    return made


def is_missing(value: Any) -> bool:
    """Whether a single value is what pandas has for null: NaN too."""
    import pandas as pd

    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def from_series(series: Any, dt: DataType, zone: str, function: str) -> pa.Array:
    """A Series (or a DataFrame, for a struct) as a column of a type.

    Raises
    ------
    PySparkTypeError
        If its values cannot be of the type.
    """
    import pandas as pd

    target = to_arrow_type(dt)
    try:
        if isinstance(dt, StructType) and isinstance(series, pd.DataFrame):
            parts = [from_series(series[f.name], f.dataType, zone, function) for f in dt.fields]
            return pa.StructArray.from_arrays(parts, fields=list(target))
        if isinstance(dt, TimestampType) and getattr(series.dtype, "kind", "") == "M":
            if series.dt.tz is None:
                series = series.dt.tz_localize(zone, ambiguous=False, nonexistent="shift_forward")
            series = series.dt.tz_convert("UTC")
        if not isinstance(series, (pd.Series, pd.Index)):
            series = pd.Series(series)
        return pa.Array.from_pandas(series, type=target, safe=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError, ValueError) as error:
        raise PySparkTypeError(
            f"The function {function} returned values of type "
            f"{getattr(series, 'dtype', type(series).__name__)}, which cannot be "
            f"{dt.simpleString()} as declared: {error}"
        ) from None


def from_frame(frame: Any, schema: StructType, zone: str, function: str) -> pa.Table:
    """A DataFrame as a table of a schema: columns by name, or by position where names are numbers.

    Raises
    ------
    PySparkRuntimeError
        If columns are missing or too many.
    """
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        raise PySparkTypeError(
            f"The function {function} must return a pandas.DataFrame, but returned "
            f"{type(frame).__name__}"
        )
    names = [f.name for f in schema.fields]
    if frame.empty and not len(frame.columns):
        frame = pd.DataFrame({name: [] for name in names})
    by_name = any(isinstance(name, str) for name in frame.columns)
    if by_name:
        missing = [name for name in names if name not in frame.columns]
        extra = [str(name) for name in frame.columns if name not in names]
        if missing or extra:
            raise PySparkRuntimeError(
                errorClass="RESULT_COLUMN_NAMES_MISMATCH",
                messageParameters={
                    "missing": f" Missing: {', '.join(missing)}." if missing else "",
                    "extra": f" Unexpected: {', '.join(extra)}." if extra else "",
                },
            )
        columns = [frame[name] for name in names]
    else:
        if len(frame.columns) != len(names):
            raise PySparkRuntimeError(
                errorClass="RESULT_COLUMN_SCHEMA_MISMATCH",
                messageParameters={"expected": str(len(names)), "actual": str(len(frame.columns))},
            )
        columns = [frame.iloc[:, at] for at in range(len(names))]
    arrays = [
        from_series(column, f.dataType, zone, function)
        for column, f in zip(columns, schema.fields, strict=True)
    ]
    target = pa.schema([pa.field(f.name, to_arrow_type(f.dataType)) for f in schema.fields])
    if not arrays:
        return pa.table({})
    return pa.Table.from_arrays(arrays, schema=target)
