"""An XML document as a tree, read by expat.

What a document may do to its reader is bounded: entities that are files, or made of other entities,
are refused where they are declared, so no text grows but by what the document holds itself.

>>> read_tree("<a x='1'>b<c/></a>").children[0].text()
'b'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal
from xml.parsers import expat

Kind = Literal["root", "element", "attribute", "text", "comment", "instruction"]


class XmlError(Exception):
    """The text is no XML document, or one that declares more than is read."""


class Node:
    """A node of a document: ``order`` counts them from its beginning."""

    __slots__ = ("attributes", "children", "first", "kind", "name", "order", "parent", "value")

    def __init__(self, kind: Kind, name: str, value: str, parent: Node | None, order: int) -> None:
        self.kind: Kind = kind
        self.name = name
        self.value = value
        self.first = value
        """Of a text that is partly in CDATA sections: what comes before them."""
        self.parent = parent
        self.order = order
        self.children: list[Node] = []
        self.attributes: list[Node] = []

    def text(self) -> str:
        """All text in it, or its value."""
        if self.kind not in ("root", "element"):
            return self.value
        return "".join(node.value for node in self.below() if node.kind == "text")

    def below(self) -> Iterator[Node]:
        """All nodes in it, in the document's order."""
        stack = self.children[::-1]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.children[::-1])


class _Builder:
    """Handlers of expat that make nodes."""

    def __init__(self) -> None:
        self.count = 0
        self.root = self.top = Node("root", "", "", None, 0)
        self.plain = True

    def add(self, kind: Kind, name: str, value: str) -> Node:
        self.count += 1
        node = Node(kind, name, value, self.top, self.count)
        self.top.children.append(node)
        return node

    def start(self, name: str, attributes: list[str]) -> None:
        node = self.add("element", name, "")
        for at in range(0, len(attributes), 2):
            self.count += 1
            node.attributes.append(
                Node("attribute", attributes[at], attributes[at + 1], node, self.count)
            )
        self.top = node

    def end(self, _name: str) -> None:
        assert self.top.parent is not None
        self.top = self.top.parent

    def text(self, data: str) -> None:
        last = self.top.children[-1] if self.top.children else None
        if last is None or last.kind != "text":
            self.plain = True
            self.add("text", "#text", data)
            return
        last.value += data
        if self.plain:
            last.first += data

    def section(self) -> None:
        self.plain = False


class _RowBuilder(_Builder):
    """Keeps elements of one name, each as a document of its own; all else is forgotten."""

    def __init__(self, name: str, ignores_prefix: bool) -> None:
        super().__init__()
        self._name, self._ignores_prefix = name, ignores_prefix
        self.rows: list[Node] = []

    def start(self, name: str, attributes: list[str]) -> None:
        if self.top is not self.root:
            super().start(name, attributes)
        elif name == self._name or (self._ignores_prefix and name.rpartition(":")[2] == self._name):
            self.count = 0
            super().start(name, attributes)

    def end(self, name: str) -> None:
        if self.top is self.root:
            return
        super().end(name)
        if self.top is self.root:
            self.rows += self.root.children
            self.root.children = []

    def text(self, data: str) -> None:
        if self.top is not self.root:
            super().text(data)

    def section(self) -> None:
        if self.top is not self.root:
            super().section()


def _check_entity(_name: str, _parameter: bool, value: str | None, *_where: Any) -> None:
    if value is None or "&" in value or "%" in value:
        raise XmlError("Entities that are files, or made of other entities, are not read.")


def _parser(builder: _Builder) -> Any:
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartCdataSectionHandler = parser.EndCdataSectionHandler = builder.section
    parser.EntityDeclHandler = _check_entity
    return parser


def read_tree(document: str) -> Node:
    """The root of a document, above its outermost element.

    Raises
    ------
    XmlError
        If it is none.
    """
    builder = _Builder()
    parser = _parser(builder)
    parser.CommentHandler = lambda data: builder.add("comment", "#comment", data)
    parser.ProcessingInstructionHandler = lambda name, data: builder.add("instruction", name, data)
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise XmlError(str(error)) from None
    return builder.root


def outermost(document: str) -> Node:
    """The outermost element of a document, entities in it left out."""
    builder = _Builder()
    parser = _parser(builder)
    parser.DefaultHandler = _ignore
    parser.CommentHandler = lambda data: builder.add("comment", "#comment", data)
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise XmlError(str(error)) from None
    return next(node for node in builder.root.children if node.kind == "element")


def row_elements(parts: Iterable[bytes], name: str, ignores_prefix: bool) -> Iterator[Node]:
    """The elements of a name in a document that comes in parts, those inside others left out.

    Raises
    ------
    XmlError
        Where it stops to be a document, after the elements before that.
    """
    builder = _RowBuilder(name, ignores_prefix)
    parser = _parser(builder)
    parser.DefaultHandler = _ignore  # entities are not put in
    try:
        for part in parts:
            parser.Parse(part, False)
            yield from builder.rows
            builder.rows = []
        parser.Parse(b"", True)
    except (expat.ExpatError, XmlError) as error:
        yield from builder.rows
        raise XmlError(str(error)) from None


def _ignore(_data: str) -> None:
    """Entities, declarations: with this handler set, expat puts no entity in."""
