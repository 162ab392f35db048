"""Deterministic rows, made in numpy so that making them costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

# Odd and prime: multiplying by it modulo 2**31 - 1 scatters keys and repeats none.
SCATTER = 1_000_003
MODULUS = 2**31 - 1


def scattered_pairs(
    part: int, parts: int, total: int, distinct: int | None = None, salt: int = 0
) -> Iterator[tuple[int, int]]:
    """Part ``part`` of ``total`` pairs (scattered key, number).

    There are ``distinct`` different keys (default: as many as pairs), in no visible order.
    """
    numbers = np.arange(total * part // parts, total * (part + 1) // parts, dtype=np.int64)
    keys = (numbers + salt) % (distinct or total) * SCATTER % MODULUS
    return zip(keys.tolist(), numbers.tolist(), strict=True)
