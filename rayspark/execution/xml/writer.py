"""Rows as elements, as Spark writes them.

A field whose name begins with the prefix (``_id``) is an attribute, the field ``_VALUE`` the text
of its element, an array an element for each of its values.
"""

from __future__ import annotations

import datetime
import decimal
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    NullType,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.errors import SparkException
from rayspark.execution.kernels.texts import java_double, java_float
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.execution.sources.options import Options
from rayspark.execution.xml.options import DECLARATION
from rayspark.records import dataclass

EPOCH = datetime.datetime(1970, 1, 1)
MICRO = datetime.timedelta(microseconds=1)
ATTRIBUTE = re.compile(r"""([^\s=]+)\s*=\s*["']([^"']*)["']""")
NAME = re.compile(r"[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?")


@dataclass(frozen=True)
class XmlWriter:
    """Makes elements of rows."""

    formats: Formats
    row_tag: str = "ROW"
    root_tag: str = "ROWS"
    prefix: str = "_"
    value_tag: str = "_VALUE"
    null_value: str | None = None
    item: str = "item"
    indent: str = "    "
    declaration: str = DECLARATION
    validates: bool = True

    @staticmethod
    def of(options: Options, settings: Mapping[str, str]) -> XmlWriter:
        """Read the options."""
        formats = Formats.of(options, settings)
        return XmlWriter(
            Formats(
                formats.date or "yyyy-MM-dd",
                formats.timestamp or "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
                formats.ntz or "yyyy-MM-dd'T'HH:mm:ss.SSS",
                formats.zone,
            ),
            options.text("rowTag", "ROW"),
            options.text("rootTag", "ROWS"),
            options.text("attributePrefix", "_"),
            options.text("valueTag", "_VALUE"),
            options.get("nullValue"),
            options.text("arrayElementName", "item"),
            options.text("indent", "    "),
            options.text("declaration", DECLARATION),
            options.flag("validateName", default=True),
        )

    def record(self, row: Mapping[str, Any], schema: StructType, depth: int = 0) -> str:
        """A row as an element."""
        return "".join(self._element(self.row_tag, row, schema, depth))

    def head(self) -> str:
        """What a file begins with."""
        first = f"<?xml {self.declaration}?>\n" if self.declaration else ""
        name, _, rest = self.root_tag.partition(" ")
        attributes = "".join(f" {key}={_quoted(value)}" for key, value in ATTRIBUTE.findall(rest))
        return f"{first}<{name}{attributes}>"

    def foot(self) -> str:
        """What a file ends with."""
        return f"</{self.root_tag.split()[0]}>"

    # -- elements --------------------------------------------------------------------------------

    def _element(self, name: str, value: Any, dt: DataType, depth: int) -> Iterator[str]:
        """An element with its tags; nothing for a null that has no text."""
        match dt:
            case ArrayType(elementType=ArrayType() as inner):
                for item in value or ():
                    yield from self._around(
                        name, [], "", [(self.item, i, inner.elementType) for i in item or ()], depth
                    )
            case ArrayType(elementType=inner):
                for item in value or ():
                    yield from self._element(name, item, inner, depth)
            case StructType() if value is not None:
                yield from self._struct(name, value, dt, depth)
            case MapType(valueType=inner) if value is not None:
                pairs = value.items() if isinstance(value, dict) else value
                children = [(str(key), item, inner) for key, item in pairs]
                attributes = [
                    (key[len(self.prefix) :], self.text(item, inner))
                    for key, item, _ in children
                    if self._is_attribute(key) and item is not None
                ]
                plain = [child for child in children if not self._is_attribute(child[0])]
                yield from self._around(name, attributes, "", plain, depth)
            case _:
                text = self.text(value, dt)
                if text is not None:
                    yield from self._open(name, [], depth)
                    yield f">{escaped(text)}</{name}>"

    def _struct(
        self, name: str, row: Mapping[str, Any], dt: StructType, depth: int
    ) -> Iterator[str]:
        attributes, children, text = [], [], ""
        for f in dt.fields:
            value = row[f.name]
            if f.name == self.value_tag:
                text = escaped(self.text(value, f.dataType) or "")
            elif self._is_attribute(f.name):
                if (shown := self.text(value, f.dataType)) is not None:
                    attributes.append((f.name[len(self.prefix) :], shown))
            else:
                children.append((f.name, value, f.dataType))
        yield from self._around(name, attributes, text, children, depth)

    def _around(
        self,
        name: str,
        attributes: Sequence[tuple[str, str | None]],
        text: str,
        children: list[tuple[str, Any, DataType]],
        depth: int,
    ) -> Iterator[str]:
        inner = "".join(
            "".join(self._element(key, value, dt, depth + 1)) for key, value, dt in children
        )
        yield from self._open(name, attributes, depth)
        if not inner and not text:
            yield "/>"
            return
        yield f">{text}{inner}"
        if inner and self.indent:
            yield "\n" + self.indent * depth
        yield f"</{name}>"

    def _open(
        self, name: str, attributes: Sequence[tuple[str, str | None]], depth: int
    ) -> Iterator[str]:
        if self.validates and not NAME.fullmatch(name):
            raise invalid_name(name)
        if depth and self.indent:
            yield "\n" + self.indent * depth
        yield f"<{name}"
        for key, value in attributes:
            if not key:
                raise invalid_name(self.prefix)
            yield f" {key}={_quoted(value or '')}"

    def _is_attribute(self, name: str) -> bool:
        return name.startswith(self.prefix) and name != self.value_tag and self.prefix != ""

    # -- values ----------------------------------------------------------------------------------

    def text(self, value: Any, dt: DataType) -> str | None:
        """A value as text."""
        if value is None or isinstance(dt, NullType):
            return self.null_value
        match dt:
            case BooleanType():
                return "true" if value else "false"
            case DoubleType():
                return java_double(value)
            case FloatType():
                return java_float(value)
            case DecimalType():
                return format(decimal.Decimal(value), "f")
            case DateType():
                return pattern(self.formats.date).format_day(value.toordinal() - 719_163)
            case TimestampType():
                local = value.astimezone(datetime.UTC).replace(tzinfo=None)
                micros = (local - EPOCH) // MICRO
                return pattern(self.formats.timestamp).format_moment(micros, self.formats.zone)
            case TimestampNTZType():
                return pattern(self.formats.ntz).format_moment((value - EPOCH) // MICRO, None)
            case BinaryType():
                return "[" + " ".join(f"{byte:02X}" for byte in value) + "]"
        return str(value)


def escaped(text: str) -> str:
    """Text between tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _quoted(value: str) -> str:
    return '"' + escaped(value).replace('"', "&quot;") + '"'


def invalid_name(name: str) -> SparkException:
    """The error for a column that cannot be an element."""
    return SparkException(errorClass="INVALID_XML_NAME", messageParameters={"name": f"`{name}`"})
