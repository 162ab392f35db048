"""The process's DuckDB instance.

One instance per process, shared by all its tasks: threads and memory are those of the executor, and
whoever runs gets every idle core. Each query has a connection of its own, so inputs of two queries
never meet; functions are known to all.

Threads: any thread may run queries. :meth:`Duck.interrupt_all` stops those that run.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from weakref import WeakSet

import duckdb
import pyarrow as pa

from rayspark.execution.compile.depth import MAX_NESTING, too_deep
from rayspark.execution.duck_errors import translate
from rayspark.execution.duck_functions import KnownFunctions
from rayspark.execution.kernels.kernel import ArrowFunction

BATCH_ROWS = 122_880
"""Rows of a batch that leaves DuckDB: its own row group size."""

SETTINGS = (
    "SET GLOBAL TimeZone = 'UTC'",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_progress_bar = false",
    "SET GLOBAL max_expression_depth = 1000000",
    "SET GLOBAL preserve_insertion_order = true",
)


ORDER = ("join_order", "partial_aggregate_pushdown")
"""DuckDB's optimizers that decide by how many rows a join gives, which only the first one of them
guesses. The second, left alone, groups whole tables below a join that keeps a few of their rows.
"""

DEEP = 300
"""Levels above which DuckDB does not look for equal expressions, nor for simpler ones: both
searches take time with the square of the depth, seconds for a sum of some hundred terms."""

SEARCHES = ("common_subexpressions", "expression_rewriter")

LEVELS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]|\bCASE\b|\bEND\b""")

_open: WeakSet[Duck] = WeakSet()


@atexit.register
def _close_all() -> None:
    """DuckDB holds Python functions that hold it: what is open when Python ends is reported as
    leaked, on the user's screen.
    """
    for duck in list(_open):
        duck.close()
        del duck._connection, duck.known


def without_offsets(value: Any) -> Any:
    """A table whose structs begin where their memory does: DuckDB reads no others, and refuses
    parts cut out of a table.
    """
    if not isinstance(value, pa.Table):
        return value
    for at, field in enumerate(value.schema):
        if pa.types.is_nested(field.type) and any(c.offset for c in value.column(at).chunks):
            column = pa.chunked_array(map(_copied, value.column(at).chunks), field.type)
            value = value.set_column(at, field, column)
    return value


def _copied(chunk: pa.Array) -> pa.Array:
    if not chunk.offset:
        return chunk
    sink = pa.BufferOutputStream()
    batch = pa.record_batch([chunk], ["part"])
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    with pa.ipc.open_stream(sink.getvalue()) as reader:
        return reader.read_all().column(0).chunk(0)


class Duck:
    """An in-memory DuckDB.

    Parameters
    ----------
    threads
        Cores that its queries may use together.
    memory
        Bytes that they may hold together before they spill; ``None`` for DuckDB's own choice.
    spill_directory
        Where they spill.
    """

    def __init__(
        self, threads: int, memory: int | None = None, spill_directory: str | None = None
    ) -> None:
        config: dict[str, Any] = {"threads": threads}
        if memory is not None:
            config["memory_limit"] = f"{memory}B"
        if spill_directory is not None:
            config["temp_directory"] = spill_directory
        self._connection = duckdb.connect(":memory:", config=config)
        for setting in SETTINGS:
            self._connection.execute(setting)
        self._memory = memory
        self.known = KnownFunctions(self._connection)
        self._keeps_join_order = False
        self._disabled = ""
        self._lock = threading.Lock()
        self._running: dict[duckdb.DuckDBPyConnection, int] = {}
        """With the thread that each query runs for."""
        _open.add(self)

    def table(
        self,
        text: str,
        inputs: Mapping[str, Any] | None = None,
        functions: Mapping[str, ArrowFunction] | None = None,
    ) -> pa.Table:
        """Run a query to its end.

        Parameters
        ----------
        text
            The query.
        inputs
            Arrow tables or readers by the names that the text has for them.
        functions
            Arrow functions that the text calls.
        """
        with self._cursor(text, inputs, functions) as cursor:
            return cursor.sql(text).to_arrow_table()

    def batches(
        self,
        text: str,
        inputs: Mapping[str, Any] | None = None,
        functions: Mapping[str, ArrowFunction] | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """Run a query; its rows as they come."""
        with self._cursor(text, inputs, functions) as cursor:
            yield from cursor.sql(text).to_arrow_reader(BATCH_ROWS)

    def keep_join_order(self, keep: bool) -> None:
        """Whether joins run in the order of the text, the right side as table to look up in: what
        planning found with statistics of sources, where DuckDB sees rows of unknown origin. Counts
        for queries of all threads that begin after it.
        """
        self._keeps_join_order = keep
        self._disable(self._disabled_optimizers(deep=False))

    def _disabled_optimizers(self, *, deep: bool) -> str:
        kept = ORDER if self._keeps_join_order else ()
        return ",".join([*kept, *(SEARCHES if deep else ())])

    def _disable(self, optimizers: str) -> None:
        """Take these out of DuckDB's optimizer. It has one such setting for the whole instance
        (``SET SESSION`` is refused), so a query of another thread that begins now is planned
        without them too: slower perhaps, never wrong. A change costs a tenth of a millisecond.
        """
        if optimizers != self._disabled:
            self._disabled = optimizers
            self._connection.cursor().execute(f"SET disabled_optimizers = '{optimizers}'")

    def plan(self, text: str, inputs: Mapping[str, Any] | None = None) -> str:
        """DuckDB's own plan of a query."""
        with self._cursor(text, inputs, None) as cursor:
            rows = cursor.execute("EXPLAIN " + text).fetchall()
            return "\n".join(row[1] for row in rows)

    def limit_memory(self, limit: int | None) -> None:
        """Let queries hold at most so many bytes together from now on; ``None``: as it is."""
        with self._lock:
            if limit is not None and limit != self._memory:
                self._connection.execute(f"SET GLOBAL memory_limit = '{limit}B'")
                self._memory = limit

    def interrupt_all(self) -> None:
        """Stop every query that runs."""
        for cursor in list(self._running):
            cursor.interrupt()

    def interrupt(self, thread: int) -> None:
        """Stop the queries that run for a thread."""
        for cursor, owner in list(self._running.items()):
            if owner == thread:
                cursor.interrupt()

    def close(self) -> None:
        """Stop what runs and free the memory."""
        self.interrupt_all()
        self._connection.close()

    @contextmanager
    def _cursor(
        self,
        text: str,
        inputs: Mapping[str, Any] | None,
        functions: Mapping[str, ArrowFunction] | None,
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection for a query."""
        self._disable(self._disabled_optimizers(deep=nesting(text) > DEEP))
        used = list((functions or {}).values())
        self.known.use(used)
        cursor = self._connection.cursor()
        self._running[cursor] = threading.get_ident()
        try:
            for name, value in (inputs or {}).items():
                cursor.register(name, without_offsets(value))
            yield cursor
        except duckdb.Error as error:
            raise translate(error) from None
        finally:
            self._running.pop(cursor, None)
            cursor.close()
            self.known.leave(used)


def nesting(text: str) -> int:
    """How deep brackets and CASEs of a query are nested.

    Raises
    ------
    SparkException
        When it is more than ``MAX_NESTING``.
    """
    if text.count("(") + text.count("CASE") <= DEEP:
        return 0
    depth = deepest = 0
    for found in LEVELS.findall(text):
        depth += (found in ("(", "CASE")) - (found in (")", "END"))
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise too_deep(deepest, MAX_NESTING)
    return deepest


@cache
def driver_duck() -> Duck:
    """The driver's own DuckDB, made when the first query runs in it."""
    directory = tempfile.mkdtemp(prefix="rayspark-driver-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return Duck(len(os.sched_getaffinity(0)), spill_directory=directory)
