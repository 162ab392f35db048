"""Footers of Parquet files: read once per version of a file, many at a time.

Footers are kept by path, size and time of the last write, so a rewritten file is read afresh.
Safe for threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pyarrow as pa
import pyarrow.parquet as pq

from rayspark.errors import SparkException
from rayspark.execution.sources.listing import DataFile
from rayspark.storage.files.failures import vanished_file
from rayspark.storage.files.paths import locate, open_input

KEPT = 20_000
AT_ONCE = 16

_kept: OrderedDict[tuple[str, int, float], pq.FileMetaData] = OrderedDict()
_lock = Lock()


def footer(file: DataFile) -> pq.FileMetaData:
    """A file's footer.

    Raises
    ------
    SparkException
        ``FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER`` or ``FAILED_READ_FILE.FILE_NOT_EXIST``.
    """
    key = (file.path, file.size, file.mtime)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    found = _read(file.path)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def footers(files: Sequence[DataFile]) -> list[pq.FileMetaData]:
    """The footers of many files; those of remote ones are read side by side."""
    if len(files) < 2 or files[0].path.startswith("file:"):
        return [footer(file) for file in files]
    with ThreadPoolExecutor(min(AT_ONCE, len(files))) as pool:
        return list(pool.map(footer, files))


def _read(path: str) -> pq.FileMetaData:
    try:
        if path.startswith("file:"):
            return pq.read_metadata(locate(path).inner)
        with open_input(path) as stream:
            return pq.read_metadata(stream)
    except FileNotFoundError as error:
        raise vanished_file(path) from error
    except (pa.ArrowException, OSError, EOFError) as error:
        raise SparkException(
            errorClass="FAILED_READ_FILE.CANNOT_READ_FILE_FOOTER", messageParameters={"path": path}
        ) from error
