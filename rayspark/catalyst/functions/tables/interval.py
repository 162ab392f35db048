"""Rows of the functions that make intervals. What ``date + interval`` means is in
``rayspark.datatypes.arithmetic``; its kernels are those of the operators.
"""

from __future__ import annotations

from rayspark.catalyst.functions.results import always
from rayspark.catalyst.functions.row import Fn, NullRule, if_any
from rayspark.datatypes import (
    CalendarIntervalType,
    DataType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)

PARTS = (
    "years: int = 0, months: int = 0, weeks: int = 0, days: int = 0, hours: int = 0,"
    " mins: int = 0, secs: decimal = 0.000000"
)


def _fn(
    name: str, args: str, result: DataType, doc: str, example: str,
    nulls: NullRule = if_any,
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, doc=doc, group="datetime", examples=(example,))


ROWS: tuple[Fn, ...] = (
    _fn("make_interval", PARTS, CalendarIntervalType(),
        "An interval of months, days and microseconds.", "make_interval(1, 2, 0, 3)",
        nulls=always),
    _fn("try_make_interval", PARTS, CalendarIntervalType(),
        "Like make_interval; null where it does not fit.", "try_make_interval(2147483647)",
        nulls=always),
    _fn("make_dt_interval", "days: int = 0, hours: int = 0, mins: int = 0,"
        " secs: decimal = 0.000000", DayTimeIntervalType(), "An interval of days to seconds.",
        "make_dt_interval(1, 2, 3, 4.5)"),
    _fn("make_ym_interval", "years: int = 0, months: int = 0", YearMonthIntervalType(),
        "An interval of years and months.", "make_ym_interval(1, 2)"),
)  # fmt: skip
