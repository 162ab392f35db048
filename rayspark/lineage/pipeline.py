"""Whole-stage compilation of record-at-a-time Python.

``rdd.map(f).filter(g).flatMap(h)`` would be three nested iterators. Consecutive record ops are
compiled into one generator instead::

    def pipeline(records, f0, f1, f2):
        for r0 in records:
            r1 = f0(r0)
            if not f1(r1):
                continue
            for r2 in f2(r1):
                yield r2

which is faster (CPython calls a Python function from Python code without entering C), has no depth
limit for chains of a thousand maps, and turns a ``StopIteration`` that escapes user code into an
error instead of silently ending the partition.

Compiled code depends only on the *shape* (the sequence of kinds), so iterative jobs compile once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from rayspark.errors import PySparkRuntimeError
from rayspark.shuffle.keyed import pair_of

MAP = "map"
FILTER = "filter"
FLAT_MAP = "flat_map"
MAP_VALUES = "map_values"
FLAT_MAP_VALUES = "flat_map_values"
KEY_BY = "key_by"

FILE_NAME = "<rayspark pipeline>"
"""Frames of this file are ours and are cut out of a user's traceback."""

_MAX_LOOPS = 16
"""CPython refuses more than 20 statically nested blocks."""

RecordSteps = Sequence[tuple[str, Callable[..., Any]]]
"""Consecutive record ops with their functions, first applied first."""
Fused = Callable[[Iterable[Any]], Iterator[Any]]
FusedFold = Callable[[Iterable[Any], dict[Any, Any]], None]


def fuse(steps: RecordSteps) -> Fused:
    """Compile consecutive record ops, first applied first, into one function of an iterator."""
    compiled = [
        (_compile(tuple(kind for kind, _ in part)), tuple(func for _, func in part))
        for part in _split(steps)
    ]
    if len(compiled) == 1:
        code, funcs = compiled[0]
        return lambda records: code(records, *funcs)

    def run(records: Iterable[Any]) -> Iterator[Any]:
        iterator: Any = records
        for code, funcs in compiled:
            iterator = code(iterator, *funcs)
        out: Iterator[Any] = iterator
        return out

    return run


def fuse_fold(
    steps: RecordSteps, create: Callable[[Any], Any] | None, merge: Callable[[Any, Any], Any]
) -> FusedFold:
    """Compile record ops that make pairs, and the folding of those by key, into one loop."""
    *before, last = _split(steps)
    code = _compile(tuple(kind for kind, _ in last), _fold_kind(create, merge))
    funcs = tuple(func for _, func in last)
    first: Fused = fuse([step for part in before for step in part]) if before else iter

    def run(records: Iterable[Any], into: dict[Any, Any]) -> None:
        code(first(records), *funcs, into, create, merge)

    return run


def _fold_kind(create: Callable[[Any], Any] | None, merge: Callable[[Any, Any], Any]) -> str:
    if create is not None:
        return "fold_create"
    return "fold_add" if merge is operator.add else "fold"


def _fold_lines(kind: str, pad: str) -> list[str]:
    merged = "into[k] + v" if kind == "fold_add" else "merge(into[k], v)"
    first = "create(v)" if kind == "fold_create" else "v"
    return [
        *_unpack("k", pad),
        f"{pad}if k in into: into[k] = {merged}",
        f"{pad}else: into[k] = {first}",
    ]


def _split(steps: RecordSteps) -> Iterator[RecordSteps]:
    """Cut where nested loops, or the arguments of one function, would become too many."""
    start = loops = 0
    for at, (kind, _) in enumerate(steps):
        loops += kind in (FLAT_MAP, FLAT_MAP_VALUES)
        if loops > _MAX_LOOPS or at - start >= 200:
            yield steps[start:at]
            start, loops = at, int(kind in (FLAT_MAP, FLAT_MAP_VALUES))
    yield steps[start:]


def stop_iteration(error: BaseException) -> PySparkRuntimeError:
    """What a ``StopIteration`` that escapes a user's function becomes: seen by a loop further up,
    it would silently end it, and data would be lost.
    """
    return PySparkRuntimeError(
        errorClass="STOP_ITERATION_OCCURRED", messageParameters={"exc": repr(error)}
    )


def _unpack(key: str, pad: str) -> list[str]:
    """Take key and value off a record; a longer one gives its first two items."""
    return [
        f"{pad}try: {key}, v = r",
        f"{pad}except (TypeError, ValueError): {key}, v = pair_of(r)",
    ]


@lru_cache(maxsize=512)
def _compile(shape: tuple[str, ...], sink: str = "yield") -> Callable[..., Any]:
    names = [f"f{i}" for i in range(len(shape))]
    extra = [] if sink == "yield" else ["into", "create", "merge"]
    arguments = ", ".join(["records", *names, *extra])
    lines = [f"def pipeline({arguments}):", " try:", "  for r in records:"]
    depth = 3
    for f, kind in zip(names, shape, strict=True):
        pad = " " * depth
        match kind:
            case "map":
                lines.append(f"{pad}r = {f}(r)")
            case "filter":
                lines.append(f"{pad}if not {f}(r): continue")
            case "map_values":
                lines += [*_unpack("k", pad), f"{pad}r = (k, {f}(v))"]
            case "key_by":
                lines.append(f"{pad}r = ({f}(r), r)")
            case "flat_map":
                lines.append(f"{pad}for r in {f}(r):")
                depth += 1
            case "flat_map_values":
                key = f"k{depth}"
                lines += [*_unpack(key, pad), f"{pad}for v in {f}(v):", f"{pad} r = ({key}, v)"]
                depth += 1
            case _:
                raise ValueError(f"no such record op: {kind}")
    lines += [" " * depth + "yield r"] if sink == "yield" else _fold_lines(sink, " " * depth)
    lines += [" except StopIteration as stop:", "  raise stop_iteration(stop) from stop"]
    namespace: dict[str, Any] = {"stop_iteration": stop_iteration, "pair_of": pair_of}
    exec(compile("\n".join(lines), FILE_NAME, "exec"), namespace)
    pipeline: Callable[..., Any] = namespace["pipeline"]
    return pipeline
