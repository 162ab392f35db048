"""The atomic types: text, bytes, numbers, dates and times.

>>> from rayspark.sql.types import DecimalType, LongType
>>> DecimalType(10, 2).simpleString(), LongType().simpleString()
('decimal(10,2)', 'bigint')

Timestamps without a zone of their own are read in the *process's* local zone, as PySpark does: the
same Python program then sees the same wall-clock values whatever the session's time zone.
"""

from __future__ import annotations

import calendar
import datetime
import time
from typing import ClassVar

from rayspark.datatypes.base import (
    AtomicType,
    DatetimeType,
    FractionalType,
    IntegralType,
    SingletonType,
)

EPOCH_ORDINAL = datetime.date(1970, 1, 1).toordinal()
NANOS_PER_SECOND = 1_000_000_000
MICROS_PER_SECOND = 1_000_000
BINARY_COLLATION = "UTF8_BINARY"


class _Named(AtomicType):
    """A type whose JSON is its simple string and whose constructor takes what its repr shows."""

    def jsonValue(self) -> str:
        return self.simpleString()


class StringType(_Named):
    """Text.

    Parameters
    ----------
    collation : str
        the collation's name (default ``UTF8_BINARY``: by bytes).

    Examples
    --------
    >>> from rayspark.sql.types import StringType
    >>> StringType("UNICODE_CI").simpleString()
    'string collate UNICODE_CI'
    """

    providerSpark = "spark"
    providerICU = "icu"
    providers: ClassVar[list[str]] = [providerSpark, providerICU]

    def __init__(self, collation: str = BINARY_COLLATION):
        self.collation = collation

    @classmethod
    def collationProvider(cls, collationName: str) -> str:
        """Who implements the collation: Spark itself (``UTF8...``) or ICU."""
        return cls.providerSpark if collationName.startswith("UTF8") else cls.providerICU

    def isUTF8BinaryCollation(self) -> bool:
        """Whether text compares by its bytes."""
        return self.collation == BINARY_COLLATION

    def simpleString(self) -> str:
        return "string" if self.isUTF8BinaryCollation() else f"string collate {self.collation}"

    def __repr__(self) -> str:
        return "StringType()" if self.isUTF8BinaryCollation() else f"StringType('{self.collation}')"


class _Sized(_Named):
    def __init__(self, length: int):
        self.length = length

    def simpleString(self) -> str:
        return f"{self.typeName()}({self.length})"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.length})"


class CharType(_Sized):
    """Text of exactly ``length`` characters, padded with blanks.

    Parameters
    ----------
    length : int
        the number of characters.
    """


class VarcharType(_Sized):
    """Text of at most ``length`` characters.

    Parameters
    ----------
    length : int
        the greatest number of characters.
    """


class BinaryType(AtomicType, SingletonType):
    """Bytes."""


class BooleanType(AtomicType, SingletonType):
    """True or false."""


class DateType(DatetimeType, SingletonType):
    """A calendar day (``datetime.date``); internally days since 1970-01-01."""

    EPOCH_ORDINAL = EPOCH_ORDINAL

    def needConversion(self) -> bool:
        return True

    def toInternal(self, d: datetime.date | None) -> int | None:
        return None if d is None else d.toordinal() - EPOCH_ORDINAL

    def fromInternal(self, v: int | None) -> datetime.date | None:
        return None if v is None else datetime.date.fromordinal(v + EPOCH_ORDINAL)


class AnyTimeType(DatetimeType):
    """A TIME of any precision."""


class TimeType(AnyTimeType):
    """A time of day (``datetime.time``); internally nanoseconds since midnight.

    Parameters
    ----------
    precision : int
        digits of the fraction of a second (default 6).
    """

    def __init__(self, precision: int = 6):
        self.precision = precision

    def needConversion(self) -> bool:
        return True

    def toInternal(self, t: datetime.time | None) -> int | None:
        if t is None:
            return None
        seconds = (t.hour * 60 + t.minute) * 60 + t.second
        return seconds * NANOS_PER_SECOND + t.microsecond * 1000

    def fromInternal(self, nano: int | None) -> datetime.time | None:
        if nano is None:
            return None
        seconds, nanos = divmod(nano, NANOS_PER_SECOND)
        minutes, second = divmod(seconds, 60)
        return datetime.time(minutes // 60, minutes % 60, second, nanos // 1000)

    def simpleString(self) -> str:
        return f"time({self.precision})"

    def jsonValue(self) -> str:
        return self.simpleString()

    def __repr__(self) -> str:
        return f"TimeType({self.precision})"


class TimestampType(DatetimeType, SingletonType):
    """An instant (``datetime.datetime``); internally microseconds since the epoch, UTC."""

    def needConversion(self) -> bool:
        return True

    def toInternal(self, dt: datetime.datetime | None) -> int | None:
        if dt is None:
            return None
        # mktime, not dt.timestamp(): PySpark resolves a wall-clock time that occurs twice by the C
        # library and ignores `fold`.
        local = dt.tzinfo is None
        seconds = time.mktime(dt.timetuple()) if local else calendar.timegm(dt.utctimetuple())
        return int(seconds) * MICROS_PER_SECOND + dt.microsecond

    def fromInternal(self, ts: int | None) -> datetime.datetime | None:
        if ts is None:
            return None
        seconds, micros = divmod(ts, MICROS_PER_SECOND)
        return datetime.datetime.fromtimestamp(seconds).replace(microsecond=micros)


class TimestampNTZType(DatetimeType, SingletonType):
    """A date and time of day without zone; internally microseconds since 1970-01-01 00:00:00."""

    @classmethod
    def typeName(cls) -> str:
        return "timestamp_ntz"

    def needConversion(self) -> bool:
        return True

    def toInternal(self, dt: datetime.datetime | None) -> int | None:
        if dt is None:
            return None
        return calendar.timegm(dt.timetuple()) * MICROS_PER_SECOND + dt.microsecond

    def fromInternal(self, ts: int | None) -> datetime.datetime | None:
        if ts is None:
            return None
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=ts)


class DecimalType(FractionalType):
    """An exact decimal number (``decimal.Decimal``).

    Parameters
    ----------
    precision : int
        all digits, at most 38 (default 10).
    scale : int
        digits after the point, at most ``precision`` (default 0).

    Examples
    --------
    >>> from rayspark.sql.types import DecimalType
    >>> DecimalType(5, 2).json()
    '"decimal(5,2)"'
    """

    def __init__(self, precision: int = 10, scale: int = 0):
        self.precision = precision
        self.scale = scale
        self.hasPrecisionInfo = True  # public in PySpark, always true there too

    def simpleString(self) -> str:
        return f"decimal({self.precision},{self.scale})"

    def jsonValue(self) -> str:
        return self.simpleString()

    def __repr__(self) -> str:
        return f"DecimalType({self.precision},{self.scale})"


class DoubleType(FractionalType, SingletonType):
    """A 64-bit binary floating-point number."""


class FloatType(FractionalType, SingletonType):
    """A 32-bit binary floating-point number."""


class ByteType(IntegralType):
    """A signed 8-bit integer."""

    def simpleString(self) -> str:
        return "tinyint"


class ShortType(IntegralType):
    """A signed 16-bit integer."""

    def simpleString(self) -> str:
        return "smallint"


class IntegerType(IntegralType):
    """A signed 32-bit integer."""

    def simpleString(self) -> str:
        return "int"


class LongType(IntegralType):
    """A signed 64-bit integer; larger ones need :class:`DecimalType`."""

    def simpleString(self) -> str:
        return "bigint"
