"""Arrow batches as records: what DataFrame partitions, shuffles and caches are made of.

An :class:`ArrowBlock` is a table in Arrow's IPC stream form in one buffer. It pickles out of band,
so it is copied once, into shared memory, and read there without copying. (Pickling Arrow tables
themselves would carry the whole parent of every slice.)

>>> import pyarrow as pa
>>> block = ArrowBlock.of(pa.table({"a": [1, 2, 3]}).slice(1))
>>> block.num_rows, block.table().column("a").to_pylist()
(2, [2, 3])
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

OPTIONS = pa.ipc.IpcWriteOptions(unify_dictionaries=True)


class ArrowBlock:
    """A table in IPC form: written when that is first wanted, so a block that is read where it
    was made costs nothing.
    """

    __slots__ = ("_buffer", "_table", "num_rows")

    def __init__(self, buffer: Any, num_rows: int) -> None:
        self._buffer = buffer
        self._table: pa.Table | None = None
        self.num_rows = num_rows

    @classmethod
    def of(cls, table: pa.Table | pa.RecordBatch, *, compression: str | None = None) -> ArrowBlock:
        """Of a table or batch; ``compression`` is ``zstd`` or ``lz4``."""
        if compression is not None:
            options = pa.ipc.IpcWriteOptions(compression=compression)
            return cls(_written(table, options), table.num_rows)
        block = cls(None, table.num_rows)
        block._table = table if isinstance(table, pa.Table) else pa.Table.from_batches([table])
        return block

    @property
    def buffer(self) -> Any:
        """The IPC stream."""
        table = self._table
        if table is not None:
            self._buffer = _written(table, OPTIONS)
            self._table = None
        return self._buffer

    def batches(self) -> list[pa.RecordBatch]:
        """The rows, without copying where they are not compressed."""
        batches: list[pa.RecordBatch] = self.table().to_batches()
        return batches

    def table(self) -> pa.Table:
        """The rows as a table."""
        table = self._table
        return self._read() if table is None else table

    def _read(self) -> pa.Table:
        buffer = self._buffer if isinstance(self._buffer, pa.Buffer) else pa.py_buffer(self._buffer)
        with pa.ipc.open_stream(buffer) as reader:
            return reader.read_all()

    @property
    def nbytes(self) -> int:
        """Bytes of the IPC form."""
        return len(memoryview(self.buffer))

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return ArrowBlock, (pickle.PickleBuffer(self.buffer), self.num_rows)


def _written(table: pa.Table | pa.RecordBatch, options: pa.ipc.IpcWriteOptions) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write(table)
    return sink.getvalue()


def gather(blocks: Iterable[ArrowBlock], schema: pa.Schema) -> pa.Table:
    """All rows in one table, without copying; ``schema`` counts where there is no block."""
    batches = [batch for block in blocks for batch in block.batches()]
    return pa.Table.from_batches(batches, schema=None if batches else schema)
