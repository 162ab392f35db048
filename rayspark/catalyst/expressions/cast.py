"""CAST, and its two sisters: the lax one of old and TRY_CAST."""

from __future__ import annotations

from enum import Enum

from rayspark.catalyst.expressions.base import Expression
from rayspark.catalyst.tree import up_property
from rayspark.datatypes import DataType
from rayspark.datatypes.atomic import (
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    StringType,
    TimestampType,
)
from rayspark.datatypes.base import FractionalType, IntegralType, NullType
from rayspark.datatypes.coercion import may_become_null
from rayspark.datatypes.intervals import CalendarIntervalType
from rayspark.records import dataclass


def may_give_null(source: DataType, target: DataType) -> bool:
    """Whether Spark's schemas say so of a cast of a value that is not null, ANSI or not."""
    match source, target:
        case _ if source == target:
            return False
        case (NullType(), _) | (_, StringType()) | (TimestampType(), DateType()):
            return False
        case (TimestampType(), IntegralType()):
            return True
        case (FloatType() | DoubleType(), TimestampType()) | (_, DateType()):
            return True
        case (_, CalendarIntervalType()) | (FractionalType() | DecimalType(), IntegralType()):
            return True
    return may_become_null(source, target)


class CastMode(Enum):
    """What happens to a value that the target type cannot hold."""

    ANSI = "ansi"
    """It is an error."""
    LEGACY = "legacy"
    """Numbers wrap around, text that is no number becomes null."""
    TRY = "try"
    """It becomes null."""


@dataclass(frozen=True, eq=False)
class Cast(Expression):
    """A value turned into another type. ``implicit``: added by analysis, not shown in names."""

    child: Expression
    type: DataType
    mode: CastMode = CastMode.ANSI
    implicit: bool = False

    @property
    def dtype(self) -> DataType:
        """The target type."""
        return self.type

    @up_property
    def nullable(self) -> bool:
        """If the child is, or the cast may fail without an error."""
        if self.child.nullable or self.mode is CastMode.TRY:
            return True
        return may_give_null(self.child.dtype, self.type)

    @up_property
    def foldable(self) -> bool:
        """If the child is."""
        return self.child.foldable

    def sql(self) -> str:
        """``CAST(a AS INT)``; an implicit cast is its child."""
        if self.implicit:
            return self.child.sql()
        name = "TRY_CAST" if self.mode is CastMode.TRY else "CAST"
        return f"{name}({self.child.sql()} AS {self.type.simpleString().upper()})"

    def describe(self) -> str:
        """``cast(a#1 as int)``."""
        return f"cast({self.child.describe()} as {self.type.simpleString()})"
