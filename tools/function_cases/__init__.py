"""Questions about functions, a family a module; ``tools/harvest_functions.py`` asks them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Cases"]


@dataclass(frozen=True)
class Cases:
    """SQL expressions over a table of the family; over a single row without columns where the
    table is ``""``.
    """

    table: str
    questions: Sequence[str]
    ansi: Sequence[bool] = (True,)
    zones: Sequence[str] = ("America/Los_Angeles",)
