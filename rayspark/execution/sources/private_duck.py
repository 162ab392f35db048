"""A DuckDB of a source's own: to read what the query's DuckDB cannot, and to cast columns.

One per thread, with one thread inside: tasks run side by side already. File systems of fsspec are
made known to it as they are met.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from rayspark.storage.files.paths import locate

_local = threading.local()


def private_duck(paths: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """The thread's connection, able to read ``paths``."""
    con: duckdb.DuckDBPyConnection | None = getattr(_local, "con", None)
    if con is None:
        con = duckdb.connect(config={"threads": 1})
        con.execute("SET TimeZone='UTC'; SET preserve_insertion_order=true")
        _local.con, _local.schemes = con, {"file"}
    for path in paths:
        scheme = path.partition(":")[0]
        if scheme not in _local.schemes:
            con.register_filesystem(locate(path).filesystem)
            _local.schemes.add(scheme)
    return con


def run(text: str, paths: tuple[str, ...], target: pa.Schema) -> Iterator[pa.RecordBatch]:
    """The rows of a query, with exactly the schema ``target``."""
    reader = private_duck(paths).sql(text).to_arrow_reader(100_000)
    for batch in reader:
        yield conform(batch, target)


def conform(batch: pa.RecordBatch, target: pa.Schema) -> pa.RecordBatch:
    """The same values in the types of ``target``: DuckDB holds intervals and times as numbers."""
    columns = [conform_array(c, f.type) for c, f in zip(batch.columns, target, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=target)


def conform_array(array: pa.Array, wanted: pa.DataType) -> pa.Array:
    """One column of :func:`conform`."""
    if array.type == wanted:
        return array
    if pa.types.is_struct(wanted):
        fields = [wanted.field(i) for i in range(wanted.num_fields)]
        children = [conform_array(array.field(i), f.type) for i, f in enumerate(fields)]
        mask = array.is_null() if array.null_count else None
        return pa.StructArray.from_arrays(children, fields=fields, mask=mask)
    if pa.types.is_map(wanted):
        keys = conform_array(array.keys, wanted.key_type)
        items = conform_array(array.items, wanted.item_type)
        return pa.MapArray.from_arrays(_offsets(array), keys, items, wanted)
    if pa.types.is_list(wanted):
        values = conform_array(array.values, wanted.value_type)
        return pa.ListArray.from_arrays(_offsets(array), values, wanted)
    return pc.cast(array, wanted)


def _offsets(array: pa.Array) -> pa.Array:
    """Offsets in which null lists are null."""
    if not array.null_count:
        return array.offsets
    last = pa.array([False])
    nulls = pa.concat_arrays([array.is_null(), last])
    return pc.if_else(nulls, pa.scalar(None, pa.int32()), array.offsets)
