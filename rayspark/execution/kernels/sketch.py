"""Kernels of bitmaps, HyperLogLog sketches and most frequent items.

DuckDB gathers what is distinct of a group (positions, coupons of a sketch: a register and what it
saw), so the size is that of the digest; an Arrow function packs it.

A sketch is ``RSHL``, a byte with the number of its registers as a power of two, and a byte per
register: the longest run of zeros, plus one, among the hashes that fall to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import pyarrow as pa

from rayspark.datatypes import BinaryType, StringType
from rayspark.errors import SparkRuntimeException
from rayspark.execution.kernels.aggregate import agg
from rayspark.execution.kernels.count_min import count_min_sketch
from rayspark.execution.kernels.kernel import Exact, Failure, Kernel, Site, quote
from rayspark.execution.kernels.texts import each

BYTES = 4096
BITS = 8 * BYTES


# -- bitmaps -----------------------------------------------------------------------------------


def construct(positions: list[int]) -> bytes:
    """The bitmap of some positions."""
    found = bytearray(BYTES)
    for at in positions:
        if not 0 <= at < BITS:
            raise Failure(
                "INVALID_BITMAP_POSITION", bitPosition=at, bitmapNumBytes=BYTES, bitmapNumBits=BITS
            )
        found[at >> 3] |= 1 << (at & 7)
    return bytes(found)


def _padded(bitmap: bytes) -> int:
    return int.from_bytes(bitmap[:BYTES].ljust(BYTES, b"\0"), "big")


def any_bit(bitmaps: list[bytes]) -> bytes:
    """The bits that any has."""
    return reduce(lambda a, b: a | _padded(b), bitmaps, 0).to_bytes(BYTES, "big")


def all_bits(bitmaps: list[bytes]) -> bytes:
    """The bits that all have; of none: all."""
    whole = (1 << BITS) - 1
    return reduce(lambda a, b: a & _padded(b), bitmaps, whole).to_bytes(BYTES, "big")


CONSTRUCT = each("spark_bitmap_construct", construct, ("BIGINT[]",), "BLOB", pa.binary())
ANY_BIT = each("spark_bitmap_or", any_bit, ("BLOB[]",), "BLOB", pa.binary())
ALL_BITS = each("spark_bitmap_and", all_bits, ("BLOB[]",), "BLOB", pa.binary())


def _gathered(site: Site, text: str, kind: str) -> str:
    """The distinct values of a group that are not null."""
    word = "" if site.aggregate is not None and site.aggregate.distinct else "DISTINCT "
    found = agg(site, "list", f"{word}{text}", where=f"{text} IS NOT NULL")
    return f"coalesce({found}, CAST([] AS {kind}[]))"


def _bitmap(function: Any, kind: str) -> Callable[[Site], str]:
    return lambda site: site.use(function, _gathered(site, site.args[0], kind))


# -- HyperLogLog -------------------------------------------------------------------------------

MAGIC = b"RSHL"
LEAST, MOST = 4, 21


def pack(coupons: list[int], size: int) -> bytes:
    """The sketch of some coupons: 64 times a register and what it saw."""
    registers = bytearray(1 << size)
    for coupon in coupons:
        at, seen = coupon >> 6, coupon & 63
        registers[at] = max(registers[at], seen)
    return MAGIC + bytes([size]) + bytes(registers)


def _registers(sketch: bytes, function: str) -> tuple[int, bytes]:
    size = sketch[4] if len(sketch) > 4 else 0
    if not sketch.startswith(MAGIC) or len(sketch) != 5 + (1 << size):
        raise Failure("HLL_INVALID_INPUT_SKETCH_BUFFER", function=f"`{function}`")
    return size, sketch[5:]


def estimate(sketch: bytes) -> int:
    """How many distinct values it has seen, by Ertl's estimator (arXiv 1702.01284)."""
    size, registers = _registers(sketch, "hll_sketch_estimate")
    count, most = len(registers), 64 - size
    often = [0] * (most + 2)
    for seen in registers:
        often[min(seen, most + 1)] += 1
    z = count * _tau(1 - often[most + 1] / count)
    for k in range(most, 0, -1):
        z = 0.5 * (z + often[k])
    z += count * _sigma(often[0] / count)
    return round(count * count / (2 * math.log(2) * z)) if z != math.inf else 0


def _sigma(x: float) -> float:
    if x == 1:
        return math.inf
    y, z, before = 1.0, x, -1.0
    while z != before:
        x *= x
        before, z = z, z + x * y
        y += y
    return z


def _tau(x: float) -> float:
    if x in (0, 1):
        return 0.0
    y, z, before = 1.0, 1 - x, -1.0
    while z != before:
        x = math.sqrt(x)
        y *= 0.5
        before, z = z, z - (1 - x) ** 2 * y
    return z / 3


def merged(sketches: list[bytes], lenient: bool, function: str) -> bytes:
    """The sketch of all that is in any of some sketches; of several sizes the smallest."""
    every = [_registers(sketch, function) for sketch in sketches]
    found = [(size, seen) for size, seen in every if any(seen)] or every[:1]
    if not found:
        return pack([], 12)
    size = min(size for size, _ in found)
    other = next((s for s, _ in found if s != found[0][0]), None)
    if other is not None and not lenient:
        raise Failure(
            "HLL_UNION_DIFFERENT_LG_K", left=found[0][0], right=other, function=f"`{function}`"
        )
    registers = bytearray(1 << size)
    for own, seen in found:
        for at, value in enumerate(seen if own == size else _folded(seen, size)):
            if value > registers[at]:
                registers[at] = value
    return MAGIC + bytes([size]) + bytes(registers)


def _folded(seen: bytes, size: int) -> bytes:
    """Registers as a smaller sketch has them: low bits choose one, runs are counted from the high
    end, so they are the same.
    """
    parts = (seen[at : at + (1 << size)] for at in range(0, len(seen), 1 << size))
    return bytes(map(max, zip(*parts, strict=True)))


PACK = each("spark_hll_pack", pack, ("INTEGER[]", "INTEGER"), "BLOB", pa.binary())
ESTIMATE = each("spark_hll_estimate", estimate, ("BLOB",), "BIGINT", pa.int64())
MERGE = each("spark_hll_merge", merged, ("BLOB[]", "BOOLEAN", "VARCHAR"), "BLOB", pa.binary())


def _hll_sketch_agg(site: Site) -> str:
    size = site.literal(1)
    if not isinstance(size, int) or not LEAST <= size <= MOST:
        raise _wrong(
            "HLL_INVALID_LG_K", function="`hll_sketch_agg`", min=LEAST, max=MOST, value=size
        )
    match site.types[0]:
        case StringType():
            value = f"encode(nullif({site.args[0]}, ''))"
        case BinaryType():
            value = f"nullif({site.args[0]}, ''::BLOB)"
        case _:
            value = f"CAST({site.args[0]} AS BIGINT)"
    most = 64 - size
    hashed = f"hash({value})"
    # Registers are chosen by the low bits; the rest of the hash is looked at from its high end.
    seen = f"({most} - length(bin({hashed} >> {size})) + 1)"
    coupon = f"CAST(({hashed} % {1 << size}) * 64 + {seen} AS INTEGER)"
    there = f"CASE WHEN {value} IS NOT NULL THEN {coupon} END"
    return site.use(PACK, _gathered(site, there, "INTEGER"), str(size))


def _hll_union_agg(site: Site) -> str:
    lenient = "true" if site.literal(1) is True else "false"
    sketches = _gathered(site, site.args[0], "BLOB")
    return site.use(MERGE, sketches, lenient, quote("hll_union_agg"))


def _hll_union(site: Site) -> str:
    first, second = site.args[:2]
    lenient = "true" if site.literal(2) is True else "false"
    both = f"CASE WHEN {first} IS NOT NULL AND {second} IS NOT NULL THEN [{first}, {second}] END"
    return site.use(MERGE, both, lenient, quote("hll_union"))


# -- most frequent items -----------------------------------------------------------------------

TRACKED = 1_000_000


def _wrong(condition: str, **parameters: object) -> SparkRuntimeException:
    shown = {name: str(value) for name, value in parameters.items()}
    return SparkRuntimeException(errorClass=condition, messageParameters=shown)


def _approx_top_k(site: Site) -> str:
    k, tracked = site.literal(1), site.literal(2)
    for name, value in (("k", k), ("maxItemsTracked", tracked)):
        if value is None:
            raise _wrong("APPROX_TOP_K_NULL_ARG", argName=f"`{name}`")
        if value <= 0:
            raise _wrong("APPROX_TOP_K_NON_POSITIVE_ARG", argName=f"`{name}`", argValue=value)
    if tracked > TRACKED:
        raise _wrong(
            "APPROX_TOP_K_MAX_ITEMS_TRACKED_EXCEEDS_LIMIT", maxItemsTracked=tracked, limit=TRACKED
        )
    if tracked < k:
        raise _wrong("APPROX_TOP_K_MAX_ITEMS_TRACKED_LESS_THAN_K", maxItemsTracked=tracked, k=k)
    value = site.args[0]
    counted = agg(site, "histogram", value, where=f"{value} IS NOT NULL")
    nulls = agg(site, "count", "*", where=f"{value} IS NULL")
    pairs = f"coalesce(map_entries({counted}), [])"
    pair = "struct_pack(n := CAST(e.value AS BIGINT), item := e.key)"
    items = f"list_transform({pairs}, lambda e: {pair})"
    null = f"CASE WHEN {nulls} > 0 THEN [struct_pack(n := {nulls}, item := NULL)] ELSE [] END"
    ordered = f"list_sort(list_concat({items}, {null}), 'DESC', 'NULLS LAST')[1:{k}]"
    made = 'struct_pack("item" := e.item, "count" := e.n)'
    return f"list_transform({ordered}, lambda e: {made})"


KERNELS: dict[str, Kernel] = {
    "count_min_sketch": Exact(count_min_sketch),
    "bitmap_construct_agg": Exact(_bitmap(CONSTRUCT, "BIGINT")),
    "bitmap_or_agg": Exact(_bitmap(ANY_BIT, "BLOB")),
    "bitmap_and_agg": Exact(_bitmap(ALL_BITS, "BLOB")),
    "hll_sketch_agg": Exact(_hll_sketch_agg),
    "hll_union_agg": Exact(_hll_union_agg),
    "hll_sketch_estimate": Exact(lambda site: site.use(ESTIMATE, site.args[0])),
    "hll_union": Exact(_hll_union),
    "approx_top_k": _approx_top_k,
}
