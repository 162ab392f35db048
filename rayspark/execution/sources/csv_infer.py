"""Types of CSV columns from their values, as Spark finds them.

Each value fits some types; a column's type starts at the narrowest that its first value fits and
widens where a later value does not fit. What values fit is computed for whole columns as bits; the
widening then looks at each different set of bits once, in order of appearance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from rayspark.datatypes import (
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    IntegerType,
    LongType,
    NullType,
    StringType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.execution.kernels.kernel import ArrowFunction, quote
from rayspark.execution.sources.csv_cut import Cut
from rayspark.execution.sources.csv_options import CsvOptions
from rayspark.execution.sources.private_duck import private_duck
from rayspark.execution.sources.text_values import ValueTexts

if TYPE_CHECKING:
    import pyarrow as pa

INT, LONG, DECIMAL, DOUBLE, DATE, NTZ, TIMESTAMP, BOOLEAN = (1 << i for i in range(8))
DIGITS = 8
"""Where the number of digits of a DECIMAL begins in the bits."""


def infer_types(
    cuts: Iterable[Cut], width: int, how: CsvOptions, settings: Mapping[str, str]
) -> list[DataType]:
    """The columns' types."""
    ntz = settings.get("spark.sql.timestampType", "TIMESTAMP_LTZ").upper() == "TIMESTAMP_NTZ"
    text, functions = _query(width, how, ntz)
    states: list[DataType] = [NullType()] * width
    for cut in cuts:
        bits = private_duck().table(text, {"cut": cut.table()}, functions)
        for i in range(width):
            states[i] = widen(states[i], bits.column(i), how.prefer_date)
    return [StringType() if isinstance(state, NullType) else state for state in states]


def _query(width: int, how: CsvOptions, ntz: bool) -> tuple[str, dict[str, ArrowFunction]]:
    texts = ValueTexts(how.formats, how.nan, how.positive_infinity, how.negative_infinity)

    def fits(value: str, dt: DataType, bit: int) -> str:
        return f"CASE WHEN {texts.value(value, dt, '')} IS NULL THEN 0 ELSE {bit} END"

    items = []
    both = TIMESTAMP + (NTZ if ntz else 0)
    words = ", ".join(map(quote, (how.nan, how.positive_infinity, how.negative_infinity)))
    for i in range(width):
        v = f"s{i}"
        digits = f"length(ltrim(ltrim({v}, '+-'), '0'))"
        whole = f"regexp_full_match({v}, '[+-]?[0-9]+')"
        moments = f"{fits(v, TimestampType(), TIMESTAMP)}"
        if ntz:
            moments += f" + {fits(v, TimestampNTZType(), NTZ)}"
        day = f"TRY_CAST({v} AS DATE)"
        usual = f"CAST({day} AS VARCHAR) = {v} AND length({v}) = 10"
        if how.formats.date:
            dates = f"{fits(v, DateType(), DATE)} + {moments}"
        elif how.formats.timestamp or how.formats.ntz:
            dates = f"(CASE WHEN {usual} THEN {DATE} ELSE 0 END) + {moments}"
        else:  # a date is a timestamp too
            dates = f"CASE WHEN {usual} THEN {DATE + both} ELSE {moments} END"
        # A whole number of four to six digits is also a year.
        years = f"CASE WHEN length({v}) BETWEEN 4 AND 6 THEN {both} ELSE 0 END"
        if how.formats.date or how.formats.timestamp or how.formats.ntz:
            years = dates
        items.append(
            f"CASE WHEN {v} IS NULL THEN NULL"
            f" WHEN {whole} THEN {DOUBLE}"
            f" + (CASE WHEN {digits} <= 38 THEN {DECIMAL} + {digits} * {1 << DIGITS} ELSE 0 END)"
            f" + (CASE WHEN TRY_CAST({v} AS INTEGER) IS NULL THEN 0 ELSE {INT} END)"
            f" + (CASE WHEN TRY_CAST({v} AS BIGINT) IS NULL THEN 0 ELSE {LONG} END) + ({years})"
            f" WHEN lower({v}) IN ('true', 'false') THEN {BOOLEAN}"
            f" WHEN NOT (ascii({v}) < 58 OR {v} IN ({words}) OR {v}[1] IN ('N', 'I', 'T')) THEN 0"
            f" WHEN {texts.value(v, DoubleType(), '')} IS NOT NULL THEN {DOUBLE}"
            f" WHEN regexp_matches({v}, '^\\s*[T+-]?[0-9]') THEN {dates} ELSE 0 END AS b{i}"
        )
    null = quote(how.null_value)
    strings = ", ".join(f"nullif(c{i}, {null}) AS s{i}" for i in range(width))
    return f"SELECT {', '.join(items)} FROM (SELECT {strings} FROM cut)", texts.functions


def widen(state: DataType, bits: pa.ChunkedArray, prefer_date: bool) -> DataType:
    """The type after the values whose bits are given."""
    found = bits.drop_null()
    if not len(found):
        return state
    values, firsts = np.unique(found.to_numpy(), return_index=True)
    ordered = [int(v) for v in values[np.argsort(firsts)]]
    while True:
        before = state
        for mask in ordered:
            state = _compatible(state, _try(state, mask, prefer_date))
        if state == before:
            return state


_START = [NullType, IntegerType, LongType, DecimalType, DoubleType, DateType,
          TimestampNTZType, TimestampType, BooleanType, StringType]  # fmt: skip


def _try(state: DataType, mask: int, prefer_date: bool) -> DataType:
    """The type of one value, tried from the column's type onwards."""
    start = _START.index(type(state))
    if start <= 1 and mask & INT:
        return IntegerType()
    if start <= 2 and mask & LONG:
        return LongType()
    if start <= 3 and mask & DECIMAL:
        return DecimalType(max(mask >> DIGITS, 1), 0)
    if start <= 4 and mask & DOUBLE:
        return DoubleType()
    if start <= 5 and mask & DATE and prefer_date:
        return DateType()
    if start <= 6 and mask & NTZ:
        return TimestampNTZType()
    if start <= 7 and mask & TIMESTAMP:
        return TimestampType()
    if start <= 8 and mask & BOOLEAN:
        return BooleanType()
    return StringType()


def _compatible(left: DataType, right: DataType) -> DataType:
    """The type that holds the values of both."""
    if left == right or isinstance(right, NullType):
        return left
    if isinstance(left, NullType):
        return right
    kinds = {type(left), type(right)}
    if kinds == {IntegerType, LongType}:
        return LongType()
    if kinds <= {IntegerType, LongType, DecimalType, DoubleType}:
        if DoubleType in kinds:
            return DoubleType()
        sizes: dict[type[DataType], int] = {IntegerType: 10, LongType: 20}
        digits = [
            dt.precision if isinstance(dt, DecimalType) else sizes[type(dt)] for dt in (left, right)
        ]
        return DecimalType(max(digits), 0)
    if kinds <= {DateType, TimestampNTZType, TimestampType}:
        return TimestampType() if TimestampType in kinds else TimestampNTZType()
    return StringType()
