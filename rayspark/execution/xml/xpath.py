"""XPath 1.0: what a path gives of a document.

A value is a list of nodes, a number, a text or a truth; the first is turned into the others as
XPath says: a text is that of the first node, a truth whether there is one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from rayspark.execution.xml.tree import Node
from rayspark.execution.xml.xpath_parser import Expr, Step, XPathError, parse_path
from rayspark.records import dataclass

Value = list[Node] | float | str | bool

parse = lru_cache(256)(parse_path)


@dataclass(frozen=True)
class Context:
    """Where an expression stands: a node, its position among how many."""

    node: Node
    position: int = 1
    size: int = 1


def evaluate(path: str, root: Node) -> Value:
    """What a path gives of a document.

    Raises
    ------
    XPathError
        If it is no path.
    """
    return _value(parse(path), Context(root))


def _value(e: Expr, at: Context) -> Value:
    match e:
        case float():
            return e
        case ("text", str(text)):
            return text
        case ("path", start, steps):
            return _walk(start, steps, at)
        case ("filter", inner, predicates):
            nodes = _nodes(_value(inner, at))
            return _kept(nodes, predicates)
        case ("call", name, args):
            return _call(name, args, at)
        case ("negative", inner):
            return -to_number(_value(inner, at))
        case ("or", left, right):
            return to_truth(_value(left, at)) or to_truth(_value(right, at))
        case ("and", left, right):
            return to_truth(_value(left, at)) and to_truth(_value(right, at))
        case ("|", left, right):
            return _in_order([*_nodes(_value(left, at)), *_nodes(_value(right, at))])
        case (sign, left, right) if sign in _COMPARE:
            return _compare(sign, _value(left, at), _value(right, at))
    sign, left, right = e
    return _ARITHMETIC[sign](to_number(_value(left, at)), to_number(_value(right, at)))


# -- from one kind to another --------------------------------------------------------------------


def _nodes(value: Value) -> list[Node]:
    if not isinstance(value, list):
        raise XPathError("Can not convert a number, text or truth to a list of nodes")
    return value


def to_number(value: Value) -> float:
    """As ``number()``."""
    match value:
        case bool():
            return float(value)
        case float():
            return value
        case list():
            value = to_text(value)
    text = value.strip(" \t\r\n")
    plain = text.removeprefix("-").replace(".", "", 1)
    return float(text) if plain.isascii() and plain.isdigit() else math.nan


def to_text(value: Value) -> str:
    """As ``string()``."""
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return number_text(value)
        case list():
            return value[0].text() if value else ""
    return value


def to_truth(value: Value) -> bool:
    """As ``boolean()``."""
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return bool(value)


def number_text(value: float) -> str:
    """A number without an exponent.

    >>> number_text(3.0), number_text(1e21), number_text(0.00001)
    ('3', '1000000000000000000000', '0.00001')
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if "e" not in text:
        return text
    digits = len(text.partition("e")[0].replace(".", "").lstrip("-"))
    return f"{value:.{digits - int(text.partition('e')[2]) - 1}f}"


# -- comparing and counting ----------------------------------------------------------------------

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _compare(sign: str, left: Value, right: Value) -> bool:
    """Of lists of nodes it is true if it is of any of them."""
    holds = _COMPARE[sign]
    if isinstance(left, bool) or isinstance(right, bool):
        if sign in ("=", "!="):
            return holds(to_truth(left), to_truth(right))
        return holds(float(to_truth(left)), float(to_truth(right)))
    lefts: Sequence[Any] = [n.text() for n in left] if isinstance(left, list) else [left]
    rights: Sequence[Any] = [n.text() for n in right] if isinstance(right, list) else [right]
    as_numbers = sign not in ("=", "!=") or isinstance(left, float) or isinstance(right, float)
    if as_numbers:
        lefts, rights = [to_number(v) for v in lefts], [to_number(v) for v in rights]
    return any(holds(a, b) for a in lefts for b in rights)


def _divide(a: float, b: float) -> float:
    if b:
        return a / b
    return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a * math.copysign(1, b))


def _remainder(a: float, b: float) -> float:
    return math.nan if b == 0 or math.isinf(a) or math.isnan(a + b) else math.fmod(a, b)


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "div": _divide,
    "mod": _remainder,
}

# -- steps ---------------------------------------------------------------------------------------

REVERSE = frozenset({"ancestor", "ancestor-or-self", "preceding", "preceding-sibling"})


def _walk(start: Expr, steps: Sequence[Step], at: Context) -> list[Node]:
    if start is None:
        nodes = [at.node]
    elif start == "/":
        nodes = [_root(at.node)]
    else:
        nodes = _nodes(_value(start, at))
    for step in steps:
        found: list[Node] = []
        for node in nodes:
            along = _along(node, step.axis)
            if step.axis in REVERSE:
                along = along[::-1]
            passed = [other for other in along if _passes(other, step)]
            found += _kept(passed, step.predicates)
        nodes = _in_order(found)
    return nodes


def _kept(nodes: list[Node], predicates: Sequence[Expr]) -> list[Node]:
    for predicate in predicates:
        kept = []
        for position, node in enumerate(nodes, 1):
            value = _value(predicate, Context(node, position, len(nodes)))
            if value == position if type(value) is float else to_truth(value):
                kept.append(node)
        nodes = kept
    return nodes


def _in_order(nodes: list[Node]) -> list[Node]:
    return [n for _, n in sorted({n.order: n for n in nodes}.items())]


def _root(node: Node) -> Node:
    while node.parent is not None:
        node = node.parent
    return node


def _along(node: Node, axis: str) -> list[Node]:
    """The nodes of an axis, in the document's order."""
    match axis:
        case "self":
            return [node]
        case "child":
            return node.children
        case "attribute":
            return node.attributes
        case "parent":
            return [] if node.parent is None else [node.parent]
        case "descendant":
            return list(node.below())
        case "descendant-or-self":
            return [node, *node.below()]
        case "ancestor":
            return _above(node)
        case "ancestor-or-self":
            return [*_above(node), node]
        case "namespace":
            return []
    if axis.endswith("-sibling"):
        siblings = [] if node.parent is None or node.kind == "attribute" else node.parent.children
    else:
        inside = {id(n) for n in (node, *node.below(), *_above(node))}
        siblings = [n for n in _root(node).below() if id(n) not in inside]
    if axis.startswith("following"):
        return [n for n in siblings if n.order > node.order]
    return [n for n in siblings if n.order < node.order]


def _above(node: Node) -> list[Node]:
    found: list[Node] = []
    while node.parent is not None:
        node = node.parent
        found.append(node)
    return found[::-1]


def _passes(node: Node, step: Step) -> bool:
    test = step.test
    if test.endswith(")"):
        kind, _, name = test[:-1].partition("(")
        match kind:
            case "node":
                return True
            case "processing-instruction":
                return node.kind == "instruction" and (not name or node.name == name)
        return node.kind == kind
    principal = "attribute" if step.axis == "attribute" else "element"
    return node.kind == principal and test in ("*", node.name.rpartition(":")[2])


# -- functions -----------------------------------------------------------------------------------


def _call(name: str, args: Sequence[Expr], at: Context) -> Value:
    found = _FUNCTIONS.get(name)
    if found is None:
        raise XPathError(f"Could not find function: {name}")
    least, most, run = found
    if not least <= len(args) <= most:
        raise XPathError(f"Function {name} does not take {len(args)} arguments")
    return run(at, [_value(arg, at) for arg in args])


def _own(at: Context, args: Sequence[Value]) -> Value:
    return args[0] if args else [at.node]


def _name(at: Context, args: Sequence[Value]) -> str:
    nodes = _nodes(_own(at, args))
    named = nodes and nodes[0].kind in ("element", "attribute", "instruction")
    return nodes[0].name if named else ""


def _round(value: float) -> float:
    return value if math.isnan(value) or math.isinf(value) else float(math.floor(value + 0.5))


def _substring(args: Sequence[Value]) -> str:
    text, start = to_text(args[0]), _round(to_number(args[1]))
    end = start + _round(to_number(args[2])) if len(args) > 2 else math.inf
    return "".join(c for place, c in enumerate(text, 1) if start <= place < end)


def _translate(text: str, out: str, into: str) -> str:
    table: dict[int, str | None] = {}
    for at, c in enumerate(out):
        table.setdefault(ord(c), into[at] if at < len(into) else None)
    return text.translate(table)


def _whole(run: Callable[[float], float]) -> Callable[[Context, Sequence[Value]], Value]:
    def apply(_at: Context, args: Sequence[Value]) -> Value:
        value = to_number(args[0])
        return value if math.isnan(value) or math.isinf(value) else float(run(value))

    return apply


def _lang(at: Context, args: Sequence[Value]) -> bool:
    wanted, node = to_text(args[0]).lower(), at.node
    while node.parent is not None:
        for attribute in node.attributes:
            if attribute.name == "xml:lang":
                found = attribute.value.lower()
                return found == wanted or found.startswith(wanted + "-")
        node = node.parent
    return False


Function = Callable[[Context, Sequence[Value]], Value]
MANY = 1 << 30
_FUNCTIONS: dict[str, tuple[int, int, Function]] = {
    "last": (0, 0, lambda at, _: float(at.size)),
    "position": (0, 0, lambda at, _: float(at.position)),
    "count": (1, 1, lambda _, a: float(len(_nodes(a[0])))),
    "id": (1, 1, lambda _at, _a: []),  # no declaration says what an id is
    "local-name": (0, 1, lambda at, a: _name(at, a).rpartition(":")[2]),
    "name": (0, 1, _name),
    "namespace-uri": (0, 1, lambda _at, _a: ""),
    "string": (0, 1, lambda at, a: to_text(_own(at, a))),
    "concat": (2, MANY, lambda _, a: "".join(map(to_text, a))),
    "starts-with": (2, 2, lambda _, a: to_text(a[0]).startswith(to_text(a[1]))),
    "contains": (2, 2, lambda _, a: to_text(a[1]) in to_text(a[0])),
    "substring-before": (
        2, 2, lambda _, a: _before(to_text(a[0]), to_text(a[1])),
    ),
    "substring-after": (2, 2, lambda _, a: to_text(a[0]).partition(to_text(a[1]))[2]
                        if to_text(a[1]) else to_text(a[0])),
    "substring": (2, 3, lambda _, a: _substring(a)),
    "string-length": (0, 1, lambda at, a: float(len(to_text(_own(at, a))))),
    "normalize-space": (0, 1, lambda at, a: " ".join(to_text(_own(at, a)).split())),
    "translate": (3, 3, lambda _, a: _translate(to_text(a[0]), to_text(a[1]), to_text(a[2]))),
    "boolean": (1, 1, lambda _, a: to_truth(a[0])),
    "not": (1, 1, lambda _, a: not to_truth(a[0])),
    "true": (0, 0, lambda _at, _a: True),
    "false": (0, 0, lambda _at, _a: False),
    "lang": (1, 1, _lang),
    "number": (0, 1, lambda at, a: to_number(_own(at, a))),
    "sum": (1, 1, lambda _, a: sum((to_number(n.text()) for n in _nodes(a[0])), 0.0)),
    "floor": (1, 1, _whole(math.floor)),
    "ceiling": (1, 1, _whole(math.ceil)),
    "round": (1, 1, lambda _, a: _round(to_number(a[0]))),
}  # fmt: skip
"""Fewest and most arguments, and what is done."""


def _before(text: str, mark: str) -> str:
    before, found, _ = text.partition(mark) if mark else ("", "", "")
    return before if found else ""
