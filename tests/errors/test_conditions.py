"""Every condition that the code raises by its name is in the tables."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import rayspark
from rayspark.errors.conditions import conditions
from rayspark.execution.duck_errors import CLASSES

ROOT = Path(rayspark.__file__).parent
BY_POSITION = {
    "fail": "{}", "Failure": "{}", "mismatch": "DATATYPE_MISMATCH.{}",
    "error": "{}", "raised": "{}", "condition": "{}",
}  # fmt: skip
"""Functions whose first argument is a condition, or a part of one."""
BY_NAME = {"errorClass"}


def literals(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of conditions that stand as texts in a module, with their lines."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        given = [k.value for k in node.keywords if k.arg in BY_NAME]
        found = [(value, "{}") for value in given]
        if name in BY_POSITION and node.args:
            found.append((node.args[0], BY_POSITION[name]))
        for value, pattern in found:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield pattern.format(value.value), node.lineno


def modules() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if "logger" not in p.parts)


def test_conditions_that_are_raised_are_in_the_tables() -> None:
    known, missing, count = conditions(), [], 0
    for path in modules():
        for name, line in literals(ast.parse(path.read_text(encoding="utf-8"))):
            if not name.replace("_", "").replace(".", "").isupper():
                continue  # a message
            count += 1
            if name not in known:
                missing.append(f"{path.relative_to(ROOT)}:{line} {name}")
    assert missing == []
    assert count > 400


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_conditions_with_a_class_are_in_the_tables(name: str) -> None:
    assert name in conditions() or any(c.startswith(f"{name}.") for c in conditions())
