"""Arrays and maps: types made of types.

>>> from rayspark.sql.types import ArrayType, DateType
>>> import datetime
>>> ArrayType(DateType()).toInternal([datetime.date(1970, 1, 2), None])
[1, None]
"""

from __future__ import annotations

from typing import Any

from rayspark.datatypes.base import DataType, Parsers

UNLIMITED_DEPTH = 2**31 - 1


def child_path(path: str, part: str) -> str:
    """Where a nested type stands, as collation metadata writes it: ``field.element.key``."""
    return f"{path}.{part}" if path else part


def tree_name(dt: DataType) -> str:
    """A type's word in ``printSchema``: its family, or its full name where parameters matter."""
    if dt.simpleString().startswith(("decimal(", "char(", "varchar(", "time(", "interval ")):
        return dt.simpleString()
    return dt.typeName()


def tree_lines(dt: DataType, prefix: str, depth: int) -> list[str]:
    """The lines under a field of type ``dt``; none for a type without parts."""
    from_part = getattr(dt, "_tree_lines", None)
    return [] if from_part is None else list(from_part(prefix, depth))


def spoken(flag: bool) -> str:
    """``true`` or ``false``."""
    return str(flag).lower()


class ArrayType(DataType):
    """A list of values of one type.

    Parameters
    ----------
    elementType : DataType
        the type of each element.
    containsNull : bool
        whether elements may be ``None`` (default true).

    Examples
    --------
    >>> from rayspark.sql.types import ArrayType, StringType
    >>> ArrayType(StringType()) == ArrayType(StringType(), True)
    True
    """

    def __init__(self, elementType: DataType, containsNull: bool = True):
        assert isinstance(elementType, DataType), (
            f"elementType {elementType} should be an instance of {DataType}"
        )
        self.elementType = elementType
        self.containsNull = containsNull

    def simpleString(self) -> str:
        return f"array<{self.elementType.simpleString()}>"

    def __repr__(self) -> str:
        return f"ArrayType({self.elementType}, {self.containsNull})"

    def jsonValue(self) -> dict[str, Any]:
        return {
            "type": self.typeName(),
            "elementType": self.elementType.jsonValue(),
            "containsNull": self.containsNull,
        }

    @classmethod
    def fromJson(
        cls,
        json: dict[str, Any],
        fieldPath: str = "",
        collationsMap: dict[str, str] | None = None,
    ) -> ArrayType:
        """The array type a schema JSON value describes.

        Parameters
        ----------
        json : dict
            with keys ``elementType`` and ``containsNull``.
        fieldPath : str
            where the array stands in its field (default: at the top).
        collationsMap : dict, optional
            collation by path of each collated string.
        """
        path = child_path(fieldPath, "element")
        return cls(Parsers.json(json["elementType"], path, collationsMap), json["containsNull"])

    def _as_nullable(self) -> ArrayType:
        return ArrayType(self.elementType._as_nullable(), containsNull=True)

    def toNullable(self) -> ArrayType:
        """The same type, null allowed everywhere."""
        return self._as_nullable()

    def needConversion(self) -> bool:
        return self.elementType.needConversion()

    def toInternal(self, obj: Any) -> Any:
        if not obj or not self.needConversion():
            return obj
        return [self.elementType.toInternal(value) for value in obj]

    def fromInternal(self, obj: Any) -> Any:
        if not obj or not self.needConversion():
            return obj
        return [self.elementType.fromInternal(value) for value in obj]

    def _tree_lines(self, prefix: str, depth: int) -> list[str]:
        if depth <= 0:
            return []
        element = self.elementType
        nulls = spoken(self.containsNull)
        return [
            f"{prefix}-- element: {tree_name(element)} (containsNull = {nulls})",
            *tree_lines(element, f"{prefix}    |", depth - 1),
        ]


class MapType(DataType):
    """A dictionary from values of one type (never ``None``) to values of another.

    Parameters
    ----------
    keyType, valueType : DataType
        the types of keys and values.
    valueContainsNull : bool
        whether values may be ``None`` (default true).

    Examples
    --------
    >>> from rayspark.sql.types import IntegerType, MapType, StringType
    >>> MapType(StringType(), IntegerType()).simpleString()
    'map<string,int>'
    """

    def __init__(self, keyType: DataType, valueType: DataType, valueContainsNull: bool = True):
        assert isinstance(keyType, DataType), (
            f"keyType {keyType} should be an instance of {DataType}"
        )
        assert isinstance(valueType, DataType), (
            f"valueType {valueType} should be an instance of {DataType}"
        )
        self.keyType = keyType
        self.valueType = valueType
        self.valueContainsNull = valueContainsNull

    def simpleString(self) -> str:
        return f"map<{self.keyType.simpleString()},{self.valueType.simpleString()}>"

    def __repr__(self) -> str:
        return f"MapType({self.keyType}, {self.valueType}, {self.valueContainsNull})"

    def jsonValue(self) -> dict[str, Any]:
        return {
            "type": self.typeName(),
            "keyType": self.keyType.jsonValue(),
            "valueType": self.valueType.jsonValue(),
            "valueContainsNull": self.valueContainsNull,
        }

    @classmethod
    def fromJson(
        cls,
        json: dict[str, Any],
        fieldPath: str = "",
        collationsMap: dict[str, str] | None = None,
    ) -> MapType:
        """The map type a schema JSON value describes; parameters as :meth:`ArrayType.fromJson`."""
        return cls(
            Parsers.json(json["keyType"], child_path(fieldPath, "key"), collationsMap),
            Parsers.json(json["valueType"], child_path(fieldPath, "value"), collationsMap),
            json["valueContainsNull"],
        )

    def _as_nullable(self) -> MapType:
        return MapType(self.keyType._as_nullable(), self.valueType._as_nullable(), True)

    def toNullable(self) -> MapType:
        """The same type, null allowed everywhere but in keys."""
        return self._as_nullable()

    def needConversion(self) -> bool:
        return self.keyType.needConversion() or self.valueType.needConversion()

    def toInternal(self, obj: Any) -> Any:
        if not obj or not self.needConversion():
            return obj
        key, value = self.keyType.toInternal, self.valueType.toInternal
        return {key(k): value(v) for k, v in obj.items()}

    def fromInternal(self, obj: Any) -> Any:
        if not obj or not self.needConversion():
            return obj
        key, value = self.keyType.fromInternal, self.valueType.fromInternal
        return {key(k): value(v) for k, v in obj.items()}

    def _tree_lines(self, prefix: str, depth: int) -> list[str]:
        if depth <= 0:
            return []
        below = f"{prefix}    |"
        nulls = spoken(self.valueContainsNull)
        return [
            f"{prefix}-- key: {tree_name(self.keyType)}",
            *tree_lines(self.keyType, below, depth - 1),
            f"{prefix}-- value: {tree_name(self.valueType)} (valueContainsNull = {nulls})",
            *tree_lines(self.valueType, below, depth - 1),
        ]
