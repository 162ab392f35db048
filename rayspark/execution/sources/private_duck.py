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

from rayspark.execution.boundary import convert
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
    columns = [convert(c, f.type) for c, f in zip(batch.columns, target, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=target)
