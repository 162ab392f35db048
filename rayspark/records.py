"""``dataclass``, whose methods are written when they are first called.

Python's decorator writes and compiles up to six methods for a class. For the hundreds of small
classes of plans, rules and events this is a fifth of a second before a program's first line, though
a query uses a few dozen of them. This decorator leaves a stub for each method; the first call of
any of them has Python's decorator write them all, and puts them in the stubs' places:

>>> @dataclass(frozen=True)
... class Point:
...     x: int
...     y: int = 0
>>> Point.__init__.__name__
'stub'
>>> Point(1)
Point(x=1, y=0)
>>> Point.__init__.__name__
'__init__'

Arguments are those of ``dataclasses.dataclass``; for type checkers it is that very one. Classes
that users know, whose signatures they may look at, keep Python's own. Two threads that meet at a
stub write the same methods twice, which does no harm.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

__all__ = ["dataclass"]

_FACTS = ("__dataclass_params__", "__match_args__", "__dataclass_fields__")
"""The last one is put in its place last: then all is written."""
_READ = ("__module__", "__annotations__", "__match_args__")
"""What Python's decorator looks at in the body of a class, beside fields and methods."""


class _Fact:
    """Something to be known of a class whose methods are not written yet."""

    __slots__ = ("name", "write")

    def __init__(self, name: str, write: Callable[[], None]) -> None:
        self.name = name
        self.write = write

    def __get__(self, instance: Any, owner: Any) -> Any:
        self.write()
        return getattr(owner, self.name)


def _record(cls: Any = None, /, **options: Any) -> Any:
    """See :func:`dataclasses.dataclass`."""
    if cls is None:
        return lambda body: _record(body, **options)
    slots, weak = options.pop("slots", False), options.pop("weakref_slot", False)
    own = dict(vars(cls))
    names = own.get("__annotations__", {})
    made = _with_slots(cls, own, weak, options.get("frozen", False)) if slots else cls
    if not slots:
        for name in names:
            if isinstance(given := own.get(name), dataclasses.Field):
                _put_default(made, name, given)
    _put_stubs(made, own, options)
    return made


def _put_default(cls: Any, name: str, given: dataclasses.Field[Any]) -> None:
    """A field's default is the class's attribute, as it is of a class without a decorator."""
    if given.default is dataclasses.MISSING:
        delattr(cls, name)
    else:
        setattr(cls, name, given.default)


def _with_slots(cls: Any, own: dict[str, Any], weak: bool, frozen: bool) -> Any:
    """The class anew, its fields in slots."""
    kinds = own.get("__annotations__", {})
    fields = [name for name, kind in kinds.items() if not str(kind).startswith("ClassVar")]
    taken = {slot for base in cls.__mro__[1:] for slot in getattr(base, "__slots__", ())}
    body = {name: value for name, value in own.items() if name not in fields}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    slots = [*fields, "__weakref__"] if weak else fields
    body["__slots__"] = tuple(name for name in slots if name not in taken)
    body["__qualname__"] = cls.__qualname__
    if frozen:
        body.setdefault("__getstate__", _state)
        body.setdefault("__setstate__", _set_state)
    return type(cls)(cls.__name__, cls.__bases__, body)


def _state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


def _put_stubs(cls: Any, own: dict[str, Any], options: dict[str, Any]) -> None:
    frozen, equal = options.get("frozen", False), options.get("eq", True)
    stubs = ["__init__"] if options.get("init", True) else []
    if options.get("repr", True):
        stubs.append("__repr__")
    if equal:
        stubs.append("__eq__")
        if frozen:
            stubs.append("__hash__")
        elif own.get("__hash__") is None:
            cls.__hash__ = None
    stubs = [name for name in stubs if own.get(name) is None]
    facts = [name for name in _FACTS if name not in own]

    def write() -> None:
        if not isinstance(vars(cls)["__dataclass_fields__"], _Fact):
            return  # a stub was called that somebody kept: __hash__ = Base.__hash__
        written = vars(_written(cls, own, options))
        for name in (*stubs, *facts):
            setattr(cls, name, written[name])

    for name in stubs:
        setattr(cls, name, _stub(cls, name, write))
    for name in facts:
        setattr(cls, name, _Fact(name, write))
    if frozen:
        cls.__setattr__, cls.__delattr__ = _refusals(cls)


def _stub(cls: Any, name: str, write: Callable[[], None]) -> Callable[..., Any]:
    def stub(self: Any, *args: Any, **kwargs: Any) -> Any:
        write()
        return getattr(cls, name)(self, *args, **kwargs)

    return stub


def _refusals(cls: Any) -> tuple[Callable[..., None], Callable[..., None]]:
    """How a frozen class answers assignments."""

    def set_(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in cls.__dataclass_fields__:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def delete(self: Any, name: str) -> None:
        if type(self) is cls or name in cls.__dataclass_fields__:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    return set_, delete


def _written(cls: Any, own: dict[str, Any], options: dict[str, Any]) -> type:
    """A class with the same fields and base fields, decorated by Python. It has no other purpose:
    the methods never appear half made in the class itself, which other threads may be using.
    """
    fields: dict[str, Any] = {}
    params = None
    for base in cls.__mro__[-1:0:-1]:
        if inherited := getattr(base, "__dataclass_fields__", None):
            fields.update(inherited)
            params = base.__dataclass_params__
    above = {"__dataclass_fields__": fields, "__dataclass_params__": params} if fields else {}
    body = {name: own[name] for name in (*_READ, *own.get("__annotations__", ())) if name in own}
    body.update({n: own[n] for n in ("__repr__", "__eq__", "__hash__") if own.get(n) is not None})
    body.update(__qualname__=cls.__qualname__, __doc__=".")
    if hasattr(cls, "__post_init__"):
        body["__post_init__"] = None
    stand_in = type(cls.__name__, (type("above", (), above),), body)
    return dataclasses.dataclass(**options)(stand_in)


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = _record
