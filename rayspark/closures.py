"""Why something cannot be sent to the executors: find the culprit and say what to do.

When a function of the user fails to pickle, pickle says *what* it stumbled over (``cannot pickle
'_thread.lock' object``) but not where it came from. :func:`explain_unpicklable` walks from the
function into what it captured (closure variables, globals, defaults, attributes, elements), always
into the first part that fails by itself, until nothing below fails: that is the culprit. Only the
failing path is pickled again, and only after a failure.

:func:`warn_of_size` tells, once for each variable, about closures that carry a lot of data.
"""

from __future__ import annotations

import functools
import types
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

from rayspark.errors.exceptions import PySparkPicklingError, SparkException
from rayspark.serializers import dump_closure

LARGE_BYTES = 1 << 20
"""A stage's functions above this size cause a warning."""
_MAX_STEPS = 50

_told: set[tuple[str, str]] = set()


class Part(NamedTuple):
    """Something inside something else."""

    name: str
    value: Any


class Found(NamedTuple):
    """The culprit."""

    variable: str
    where: str
    value: Any
    error: BaseException


def explain_unpicklable(template: Any, error: BaseException) -> BaseException:
    """The error that a user sees when the functions of a stage cannot be pickled.

    Parameters
    ----------
    template
        What was to be pickled: the stage's steps with the user's functions.
    error
        What pickling it raised.
    """
    return _explain(_find(Part("", template), _failure(template) or error))


def explain_value(role: str, value: Any, error: BaseException) -> BaseException:
    """The same for a value, such as a ``"broadcast"``.

    >>> import threading
    >>> error = explain_value("broadcast", {"a": threading.Lock()}, TypeError("..."))
    >>> print(str(error).partition(". ")[0])
    Could not serialize broadcast: TypeError: cannot pickle '_thread.lock' object
    (broadcast['a'], of type _thread.lock)
    """
    found = _find(Part(role, value), _failure(value) or error)
    if isinstance(found.error, SparkException):
        return found.error
    return PySparkPicklingError(
        f"Could not serialize {role}: {type(found.error).__name__}: {found.error} "
        f"({_describe(found).removesuffix(',')}). {_advice(found.value)}"
    )


def warn_of_size(template: Any, size: int) -> None:
    """Warn when the pickled functions of a stage are large, naming what makes them so."""
    if size < LARGE_BYTES:
        return
    heaviest = _heaviest(template)
    if heaviest is None:
        return
    variable, where, weight = heaviest
    if (variable, where) in _told:
        return
    _told.add((variable, where))
    warnings.warn(
        f"The functions of a stage are {size / 2**20:.1f} MiB when pickled, and every executor "
        f"gets a copy for every job; {variable} (captured {where}) alone is {weight / 2**20:.1f} "
        "MiB. Send it once with sc.broadcast(...) and use its .value in the function.",
        UserWarning,
        stacklevel=2,
    )


DRIVER_ONLY = {"SparkContext", "SparkSession", "DataFrame", "RDD"}

# -- finding ---------------------------------------------------------------------------------


def _find(part: Part, error: BaseException) -> Found:
    """Descend into the first part that fails by itself, until none does."""
    path: list[str] = [part.name] if part.name else []
    where = ""
    inside = False
    for _ in range(_MAX_STEPS):
        if inside and _is_ours(part.value) and type(part.value).__name__ in DRIVER_ONLY:
            break  # what it is made of says nothing to the user
        failing = _first_failing(part.value, error)
        if failing is None:
            break
        holder, (part, error) = part.value, failing
        if isinstance(holder, types.FunctionType):
            where = _place(holder)
        inside = inside or isinstance(holder, types.FunctionType | types.MethodType)
        if isinstance(holder, types.FunctionType | types.MethodType) or _is_ours(holder):
            path.clear()
        if not _is_ours(holder):
            path.append(part.name)
    return Found("".join(path), where, part.value, error)


def _first_failing(value: Any, error: BaseException) -> tuple[Part, BaseException] | None:
    """The first part that fails in the same way as the whole."""
    for part in _parts(value):
        found = _failure(part.value)
        if found is not None and repr(found) == repr(error):
            return part, found
    return None


def _failure(value: Any) -> BaseException | None:
    try:
        dump_closure(value)
    except Exception as error:  # noqa: BLE001  a user's __reduce__ may raise anything
        return error
    return None


def _is_ours(value: Any) -> bool:
    """Is it a part of the engine, whose names mean nothing to the user?"""
    return type(value).__module__.startswith("rayspark.")


def _parts(value: Any) -> Iterator[Part]:
    """What a value holds, under the names by which the user knows it."""
    match value:
        case types.FunctionType():
            yield from _captured(value)
        case types.MethodType():
            owner = value.__self__
            yield Part(f"the {type(owner).__name__} object of {value.__name__}()", owner)
        case functools.partial():
            yield Part("function of the partial", value.func)
            for number, argument in enumerate(value.args):
                yield Part(f"argument {number} of the partial", argument)
            for name, argument in value.keywords.items():
                yield Part(f"argument {name!r} of the partial", argument)
        case dict():
            for key, item in value.items():
                yield Part(f"[{key!r}]", item)
        case list() | tuple() | set() | frozenset():
            for number, item in enumerate(value):
                yield Part(f"[{number}]", item)
        case types.ModuleType():
            pass
        case type():
            for name, member in vars(value).items():
                if isinstance(member, types.FunctionType):
                    yield Part(f"method {name!r} of class {value.__qualname__}", member)
        case _:
            yield from _attributes(value)
            yield Part("", type(value))


def _captured(function: types.FunctionType) -> Iterator[Part]:
    code = function.__code__
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            yield Part(f"variable {name!r}", cell.cell_contents)
        except ValueError:  # not assigned yet
            continue
    for name in sorted(_global_names(code)):
        if name in function.__globals__:
            yield Part(f"global variable {name!r}", function.__globals__[name])
    for default in function.__defaults__ or ():
        yield Part("a default argument", default)
    for name, default in (function.__kwdefaults__ or {}).items():
        yield Part(f"default of argument {name!r}", default)
    for name, attribute in vars(function).items():
        yield Part(f"attribute {name!r} of the function", attribute)


def _global_names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            names |= _global_names(constant)
    return names


def _attributes(value: Any) -> Iterator[Part]:
    names = list(getattr(value, "__dict__", ()))
    for owner in type(value).__mro__:
        slots = vars(owner).get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    for name in names:
        if hasattr(value, name):
            yield Part(f".{name}", getattr(value, name))


def _place(function: types.FunctionType) -> str:
    code = function.__code__
    return f"by {function.__qualname__!r} at {code.co_filename}:{code.co_firstlineno}"


# -- wording ---------------------------------------------------------------------------------


def _explain(found: Found) -> BaseException:
    if isinstance(found.error, SparkException):
        return found.error
    reason = f"{type(found.error).__name__}: {found.error}"
    return PySparkPicklingError(
        f"Could not serialize object: {reason}\n"
        f"The function cannot be sent to the executors, because {_describe(found)} cannot be "
        f"pickled. {_advice(found.value)}"
    )


def _describe(found: Found) -> str:
    kind = f"{type(found.value).__module__}.{type(found.value).__qualname__}"
    name = found.variable or "the function itself"
    if name.startswith("."):
        name = f"attribute {name} of the function"
    captured = f", captured {found.where}" if found.where else ""
    return f"{name}, of type {kind}{captured},"


def _advice(value: Any) -> str:
    name = type(value).__name__
    match name:
        case "SparkContext":
            return (
                "SparkContext can only be used on the driver, not in code that runs in tasks (see "
                "SPARK-5063). Take what you need from it into a local variable first. In a method, "
                "using self.x sends all of self: copy self.x to a local variable."
            )
        case "SparkSession" | "DataFrame":
            return (
                f"{name}s can only be used on the driver, not in code that runs in tasks. Take "
                "what you need from it into a local variable first, or join the two DataFrames."
            )
        case "RDD":
            return (
                "RDDs can only be used on the driver, not inside transformations of other RDDs "
                "(see SPARK-5063). Join the two RDDs, or collect() the small one and broadcast it."
            )
        case "module":
            return "Import the module inside the function."
        case "generator":
            return "Turn it into a list before the function uses it."
    return (
        "Create it inside the function instead, for example once a partition in mapPartitions: "
        "def work(records): resource = ...; return [use(resource, r) for r in records]"
    )


# -- size ------------------------------------------------------------------------------------


def _heaviest(template: Any) -> tuple[str, str, int] | None:
    """The largest thing that one of the functions captured: its name, place and size."""
    largest: tuple[str, str, int] | None = None
    for function in _functions(template):
        for name, value in _captured(function):
            weight = _weight(value)
            if largest is None or weight > largest[2]:
                largest = name, _place(function), weight
    return largest


def _functions(root: Any) -> Iterator[types.FunctionType]:
    """The functions that travel by value, outermost first."""
    stack, seen = [root], 0
    while stack and seen < 100 * _MAX_STEPS:
        value = stack.pop()
        seen += 1
        if isinstance(value, types.FunctionType):
            yield value
        elif isinstance(value, tuple) or _is_ours(value):
            stack.extend(part.value for part in _parts(value))


def _weight(value: Any) -> int:
    try:
        return len(dump_closure(value)[0])
    except Exception:  # noqa: BLE001  only what was pickled with its function can be weighed
        return 0
