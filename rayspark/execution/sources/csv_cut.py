"""Blocks of CSV lines as columns of strings.

Most blocks are plain: no quotes, or only quotes around whole values. Arrow's reader cuts those. A
block that it cannot cut surely as Spark would is cut in small parts; a part that is not plain goes
through :mod:`csv_tokens`, line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from pyarrow import csv

from rayspark.execution.sources.csv_tokens import NONE, Dialect, MalformedLine, split_line
from rayspark.execution.sources.lines import line_array
from rayspark.records import dataclass

PART = 64 * 1024
SLICE = 128 * 1024
"""Bytes that are looked through at a time: they stay in the core's cache."""
_BLANK = re.compile(rb"(?:^|\n)[\x00-\x20]+(?:\n|$)")


@dataclass
class Cut:
    """Columns of strings; ``odd`` marks lines of another number of values, ``raw`` is the line."""

    columns: list[pa.Array]
    odd: pa.Array | None = None
    raw: pa.Array | None = None

    @property
    def rows(self) -> int:
        """How many lines."""
        return len(self.columns[0])

    def table(self) -> pa.Table:
        """As a table with the columns ``c0``, ``c1`` ... , ``odd``, ``raw``."""
        none = pa.repeat(False, self.rows)
        raw = pa.nulls(self.rows, pa.string()) if self.raw is None else self.raw
        names = [f"c{i}" for i in range(len(self.columns))]
        odd = none if self.odd is None else self.odd
        return pa.table([*self.columns, odd, raw], names=[*names, "odd", "raw"])


class CsvCutter:
    """Cuts blocks into ``width`` columns."""

    def __init__(
        self, dialect: Dialect, width: int, *, raw: bool, quoted_lines: bool = False
    ) -> None:
        self._dialect, self._width, self._raw = dialect, width, raw
        self._quoted_lines = quoted_lines
        self._names = [f"c{i}" for i in range(width)]
        d = dialect
        self._simple = (
            len(d.delimiter) == 1
            and d.delimiter.isascii()
            and not (d.trim_leading or d.trim_trailing)
            and d.comment == NONE
            and (d.quote.isascii())
            and not quoted_lines
        )

    def cut(self, block: bytes) -> Iterator[Cut]:
        """The block's columns, in one piece or several."""
        found = self._plain(block)
        if found is not None:
            yield found
            return
        if len(block) > 2 * PART and not self._quoted_lines:
            at = 0
            while at < len(block):
                end = block.find(b"\n", min(at + PART, len(block) - 1)) + 1 or len(block)
                part = block[at:end]
                yield self._plain(part) or self._slow(part)
                at = end
            return
        yield self._slow(block)

    def _plain(self, block: bytes) -> Cut | None:
        """By Arrow's reader; None if that might differ from Spark."""
        if self._raw and _BLANK.search(block):
            return None
        table = self.plain_table(block, self._names)
        if table is None:
            return None
        raw = None
        if self._raw:
            lines = line_array(block)
            raw = lines.filter(pa.compute.not_equal(lines, ""))
            if len(raw) != table.num_rows:
                return None
        return Cut([c.combine_chunks() for c in table.columns], None, raw)

    def plain_table(self, block: bytes, wanted: Sequence[str]) -> pa.Table | None:
        """Columns ``wanted`` (``c0``...) of a block as Arrow's reader cuts them; None if it is not
        plain. Values that are empty or equal to ``nullValue`` are null.
        """
        d = self._dialect
        if not self._simple or (block[:1] in (b"", b"\n") and not block.strip(b"\n")):
            return None
        if (self._width == 1 or d.delimiter <= " ") and _BLANK.search(block):
            return None
        quoted = d.has_quotes and d.quote.encode() in block
        if quoted and d.escape not in (NONE, d.quote) and d.escape.encode() in block:
            return None
        read = self._names if quoted else list(wanted)
        try:
            table = csv.read_csv(
                pa.BufferReader(block),
                csv.ReadOptions(
                    column_names=self._names, block_size=len(block) + 1, use_threads=False
                ),
                csv.ParseOptions(
                    delimiter=d.delimiter,
                    quote_char=d.quote if quoted else False,
                    double_quote=d.escape == d.quote,
                    escape_char=False,
                    newlines_in_values=False,
                    ignore_empty_lines=True,
                ),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(read, pa.string()),
                    include_columns=read,
                    null_values=["", d.null_value],
                    strings_can_be_null=True,
                    check_utf8=False,
                ),
            )
        except pa.ArrowInvalid:  # a line of another width
            return None
        if quoted and not (self._simply_quoted(block, table) or self._well_quoted(block)):
            return None
        return table.select(wanted)

    def _simply_quoted(self, block: bytes, table: pa.Table) -> bool:
        """Does each quote stand beside a delimiter or a line's end, and no value that Arrow found
        hold any of the three? Then they only stand around whole values: fast, and says no when
        values hold delimiters.
        """
        marks = [ord(self._dialect.quote), ord(self._dialect.delimiter), ord("\n")]
        data = np.frombuffer(block, np.uint8)
        for start in range(0, len(data), SLICE):
            part = data[max(start - 1, 0) : start + SLICE + 1]
            quote = part == marks[0]
            edge = (part == marks[1]) | (part == marks[2])
            beside = np.ones(len(part), bool)  # the file's ends are edges
            beside[1:-1] = edge[:-2] | edge[2:]
            if (quote > beside).any() or (quote[1:] & quote[:-1]).any():
                return False
        return not any(holds(c, marks) for column in table.columns for c in column.chunks)

    def _well_quoted(self, block: bytes) -> bool:
        """Do quotes only stand around whole values?"""
        d = self._dialect
        doubles = d.escape == d.quote
        data = np.frombuffer(block, np.uint8)
        quotes = np.flatnonzero(data == ord(d.quote))
        if len(quotes) % 2:
            return False
        opening, closing = quotes[0::2], quotes[1::2]
        if d.empty_value != d.null_value and bool((closing == opening + 1).any()):
            return False
        edges = np.zeros(256, bool)
        edges[[ord(d.delimiter), 10]] = True
        before = np.where(opening > 0, data[np.maximum(opening - 1, 0)], 10)
        after = np.where(closing + 1 < len(data), data[np.minimum(closing + 1, len(data) - 1)], 10)
        starts, ends = edges[before], edges[after]
        if doubles:
            joined = np.zeros(len(opening), bool)
            joined[1:] = opening[1:] == closing[:-1] + 1
            starts = starts | joined
            ends = ends | np.append(joined[1:], False)
        if not (starts.all() and ends.all()):
            return False
        inside = np.searchsorted(quotes, np.flatnonzero(data == 10)) & 1
        return not inside.any()

    def _slow(self, block: bytes) -> Cut:
        d, width = self._dialect, self._width
        rows: list[list[str | None]] = []
        odd: list[bool] = []
        kept: list[str] = []
        for line in self._lines(block.decode()):
            if not line.strip("".join(map(chr, range(33)))):
                continue
            if d.comment != NONE and line.startswith(d.comment):
                continue
            try:
                values: list[str | None] = list(split_line(line, d))
                odd.append(len(values) != width)
            except MalformedLine:
                values = []
                odd.append(True)
            rows.append((values + [None] * (width - len(values)))[:width])
            kept.append(line)
        columns = [pa.array([row[i] for row in rows], pa.string()) for i in range(width)]
        raw = pa.array(kept, pa.string()) if self._raw else None
        return Cut(columns, pa.array(odd, pa.bool_()), raw)

    def _lines(self, text: str) -> Iterator[str]:
        lines = text.removesuffix("\n").split("\n")
        if not self._quoted_lines:
            yield from lines
            return
        d = self._dialect
        waiting: list[str] = []
        for line in lines:
            waiting.append(line)
            whole = "\n".join(waiting)
            if not _is_open(whole, d):
                yield whole
                waiting = []
        if waiting:
            yield "\n".join(waiting)


def holds(strings: pa.Array, marks: Sequence[int]) -> bool:
    """Is one of these bytes in any of the strings?"""
    _, offsets, data = strings.buffers()
    if data is None or offsets is None:
        return False
    ends = np.frombuffer(offsets, np.int32, len(strings) + 1, strings.offset * 4)
    text = np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]
    return any(bool((text == mark).any()) for mark in marks)


def _is_open(text: str, d: Dialect) -> bool:
    """Does a quoted value begin in the text that does not end in it?"""
    inside, at = False, 0
    while at < len(text):
        char = text[at]
        if inside and char == d.escape != d.quote:
            at += 2
            continue
        if char == d.quote and d.has_quotes:
            begins = at == 0 or text[at - 1] in (d.delimiter[-1], "\n") or text[at - 1] <= " "
            if inside:
                inside = False
            elif begins or text[at - 1] == d.quote:
                inside = True
        at += 1
    return inside
