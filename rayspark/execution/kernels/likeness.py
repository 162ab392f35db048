"""Kernels that tell how alike texts are: soundex and the edit distance."""

from __future__ import annotations

import pyarrow as pa

from rayspark.execution.kernels.kernel import Site
from rayspark.execution.kernels.texts import each

SOUNDEX_CODES = dict(zip("BFPVCGJKQSXZDTLMNR", "111122222222334556", strict=True))


def soundex(text: str) -> str:
    """A text that begins with no letter is its own code."""
    if not text or not (text[0].isascii() and text[0].isalpha()):
        return text
    upper = (
        text.upper() if text.isascii() else "".join(c.upper() if c.isascii() else c for c in text)
    )
    made, last = upper[0], SOUNDEX_CODES.get(upper[0], "0")
    for c in upper[1:]:
        if c in "HW":
            continue
        if not ("A" <= c <= "Z"):
            last = "0"
            continue
        code = SOUNDEX_CODES.get(c, "0")
        if code not in ("0", last):
            made += code
            if len(made) == 4:
                break
        last = code
    return made.ljust(4, "0")


def levenshtein(a: str, b: str, threshold: int | None = None) -> int:
    """By rows of the table of distances."""
    row = list(range(len(b) + 1))
    for at, c in enumerate(a, 1):
        before, row[0] = row[0], at
        for i, d in enumerate(b, 1):
            before, row[i] = row[i], min(row[i] + 1, row[i - 1] + 1, before + (c != d))
    distance = row[-1]
    return -1 if threshold is not None and distance > max(threshold, -1) else distance


LEVENSHTEIN = each("spark_levenshtein", levenshtein, ("VARCHAR", "VARCHAR"), "INTEGER", pa.int32())


def distance(site: Site) -> str:
    """DuckDB counts bytes."""
    a, b = site.args[:2]
    slow = site.use(LEVENSHTEIN, a, b)
    found = (
        f"CASE WHEN strlen({a}) = length({a}) AND strlen({b}) = length({b}) "
        f"THEN CAST(levenshtein({a}, {b}) AS INTEGER) ELSE {slow} END"
    )
    if len(site.args) == 2:
        return found
    limit = site.args[2]
    return f"CASE WHEN {limit} IS NULL THEN NULL WHEN {found} > {limit} THEN -1 ELSE {found} END"
