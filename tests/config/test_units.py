from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.config.units import (
    BYTE_UNITS,
    TIME_UNITS,
    format_bytes,
    parse_bytes,
    parse_seconds,
)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("50b", "m", 50),
        ("100k", "b", 102400),
        ("1G", "b", 2**30),
        (" 2 mb ", "b", 2**21),
        ("7", "k", 7168),
        ("3t", "b", 3 * 2**40),
        ("1p", "b", 2**50),
        ("-1", "b", -1),
    ],
)
def test_sizes(text: str, unit: str, expected: int) -> None:
    assert parse_bytes(text, unit) == expected


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("3s", "ms", 3),
        ("250", "ms", 0.25),
        ("2min", "s", 120),
        ("1h", "s", 3600),
        ("1d", "s", 86400),
    ],
)
def test_durations(text: str, unit: str, expected: float) -> None:
    assert parse_seconds(text, unit) == expected


@pytest.mark.parametrize("text", ["", "lots", "1.5g", "g", "1 2", "1x"])
def test_what_is_no_size_or_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="unit"):
        parse_bytes(text, "b")
    with pytest.raises(ValueError, match="unit"):
        parse_seconds(text, "s")


@given(st.integers(0, 10**6), st.sampled_from(sorted(BYTE_UNITS)))
def test_any_number_with_any_unit_is_read(number: int, unit: str) -> None:
    assert parse_bytes(f"{number}{unit}", "b") == number * parse_bytes(f"1{unit}", "b")


@given(st.integers(0, 10**6), st.sampled_from(sorted(TIME_UNITS)))
def test_a_unit_in_the_text_wins_over_the_default(number: int, unit: str) -> None:
    assert parse_seconds(f"{number}{unit}", "d") == parse_seconds(str(number), unit)


@pytest.mark.parametrize(
    ("size", "text"),  # what org.apache.spark.util.Utils.bytesToString gives
    [
        (0, "0.0 B"),
        (1024, "1024.0 B"),
        (2048, "2.0 KiB"),
        (1536 * 2**20, "1536.0 MiB"),
        (3 * 2**40, "3.0 TiB"),
    ],
)
def test_sizes_are_printed_as_spark_prints_them(size: int, text: str) -> None:
    assert format_bytes(size) == text
