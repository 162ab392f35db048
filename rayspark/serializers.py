"""How records, closures and results become bytes: the only pickling code of the engine.

Records travel in *frames*: a list of records encoded by the fastest codec that keeps every value
exactly as it is.

* ``PLAIN``: ``marshal``, five to eight times faster than pickle on tuples of numbers and strings.
  ``marshal`` is careless about subclasses and buffers (a numpy scalar would come back as bytes), so
  it is used only when every value, looked at, is exactly one of Python's own plain types.
* ``PICKLE``: pickle protocol 5. Buffers above 64 KiB (numpy, Arrow, bytearray) leave the stream and
  travel beside it uncopied; the reader sees them in place, in shared memory.
* ``BLOBS``: pairs whose values are large ``bytes``. The values travel as they are, beside their
  ``marshal``-led keys, and are copied once on each side instead of twice.

Closures are pickled by value with cloudpickle, so that functions and classes of the user's script
exist on executors. Nothing here ever unpickles what did not come from the user's own program.
"""

from __future__ import annotations

import io
import marshal
import pickle
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, NamedTuple

import cloudpickle
import numpy as np

from rayspark.errors import PySparkValueError

PLAIN = 0
PICKLE = 1
BLOBS = 2

OUT_OF_BAND_BYTES = 64 << 10
"""Buffers smaller than this are cheaper inside the stream than as parts of their own."""

BLOB_BYTES = 16 << 10
"""Values of at least this size, on average, are worth a part of their own each."""

_ATOMS = frozenset({int, str, float, bool, bytes, complex, type(None)})
_CONTAINERS = _ATOMS | {tuple, list, dict}
_MAX_DEPTH = 6
_MARSHAL_VERSION = 4

Buffer = Any
"""Anything with the buffer protocol: bytes, memoryview, numpy array, ``PickleBuffer``."""


class Frame(NamedTuple):
    """Encoded records. ``buffers`` follow ``main`` out of band."""

    kind: int
    main: Buffer
    buffers: Sequence[Buffer]
    records: int

    @property
    def nbytes(self) -> int:
        """Size in bytes."""
        return memoryview(self.main).nbytes + sum(memoryview(b).nbytes for b in self.buffers)

    def detached(self) -> Frame:
        """The same frame with everything large as numpy bytes.

        Those the object store shares uncopied between processes.
        """
        large = memoryview(self.main).nbytes >= OUT_OF_BAND_BYTES
        if not large and not self.buffers:
            return self
        return Frame(
            self.kind,
            np.frombuffer(self.main, np.uint8) if large else self.main,
            [np.frombuffer(memoryview(b).cast("B"), np.uint8) for b in self.buffers],
            self.records,
        )


NOT_PLAIN, PLAIN_VALUES, IMMUTABLE = range(3)


def plainness(values: Iterable[Any], depth: int = _MAX_DEPTH) -> int:
    """How far these values are Python's own.

    ``NOT_PLAIN``, ``PLAIN_VALUES`` (``marshal`` gives every one back exactly) or ``IMMUTABLE``
    (besides, nobody can change them, so they may be shared).

    Looks at every value: one exotic object among a million must not be changed silently.
    """
    kinds = set(map(type, values))
    if kinds <= _ATOMS:
        return IMMUTABLE
    if depth == 0 or not kinds <= _CONTAINERS:
        return NOT_PLAIN
    found = IMMUTABLE if kinds <= _ATOMS | {tuple} else PLAIN_VALUES
    for kind in (tuple, list, dict):
        if kind in kinds:
            nested: Any = values if len(kinds) == 1 else [v for v in values if type(v) is kind]
            found = min(found, plainness(_Flat(nested), depth - 1))
            if kind is dict and found:
                found = min(found, plainness(_Flat([d.values() for d in nested]), depth - 1))
    return found


def is_plain(values: Iterable[Any]) -> bool:
    """Whether ``marshal`` gives back every one of these values exactly."""
    return plainness(values) != NOT_PLAIN


class _Flat:
    """A flattened view that can be iterated more than once without a copy."""

    __slots__ = ("_nested",)

    def __init__(self, nested: Iterable[Any]) -> None:
        self._nested = nested

    def __iter__(self) -> Iterator[Any]:
        return chain.from_iterable(self._nested)


def encode(records: Sequence[Any], *, by_value: bool = False) -> Frame:
    """Encode a list of records.

    ``by_value`` is set on the driver, where a class of ``__main__`` travels with its definition.
    """
    if _are_blobs(records):
        keys = [key for key, _ in records]
        return Frame(
            BLOBS, marshal.dumps(keys, _MARSHAL_VERSION), [v for _, v in records], len(keys)
        )
    if is_plain(records):
        plain: Any = records
        try:
            return Frame(PLAIN, marshal.dumps(plain, _MARSHAL_VERSION), (), len(records))
        except ValueError:  # a value of 2 GiB or more; pickle has no such limit
            return Frame(PICKLE, pickle.dumps(records, 5), (), len(records))
    main, buffers = dump(records, by_value=by_value)
    return Frame(PICKLE, main, buffers, len(records))


def _are_blobs(records: Sequence[Any]) -> bool:
    """Pairs of a plain key and large bytes; the first record decides for most data."""
    first = records[0] if records else None
    if type(first) is not tuple or len(first) != 2 or type(first[1]) is not bytes:
        return False
    if set(map(type, records)) != {tuple} or set(map(len, records)) != {2}:
        return False
    values = [value for _, value in records]
    if set(map(type, values)) != {bytes} or sum(map(len, values)) < len(values) * BLOB_BYTES:
        return False
    return is_plain([key for key, _ in records])


def decode(
    kind: int, main: Buffer, buffers: Sequence[Buffer] = (), *, shared: bool = False
) -> list[Any]:
    """Records of a frame; inverse of :func:`encode`.

    Large arrays are copied, so that user code may change them as it may in PySpark. With
    ``shared`` (cached partitions, which others read too) they are read-only views instead.
    """
    if kind == PLAIN:
        plain: list[Any] = marshal.loads(main)
        return plain
    if kind == BLOBS:
        return list(zip(marshal.loads(main), map(bytes, buffers), strict=True))
    own = [memoryview(b).toreadonly() if shared else bytearray(b) for b in buffers]
    pickled: list[Any] = pickle.loads(main, buffers=own)
    return pickled


def dump(value: Any, *, by_value: bool = False) -> tuple[bytes, list[Buffer]]:
    """Pickle any value with its large buffers out of band.

    Plain pickle is tried first; a class it cannot find by name (one that came to this executor by
    value) makes it fail, and then cloudpickle takes the class along.

    Raises
    ------
    pickle.PicklingError
        When the value cannot be pickled at all.
    """
    buffers: list[Buffer] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        if buffer.raw().nbytes < OUT_OF_BAND_BYTES:
            return True
        buffers.append(buffer)
        return False

    if not by_value:
        try:
            return pickle.dumps(value, 5, buffer_callback=keep), buffers
        except (pickle.PicklingError, AttributeError, TypeError):
            buffers.clear()
    try:
        main = cloudpickle.dumps(value, 5, buffer_callback=keep)
        # The driver's program may change its arrays later; what it gave us stays as it was.
        return main, [bytes(buffer.raw()) for buffer in buffers] if by_value else buffers
    except pickle.PicklingError:
        raise
    except Exception as error:
        raise pickle.PicklingError(
            f"a record or result of a task cannot be pickled: {error}. Make plain values of it "
            "before it leaves the task"
        ) from error


def load(main: Buffer, buffers: Sequence[Buffer] = ()) -> Any:
    """Inverse of :func:`dump`."""
    return pickle.loads(main, buffers=buffers)


class _Captures(threading.local):
    """What the closure being pickled on this thread refers to."""

    current: list[Any] | None = None


_captures = _Captures()


def note_capture(thing: Any) -> None:
    """Called by ``__reduce__`` of driver-side things (broadcasts) that a closure may capture."""
    if _captures.current is not None:
        _captures.current.append(thing)


def dump_closure(value: Any) -> tuple[bytes, list[Any]]:
    """Pickle functions by value; also return the broadcasts that they capture."""
    previous, _captures.current = _captures.current, []
    try:
        out = io.BytesIO()
        cloudpickle.CloudPickler(out, protocol=5).dump(value)
        return out.getvalue(), _captures.current
    finally:
        _captures.current = previous


def batched(records: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most ``size`` records."""
    iterator = iter(records)
    while batch := list(islice(iterator, size)):
        yield batch


# -- PySpark's names ------------------------------------------------------------------------------


class Serializer:
    """What a SparkContext may be told to serialise with, as in PySpark.

    It changes nothing: each list of records is encoded by the fastest codec that is exact for it.
    """

    def __eq__(self, other: object) -> bool:
        return isinstance(other, self.__class__) and self.__dict__ == other.__dict__

    def __ne__(self, other: object) -> bool:
        return not self.__eq__(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PickleSerializer(Serializer):
    """Records as pickle."""


class MarshalSerializer(Serializer):
    """Records as ``marshal``, which is used for Python's own types anyway."""


class CloudPickleSerializer(PickleSerializer):
    """Records as pickle, classes and functions by value: what RaySpark does.

    Parameters
    ----------
    allowed_names : optional
        Accepted as PySpark does, and not used.
    """

    allowed_names: Any = None

    def __init__(self, allowed_names: Any = None) -> None:
        self.allowed_names = allowed_names


CPickleSerializer = CloudPickleSerializer


def check_batch_size(size: int) -> None:
    """Refuse a number of records to be pickled together that has no meaning."""
    if size < -1:
        raise PySparkValueError(
            "batchSize must be a positive number of records, 0 (chosen by size) or -1 (all in one "
            f"batch), found {size}."
        )
