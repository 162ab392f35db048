"""The layers of the house: a room imports only rooms below it. See docs/architecture.md.

Imports under ``if TYPE_CHECKING`` are names in annotations, no dependency at run time: they may
point up. ``lazy_module("...")`` is an import.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "rayspark"

# From the ground up. Rooms of one line may know each other.
LAYERS = [
    "errors config events metrics ids clock logger serializers storagelevel statcounter "
    "resultiterable resource localproperties closures lazy records",
    "datatypes",
    "columnar",
    "storage",
    "shuffle",
    "lineage",
    "executor",
    "scheduler",
    "catalyst",
    "execution",
    "conf context core rdd broadcast accumulators taskcontext files status profiler util sql "
    "masters application ui",  # ui: what listens to the events of an application, which starts it
    "ml mllib streaming testing deploy",
]
LEVEL = {room: level for level, line in enumerate(LAYERS) for room in line.split()}

# Catalyst is pure: it knows types, errors and settings, nothing of how anything runs.
ONLY = {"catalyst": {"catalyst", "datatypes", *LAYERS[0].split()}}

# The edge: the only files that may import ray.
EDGE = ["storage/ray_store.py", "executor/actor.py", "scheduler/ray_*.py", "deploy/**/*.py"]

# The scheduler is a function of its events, a shuffle of its input: no clock, chance or threads.
PURE = ["scheduler/*.py", "shuffle/*.py"]
AROUND = (
    "loop",
    "driver",
    "launcher",
    "job",
    "settings",
    "cached_blocks",
    "cache_manager",
    "backend*",
    "local_*",
    "ray_*",
)
IMPURE = [*(f"scheduler/{name}.py" for name in AROUND), "shuffle/hashing.py"]
"""What feeds the state machine events and carries out its actions, and what knows dates as keys.
Any other file is pure."""
BANNED_IN_PURE = {"time", "random", "threading", "datetime", "uuid", "secrets"}


class Import(NamedTuple):
    """One imported module, as a file of the package says it."""

    file: Path
    line: int
    module: str
    in_function: bool
    for_types: bool

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.module}"


def parse(file: Path) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes in strings: ruff's business
        return ast.parse(file.read_text(encoding="utf-8"))


def imports_of(file: Path) -> Iterator[Import]:
    """Every import of a file, wherever it stands."""
    stack: list[tuple[ast.AST, bool, bool]] = [(parse(file), False, False)]
    while stack:
        node, in_function, for_types = stack.pop()
        match node:
            case ast.Import(names=names):
                for name in names:
                    yield Import(file, node.lineno, name.name, in_function, for_types)
            case ast.ImportFrom(module=module, names=names):
                base = module or ""
                for name in names:
                    # `from rayspark import rdd` names a room, `from rayspark.rdd import RDD` not.
                    full = f"{base}.{name.name}" if base == "rayspark" else base
                    yield Import(file, node.lineno, full, in_function, for_types)
            case ast.Call(
                func=ast.Name(id="lazy_module" | "lazy_function"),
                args=[ast.Constant(value=str(module)), *_],
            ):
                yield Import(file, node.lineno, module, in_function, for_types)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                stack += [(child, in_function, True) for child in node.body]
                stack += [(child, in_function, for_types) for child in node.orelse]
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                stack += [(child, True, for_types) for child in ast.iter_child_nodes(node)]
            case _:
                stack += [(child, in_function, for_types) for child in ast.iter_child_nodes(node)]


FILES = sorted(PACKAGE.rglob("*.py"))
IMPORTS = [found for file in FILES for found in imports_of(file)]
OURS = [found for found in IMPORTS if found.module.partition(".")[0] == "rayspark"]


def room_of_file(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def room_of_module(module: str) -> str:
    return module.split(".")[1]


def files_of(patterns: list[str]) -> set[Path]:
    return {file for pattern in patterns for file in PACKAGE.glob(pattern)}


def test_every_room_has_a_layer() -> None:
    rooms = {room_of_file(file) for file in FILES} - {"__init__"}
    assert rooms - set(LEVEL) == set(), "give these a line in LAYERS"


def test_no_room_imports_a_higher_one() -> None:
    wrong = [
        str(found)
        for found in OURS
        if not found.for_types
        and room_of_file(found.file) != "__init__"
        and LEVEL[room_of_module(found.module)] > LEVEL[room_of_file(found.file)]
    ]
    assert wrong == []


def test_some_rooms_know_only_a_few() -> None:
    wrong = [
        str(found)
        for found in OURS
        for allowed in [ONLY.get(room_of_file(found.file))]
        if allowed is not None and room_of_module(found.module) not in allowed
    ]
    assert wrong == []


def test_no_import_of_ours_hides_in_a_function() -> None:
    assert [str(found) for found in OURS if found.in_function] == []


def test_ray_stays_at_the_edge() -> None:
    edge = files_of(EDGE)
    wrong = [
        str(found)
        for found in IMPORTS
        if found.module.partition(".")[0] == "ray" and found.file not in edge
    ]
    assert wrong == []


def test_only_the_parser_knows_sqlglot() -> None:
    wrong = [
        str(found)
        for found in IMPORTS
        if found.module.partition(".")[0] == "sqlglot"
        and PACKAGE / "catalyst" / "parser" not in found.file.parents
    ]
    assert wrong == []


def test_the_scheduler_and_the_shuffle_have_no_clock_chance_or_threads() -> None:
    pure = files_of(PURE) - files_of(IMPURE)
    wrong = [
        str(found)
        for found in IMPORTS
        if found.file in pure
        and found.module.partition(".")[0] in BANNED_IN_PURE
        and not found.for_types
    ]
    assert wrong == []


SAMPLE = """
import ray
from rayspark import rdd
if TYPE_CHECKING:
    from rayspark.sql.types import Row
else:
    import time
class A:
    def f(self):
        try:
            import random
        finally:
            pass
"""


def test_imports_are_found_wherever_they_stand(tmp_path: Path) -> None:
    file = tmp_path / "sample.py"
    file.write_text(SAMPLE)
    found = {(i.module, i.in_function, i.for_types) for i in imports_of(file)}
    assert found == {
        ("ray", False, False),
        ("rayspark.rdd", False, False),
        ("rayspark.sql.types", False, True),
        ("time", False, False),
        ("random", True, False),
    }
