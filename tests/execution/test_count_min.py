"""Count-min sketches: what the bytes say of how often values occur. The bytes themselves are
compared with Spark's in ``test_function_goldens.py``.
"""

from __future__ import annotations

import numpy as np

from rayspark.execution.kernels.count_min import java_numbers, shape, sketch


def test_numbers_are_java_s() -> None:
    assert java_numbers(42, 2) == [0x5D20CE9A, 0x06FF457B]
    assert all(0 <= number < (1 << 31) - 1 for number in java_numbers(-5, 50))


def test_the_smallest_shape() -> None:
    assert shape(3.0, 0.1) == (1, 1)
    assert shape(0.01, 0.95) == (5, 200)


def test_each_row_counts_every_value_once() -> None:
    made = sketch([1, 2, 3], [10, 20, 30], 4, 8, 7)
    table = np.frombuffer(made[20 + 8 * 4 :], ">i8").reshape(4, 8)
    assert table.sum(axis=1).tolist() == [60] * 4
    assert sketch([], [], 1, 1, 0)[4:12] == bytes(8)
    assert sketch([b"a", b"b"], [1, 2], 2, 4, 7)[4:12] == (3).to_bytes(8, "big")
