"""Arrow batches of files as the columns that a schema asks for."""

from __future__ import annotations

import pyarrow as pa

from rayspark.errors import SparkException
from rayspark.execution.boundary import convert
from rayspark.lazy import compute as pc


def adapt(batch: pa.RecordBatch, target: pa.Schema, path: str) -> pa.RecordBatch:
    """The columns of ``target`` by name, in any case; null where the file has none.

    Raises
    ------
    SparkException
        If a column's values cannot be had in the wanted type.
    """
    have = {name.lower(): i for i, name in enumerate(batch.schema.names)}
    columns = []
    for f in target:
        at = have.get(f.name.lower())
        if at is None:
            columns.append(pa.nulls(batch.num_rows, f.type))
            continue
        try:
            columns.append(fit(batch.column(at), f.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise SparkException(
                f"Reading file {path} failed. Column {f.name} holds {batch.column(at).type}, which "
                f"cannot be read as {f.type}: {error}",
                "FAILED_READ_FILE.NO_HINT",
                {"path": path},
            ) from error
    return pa.RecordBatch.from_arrays(columns, schema=target)


def fit(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """The values in another type, part by part; fields of structs are found by name."""
    if array.type == wanted:
        return array
    if isinstance(array.type, pa.DictionaryType):
        return fit(array.dictionary_decode(), wanted)
    if pa.types.is_struct(wanted) and pa.types.is_struct(array.type):
        have = {f.name.lower(): i for i, f in enumerate(array.type)}
        children = [
            fit(array.field(have[f.name.lower()]), f.type)
            if f.name.lower() in have
            else pa.nulls(len(array), f.type)
            for f in wanted
        ]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(children, fields=list(wanted), mask=mask)
    if pa.types.is_timestamp(wanted) and pa.types.is_timestamp(array.type):
        return pc.cast(array, wanted, safe=False)
    if pa.types.is_list(wanted) or pa.types.is_map(wanted):
        return convert(array, wanted)
    return pc.cast(array, wanted)
