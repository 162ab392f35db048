"""HyperLogLog: estimates within the error that the number of registers gives, unions, sizes."""

from __future__ import annotations

import math
import random

import pytest

from rayspark.execution.kernels.sketch import estimate, merged, pack


def sketch(hashes: list[int], size: int) -> bytes:
    most = 64 - size
    coupons = ((h % (1 << size)) * 64 + most - len(f"{h >> size:b}") + 1 for h in hashes)
    return pack(list(coupons), size)


def hashes(count: int, seed: int) -> list[int]:
    chance = random.Random(seed)
    return [chance.getrandbits(64) for _ in range(count)]


@pytest.mark.parametrize("count", [0, 1, 10, 500, 5_000, 60_000])
@pytest.mark.parametrize("size", [8, 12])
def test_an_estimate_is_within_four_standard_errors(count: int, size: int) -> None:
    error = 4 * 1.04 / math.sqrt(1 << size) * count
    assert abs(estimate(sketch(hashes(count, count), size)) - count) <= max(error, 1)


def test_a_union_is_the_sketch_of_all() -> None:
    a, b = hashes(3000, 1), hashes(4000, 2)
    both = merged([sketch(a, 12), sketch(b, 12)], False, "hll_union")
    assert both == sketch(a + b, 12)


def test_a_larger_sketch_folds_into_the_smaller_one() -> None:
    a, b = hashes(3000, 3), hashes(4000, 4)
    both = merged([sketch(a, 10), sketch(b, 14)], True, "hll_union")
    assert both == sketch(a + b, 10)
