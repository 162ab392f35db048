"""Loading examples as programs, and comparing what they print."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "examples"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def load_program(path: Path) -> ModuleType:
    """Execute a program file as a module that is *not* in ``sys.modules``.

    Its functions then travel to executors by value, as those of ``__main__`` do.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def differing_line(got: str, want: str, relative: float = 1e-5) -> str | None:
    """The first pair of lines that differ, or None.

    Words and integers must be equal; decimals may differ by ``relative``, because floating-point
    sums depend on the order in which partitions arrive.
    """
    got_lines, want_lines = got.splitlines(), want.splitlines()
    if len(got_lines) != len(want_lines):
        return f"{len(got_lines)} lines, expected {len(want_lines)}:\n{got}"
    for got_line, want_line in zip(got_lines, want_lines, strict=True):
        same_words = NUMBER.sub("#", got_line) == NUMBER.sub("#", want_line)
        numbers = zip(NUMBER.findall(got_line), NUMBER.findall(want_line), strict=False)
        if not same_words or not all(is_close(a, b, relative) for a, b in numbers):
            return f"got:      {got_line}\nexpected: {want_line}"
    return None


def is_close(got: str, want: str, relative: float) -> bool:
    """Are two printed numbers the same, allowing decimals their rounding?"""
    if "." not in want:
        return got == want
    last_digit = 10.0 ** -len(want.split(".")[1])
    return abs(float(got) - float(want)) <= max(last_digit, relative * abs(float(want))) * 1.01
