"""Files as records other than lines: fixed-length records, whole files, pickled objects.

``pickleFile`` files are exchanged with PySpark: sequence files whose values are Java ``byte[][]``
of pickled lists. Unpickling runs code that the file names: open only files that you, or somebody
you trust, wrote.

>>> import fsspec
>>> from rayspark.storage.files.splits import FileSplit
>>> fsspec.filesystem("memory").pipe_file("/docs-records.bin", b"aabbcc")
>>> list(fixed_records(FileSplit("memory://docs-records.bin", 0, 4, 6), 2))
[b'aa', b'bb']
"""

from __future__ import annotations

import pickle
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from rayspark.storage.files.codecs import codec_of
from rayspark.storage.files.failures import changed_file, corrupt_file
from rayspark.storage.files.java_arrays import pack_arrays, unpack_arrays
from rayspark.storage.files.paths import open_input
from rayspark.storage.files.sequence_file import read_values, write_values
from rayspark.storage.files.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rayspark.storage.files.splits import FileSplit, InputPartition

_RECORDS_AT_ONCE = 1024 * 1024
_ARRAYS_PER_RECORD = 10
_BEST_BATCH = 64 * 1024


def fixed_records(split: FileSplit, record_length: int) -> Iterator[bytes]:
    """Records of ``record_length`` bytes (``sc.binaryRecords``).

    Raises
    ------
    SparkException
        If the size of the file is not a multiple of the record's length.
    """
    if split.file_size % record_length:
        raise corrupt_file(
            split.path,
            "binary records",
            f"its {split.file_size} bytes are not a multiple of the record length {record_length}: "
            f"the last record would have {split.file_size % record_length} bytes",
        )
    with open_input(split.path) as stream:
        stream.seek(split.start)
        left = split.length
        step = max(_RECORDS_AT_ONCE // record_length, 1) * record_length
        while left:
            data = stream.read(min(step, left))
            if len(data) < min(step, left):
                raise changed_file(split.path, split.file_size, stream.tell())
            for at in range(0, len(data), record_length):
                yield data[at : at + record_length]
            left -= len(data)


def whole_files(partition: InputPartition) -> Iterator[tuple[str, bytes]]:
    """``(path, bytes)`` of each file as it lies there (``sc.binaryFiles``)."""
    for split in partition:
        with open_input(split.path) as stream:
            yield split.path, stream.read()


def whole_texts(partition: InputPartition) -> Iterator[tuple[str, str]]:
    """``(path, text)`` of each file, decompressed by its extension (``sc.wholeTextFiles``)."""
    for split in partition:
        with open_input(split.path) as stream:
            codec = codec_of(split.path)
            data = stream.read() if codec is None else b"".join(codec.blocks(stream, split.path))
        yield split.path, decode(data)


def read_pickles(split: FileSplit) -> Iterator[Any]:
    """The objects of one split of a file that ``saveAsPickleFile`` wrote.

    Raises
    ------
    SparkException
        If it is no such file, or damaged.
    """
    for value in read_values(split):
        try:
            batches = unpack_arrays(value)
        except ValueError as error:
            raise corrupt_file(
                split.path,
                "pickle",
                f"a record is {error}; pickleFile reads only what saveAsPickleFile wrote",
            ) from error
        for batch in batches:
            yield from pickle.loads(batch)


def write_pickles(out: IO[bytes], items: Iterable[Any], batch_size: int = 10) -> int:
    """Write one part file of ``saveAsPickleFile``; return the number of objects.

    Parameters
    ----------
    batch_size
        Objects pickled together; 0 chooses by size, towards 64 KB a batch; -1 for all.
    """
    counted = _Counter(items)
    batches = _pickled(iter(counted), batch_size)
    groups = iter(lambda: list(islice(batches, _ARRAYS_PER_RECORD)), [])
    write_values(out, map(pack_arrays, groups))
    return counted.count


class _Counter:
    def __init__(self, items: Iterable[Any]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            self.count += 1
            yield item


def _pickled(items: Iterator[Any], batch_size: int) -> Iterator[bytes]:
    size = batch_size or 1
    for first in items:
        more = islice(items, None if batch_size < 0 else size - 1)
        data = pickle.dumps([first, *more], pickle.HIGHEST_PROTOCOL)
        if batch_size == 0:
            if len(data) < _BEST_BATCH:
                size *= 2
            elif len(data) > 10 * _BEST_BATCH and size > 1:
                size //= 2
        yield data
