"""What a package shows to its users, as plain data: modules, names, parameters, defaults.

The same functions look at PySpark (in ``tools/harvest_api.py``) and at RaySpark (in the tests), so
that two equal faces give equal data. Nothing here imports either package.

One entry is ``"pyspark.rdd:RDD.map": {"kind": "method", "parameters": [...]}``. A parameter is a
list ``[name, kind, default]``; the default is left out when there is none. What several modules
show is described once, at its home; elsewhere it is ``{"same_as": "pyspark.rdd:RDD"}``.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import re
from types import ModuleType
from typing import Any

SPECIAL = (
    "__init__", "__call__", "__enter__", "__exit__", "__getitem__", "__getattr__", "__contains__",
    "__iter__", "__len__", "__add__", "__iadd__", "__sub__", "__mul__", "__truediv__", "__mod__",
    "__and__", "__or__", "__invert__", "__neg__", "__eq__", "__ne__", "__lt__", "__le__",
    "__gt__", "__ge__", "__radd__", "__rsub__", "__rmul__", "__rtruediv__", "__rmod__",
    "__rand__", "__ror__", "__pow__", "__rpow__", "__repr__", "__str__", "__hash__", "__dir__",
)  # fmt: skip
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")

Entry = dict[str, Any]


def describe_modules(names: list[str], root: str = "pyspark") -> dict[str, Entry]:
    """The public face of these modules, keyed ``module:name`` and ``module:Class.member``."""
    shown: dict[str, Any] = {}
    for name in sorted(names):
        module = importlib.import_module(name)
        for public in public_names(module):
            shown[f"{name}:{public}"] = getattr(module, public)
    homes = _homes(shown)
    face: dict[str, Entry] = {}
    for key, value in shown.items():
        home = homes.get(id(value), key)
        if home != key:
            face[key] = {"same_as": home}
        elif not inspect.ismodule(value):
            face.update(_describe(key, value, root))
    return face


def _describe(key: str, value: Any, root: str) -> dict[str, Entry]:
    if inspect.isclass(value):
        members = describe_class(value, root)
        return {key: {"kind": "class"}} | {f"{key}.{m}": entry for m, entry in members.items()}
    return {key: describe_value(value, root)}


def describe_value(value: Any, root: str) -> Entry:
    """A thing that a module shows: a class, a function or a plain value."""
    if inspect.isclass(value):
        return {"kind": "class"}
    if callable(value):
        return {"kind": "function", **_parameters(value, root)}
    return {"kind": "value"}


def _homes(shown: dict[str, Any]) -> dict[int, str]:
    """Where each class and function that several modules show is described."""
    homes: dict[int, str] = {}
    for key, value in shown.items():
        if not (inspect.isclass(value) or inspect.isfunction(value)):
            continue
        best = homes.get(id(value))
        homes[id(value)] = min(best or key, key, key=lambda k: _distance_from_home(k, value))
    return homes


def _distance_from_home(key: str, value: Any) -> tuple[int, int, str]:
    module = key.partition(":")[0]
    defined = value.__module__
    rank = 0 if module == defined.replace(".core.", ".") else 1 if module == defined else 2
    return rank, len(key), key


def public_names(module: ModuleType) -> list[str]:
    """``__all__`` and the classes and functions without a leading ``_`` that are defined here."""
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isfunction(value))
        and value.__module__ == module.__name__
    }
    return sorted(own | set(getattr(module, "__all__", ())))


def describe_class(cls: type, root: str) -> dict[str, Entry]:
    """The public members of a class, with those inherited from classes of the same package."""
    members: dict[str, Entry] = {}
    for name in dir(cls):
        if name.startswith("_") and name not in SPECIAL:
            continue
        owner = _owner(cls, name)
        if owner is None or owner.__module__.partition(".")[0] != root:
            continue
        members[name] = describe_member(cls, name, root)
    return members


def describe_member(cls: type, name: str, root: str) -> Entry:
    """One attribute of a class, as the class holds it."""
    match inspect.getattr_static(cls, name):
        case property() | functools.cached_property():
            return {"kind": "property"}
        case staticmethod():
            return {"kind": "staticmethod", **_parameters(getattr(cls, name), root)}
        case classmethod():
            return {"kind": "classmethod", **_parameters(getattr(cls, name), root)}
        case type():
            return {"kind": "class"}
        case static if callable(static):
            return {"kind": "method", **_parameters(static, root)}
        case _:
            return {"kind": "attribute"}


def _owner(cls: type, name: str) -> type | None:
    return next((base for base in cls.__mro__ if name in vars(base)), None)


def _parameters(function: Any, root: str) -> Entry:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return {"parameters": None}
    return {
        "parameters": [_parameter(p, root) for p in signature.parameters.values()],
    }


def _parameter(parameter: inspect.Parameter, root: str) -> list[str]:
    described = [parameter.name, parameter.kind.name]
    if parameter.default is not inspect.Parameter.empty:
        described.append(_default(parameter.default, root))
    return described


def _default(value: Any, root: str) -> str:
    if inspect.isfunction(value):
        return f"<function {value.__name__}>"
    if inspect.isclass(value):
        return f"<class {value.__name__}>"
    text = _ADDRESS.sub("", repr(value))
    return re.sub(rf"\b{root}\.[\w.]*\.", "", text)
