"""A DuckDB of the sources' own: to read what the query's DuckDB cannot, and to cast columns.

One per process, in which every task works with its own thread: tasks run side by side already. File
systems of fsspec are made known to it as they are met.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from rayspark.execution.duck import Duck
from rayspark.execution.kernels.kernel import ArrowFunction
from rayspark.storage.files.paths import locate


class SourceDuck(Duck):
    """A :class:`Duck` that reads through fsspec."""

    def __init__(self) -> None:
        super().__init__(threads=1)
        self._schemes = {"file"}
        self._scheme_lock = threading.Lock()

    def reach(self, path: str) -> None:
        """Make the file system of a path known."""
        scheme = path.partition(":")[0]
        with self._scheme_lock:
            if scheme not in self._schemes:
                self._connection.register_filesystem(locate(path).filesystem)
                self._schemes.add(scheme)


@cache
def private_duck() -> SourceDuck:
    """The instance of the process."""
    return SourceDuck()


def run(
    text: str,
    target: pa.Schema,
    inputs: Mapping[str, Any] | None = None,
    functions: Mapping[str, ArrowFunction] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The rows of a query, with exactly the schema ``target``."""
    for batch in private_duck().batches(text, inputs, functions):
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
    nulls = pa.concat_arrays([array.is_null(), pa.array([False])])
    return pc.if_else(nulls, pa.scalar(None, pa.int32()), array.offsets)
