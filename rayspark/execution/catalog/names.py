"""Patterns of SHOW ... LIKE: ``*`` is anything, ``|`` parts alternatives, case does not count."""

from __future__ import annotations

import re
from collections.abc import Iterable


def matching(names: Iterable[str], pattern: str | None) -> list[str]:
    """The names that a pattern lets through, sorted.

    >>> matching(["orders", "items", "old"], "o*|none")
    ['old', 'orders']
    """
    if pattern is None:
        return sorted(names)
    found: set[str] = set()
    for part in pattern.strip().split("|"):
        try:
            compiled = re.compile(f"(?i){part.strip().replace('*', '.*')}")
        except re.error:
            continue  # as Spark: a part that is no expression matches nothing
        found |= {name for name in names if compiled.fullmatch(name)}
    return sorted(found)
