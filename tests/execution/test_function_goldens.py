"""Every function's answers are real Spark's: value, type and error, over columns of values.

The answers are harvested by ``tools/harvest_functions.py``. ``known_differences.json`` lists the
few questions that are answered otherwise, each with the reason; one that agrees again must leave
the list.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from rayspark.datatypes.json import parse_json_value
from rayspark.errors import PySparkException
from rayspark.execution.duck import Duck
from tests.execution.evaluate import Answer, Evaluator, Settings, same

GOLDEN = Path(__file__).parent.parent / "golden" / "functions"
SCALAR = (
    "operators", "conditional", "math", "string", "regex", "misc", "cast", "examples", "datetime",
    "interval", "array", "map", "higher_order", "json", "aggregate", "window",
    "sketch", "everyday", "xml", "time",
)  # fmt: skip
CHUNK = 16

Cell = dict[str, Any]


@pytest.fixture(scope="module")
def duck() -> Duck:
    return Duck(1)


@cache
def golden(family: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{family}.json").read_text(encoding="utf-8"))
    return found


def groups() -> list[tuple[str, str, bool, str]]:
    found = {}
    for family in SCALAR:
        if (GOLDEN / f"{family}.json").exists():
            for cell in golden(family)["cells"]:
                found[family, cell["table"], cell["ansi"], cell["zone"]] = None
    return list(found)


@cache
def known() -> dict[str, list[str]]:
    text = (Path(__file__).parent / "known_differences.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return found


def key(family: str, cell: Cell) -> str:
    mode = "ansi" if cell["ansi"] else "legacy"
    return f"{family} | {cell['table']} | {mode} | {cell['zone']} | {cell['sql']}"


def ask(evaluator: Evaluator, cells: list[Cell], settings: Settings) -> list[Answer | Exception]:
    """An answer or error each; questions are asked together while none fails."""
    try:
        return list(evaluator.ask([c.get("through") or c["sql"] for c in cells], settings))
    except Exception as error:
        if len(cells) == 1:
            return [error]
        half = len(cells) // 2
        return ask(evaluator, cells[:half], settings) + ask(evaluator, cells[half:], settings)


def differs(cell: Cell, found: Answer | Exception) -> str | None:
    """How an answer is not Spark's."""
    if isinstance(found, Exception):
        error = cell.get("error")
        if error is None:
            return f"raised {type(found).__name__}: {str(found)[:200]}"
        if not isinstance(found, PySparkException):
            return f"raised {type(found).__name__}, wanted {error}"
        raised = type(found).__name__, found.getCondition()
        if error.get("condition") is None:
            has_class = error["class"] != "Py4JJavaError"  # else PySpark knows no class for it
            known = not has_class or raised[0] == error["class"]
            return None if known else f"raised {raised}, wanted {error}"
        wanted = error["class"], error["condition"]
        return None if raised == wanted else f"raised {raised}, wanted {wanted}"
    if "error" in cell:
        return f"gave {found.values}, wanted {cell['error'].get('condition')}"
    if "through" not in cell:
        wanted_type = parse_json_value(cell["type"]).simpleString()
        if wanted_type != found.dtype.simpleString():
            return f"is {found.dtype.simpleString()}, wanted {wanted_type}"
    pairs = list(zip(cell["values"], found.values, strict=True))
    wrong = [(want, got) for want, got in pairs if not same(want, got)]
    return f"(wanted, got): {wrong[:4]}" if wrong else None


@pytest.mark.parametrize(("family", "table", "ansi", "zone"), groups())
def test_answers_are_sparks(family: str, table: str, ansi: bool, zone: str, duck: Duck) -> None:
    data = golden(family)
    cells = [c for c in data["cells"] if (c["table"], c["ansi"], c["zone"]) == (table, ansi, zone)]
    evaluator = Evaluator(duck, data["tables"].get(table))
    settings = Settings(ansi, zone)
    plain = [c for c in cells if "error" not in c]
    batches = [plain[at : at + CHUNK] for at in range(0, len(plain), CHUNK)]
    batches += [[c] for c in cells if "error" in c]
    wrong = {}
    for batch in batches:
        for cell, found in zip(batch, ask(evaluator, batch, settings), strict=True):
            how = differs(cell, found)
            if how is not None:
                wrong[key(family, cell)] = how
    listed = {name for names in known().values() for name in names}
    mine = {key(family, c) for c in cells}
    new = {name: how for name, how in wrong.items() if name not in listed}
    assert not new, "\n".join(f"{name}: {how}" for name, how in new.items())
    cured = sorted((listed & mine) - set(wrong))
    assert not cured, f"these agree now, take them from the list: {cured}"
