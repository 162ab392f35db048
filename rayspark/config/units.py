"""Sizes and durations as Spark writes them: ``"512m"``, ``"3s"``.

A size is a whole number with one of ``b k kb m mb g gb t tb p pb`` (powers of 1024); a duration
is a whole number with one of ``us ms s m min h d``. Upper case is the same, space around is
ignored, and a number without a unit has the unit its key says. Sizes are returned in bytes,
durations in seconds.

>>> parse_bytes("512m", "b"), parse_bytes("2", "g"), parse_seconds("100ms", "s")
(536870912, 2147483648, 0.1)
"""

from __future__ import annotations

import re

_SUFFIXES = (("b",), ("k", "kb"), ("m", "mb"), ("g", "gb"), ("t", "tb"), ("p", "pb"))
BYTE_UNITS = {unit: 1 << 10 * power for power, units in enumerate(_SUFFIXES) for unit in units}
TIME_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

_NUMBER = re.compile(r"(-?\d+)\s*([a-z]*)")


def parse_bytes(text: str, default_unit: str) -> int:
    """A size in bytes.

    Raises
    ------
    ValueError
        If the text is not a size.
    """
    number, unit = _split(text, default_unit)
    if unit not in BYTE_UNITS:
        raise ValueError(f"{text!r} has no unit of size: use one of {', '.join(BYTE_UNITS)}")
    return number * BYTE_UNITS[unit]


def parse_seconds(text: str, default_unit: str) -> float:
    """A duration in seconds.

    Raises
    ------
    ValueError
        If the text is not a duration.
    """
    number, unit = _split(text, default_unit)
    if unit not in TIME_UNITS:
        raise ValueError(f"{text!r} has no unit of time: use one of {', '.join(TIME_UNITS)}")
    return number * TIME_UNITS[unit]


def format_bytes(size: float) -> str:
    """A size for people, as Spark prints it: ``1536.0 MiB``, ``12.0 B``.

    >>> format_bytes(1024**3), format_bytes(3 * 1024**3)
    ('1024.0 MiB', '3.0 GiB')
    """
    for unit, power in (("EiB", 6), ("PiB", 5), ("TiB", 4), ("GiB", 3), ("MiB", 2), ("KiB", 1)):
        if abs(size) >= 2 * 1024**power:
            return f"{size / 1024**power:.1f} {unit}"
    return f"{size:.1f} B"


def _split(text: str, default_unit: str) -> tuple[int, str]:
    match = _NUMBER.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"{text!r} is not a whole number with a unit, such as '50{default_unit}'")
    return int(match[1]), match[2] or default_unit
