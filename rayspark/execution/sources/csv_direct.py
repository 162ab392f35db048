"""Plain blocks of CSV straight to values, where Arrow reads a type exactly as Spark does.

Arrow makes numbers, truth values and dates from strings several times faster than the expressions
of :mod:`text_values`. It knows fewer forms than Spark (no ``1.5d``), so a column in which it
refuses a value is made by those. What it takes and Spark does not is looked for here: ``0x1F``,
``inf`` and ``nan``, decimals that overflow unseen.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from rayspark.datatypes import (
    BooleanType,
    ByteType,
    CharType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    StructField,
    StructType,
    VarcharType,
)
from rayspark.datatypes.arrow import to_arrow_schema, to_arrow_type
from rayspark.execution.boundary import convert
from rayspark.execution.sources.csv_cut import CsvCutter, holds
from rayspark.execution.sources.csv_options import CsvOptions
from rayspark.execution.sources.files import empty_rows
from rayspark.execution.sources.private_duck import private_duck
from rayspark.execution.sources.text_values import ValueTexts
from rayspark.lazy import compute as pc

TRIES = 3
"""Blocks that may fail until a reader stops trying."""


class DirectReader:
    """Reads the columns ``wanted`` of blocks whose lines hold ``fields``.

    Threads: many may read at a time.
    """

    def __init__(
        self, cutter: CsvCutter, fields: Sequence[StructField], wanted: StructType, how: CsvOptions
    ) -> None:
        place = {f.name: f"c{i}" for i, f in enumerate(fields)}
        texts = ValueTexts(how.formats, how.nan, how.positive_infinity, how.negative_infinity)
        self._cutter, self._target = cutter, to_arrow_schema(wanted)
        self._columns = [place.get(f.name) for f in wanted.fields]
        self._types = {place[f.name]: f.dataType for f in wanted.fields if f.name in place}
        self._exact = {
            place[f.name]: texts.value(place[f.name], f.dataType, f.name)
            for f in wanted.fields
            if f.name in place
        }
        self._functions = texts.functions
        self._default_dates = not how.formats.date
        words = (how.nan, how.positive_infinity, how.negative_infinity)
        self._default_numbers = not any(is_number(word) for word in words)
        self._lenient = how.mode == "permissive" and how.corrupt not in wanted.names
        self._failed = 0

    def read(self, block: bytes) -> pa.RecordBatch | None:
        """The block's rows; None if it is not plain, or has a bad value that is to be told."""
        if self._failed >= TRIES:
            return None
        found = self._read(block)
        self._failed += found is None
        return found

    def _read(self, block: bytes) -> pa.RecordBatch | None:
        table = self._cutter.plain_table(block, list(self._types) or ["c0"])
        if table is None:
            return None
        if not self._columns:
            return empty_rows(table.num_rows)
        strings = {name: only_chunk(table.column(name)) for name in self._types}
        made: dict[str, pa.Array] = {}
        for name, dt in self._types.items():
            values = self._direct(strings[name], dt)
            if values is not None:
                made[name] = values
        later = [name for name in self._types if name not in made]
        if later:
            items = ", ".join(f"{self._exact[name]} AS {name}" for name in later)
            cut = pa.table({name: strings[name] for name in later})
            found = private_duck().table(f"SELECT {items} FROM cut", {"cut": cut}, self._functions)
            for name in later:
                made[name] = only_chunk(found.column(name))
                if not self._lenient and made[name].null_count > strings[name].null_count:
                    return None
        columns = [
            pa.nulls(table.num_rows, f.type) if name is None else convert(made[name], f.type)
            for name, f in zip(self._columns, self._target, strict=True)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self._target)

    def _direct(self, strings: pa.Array, dt: DataType) -> pa.Array | None:
        if isinstance(dt, DateType) and not self._default_dates:
            return None
        if isinstance(dt, (FloatType, DoubleType)) and not self._default_numbers:
            return None
        try:
            return read_strings(strings, dt)
        except pa.ArrowInvalid:
            return None


def read_strings(strings: pa.Array, dt: DataType) -> pa.Array | None:
    """The values by Arrow's readers; None if those might differ from Spark's.

    Raises
    ------
    pa.ArrowInvalid
        When they refuse a value.
    """
    match dt:
        case StringType() | CharType() | VarcharType():
            return strings
        case ByteType() | ShortType() | IntegerType() | LongType():
            return None if holds(strings, b"xX") else pc.cast(strings, to_arrow_type(dt))
        case FloatType() | DoubleType():
            values = pc.cast(strings, to_arrow_type(dt))
            return None if pc.all(pc.is_finite(values)).as_py() is False else values
        case DecimalType():
            overflows = longest(strings) > 38 - dt.scale or holds(strings, b"eE")
            return None if overflows else pc.cast(strings, to_arrow_type(dt))
        case BooleanType():
            word = pc.ascii_lower(strings)
            is_true = pc.equal(word, "true")
            good = pc.or_(is_true, pc.equal(word, "false"))
            return None if pc.all(good).as_py() is False else is_true
        case DateType():
            return pc.cast(strings, pa.date32())
    return None


def is_number(word: str) -> bool:
    """Does Arrow's reader take a word for a number?"""
    try:
        pc.cast(pa.array([word]), pa.float64())
    except pa.ArrowInvalid:
        return False
    return True


def longest(strings: pa.Array) -> int:
    """Bytes of the longest string."""
    return int(pc.max(pc.binary_length(strings)).as_py() or 0)


def only_chunk(column: pa.ChunkedArray) -> pa.Array:
    """The column as one array."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
