"""Frozen trees. Expressions and plans are built of these.

A node is a frozen dataclass; its *children* are those fields (or members of tuples in fields) that
are nodes of its own family, in the order of the fields. Transformations return the *same object*
where nothing changed, so ``is`` tells whether a rule did something. All walks have a stack of their
own: trees of tens of thousands of levels are fine, and a sub-tree that is shared is visited once
per transformation.

>>> from rayspark.catalyst.expressions import Call, lit
>>> tree = Call("+", (lit(1), Call("+", (lit(2), lit(3)))))
>>> tree.transform_up(lambda e: lit(0) if e == lit(3) else e).sql()
'(1 + (2 + 0))'
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from operator import is_
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

T = TypeVar("T", bound="TreeNode")

_field_names: dict[type, tuple[str, ...]] = {}

V = TypeVar("V")


class kept_property(Generic[V]):
    """A property that is computed once: ``functools.cached_property`` without Python 3.11's lock,
    which takes longer than most of what is computed here.
    """

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> V:
        if instance is None:
            return cast("V", self)
        value: V = self._compute(instance)
        instance.__dict__[self._name] = value
        return value


class up_property(Generic[V]):
    """A cached property that asks the children for the same property.

    It is computed from the leaves upwards in a loop, so deep trees do not overflow the stack.
    """

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> V:
        if instance is None:
            return cast("V", self)
        name = self._name
        stack = [instance]
        while stack:
            node = stack[-1]
            waits = False
            for child in node.children:
                if name not in child.__dict__ and _computes_up(child.__class__, name):
                    stack.append(child)
                    waits = True
            if waits:
                continue
            stack.pop()
            if name not in node.__dict__:
                node.__dict__[name] = _computer(node.__class__, name)(node)
        return cast("V", instance.__dict__[name])


@cache
def _computes_up(kind: type, name: str) -> bool:
    return isinstance(_lookup(kind, name), up_property)


@cache
def _computer(kind: type, name: str) -> Callable[[Any], Any]:
    found = _lookup(kind, name)
    assert isinstance(found, up_property)
    return found._compute


@cache
def _lookup(kind: type, name: str) -> Any:
    return next((base.__dict__[name] for base in kind.__mro__ if name in base.__dict__), None)


@lru_cache(4096)
def _one_of(found: frozenset[Any], kinds: tuple[Any, ...]) -> bool:
    return any(issubclass(kind, kinds) for kind in found)


@cache
def _only(kind: Any) -> frozenset[Any]:
    return frozenset((kind,))


class TreeNode:
    """Base of both families; ``family`` is the class whose instances are children."""

    family: ClassVar[type[TreeNode]]

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """Names of the dataclass fields, in order."""
        names = _field_names.get(cls)
        if names is None:
            names = tuple(f.name for f in dataclasses.fields(cast("Any", cls)))
            _field_names[cls] = names
        return names

    # -- structure ---------------------------------------------------------------------------

    @kept_property
    def children(self) -> tuple[Self, ...]:
        """Nodes of the same family directly below."""
        found: list[Any] = []
        state = self.__dict__
        for name in self.field_names():
            _gather(state[name], self.family, found)
        return tuple(found)

    def with_children(self, children: Sequence[Any]) -> Self:
        """The same node over other children: as many, in the same order."""
        return self._replaced(self.family, iter(children))

    def map_children(self, f: Callable[[Any], Any]) -> Self:
        """Apply ``f`` to every child; the same object when none changed."""
        old = self.children
        if not old:
            return self
        new = [f(child) for child in old]
        if all(a is b for a, b in zip(old, new, strict=True)):
            return self
        return self.with_children(new)

    def copy(self, **changes: Any) -> Self:
        """The same node with other field values; caches are not carried over."""
        made = object.__new__(type(self))
        state = self.__dict__
        made.__dict__.update({name: state[name] for name in self.field_names()})
        made.__dict__.update(changes)
        return made

    def _replaced(self, family: type, members: Iterator[Any]) -> Self:
        made = object.__new__(type(self))
        state = self.__dict__
        for name in self.field_names():
            made.__dict__[name] = _put_back(state[name], family, members)
        return made

    # -- walks -------------------------------------------------------------------------------

    def walk(self) -> Iterator[Any]:
        """The node and all below it, parents first."""
        stack: list[Any] = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(reversed(node.children))

    def walk_up(self) -> list[Any]:
        """All nodes below this one and itself, children first; shared ones once."""
        ordered: list[Any] = []
        seen: set[int] = set()
        stack: list[tuple[Any, bool]] = [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                ordered.append(node)
                continue
            if id(node) in seen:
                continue
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node.children))
        return ordered

    def find(self, predicate: Callable[[Any], bool]) -> Any | None:
        """The first node, parents first, of which the predicate is true."""
        return next((node for node in self.walk() if predicate(node)), None)

    def has(self, *kinds: type) -> bool:
        """Whether a node of one of these classes is in the tree."""
        return _one_of(self._kinds, cast("Any", kinds))

    @up_property
    def _kinds(self) -> frozenset[Any]:
        """The classes of the node and all below it: most rules look for one that is not there."""
        kind: Any = type(self)
        found = _only(kind)
        for child in self.children:
            below = child._kinds
            found = below if found <= below else found | below
        return found

    def collect(self, kind: type[T]) -> list[T]:
        """All nodes of a class, parents first."""
        if not self.has(kind):
            return []
        return [node for node in self.walk() if isinstance(node, kind)]

    def transform_up(self, rule: Callable[[Any], Any]) -> Any:
        """Replace every node by ``rule(node)``, children before parents."""
        if not self.children:
            return rule(self)
        done: dict[int, Any] = {}
        for node in self._ordered:
            old = node.children
            new = [done[id(child)] for child in old]
            same = all(map(is_, old, new))
            done[id(node)] = rule(node if same else node.with_children(new))
        return done[id(self)]

    @kept_property
    def _ordered(self) -> list[Any]:
        """As :meth:`walk_up`: one rule after the other goes over a tree that stays as it is."""
        return self.walk_up()

    def transform_down(self, rule: Callable[[Any], Any]) -> Any:
        """Replace every node by ``rule(node)``, then go on with the children of what came out."""
        done: dict[int, Any] = {}
        before: list[Any] = []  # keeps replaced nodes alive: their ids are keys
        stack: list[tuple[Any, Any | None]] = [(self, None)]
        while stack:
            node, replaced = stack.pop()
            if replaced is not None:
                done[id(node)] = replaced.map_children(lambda child: done[id(child)])
                continue
            if id(node) in done:
                continue
            replaced = rule(node)
            before.append(replaced)
            stack.append((node, replaced))
            stack.extend((child, None) for child in reversed(replaced.children))
        return done[id(self)]

    # -- identity ----------------------------------------------------------------------------

    @up_property
    def _hash(self) -> int:
        return hash((type(self).__name__, self._identity()))

    def _identity(self) -> tuple[Any, ...]:
        """What makes two nodes of one class equal: hashable."""
        state = self.__dict__
        return tuple(state[name] for name in self.field_names())

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        stack: list[tuple[Any, Any]] = [(self, other)]
        while stack:
            ours, theirs = stack.pop()
            if ours is theirs:
                continue
            if isinstance(ours, TreeNode):
                if type(ours) is not type(theirs) or ours._hash != theirs._hash:
                    return False
                stack.append((ours._identity(), theirs._identity()))
            elif type(ours) is tuple and type(theirs) is tuple:
                if len(ours) != len(theirs):
                    return False
                stack.extend(zip(ours, theirs, strict=True))
            elif ours != theirs:
                return False
        return True

    # -- printing ----------------------------------------------------------------------------

    def describe(self) -> str:
        """The node's own line in a printed tree."""
        return type(self).__name__

    def tree_string(self) -> str:
        """All nodes, a line each, in Spark's drawing.

        A node's first child is drawn below it, further children are branches.
        """
        lines: list[str] = []
        stack: list[tuple[Any, str, str]] = [(self, "", "")]
        while stack:
            node, first, rest = stack.pop()
            text = node.describe().split("\n")
            lines.append(first + text[0])
            lines.extend(rest + line for line in text[1:])
            last = len(node.children) - 1
            for at in range(last, -1, -1):
                branch, below = ("+- ", "   ") if at == last else (":- ", ":  ")
                stack.append((node.children[at], rest + branch, rest + below))
        return "\n".join(lines) + "\n"


def _gather(value: Any, family: type, found: list[Any]) -> None:
    if isinstance(value, family):
        found.append(value)
    elif type(value) is tuple:
        for member in value:
            _gather(member, family, found)


def _put_back(value: Any, family: type, members: Iterator[Any]) -> Any:
    if isinstance(value, family):
        return next(members)
    if type(value) is tuple:
        return tuple([_put_back(member, family, members) for member in value])
    return value
