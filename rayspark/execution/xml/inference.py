"""The schema of XML records, as Spark finds it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    LongType,
    NullType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.execution.kernels.texts import parse_moment
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.execution.xml.options import XmlOptions
from rayspark.execution.xml.records import local_name
from rayspark.execution.xml.scalars import NUMBER, as_whole
from rayspark.execution.xml.tree import Node, XmlError, outermost

NULL, TEXT = NullType(), StringType()


class Inference:
    """Types of records; ``how`` says what is looked for."""

    def __init__(self, how: XmlOptions) -> None:
        self._how = how

    def schema(self, types: Iterable[DataType]) -> StructType:
        """The schema of records of all these types."""
        nothing: DataType = StructType()
        found = reduce(self.merge, types, nothing)
        made = canonical(found)
        return made if isinstance(made, StructType) else StructType()

    def record(self, text: str) -> DataType:
        """The type of a text, one element.

        Raises
        ------
        XmlError
            In mode FAILFAST, if it is none.
        """
        try:
            return self.element(outermost(text))
        except XmlError as error:
            return self.malformed(error)

    def malformed(self, error: XmlError) -> StructType:
        """The type of what is no record."""
        if self._how.mode == "failfast":
            raise error
        if self._how.mode == "dropmalformed":
            return StructType()
        return StructType([StructField(self._how.corrupt, TEXT)])

    def element(self, root: Node) -> StructType:
        """The type of an element."""
        return self._object(root, self._attributes(root))

    def _object(self, element: Node, fields: dict[str, DataType]) -> StructType:
        for child in element.children:
            if child.kind == "element":
                self._add(fields, self._name(child), self._element(child))
            elif child.kind == "text" and child.value.strip():
                self._add(fields, self._how.value_tag, self._text(child.value))
        return _struct(fields)

    def _add(self, fields: dict[str, DataType], name: str, dt: DataType) -> None:
        known = next((n for n in fields if n.lower() == name.lower()), None)
        known = name if name in fields else known
        if known is None:
            fields[name] = dt
            return
        before = fields[known]
        inner = before.elementType if isinstance(before, ArrayType) else before
        fields[known] = ArrayType(self.merge(inner, dt))

    def _element(self, element: Node) -> DataType:
        attributes = self._attributes(element)
        parts = [n for n in element.children if n.kind in ("element", "text")]
        inner: DataType = self._object(element, {}) if parts else NULL
        if isinstance(inner, StructType):
            if not inner.fields:
                inner = NULL
            elif inner.names == [self._how.value_tag]:
                only = inner.fields[0].dataType
                inner = inner if isinstance(only, StructType | ArrayType) else only
        if not attributes:
            return inner
        if isinstance(inner, StructType):
            return _struct({**{f.name: f.dataType for f in inner.fields}, **attributes})
        return _struct(attributes if inner is NULL else {self._how.value_tag: inner, **attributes})

    def _attributes(self, element: Node) -> dict[str, DataType]:
        if self._how.exclude_attributes:
            return {}
        return {self._how.prefix + self._name(a): self._text(a.value) for a in element.attributes}

    def _name(self, node: Node) -> str:
        return local_name(node.name) if self._how.ignore_namespace else node.name

    def _text(self, text: str) -> DataType:
        how = self._how
        value = text.strip() if how.trims else text
        if not how.infer:
            return TEXT
        if not value or value == how.null_value:
            return NULL
        if as_whole(value, 64) is not None:
            return LongType()
        if NUMBER.fullmatch(value):
            return DoubleType()
        if value.lower() in ("true", "false"):
            return BooleanType()
        return self._time(value)

    def _time(self, value: str) -> DataType:
        how, formats = self._how, self._how.formats
        day = pattern(formats.date or "yyyy-MM-dd")
        if how.prefer_date and day.parse_day(value) is not None:
            return DateType()
        stamp = formats.timestamp
        read = pattern(stamp).parse_moment if stamp else parse_moment
        if read(value, formats.zone) is not None:
            return TimestampNTZType() if how.ntz else TimestampType()
        return TEXT

    # -- two types as one ------------------------------------------------------------------------

    def merge(self, left: DataType, right: DataType) -> DataType:
        """The type that holds the values of both."""
        if left == right or isinstance(right, NullType):
            return left
        if isinstance(left, NullType):
            return right
        match left, right:
            case StructType(), StructType():
                return self._both(left, right)
            case ArrayType(elementType=a), ArrayType(elementType=b):
                return ArrayType(self.merge(a, b))
            case (ArrayType(elementType=a), b) | (b, ArrayType(elementType=a)):
                return ArrayType(self.merge(a, b))
            case (StructType() as struct, other) | (other, StructType() as struct) if (
                self._how.value_tag in struct.names
            ):
                value = StructType([StructField(self._how.value_tag, other)])
                return self._both(struct, value)
        return _simple(left, right)

    def _both(self, left: StructType, right: StructType) -> StructType:
        fields = {f.name: f.dataType for f in left.fields}
        for f in right.fields:
            name = next((n for n in fields if n.lower() == f.name.lower()), f.name)
            fields[name] = self.merge(fields[name], f.dataType) if name in fields else f.dataType
        return _struct(fields)


def _simple(left: DataType, right: DataType) -> DataType:
    numbers = (LongType, DoubleType, DecimalType)
    times = (DateType, TimestampType, TimestampNTZType)
    if isinstance(left, numbers) and isinstance(right, numbers):
        return DoubleType()
    if isinstance(left, times) and isinstance(right, times):
        zoned = isinstance(left, TimestampType) or isinstance(right, TimestampType)
        return TimestampType() if zoned else TimestampNTZType()
    return TEXT


def _struct(fields: dict[str, DataType]) -> StructType:
    return StructType([StructField(name, fields[name]) for name in sorted(fields)])


def canonical(dt: DataType) -> DataType | None:
    """Nulls become texts; structs without fields go away."""
    match dt:
        case StructType():
            fields = [
                StructField(f.name, inner)
                for f in dt.fields
                if (inner := canonical(f.dataType)) is not None
            ]
            return StructType(fields) if fields else None
        case ArrayType():
            inner = canonical(dt.elementType)
            return None if inner is None else ArrayType(inner)
        case NullType():
            return TEXT
    return dt
