"""Rows as text tables, in Spark's form: ``show``, ``show(vertical=True)`` and HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import pyarrow as pa  # noqa: TC002

from rayspark.datatypes import StructType
from rayspark.sql.dataframe.cells import cells_of

_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]"
)
"""Characters that take two places."""


def show_text(table: pa.Table, schema: StructType, n: int, truncate: int, zone: str) -> str:
    """The first ``n`` rows; ``table`` has one more if there are more."""
    header, rows = _cells(table, schema, n, truncate, zone)
    widths = [max(3, *map(_width, column)) for column in zip(header, *rows, strict=True)]
    rule = "+" + "+".join("-" * width for width in widths) + "+\n" if widths else "++\n"
    lines = [rule, _line(header, widths, truncate), rule]
    lines += [_line(row, widths, truncate) for row in rows]
    return "".join(lines) + rule + _footer(table, n)


def vertical_text(table: pa.Table, schema: StructType, n: int, truncate: int, zone: str) -> str:
    """The same with a line for each value."""
    header, rows = _cells(table, schema, n, truncate, zone)
    if not rows:
        return "(0 rows)"
    names = max((3, *map(_width, header)))
    values = max((3, *(_width(cell) for row in rows for cell in row)))
    total = names + values + 5
    lines = []
    for number, row in enumerate(rows):
        lines.append(f"-RECORD {number}".ljust(total, "-") + "\n")
        for name, cell in zip(header, row, strict=True):
            lines.append(f" {_left(name, names)} | {_left(cell, values)} \n")
    return "".join(lines) + _footer(table, n)


def html_text(table: pa.Table, schema: StructType, n: int, truncate: int, zone: str) -> str:
    """The same as an HTML table."""
    header, rows = _cells(table, schema, n, truncate, zone)
    lines = ["<table border='1'>", _html_row("th", header)]
    lines += [_html_row("td", row) for row in rows]
    lines.append("</table>")
    more = table.num_rows > n
    footer = f"only showing top {n} {'row' if n == 1 else 'rows'}\n" if more else ""
    return "\n".join(lines) + "\n" + footer


def _html_row(tag: str, cells: Sequence[str]) -> str:
    inner = f"</{tag}><{tag}>".join(html.escape(cell) for cell in cells)
    return f"<tr><{tag}>{inner}</{tag}></tr>"


def _cells(
    table: pa.Table, schema: StructType, n: int, truncate: int, zone: str
) -> tuple[list[str], list[list[str]]]:
    shown = table.slice(0, n)
    columns = [
        [_cut(cell, truncate) for cell in cells_of(shown.column(i), f.dataType, zone)]
        for i, f in enumerate(schema.fields)
    ]
    rows = (
        [list(row) for row in zip(*columns, strict=True)]
        if columns
        else [[]] * min(n, table.num_rows)
    )
    return [_escape(f.name) for f in schema.fields], rows


def _cut(text: str, truncate: int) -> str:
    text = _escape(text)
    if truncate <= 0 or _length(text) <= truncate:
        return text
    return _head(text, truncate) if truncate < 4 else _head(text, truncate - 3) + "..."


def _length(text: str) -> int:
    """As Java counts: characters beyond the first 65,536 are two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _head(text: str, length: int) -> str:
    if text.isascii():
        return text[:length]
    return text.encode("utf-16-le")[: 2 * length].decode("utf-16-le", "replace")


def _escape(text: str) -> str:
    for character, written in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"), ("\f", "\\f"),
                               ("\b", "\\b"), ("\u000b", "\\v"), ("\u0007", "\\a")):  # fmt: skip
        text = text.replace(character, written)
    return text


def _width(text: str) -> int:
    return _length(text) + len(_WIDE.findall(text))


def _line(cells: Sequence[str], widths: Sequence[int], truncate: int) -> str:
    if not cells:
        return "||\n"
    write = _right if truncate > 0 else _left
    return "|" + "|".join(map(write, cells, widths)) + "|\n"


def _left(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _right(text: str, width: int) -> str:
    return " " * (width - _width(text)) + text


def _footer(table: pa.Table, n: int) -> str:
    if table.num_rows <= n:
        return ""
    return f"only showing top {n} {'row' if n == 1 else 'rows'}"
