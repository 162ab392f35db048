"""Elements as rows of a schema, as Spark makes them.

Attributes are fields with a prefix (``_id``), text beside other fields is the field ``_VALUE``, an
element that occurs several times an array. What cannot be read is null and makes the record
malformed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rayspark.datatypes import ArrayType, DataType, MapType, StringType, StructType
from rayspark.execution.xml.options import XmlOptions
from rayspark.execution.xml.scalars import BadValue, Scalar, scalar
from rayspark.execution.xml.tree import Node, XmlError, outermost


class XmlReader:
    """Reads records of a schema."""

    def __init__(self, schema: StructType, how: XmlOptions) -> None:
        self._schema, self._how = schema, how
        self._scalars: dict[DataType, Scalar] = {}
        self._prepare(schema)

    def row(self, text: str) -> tuple[dict[str, Any], bool]:
        """The record of a text, one element, and whether it is malformed."""
        try:
            return self.element(outermost(text))
        except XmlError:
            return dict.fromkeys(self._schema.names), True

    def element(self, root: Node) -> tuple[dict[str, Any], bool]:
        """The record of an element, and whether it is malformed: then it holds what came before
        the first bad value, and nothing if that is an attribute of its own.
        """
        row: dict[str, Any] = dict.fromkeys(self._schema.names)
        attributes: Mapping[str, Any] = {}
        try:
            attributes = self._attributes(root, self._schema)
            self._fill(row, root, self._schema)
        except BadValue:
            return {**row, **attributes}, True
        return {**row, **attributes}, False

    def _prepare(self, dt: DataType) -> None:
        """Find what reads each type, so that one that cannot be read is an error at once."""
        match dt:
            case StructType():
                for f in dt.fields:
                    self._prepare(f.dataType)
            case ArrayType():
                self._prepare(dt.elementType)
            case MapType():
                self._prepare(dt.valueType)
            case _:
                self._scalars[dt] = scalar(dt, self._how)

    # -- elements --------------------------------------------------------------------------------

    def _fill(self, row: dict[str, Any], element: Node, schema: StructType) -> None:
        fields = {f.name.lower(): f for f in schema.fields}
        for child in element.children:
            if child.kind == "element":
                name = self._name(child)
            elif child.kind == "text" and child.value.strip():
                name = self._how.value_tag
            else:
                continue
            f = fields.get(name.lower())
            if f is not None:
                self._add(row, f.name, f.dataType, child)

    def _add(self, row: dict[str, Any], name: str, dt: DataType, child: Node) -> None:
        is_text = child.kind == "text"
        match dt:
            case ArrayType(elementType=inner):
                made = self._text(child.value, inner) if is_text else self._value(child, inner)
                row[name] = [*(row[name] or []), made]
            case _:
                row[name] = self._text(child.value, dt) if is_text else self._value(child, dt)

    def _value(self, element: Node, dt: DataType) -> Any:
        if isinstance(dt, StructType):
            return self._struct(element, dt)
        return self._field(element, dt)

    def _struct(self, element: Node, dt: StructType) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(dt.names)
        self._fill(row, element, dt)
        return {**row, **self._attributes(element, dt)}

    def _field(self, element: Node, dt: DataType) -> Any:
        parts = _parts(element)
        if not parts:
            empty = isinstance(dt, StringType) and self._how.null_value != ""
            return "" if empty else None
        first = parts[0]
        match dt:
            case StringType():
                return self._text("".join(map(written, parts)), dt)
            case MapType(valueType=inner) if first.kind == "element" or not first.value.strip():
                return self._map(element, inner)
            case ArrayType(elementType=inner):
                if first.kind == "element":
                    return self._field(element, inner)
                return self._text(first.value, inner)
        if first.kind == "text" and not first.value.strip():
            parts = parts[1:]
            if not parts:
                return None
            first = parts[0]
        if first.kind == "element" or any(
            p.kind == "element" or p.value.strip() for p in parts[1:]
        ):
            raise BadValue
        return self._text(first.value, dt)

    def _map(self, element: Node, dt: DataType) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for attribute in self._own(element):
            made[self._how.prefix + self._name(attribute)] = self._text(attribute.value, dt)
        for child in element.children:
            if child.kind == "element":
                made[self._name(child)] = self._value(child, dt)
        return made

    def _attributes(self, element: Node, schema: StructType) -> Mapping[str, Any]:
        fields = {f.name.lower(): f for f in schema.fields}
        found: dict[str, Any] = {}
        for attribute in self._own(element):
            f = fields.get((self._how.prefix + self._name(attribute)).lower())
            if f is not None:
                found[f.name] = self._text(attribute.value, f.dataType)
        return found

    def _own(self, element: Node) -> Sequence[Node]:
        return () if self._how.exclude_attributes else element.attributes

    def _name(self, node: Node) -> str:
        return local_name(node.name) if self._how.ignore_namespace else node.name

    def _text(self, text: str, dt: DataType) -> Any:
        value = text.strip() if self._how.trims else text
        if value == self._how.null_value:
            return None
        read = self._scalars.get(dt)
        if read is None:
            raise BadValue
        return read(value)


def local_name(name: str) -> str:
    """Without a prefix."""
    return name.rpartition(":")[2]


def _parts(element: Node) -> list[Node]:
    return [node for node in element.children if node.kind in ("element", "text")]


def written(node: Node) -> str:
    """A node as text: plain text as it is, elements with their tags."""
    if node.kind == "text":
        return node.value
    attributes = "".join(f" {a.name}={quoteattr(a.value)}" for a in node.attributes)
    inner = "".join(
        escape(part.value) if part.kind == "text" else written(part) for part in _parts(node)
    )
    return f"<{node.name}{attributes}>{inner}</{node.name}>"
