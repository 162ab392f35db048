"""Rows of aggregates that keep a digest of their values: bitmaps, sketches, most frequent items."""

from __future__ import annotations

from rayspark.catalyst.functions.results import row
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import ArrayType, BinaryType, DataType, LongType

OWN = (
    " Sketches are RaySpark's own: Spark cannot read them, and estimates differ from Spark's within"
    " the error of both."
)


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str, kind: str = "aggregate",
    nulls: NullRule = False,
) -> Fn:  # fmt: skip
    group = "aggregate" if kind == "aggregate" else "misc"
    return Fn(name, args, result, nulls, kind, (), doc, examples, group)  # type: ignore[arg-type]


def _items(args: Args) -> DataType:
    item = row(("item", args[0].dtype, True), ("count", LongType(), False))
    return ArrayType(item, False)


HASHED = "int|long|string|binary"

ROWS: tuple[Fn, ...] = (
    _fn("bitmap_construct_agg", "child: long", BinaryType(),
        "A bitmap of 4096 bytes in which the bits of the values are set.",
        "hex(substring(bitmap_construct_agg(a), 1, 2))"),
    _fn("bitmap_or_agg", "child: just binary", BinaryType(), "The bits that any bitmap has.",
        "hex(substring(bitmap_or_agg(X'10'), 1, 2))"),
    _fn("bitmap_and_agg", "child: just binary", BinaryType(), "The bits that all bitmaps have.",
        "hex(substring(bitmap_and_agg(X'10'), 1, 2))"),
    _fn("approx_top_k", "expr: any, k: int! = 5, maxItemsTracked: int! = 10000", _items,
        "The k most frequent values and how often they occur, nulls included. Spark estimates them;"
        " here they are exact.", "approx_top_k(a, 2)"),
    _fn("count_min_sketch",
        "col: byte|short|int|long|string|binary, epsilon: double!, confidence: double!, seed: int!",
        BinaryType(),
        "A count-min sketch, as Spark writes it: how often each value occurs, estimated. What it"
        " says is at most epsilon of all values too much, but for a chance of 1 - confidence.",
        "hex(count_min_sketch(a, 0.5d, 0.5d, 1))"),
    _fn("hll_sketch_agg", f"expr: just {HASHED}, lgConfigK: just int! = 12", BinaryType(),
        "A HyperLogLog sketch with 2 to the power of lgConfigK registers." + OWN,
        "hll_sketch_estimate(hll_sketch_agg(a))"),
    _fn("hll_union_agg", "expr: just binary, allowDifferentLgConfigK: just boolean! = false",
        BinaryType(),
        "The sketch of all that is in any of the sketches." + OWN,
        "hll_sketch_estimate(hll_union_agg(hll_sketch_agg(1)))"),
    _fn("hll_sketch_estimate", "expr: just binary", LongType(),
        "How many distinct values a sketch has seen, estimated." + OWN,
        "hll_sketch_estimate(hll_sketch_agg(a))", kind="scalar", nulls=if_any),
    _fn("hll_union", "first: just binary, second: just binary,"
        " allowDifferentLgConfigK: just boolean! = false",
        BinaryType(), "The sketch of all that is in either sketch." + OWN,
        "hll_sketch_estimate(hll_union(hll_sketch_agg(a), hll_sketch_agg(b)))", kind="scalar",
        nulls=if_any),
)  # fmt: skip
