"""May the tasks of a stage share one copy of its functions?

PySpark unpickles the functions anew for each task, so what one task does to a captured list or a
default argument is never seen by another. Here a stage is unpickled once per executor and shared,
unless its functions could carry state from one task to the next: then each task gets its own copy.
"""

from __future__ import annotations

import dis
import functools
import operator
import sys
import types
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from rayspark.executor.batch import Template

_IMMUTABLE = (
    int, float, complex, bool, str, bytes, range, type, type(None), type(Ellipsis),
    types.ModuleType, types.BuiltinFunctionType, types.MethodDescriptorType,
    types.WrapperDescriptorType,
    operator.itemgetter, operator.attrgetter, operator.methodcaller,
)  # fmt: skip
_PARTS = (tuple, frozenset)
_SHARED_FACES = {"Broadcast", "TaskAccumulator"}
"""Ours, made to be shared: their state lives in the executor or in the task's context."""


def carries_state(template: Template) -> bool:
    """Whether anything that the stage's functions reach could be changed by a task."""
    pending: list[Any] = [*(step.op for step in template.steps), template.sink]
    pending += [part for step in template.steps for part in step.inputs]
    seen: set[int] = set()
    while pending:
        thing = pending.pop()
        if isinstance(thing, _IMMUTABLE) or id(thing) in seen:
            continue
        seen.add(id(thing))
        parts = _parts(thing)
        if parts is None:
            return True
        pending += parts
    return False


def _parts(thing: Any) -> list[Any] | None:
    """What a thing consists of; ``None`` when it can be changed."""
    if isinstance(thing, _PARTS):
        return list(thing)
    if isinstance(thing, types.FunctionType):
        return _captured(thing)
    if isinstance(thing, types.MethodType):
        return [thing.__self__, thing.__func__]
    if isinstance(thing, functools.partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    kind = type(thing)
    if kind.__module__.partition(".")[0] != "rayspark":
        return None
    return [] if kind.__name__ in _SHARED_FACES else list(_attributes(thing))


def _attributes(thing: Any) -> Iterator[Any]:
    if is_dataclass(thing):
        for field in fields(thing):
            yield getattr(thing, field.name)
    else:
        slots = [name for owner in type(thing).__mro__ for name in getattr(owner, "__slots__", ())]
        yield from (getattr(thing, name) for name in slots if hasattr(thing, name))
        yield from getattr(thing, "__dict__", {}).values()


def _captured(function: types.FunctionType) -> list[Any] | None:
    """What a function refers to; nothing for one that is imported by name, as in any process."""
    if _is_importable(function):
        return []
    names: set[str] = set()
    for code in _codes(function.__code__):
        if any(i.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") for i in dis.get_instructions(code)):
            return None
        names.update(code.co_names)
    if any(cell in function.__code__.co_freevars for cell in _stored_cells(function.__code__)):
        return None
    cells = [cell.cell_contents for cell in function.__closure__ or () if _is_filled(cell)]
    found = [function.__globals__[name] for name in names if name in function.__globals__]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    return [*cells, *found, *defaults, *function.__dict__.values()]


def _stored_cells(code: types.CodeType) -> Iterator[str]:
    """Captured variables that the function or one inside it assigns to (``nonlocal``)."""
    for inner in _codes(code):
        for instruction in dis.get_instructions(inner):
            if instruction.opname == "STORE_DEREF":
                yield str(instruction.argval)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A function's code and that of functions defined in it."""
    pending = [code]
    while pending:
        current = pending.pop()
        yield current
        pending += [const for const in current.co_consts if isinstance(const, types.CodeType)]


def _is_filled(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:  # the variable has no value yet
        return False


def _is_importable(function: types.FunctionType) -> bool:
    found: Any = sys.modules.get(function.__module__)
    if found is None or function.__module__ == "__main__":
        return False
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is function
