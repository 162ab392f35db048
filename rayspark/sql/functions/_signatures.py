"""What PySpark's functions take: ``signatures.txt``, read once."""

from __future__ import annotations

import ast
from functools import cache
from inspect import Parameter, Signature
from pathlib import Path
from typing import Any

from rayspark.records import dataclass

FILE = "signatures.txt"


@dataclass(frozen=True)
class Taken:
    """A parameter: its name, its type as text, and how it is passed."""

    name: str
    annotation: str
    kind: Any
    default: Any = Parameter.empty

    @property
    def takes_columns(self) -> bool:
        """Whether text means the name of a column, no constant."""
        return "ColumnOrName" in self.annotation

    @property
    def takes_constants(self) -> bool:
        """Whether a value that is no column and no name is right too."""
        parts = {part.strip() for part in self.annotation.split("|")}
        return bool(parts - {"ColumnOrName", "None"})


@cache
def signatures() -> dict[str, str]:
    """The line of each function."""
    text = Path(__file__).with_name(FILE).read_text(encoding="utf-8")
    return {line.partition("(")[0]: line for line in text.splitlines()}


def parameters(name: str) -> list[Taken]:
    """The parameters of a function."""
    parsed = ast.parse(f"def {signatures()[name]}: ...").body[0]
    assert isinstance(parsed, ast.FunctionDef)
    args = parsed.args
    positional = [*args.posonlyargs, *args.args]
    first = len(positional) - len(args.defaults)
    found = [
        _taken(a, Parameter.POSITIONAL_OR_KEYWORD, args.defaults[i - first] if i >= first else None)
        for i, a in enumerate(positional)
    ]
    if args.vararg is not None:
        found.append(_taken(args.vararg, Parameter.VAR_POSITIONAL, None))
    for a, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        found.append(_taken(a, Parameter.KEYWORD_ONLY, default))
    return found


def signature(taken: list[Taken]) -> Signature:
    """The same for Python."""
    return Signature(
        [Parameter(t.name, t.kind, default=t.default, annotation=t.annotation) for t in taken],
        return_annotation="Column",
    )


def _taken(arg: ast.arg, kind: Any, default: ast.expr | None) -> Taken:
    annotation = "Any" if arg.annotation is None else ast.unparse(arg.annotation)
    value = Parameter.empty if default is None else ast.literal_eval(default)
    return Taken(arg.arg, annotation, kind, value)
