"""Write text: one element a line, through a codec, to a committed part file.

>>> import fsspec
>>> from rayspark.storage.files.commit import OutputDirectory
>>> output = OutputDirectory("memory://docs-writer", "job1")
>>> output.setup_job()
>>> task = output.task_writer(0, 0, ".gz")
>>> write_text(task, ["a", b"b", 3], find_codec("gzip"))
3
>>> task.commit()
True
>>> output.commit_job(1)
>>> sorted(
...     p.rpartition("/")[2] for p in fsspec.filesystem("memory").ls("/docs-writer", detail=False)
... )
['_SUCCESS', 'part-00000.gz']
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from rayspark.storage.files.codecs import Codec, find_codec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rayspark.storage.files.commit import TaskWriter

__all__ = ["find_codec", "text_extension", "write_text"]

_LINES_AT_ONCE = 4096


def text_extension(codec: Codec | None) -> str:
    """What the names of the part files end with."""
    return "" if codec is None else codec.extension


def write_text(task: TaskWriter, items: Iterable[Any], codec: Codec | None = None) -> int:
    """Write the items as ``saveAsTextFile`` does and return how many; the task still has to commit.

    ``str`` is written as UTF-8, ``bytes`` as they are, anything else as its ``str()``.
    """
    with task.open() as raw:
        if codec is None:
            return _write_lines(raw, items)
        with codec.writer(raw) as out:
            return _write_lines(out, items)


def _write_lines(out: Any, items: Iterable[Any]) -> int:
    iterator, count = iter(items), 0
    while lines := list(islice(iterator, _LINES_AT_ONCE)):
        count += len(lines)
        try:
            data = "\n".join(lines).encode()
        except TypeError:
            data = b"\n".join(map(_line, lines))
        out.write(data + b"\n")
    return count


def _line(item: Any) -> bytes:
    if isinstance(item, bytes):
        return item
    return (item if isinstance(item, str) else str(item)).encode()
