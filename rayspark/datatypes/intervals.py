"""The three interval types: days to seconds, years to months, and the old one that mixes all.

>>> from rayspark.sql.types import DayTimeIntervalType
>>> DayTimeIntervalType(DayTimeIntervalType.HOUR, DayTimeIntervalType.SECOND).simpleString()
'interval hour to second'
"""

from __future__ import annotations

import datetime
import os
from typing import Any, ClassVar

from rayspark.datatypes.base import AtomicType, DataType, SingletonType
from rayspark.errors import PySparkNotImplementedError, PySparkRuntimeError

MICROS_PER_SECOND = 1_000_000


def _not_implemented(feature: str) -> PySparkNotImplementedError:
    return PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": feature}
    )


class AnsiIntervalType(AtomicType):
    """An interval of the SQL standard: a first unit, a last unit, and one number.

    Parameters
    ----------
    startField, endField : int, optional
        the greatest and smallest unit. With neither, the whole range; with only the first, that
        unit alone.
    """

    _fields: ClassVar[dict[int, str]]

    def __init__(self, startField: int | None = None, endField: int | None = None):
        fields = self._fields
        if startField is None and endField is None:
            startField, endField = min(fields), max(fields)
        elif endField is None:
            endField = startField
        if startField not in fields or endField not in fields:
            raise PySparkRuntimeError(
                errorClass="INVALID_INTERVAL_CASTING",
                messageParameters={"start_field": str(startField), "end_field": str(endField)},
            )
        self.startField = startField
        self.endField = endField

    def simpleString(self) -> str:
        start, end = self._fields[self.startField], self._fields[self.endField]
        return f"interval {start}" if start == end else f"interval {start} to {end}"

    def jsonValue(self) -> str:
        return self.simpleString()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.startField}, {self.endField})"


class DayTimeIntervalType(AnsiIntervalType):
    """Days to seconds (``datetime.timedelta``); internally microseconds."""

    DAY = 0
    HOUR = 1
    MINUTE = 2
    SECOND = 3
    _fields: ClassVar[dict[int, str]] = {
        DAY: "day",
        HOUR: "hour",
        MINUTE: "minute",
        SECOND: "second",
    }

    def needConversion(self) -> bool:
        return True

    def toInternal(self, dt: datetime.timedelta | None) -> int | None:
        if dt is None:
            return None
        return (dt.days * 86400 + dt.seconds) * MICROS_PER_SECOND + dt.microseconds

    def fromInternal(self, micros: int | None) -> datetime.timedelta | None:
        return None if micros is None else datetime.timedelta(microseconds=micros)


class YearMonthIntervalType(AnsiIntervalType):
    """Years and months. Python has no such value, so it cannot be collected (cast it first)."""

    YEAR = 0
    MONTH = 1
    _fields: ClassVar[dict[int, str]] = {YEAR: "year", MONTH: "month"}

    def needConversion(self) -> bool:
        # PySpark's escape hatch: with this variable, collect() gives the number of months.
        return os.environ.get("PYSPARK_YM_INTERVAL_LEGACY") != "1"

    def toInternal(self, obj: Any) -> Any:
        raise _not_implemented("YearMonthIntervalType.toInternal")

    def fromInternal(self, obj: Any) -> Any:
        raise _not_implemented("YearMonthIntervalType.fromInternal")


class CalendarIntervalType(SingletonType, DataType):
    """Months, days and microseconds, each kept apart. It cannot be collected either."""

    @classmethod
    def typeName(cls) -> str:
        return "interval"

    def needConversion(self) -> bool:
        return True

    def toInternal(self, obj: Any) -> Any:
        raise _not_implemented("CalendarIntervalType.toInternal")

    def fromInternal(self, obj: Any) -> Any:
        raise _not_implemented("CalendarIntervalType.fromInternal")
