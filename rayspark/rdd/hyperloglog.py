"""How many distinct hashes there are, approximately: HyperLogLog.

A sketch has ``2**precision`` registers. The first bits of a hash choose a register, which keeps the
largest number of leading zeros seen in the rest: the more distinct hashes, the more zeros. Two
sketches are merged by the larger of each register.

Records are hashed as Spark does (64 bits of Murmur2 over the decimal digits of the portable hash),
so that small counts, which are read off the number of empty registers, agree with Spark's exactly.
Larger ones use Ertl's improved estimator (arXiv:1702.01284), which needs no table of corrections.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

Registers = np.ndarray[Any, np.dtype[np.uint8]]
_Words = np.ndarray[Any, np.dtype[np.uint64]]

_M = np.uint64(0xC6A4A7935BD1E995)
_SEED = 0xE17A1465
_THRESHOLDS = (
    10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11500, 20000, 50000, 120000, 350000,
)  # fmt: skip
"""Below which count empty registers tell more (HyperLogLog++, by precision from 4)."""


def precision_for(relative_sd: float) -> int:
    """Bits that choose a register, for a wanted relative standard deviation.

    >>> precision_for(0.05)
    9
    """
    return math.ceil(2.0 * math.log2(1.054 / relative_sd))


def empty(precision: int) -> Registers:
    """A sketch that has seen nothing."""
    return np.zeros(1 << precision, dtype=np.uint8)


def add(registers: Registers, precision: int, hashes: Iterable[int]) -> None:
    """Let a sketch see portable hashes, cut to 32 bits."""
    numbers = np.unique(np.fromiter(hashes, dtype=np.uint64))
    if not len(numbers):
        return
    words = _murmur(numbers)
    index = (words >> np.uint64(64 - precision)).astype(np.int64)
    rest = (words << np.uint64(precision)) | np.uint64(1 << (precision - 1))
    np.maximum.at(registers, index, (_leading_zeros(rest) + 1).astype(np.uint8))


def merged(left: Registers, right: Registers) -> Registers:
    """A sketch that has seen what either has."""
    return np.maximum(left, right)


def cardinality(registers: Registers, precision: int) -> int:
    """Estimate of how many distinct hashes the sketch has seen.

    >>> sketch = empty(9)
    >>> add(sketch, 9, range(100))
    >>> 95 < cardinality(sketch, 9) < 105
    True
    """
    m = len(registers)
    zeros = m - int(np.count_nonzero(registers))
    if zeros:
        linear = m * math.log(m / zeros)
        if linear <= _threshold(precision):
            return round(linear)
    return round(_ertl(np.bincount(registers, minlength=66 - precision), precision))


def _threshold(precision: int) -> int:
    at = precision - 4
    return _THRESHOLDS[at] if 0 <= at < len(_THRESHOLDS) else 5 << precision


def _ertl(counts: npt.NDArray[np.int64], precision: int) -> float:
    """Estimate from how many registers have each value."""
    m, q = 1 << precision, 64 - precision
    z = m * _tau(1 - counts[q + 1] / m)
    for k in range(q, 0, -1):
        z = 0.5 * (z + float(counts[k]))
    z += m * _sigma(counts[0] / m)
    return m * m / (2 * math.log(2) * z)


def _sigma(x: float) -> float:
    if x == 1.0:
        return math.inf
    y, z, before = 1.0, x, -1.0
    while z != before:
        x, before = x * x, z
        z, y = z + x * y, y + y
    return z


def _tau(x: float) -> float:
    if x in (0.0, 1.0):
        return 0.0
    y, z, before = 1.0, 1 - x, -1.0
    while z != before:
        x, before, y = math.sqrt(x), z, y * 0.5
        z -= (1 - x) ** 2 * y
    return z / 3


def _leading_zeros(words: _Words) -> npt.NDArray[np.int64]:
    found = np.zeros(len(words), dtype=np.int64)
    for shift in (32, 16, 8, 4, 2, 1):
        empty_top = words < (np.uint64(1) << np.uint64(64 - shift))
        found[empty_top] += shift
        words = np.where(empty_top, words << np.uint64(shift), words)
    return found


def _murmur(numbers: _Words) -> _Words:
    """MurmurHash64A of the decimal digits of each number."""
    digits = numbers.astype("S20")
    lengths = np.char.str_len(digits)
    hashes = np.empty(len(numbers), dtype=np.uint64)
    for length in np.unique(lengths).tolist():
        chosen = lengths == length
        rows = digits[chosen].astype(f"S{length}").view(np.uint8).reshape(-1, length)
        hashes[chosen] = _murmur_rows(rows, length)
    return hashes


def _murmur_rows(rows: npt.NDArray[np.uint8], length: int) -> _Words:
    start = (_SEED ^ (length * int(_M))) & 0xFFFFFFFFFFFFFFFF
    h = np.full(len(rows), start, dtype=np.uint64)
    padded = np.zeros((len(rows), -(-length // 8) * 8), dtype=np.uint8)
    padded[:, :length] = rows
    words = padded.view("<u8")
    for at in range(length // 8):
        k = words[:, at] * _M
        k = (k ^ (k >> np.uint64(47))) * _M
        h = (h ^ k) * _M
    if length % 8:
        h = (h ^ words[:, length // 8]) * _M
    h = (h ^ (h >> np.uint64(47))) * _M
    return h ^ (h >> np.uint64(47))
