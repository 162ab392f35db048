"""Where ``repartition`` begins to deal records out: Spark's generator, so that layouts agree.

Every input partition begins at another output partition, chosen by a XORShift generator whose seed
is a Murmur3 hash of the partition's number.

>>> [first_target(0, n) for n in (2, 3, 16)]
[1, 0, 4]
>>> [first_target(split, 16) for split in range(8)]
[4, 4, 0, 12, 10, 15, 13, 7]
"""

from __future__ import annotations

import struct

_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF
_ARRAY_SEED = 0x3C074A61


def first_target(split: int, n: int) -> int:
    """The output partition, of ``n``, that gets the first batch of input partition ``split``."""
    return (_next_int(_hash_seed(split), n) + 1) % n


def _hash_seed(seed: int) -> int:
    data = struct.pack(">q", seed)
    low = _murmur3(data, _ARRAY_SEED)
    return _murmur3(data, low) << 32 | low


def _next_int(state: int, bound: int) -> int:
    """``nextInt(bound)`` of ``java.util.Random`` over XORShift bits."""
    while True:
        state ^= (state << 21) & _MASK64
        state ^= state >> 35
        state ^= (state << 4) & _MASK64
        bits = state & 0x7FFFFFFF
        if bound & (bound - 1) == 0:
            return (bound * bits) >> 31
        value = bits % bound
        if bits - value + (bound - 1) < 1 << 31:
            return value


def _murmur3(data: bytes, seed: int) -> int:
    """Murmur3 (32 bits) of bytes whose length is a multiple of four."""
    h = seed
    for (k,) in struct.iter_unpack("<I", data):
        k = _rotate(k * 0xCC9E2D51 & _MASK32, 15) * 0x1B873593 & _MASK32
        h = (_rotate(h ^ k, 13) * 5 + 0xE6546B64) & _MASK32
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & _MASK32
    h = (h ^ h >> 13) * 0xC2B2AE35 & _MASK32
    return h ^ h >> 16


def _rotate(x: int, by: int) -> int:
    return (x << by | x >> (32 - by)) & _MASK32
