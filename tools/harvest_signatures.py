"""Write the signatures of PySpark's functions: ``rayspark/sql/functions/signatures.txt``.

Usage::

    oracle/bin/python tools/harvest_signatures.py

A line a function, parameters with their types as PySpark declares them. Names only: nothing of how
they work.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from pathlib import Path

from pyspark.sql.functions import builtin

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "rayspark" / "sql" / "functions" / "signatures.txt"


def main() -> None:
    api = json.loads((ROOT / "tests" / "parity" / "api_sql.json").read_text())
    prefix = "pyspark.sql.functions.builtin:"
    names = sorted(key.removeprefix(prefix) for key in api if key.startswith(prefix))
    lines = [f"{name}({signature(name)})" for name in names]
    TARGET.write_text("\n".join(lines) + "\n")
    sys.stdout.write(f"{len(lines)} signatures\n")


def signature(name: str) -> str:
    source = inspect.getsource(getattr(builtin, name))
    function = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    return ast.unparse(Plain().visit(function.args))


class Plain(ast.NodeTransformer):
    """Types without quotes around them, and as one writes them today."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        if node.annotation is not None:
            node.annotation = self._modern(node.annotation)
        return node

    def _modern(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Constant(value=str(text)):
                return self._modern(ast.parse(text, mode="eval").body)
            case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=parts)):
                return self._either([self._modern(p) for p in parts])
            case ast.Subscript(value=ast.Name(id="Optional"), slice=part):
                return self._either([self._modern(part), ast.Constant(None)])
            case ast.Subscript(value=ast.Name(id=kind), slice=ast.Tuple(elts=parts)):
                kind = {"Tuple": "tuple"}.get(kind, kind)
                inner = ast.Tuple([self._modern(p) for p in parts], ast.Load())
                return ast.Subscript(ast.Name(kind), inner, ast.Load())
            case ast.Subscript(value=ast.Name(id=kind), slice=part):
                return ast.Subscript(ast.Name(kind), self._modern(part), ast.Load())
            case ast.List(elts=parts):
                return ast.List([self._modern(p) for p in parts], ast.Load())
            case ast.Name(id="Type"):
                return ast.Name("type[Any]")
        return node

    def _either(self, parts: list[ast.expr]) -> ast.expr:
        found = parts[0]
        for part in parts[1:]:
            found = ast.BinOp(found, ast.BitOr(), part)
        return found


if __name__ == "__main__":
    main()
