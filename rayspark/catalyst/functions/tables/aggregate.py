"""Rows of the aggregate functions: counts, sums, extremes, lists.

An aggregate function leaves nulls out unless its row says otherwise. ``first(x) IGNORE NULLS`` is
``first(x, true)``; the key of WITHIN GROUP is the first argument of those functions that have none
otherwise (:data:`WITHIN_GROUP`).
"""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.functions.results import (
    array_of,
    average_type,
    element_type,
    sum_type,
)
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, of, same
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    ByteType,
    DataType,
    DoubleType,
    LongType,
)

WITHIN_GROUP = frozenset({"percentile_cont", "percentile_disc", "mode"})
"""``f(p) WITHIN GROUP (ORDER BY x)`` is the aggregate call ``f(x, p)`` with that order."""

IGNORE = "(col: ColumnOrName, ignoreNulls: bool | Column | None = None)"
BY = "(col: ColumnOrName, ord: ColumnOrName, k: Column | int | None = None)"


def _by(args: Args) -> DataType:
    return args[0].dtype if len(args) == 2 else ArrayType(args[0].dtype, True)


def _fn(
    name: str,
    args: str,
    result: TypeRule,
    doc: str,
    *aliases: str,
    nulls: NullRule = True,
    examples: tuple[str, ...] = (),
    deterministic: bool = True,
    refused: str | None = None,
) -> Fn:
    return Fn(
        name, args, result, nulls, "aggregate", aliases, doc, examples, "aggregate",
        deterministic=deterministic, refused=refused,
    )  # fmt: skip


def _array(index: int) -> Callable[[Args], DataType]:
    return array_of(index, nulls=False)


ROWS: tuple[Fn, ...] = (
    _fn("count", "*exprs: any", LongType(),
        "How many rows there are in which no argument is null; ``count(*)`` counts all rows.",
        nulls=False, examples=("count(*)", "count(DISTINCT a, b)")),
    _fn("sum", "expr: numeric|interval", sum_type,
        "The sum; null when there is no value. Whole numbers that do not fit a long are an error,"
        " or wrap around when ANSI mode is off.", examples=("sum(a)", "sum(DISTINCT a)")),
    _fn("try_sum", "expr: numeric|interval", sum_type,
        "The sum, or null where it does not fit its type.", examples=("try_sum(a)",)),
    _fn("avg", "expr: numeric|interval", average_type, "The mean; exact for decimals.", "mean",
        examples=("avg(a)",)),
    _fn("try_avg", "expr: numeric|interval", average_type,
        "The mean, or null where it does not fit its type.", examples=("try_avg(a)",)),
    _fn("min", "expr: orderable", same, "The smallest value.", examples=("min(a)",)),
    _fn("max", "expr: orderable", same, "The greatest value.", examples=("max(a)",)),
    _fn("min_by", "expr: any, ord: orderable, k?: int!", _by,
        "The value of the row whose second argument is smallest; with k, an array of the values of"
        " the k smallest.", examples=("min_by(a, b)",)),
    _fn("max_by", "expr: any, ord: orderable, k?: int!", _by,
        "The value of the row whose second argument is greatest; with k, an array of the values of"
        " the k greatest.", examples=("max_by(a, b)",)),
    _fn("first", "expr: any, ignoreNulls: boolean! = false", same,
        "The value of the first row, or of the first that is not null.", deterministic=False,
        examples=("first(a)", "first(a, true)")),
    _fn("last", "expr: any, ignoreNulls: boolean! = false", same,
        "The value of the last row, or of the last that is not null.", deterministic=False,
        examples=("last(a)", "last(a, true)")),
    _fn("first_value", "expr: any, ignoreNulls: boolean! = false", same,
        "The value of the first row, or of the first that is not null.",
        deterministic=False, examples=("first_value(a)",)),
    _fn("last_value", "expr: any, ignoreNulls: boolean! = false", same,
        "The value of the last row, or of the last that is not null.",
        deterministic=False, examples=("last_value(a)",)),
    _fn("any_value", "expr: any, ignoreNulls: boolean! = false", same,
        "The value of some row: here of the first.", deterministic=False,
        examples=("any_value(a)",)),
    _fn("count_if", "expr: boolean", LongType(), "How many rows the condition is true of.",
        nulls=False, examples=("count_if(a > 1)",)),
    _fn("bool_and", "expr: boolean", BooleanType(), "Whether it is true of all rows.", "every",
        examples=("bool_and(a > 1)",)),
    _fn("bool_or", "expr: boolean", BooleanType(), "Whether it is true of any row.", "any", "some",
        examples=("bool_or(a > 1)",)),
    _fn("bit_and", "expr: integral", same, "The bits that all values have.",
        examples=("bit_and(a)",)),
    _fn("bit_or", "expr: integral", same, "The bits that any value has.",
        examples=("bit_or(a)",)),
    _fn("bit_xor", "expr: integral", same, "The bits that an odd number of values have.",
        examples=("bit_xor(a)",)),
    _fn("collect_list", "expr: any", _array(0),
        "The values as an array, in the order of their arrival, without nulls.", "array_agg",
        nulls=False, deterministic=False, examples=("collect_list(a)",)),
    _fn("collect_set", "expr: any", _array(0), "The distinct values as an array, without nulls.",
        nulls=False, deterministic=False, examples=("sort_array(collect_set(a))",)),
    _fn("collect_union", "expr: array", lambda args: ArrayType(element_type(args), False),
        "The distinct elements of all arrays as one array, without nulls.", nulls=False,
        deterministic=False, examples=("sort_array(collect_union(array(a, b)))",)),
    _fn("listagg", "expr: string|binary, delimiter: string|binary! = null", same,
        "The values one after another, a delimiter between them; null when there is none.",
        "string_agg", deterministic=False,
        examples=("listagg(s, ', ') WITHIN GROUP (ORDER BY s)",)),
    _fn("product", "expr: numeric", DoubleType(), "The product, as a double."),
    _fn("approx_count_distinct", "expr: any, relativeSD: double! = 0.05D", LongType(),
        "How many distinct values there are. Spark estimates it; here the number is exact, which"
        " is within every deviation asked for.", nulls=False,
        examples=("approx_count_distinct(a)",)),
    _fn("grouping", "expr: any", ByteType(),
        "1 where the grouping column is left out of the row's grouping set, else 0.", nulls=False),
    _fn("grouping_id", "*exprs: any", LongType(),
        "The bits of ``grouping`` of all grouping columns as a number.", nulls=False),
    _fn("mode", "expr: any, deterministic: boolean! = false", of(0),
        "The most frequent value; of several, the smallest if deterministic.", deterministic=False,
        examples=("mode(a)", "mode(a, true)")),
    _fn("vector_sum", "expr: array", same, "The sums of the elements at each place of arrays.",
        refused="arrays are not added element by element yet: use posexplode and sum"),
    _fn("vector_avg", "expr: array", same, "The means of the elements at each place of arrays.",
        refused="arrays are not averaged element by element yet: use posexplode and avg"),
)  # fmt: skip
