"""Rows of the functions that need a window."""

from __future__ import annotations

from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, same
from rayspark.datatypes import DoubleType, IntegerType


def _moved(args: Args) -> bool:
    return args[0].nullable or len(args) < 3 or args[2].nullable


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *, nulls: NullRule = False,
    refused: str | None = None,
) -> Fn:  # fmt: skip
    return Fn(
        name, args, result, nulls, "window", doc=doc, group="window",
        refused=refused,
    )  # fmt: skip


ROWS: tuple[Fn, ...] = (
    _fn("row_number", "", IntegerType(), "The row's number in its partition, from 1."),
    _fn("rank", "", IntegerType(),
        "One more than the number of rows before it in the order; equal rows have equal ranks."),
    _fn("dense_rank", "", IntegerType(), "Like rank, without gaps after equal rows."),
    _fn("percent_rank", "", DoubleType(),
        "The share of the partition's other rows that come before it: 0 to 1."),
    _fn("cume_dist", "", DoubleType(),
        "The share of the partition's rows that come before it or are its equals."),
    _fn("ntile", "n: int! = 1", IntegerType(),
        "The number of the row's group, when the partition is cut into n groups of nearly one"
        " size."),
    _fn("lag", "input: T, offset: int! = 1, default: T = null", same,
        "The value of the row so many rows before; the default where there is none.",
        nulls=_moved),
    _fn("lead", "input: T, offset: int! = 1, default: T = null", same,
        "The value of the row so many rows after; the default where there is none.",
        nulls=_moved),
    _fn("nth_value", "input: any, offset: int!, ignoreNulls?: boolean!", same,
        "The value of the frame's n-th row, from 1; null while the frame has fewer.", nulls=True),
    _fn("counter_diff", "value: numeric, startTime?: datetime", same,
        "The growth of a counter since the row before; null where the counter began anew.",
        nulls=True),
)  # fmt: skip
