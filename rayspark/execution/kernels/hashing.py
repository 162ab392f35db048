"""Spark's hashes of values of every type: ``hash`` (Murmur3, 32 bits) and ``xxhash64``.

The hash of several values goes through them, each hash being the seed of the next; null leaves the
seed as it is; arrays, maps and structs go through their parts. Numbers are hashed by whole columns.

>>> murmur3_bytes(b"Spark", 42)
228093765
"""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import xxhash

from rayspark.execution.kernels.kernel import ArrowFunction
from rayspark.execution.kernels.texts import taking
from rayspark.lazy import compute as pc
from rayspark.records import dataclass

if TYPE_CHECKING:
    import numpy.typing as npt

Seeds = np.ndarray[Any, np.dtype[Any]]
M32 = 0xFFFFFFFF
WIDE = decimal.Context(prec=76)
LONG_TEXT = 256
"""Bytes up to which texts are hashed side by side."""
C1, C2 = 0xCC9E2D51, 0x1B873593
P1, P2, P3, P4, P5 = (
    0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
    0x27D4EB2F165667C5,
)  # fmt: skip


# -- murmur3, one value --------------------------------------------------------------------------


def _mix_k(k: int) -> int:
    k = (k * C1) & M32
    k = ((k << 15) | (k >> 17)) & M32
    return (k * C2) & M32


def _mix_h(h: int, k: int) -> int:
    h ^= _mix_k(k)
    h = ((h << 13) | (h >> 19)) & M32
    return (h * 5 + 0xE6546B64) & M32


def _finish(h: int, length: int) -> int:
    h ^= length
    h ^= h >> 16
    h = (h * 0x85EBCA6B) & M32
    h ^= h >> 13
    h = (h * 0xC2B2AE35) & M32
    h ^= h >> 16
    return h - (1 << 32) if h >> 31 else h


def murmur3_bytes(data: bytes, seed: int, *, java: bool = False) -> int:
    """Of bytes, as a signed integer.

    Parameters
    ----------
    data, seed
        What is hashed, and from where.
    java
        The standard treatment of the last one to three bytes, which Scala's library has (and
        Spark's seeds of random generators); Spark's own takes each as a word.
    """
    h, size = seed & M32, len(data)
    whole = size - size % 4
    for at in range(0, whole, 4):
        h = _mix_h(h, int.from_bytes(data[at : at + 4], "little"))
    if java:
        if size > whole:
            h ^= _mix_k(int.from_bytes(data[whole:], "little"))
    else:
        for byte in data[whole:]:
            h = _mix_h(h, (byte - 256 if byte > 127 else byte) & M32)
    return _finish(h, size)


# -- both, whole columns -------------------------------------------------------------------------


@dataclass(frozen=True)
class Hash:
    """One of the two hashes: how columns of each width are hashed on top of seeds."""

    name: str
    kind: Any
    of_int: Callable[[npt.NDArray[Any], Seeds], Seeds]
    of_long: Callable[[npt.NDArray[Any], Seeds], Seeds]
    of_bytes: Callable[[bytes, int], int]


def _rotl(x: Any, n: int, bits: int) -> Any:
    kind = x.dtype.type
    return (x << kind(n)) | (x >> kind(bits - n))


def _vector_mix(h: Any, k: Any) -> Any:
    u = np.uint32
    k = _rotl(k * u(C1), 15, 32) * u(C2)
    return _rotl(h ^ k, 13, 32) * u(5) + u(0xE6546B64)


def _vector_finish(h: Any, length: Any) -> Any:
    u = np.uint32
    h = h ^ u(length)
    h = (h ^ (h >> u(16))) * u(0x85EBCA6B)
    h = (h ^ (h >> u(13))) * u(0xC2B2AE35)
    return (h ^ (h >> u(16))).view(np.int32)


def _murmur_int(values: npt.NDArray[Any], seeds: Seeds) -> Seeds:
    made: Seeds = _vector_finish(_vector_mix(seeds.view(np.uint32), values.view(np.uint32)), 4)
    return made


def _murmur_long(values: npt.NDArray[Any], seeds: Seeds) -> Seeds:
    words = values.astype("<i8").view(np.uint32).reshape(-1, 2)
    h = _vector_mix(seeds.view(np.uint32), words[:, 0].copy())
    made: Seeds = _vector_finish(_vector_mix(h, words[:, 1].copy()), 8)
    return made


def _xx_finish(h: Any) -> Any:
    u = np.uint64
    h = (h ^ (h >> u(33))) * u(P2)
    h = (h ^ (h >> u(29))) * u(P3)
    return (h ^ (h >> u(32))).view(np.int64)


def _xx_int(values: npt.NDArray[Any], seeds: Seeds) -> Seeds:
    u = np.uint64
    h = seeds.view(u) + u(P5) + u(4)
    h = h ^ (values.view(np.uint32).astype(u) * u(P1))
    made: Seeds = _xx_finish(_rotl(h, 23, 64) * u(P2) + u(P3))
    return made


def _xx_long(values: npt.NDArray[Any], seeds: Seeds) -> Seeds:
    u = np.uint64
    h = seeds.view(u) + u(P5) + u(8)
    h = h ^ (_rotl(values.view(u) * u(P2), 31, 64) * u(P1))
    made: Seeds = _xx_finish(_rotl(h, 27, 64) * u(P1) + u(P4))
    return made


def _xx_bytes(data: bytes, seed: int) -> int:
    made = xxhash.xxh64_intdigest(data, seed & ((1 << 64) - 1))
    return made - (1 << 64) if made >> 63 else made


MURMUR3 = Hash("hash", np.int32, _murmur_int, _murmur_long, murmur3_bytes)
XXHASH64 = Hash("xxhash64", np.int64, _xx_int, _xx_long, _xx_bytes)


def hash_column(column: Any, seeds: Seeds, how: Hash) -> Seeds:
    """The hashes of a column's values on top of each row's seed."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
        if isinstance(column, pa.ChunkedArray):
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0)
    kind = column.type
    if pa.types.is_null(kind):
        return seeds
    with np.errstate(over="ignore"):
        made = _values(column, kind, seeds, how)
    if column.null_count == 0:
        return made
    return np.where(np.asarray(column.is_null()), seeds, made)


def _values(column: Any, kind: pa.DataType, seeds: Seeds, how: Hash) -> Seeds:
    match kind:
        case _ if pa.types.is_boolean(kind):
            return how.of_int(_numbers(column.cast(pa.int8()), np.int32), seeds)
        case _ if pa.types.is_integer(kind) and kind.bit_width < 64:
            return how.of_int(_numbers(column, np.int32), seeds)
        case _ if pa.types.is_date32(kind):
            return how.of_int(_numbers(column.cast(pa.int32()), np.int32), seeds)
        case _ if pa.types.is_integer(kind):
            return how.of_long(_numbers(column, np.int64), seeds)
        case _ if (
            pa.types.is_timestamp(kind) or pa.types.is_duration(kind) or pa.types.is_time64(kind)
        ):
            return how.of_long(_numbers(column.cast(pa.int64()), np.int64), seeds)
        case _ if pa.types.is_float32(kind):
            values = _numbers(column, np.float32) + np.float32(0.0)
            values[np.isnan(values)] = np.nan
            return how.of_int(values.view(np.int32), seeds)
        case _ if pa.types.is_floating(kind):
            doubles = _numbers(column, np.float64) + 0.0
            doubles[np.isnan(doubles)] = np.nan
            return how.of_long(doubles.view(np.int64), seeds)
        case _ if pa.types.is_decimal(kind):
            return _decimals(column, kind, seeds, how)
    return _one_by_one(column, kind, seeds, how)


def _numbers(column: Any, kind: Any) -> npt.NDArray[Any]:
    filled = pc.fill_null(column, 0) if column.null_count else column
    return np.array(filled.to_numpy(zero_copy_only=False), dtype=kind)


def _decimals(column: Any, kind: pa.DataType, seeds: Seeds, how: Hash) -> Seeds:
    digits = [0 if v is None else int(v.scaleb(kind.scale, WIDE)) for v in column.to_pylist()]
    if kind.precision <= 18:
        return how.of_long(np.array(digits, np.int64), seeds)
    made = [
        how.of_bytes(_java_bytes(d), int(s)) for d, s in zip(digits, seeds.tolist(), strict=True)
    ]
    return np.array(made, how.kind)


def _java_bytes(value: int) -> bytes:
    """The fewest bytes that hold the number with its sign, the highest first."""
    size = (value if value >= 0 else ~value).bit_length() // 8 + 1
    return value.to_bytes(size, "big", signed=True)


def _one_by_one(column: Any, kind: pa.DataType, seeds: Seeds, how: Hash) -> Seeds:
    """Texts, bytes and nested values."""
    rows = seeds.tolist()
    if _is_text(kind):
        values = column.cast(pa.large_binary())
    elif pa.types.is_struct(kind):
        made = seeds
        for at in range(kind.num_fields):
            made = hash_column(pc.struct_field(column, [at]), made, how)
        return made
    else:
        return np.array([_nested(v, s, how) for v, s in zip(column, rows, strict=True)], how.kind)
    if how is MURMUR3:
        return _murmur_texts(values, seeds)
    pairs = zip(values.to_pylist(), rows, strict=True)
    return np.array([s if v is None else how.of_bytes(v, s) for v, s in pairs], how.kind)


def _is_text(kind: pa.DataType) -> bool:
    return kind in (
        pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary()
    )  # fmt: skip


def _murmur_texts(values: pa.LargeBinaryArray, seeds: Seeds) -> Seeds:
    """Short texts side by side: the first words of all, then the second...; long ones alone."""
    _, offsets, buffer = values.buffers()
    bounds = np.frombuffer(offsets, np.int64)[values.offset : values.offset + len(values) + 1]
    data = np.frombuffer(buffer, np.uint8) if buffer is not None else np.zeros(0, np.uint8)
    starts, sizes = bounds[:-1], np.diff(bounds)
    words, is_long = sizes // 4, sizes > LONG_TEXT
    h = seeds.view(np.uint32).copy()
    rows = np.flatnonzero((words > 0) & ~is_long)
    for at in range(LONG_TEXT // 4):
        if not len(rows):
            break
        places = starts[rows, None] + np.arange(4 * at, 4 * at + 4)
        h[rows] = _vector_mix(h[rows], data[places].view("<u4")[:, 0])
        rows = rows[words[rows] > at + 1]
    for at in range(3):
        rows = np.flatnonzero((sizes % 4 > at) & ~is_long)
        last = data[starts[rows] + 4 * words[rows] + at].view(np.int8).astype(np.int32)
        h[rows] = _vector_mix(h[rows], last.view(np.uint32))
    made: Seeds = _vector_finish(h, sizes.astype(np.uint32))
    for row in np.flatnonzero(is_long).tolist():
        text = data[bounds[row] : bounds[row + 1]].tobytes()
        made[row] = murmur3_bytes(text, int(seeds[row]))
    return made


def _nested(value: Any, seed: int, how: Hash) -> int:
    """Elements one after the other, entries as key and value."""
    if not value.is_valid:
        return seed
    kind = value.type
    if pa.types.is_interval(kind):
        months, days, nanos = value.as_py()
        seeds = np.array([seed], how.kind)
        seeds = how.of_long(np.array([nanos // 1000], np.int64), seeds)
        seeds = how.of_int(np.array([days], np.int32), seeds)
        return int(how.of_int(np.array([months], np.int32), seeds)[0])
    items = value.values
    for at in range(len(items)):
        part = items.slice(at, 1)
        parts = [part] if not pa.types.is_map(kind) else part.flatten()
        for each in parts:
            seed = int(hash_column(each, np.array([seed], how.kind), how)[0])
    return seed


def hash_function(how: Hash, kinds: tuple[str, ...], seed: int = 42) -> ArrowFunction:
    """A hash of columns of DuckDB types."""

    def run(*columns: Any) -> pa.Array:
        seeds = np.full(len(columns[0]), seed, how.kind)
        for column in columns:
            seeds = hash_column(column, seeds, how)
        return pa.array(seeds)

    shape = xxhash.xxh32_hexdigest(repr(kinds).encode())
    returns = "INTEGER" if how is MURMUR3 else "BIGINT"
    return ArrowFunction(f"spark_{how.name}_{shape}", taking(run, len(kinds)), kinds, returns)
