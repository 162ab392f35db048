"""What every data type is: a value that names itself three ways and knows its internal form.

Terms
-----
*simple string*: short SQL-like name for people (``array<int>``). *JSON value*: Spark's schema JSON,
what files and other engines read. *internal value*: what a Python value becomes inside the engine
(a date is days since 1970-01-01, a timestamp microseconds since the epoch).

>>> from rayspark.sql.types import ArrayType, IntegerType
>>> ArrayType(IntegerType()).simpleString()
'array<int>'

Types are immutable by convention (only ``StructType.add`` changes one) and safe to share between
threads.
"""

from __future__ import annotations

from collections.abc import Callable
from json import dumps
from typing import Any, ClassVar, Self

PUBLIC_MODULE = "rayspark.sql.types"


class Parsers:
    """The two text forms of a type, read by modules above the type classes.

    ``ddl.py`` and ``json.py`` must know every class, and the classes offer ``fromDDL`` and
    ``fromJson``. So those two modules put their parser here when the package is imported, and
    nothing imports in a circle.
    """

    ddl: ClassVar[Callable[[str], DataType]]
    json: ClassVar[Callable[[Any, str, dict[str, str] | None], DataType]]
    to_ddl: ClassVar[Callable[[Any], str]]


class DataType:
    """Base class of all data types."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __hash__(self) -> int:
        return hash(str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.__dict__ == other.__dict__

    @classmethod
    def typeName(cls) -> str:
        """The type's family name in schema JSON, e.g. ``integer``."""
        return cls.__name__.removesuffix("Type").lower()

    def simpleString(self) -> str:
        """The type in Spark SQL's words, e.g. ``int`` or ``array<string>``."""
        return self.typeName()

    def jsonValue(self) -> str | dict[str, Any]:
        """The type as the Python value of its schema JSON."""
        return self.typeName()

    def json(self) -> str:
        """The type as schema JSON text, keys sorted, no blanks."""
        return dumps(self.jsonValue(), separators=(",", ":"), sort_keys=True)

    def needConversion(self) -> bool:
        """Whether a Python value differs from its internal form."""
        return False

    def toInternal(self, obj: Any) -> Any:
        """The internal form of a Python value."""
        return obj

    def fromInternal(self, obj: Any) -> Any:
        """The Python value of an internal form."""
        return obj

    @classmethod
    def fromDDL(cls, ddl: str) -> DataType:
        """Read a type, or a list of columns, from DDL text.

        Parameters
        ----------
        ddl : str
            A type (``decimal(10,2)``) or columns (``a INT NOT NULL, b STRING`` or ``a: int, b:
            string``).

        Raises
        ------
        ParseException
            with the line and position where the text stops being a type.

        Examples
        --------
        >>> from rayspark.sql.types import DataType
        >>> DataType.fromDDL("b string, a int")
        StructType([StructField('b', StringType(), True), StructField('a', IntegerType(), True)])
        >>> DataType.fromDDL("decimal(10,10)")
        DecimalType(10,10)
        """
        return Parsers.ddl(ddl)

    def _as_nullable(self) -> DataType:
        """The same type with every nested position nullable."""
        return self


class SingletonType(DataType):
    """A type without parameters: one instance a class, also after unpickling."""

    _instance: ClassVar[DataType]

    def __new__(cls) -> Self:
        if "_instance" not in cls.__dict__:
            cls._instance = super().__new__(cls)
        return cls._instance  # type: ignore[return-value]


class NullType(SingletonType):
    """The type of ``None`` when nothing else is known."""

    @classmethod
    def typeName(cls) -> str:
        return "void"


class AtomicType(DataType):
    """Every type that is not null, an interval of mixed units, user-defined, or nested."""


class NumericType(AtomicType):
    """Numbers."""


class IntegralType(NumericType, SingletonType):
    """Whole numbers of fixed width."""


class FractionalType(NumericType):
    """Numbers with a fraction."""


class DatetimeType(AtomicType):
    """Dates, times and timestamps."""
