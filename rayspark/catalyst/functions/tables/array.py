"""Rows of the functions of arrays."""

from __future__ import annotations

from rayspark.catalyst.expressions.naming import name_of
from rayspark.catalyst.functions.results import (
    always,
    array,
    array_of,
    element_type,
    mapping,
    never,
)
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any, same
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    IntegerType,
    LongType,
    MapType,
    NullType,
    StringType,
    StructField,
    StructType,
)


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *aliases: str, nulls: NullRule = if_any,
    examples: tuple[str, ...] = (), deterministic: bool = True,
) -> Fn:  # fmt: skip
    return Fn(
        name, args, result, nulls, "scalar", aliases, doc, examples, "array",
        deterministic=deterministic,
    )  # fmt: skip


def _array(args: Args) -> DataType:
    if not args:
        return ArrayType(NullType(), False)
    return ArrayType(args[0].dtype, any(a.nullable for a in args))


def _item(args: Args) -> DataType:
    match args[0].dtype:
        case ArrayType(elementType=element):
            return element
        case MapType():
            return mapping(args).valueType
    raise TypeError(f"no items in {args[0].dtype}")


def _with_nulls(args: Args) -> DataType:
    return ArrayType(element_type(args), True)


def _with_value(args: Args) -> DataType:
    nulls = array(args).containsNull or any(a.nullable for a in args[1:])
    return ArrayType(element_type(args), nulls)


def _union(args: Args) -> DataType:
    return ArrayType(element_type(args), array(args).containsNull or array(args, 1).containsNull)


def _intersection(args: Args) -> DataType:
    return ArrayType(element_type(args), array(args).containsNull and array(args, 1).containsNull)


def _contains_nulls(args: Args) -> bool:
    return if_any(args) or array(args).containsNull


def _overlap_nulls(args: Args) -> bool:
    return if_any(args) or array(args).containsNull or array(args, 1).containsNull


def _without_nulls(args: Args) -> DataType:
    return ArrayType(element_type(args), False)


def _flat(args: Args) -> DataType:
    inner = element_type(args)
    assert isinstance(inner, ArrayType)
    return inner


def _flat_nulls(args: Args) -> bool:
    return args[0].nullable or array(args).containsNull


def _zipped(args: Args) -> DataType:
    fields = [
        StructField(name_of(a) or str(at), array(args, at).elementType, True)
        for at, a in enumerate(args)
    ]
    return ArrayType(StructType(fields), False)


def _sequence(args: Args) -> DataType:
    return ArrayType(args[0].dtype, False)


ROWS: tuple[Fn, ...] = (
    _fn("array", "*exprs: T", _array, "An array of the arguments.", nulls=never,
        examples=("array(1, 2, NULL)",)),
    _fn("size", "expr: array|map", IntegerType(),
        "How many elements an array or entries a map has; of null it is null, or -1 when ANSI mode"
        " is off.", "cardinality", examples=("size(array(1, 2))",)),
    _fn("array_size", "arr: array", IntegerType(), "How many elements an array has.",
        examples=("array_size(array(1, 2))",)),
    _fn("element_at", "collection: array|map, key: any", _item,
        "The element of an array at a place that counts from 1, or from the end with -1; or the"
        " value of a map's key. A place outside the array is an error, or null when ANSI mode is"
        " off.", nulls=always,
        examples=("element_at(array(1, 2), -1)", "element_at(map('a', 1), 'a')")),
    _fn("try_element_at", "collection: array|map, key: any", _item,
        "Like element_at; null for a place outside the array.", nulls=always,
        examples=("try_element_at(array(1, 2), 3)",)),
    _fn("get", "arr: array, index: int", element_type,
        "The element at a place that counts from 0; null outside the array.", nulls=always,
        examples=("get(array(1, 2), 0)",)),
    _fn("array_contains", "arr: array<T>, value: T", BooleanType(),
        "Whether a value is in it; null where it is not, but a null is.", nulls=_contains_nulls,
        examples=("array_contains(array(1, 2), 2)",)),
    _fn("array_position", "arr: array<T>, element: T", LongType(),
        "The place of the first element that is equal, from 1; 0 where there is none.",
        examples=("array_position(array(3, 1), 1)",)),
    _fn("array_append", "arr: array<T>, element: T", _with_value, "One more element at the end.",
        nulls=lambda args: args[0].nullable,
        examples=("array_append(array(1), 2)",)),
    _fn("array_prepend", "arr: array<T>, element: T", _with_value,
        "One more element at the beginning.", nulls=lambda args: args[0].nullable,
        examples=("array_prepend(array(1), 2)",)),
    _fn("array_insert", "arr: array<T>, pos: just int|short|byte, value: T", _with_nulls,
        "One more element at a place that counts from 1, or from the end with -1; nulls fill a gap"
        " before it.",
        nulls=lambda args: args[0].nullable or args[1].nullable,
        examples=("array_insert(array(1, 2), 2, 9)",)),
    _fn("array_remove", "arr: array<T>, element: T", same, "Without the elements that are equal.",
        examples=("array_remove(array(1, 2, 1), 1)",)),
    _fn("array_compact", "arr: array", _without_nulls, "Without nulls.",
        examples=("array_compact(array(1, NULL))",)),
    _fn("array_distinct", "arr: array", same, "Each element once, in order of first appearance.",
        examples=("array_distinct(array(2, 1, 2))",)),
    _fn("array_union", "a: array<T>, b: array<T>", _union, "The elements of both, each once.",
        examples=("array_union(array(1, 2), array(2, 3))",)),
    _fn("array_intersect", "a: array<T>, b: array<T>", _intersection,
        "The elements of the first that are in the second, each once.",
        examples=("array_intersect(array(1, 2), array(2, 3))",)),
    _fn("array_except", "a: array<T>, b: array<T>", same,
        "The elements of the first that are not in the second, each once.",
        examples=("array_except(array(1, 2), array(2, 3))",)),
    _fn("arrays_overlap", "a: array<T>, b: array<T>", BooleanType(),
        "Whether they have an element in common; null where they have not, but one has a null.",
        nulls=_overlap_nulls,
        examples=("arrays_overlap(array(1, 2), array(2, 3))",)),
    _fn("arrays_zip", "*arrays: array", _zipped,
        "An array of structs: the first has all first elements, and so on.",
        examples=("arrays_zip(array(1, 2), array(3))",)),
    _fn("array_join", "arr: array<string>, delimiter: just string, nullReplacement?: just string",
        StringType(), "The elements as one text; nulls are left out or replaced.",
        examples=("array_join(array('a', NULL, 'b'), ',', '?')",)),
    _fn("array_max", "arr: array", element_type, "The greatest element.", nulls=always,
        examples=("array_max(array(1, 3, 2))",)),
    _fn("array_min", "arr: array", element_type, "The smallest element.", nulls=always,
        examples=("array_min(array(2, 1))",)),
    _fn("array_repeat", "element: any, count: just int", array_of(0), "An element so many times.",
        nulls=lambda args: args[1].nullable,
        examples=("array_repeat('a', 2)",)),
    _fn("sort_array", "arr: array, asc: just boolean! = true", same,
        "Sorted; nulls stand at the beginning, or at the end of a descending order.",
        nulls=lambda args: args[0].nullable,
        examples=("sort_array(array(2, NULL, 1))", "sort_array(array(2, NULL, 1), false)")),
    _fn("slice", "x: array, start: int, length: int", same,
        "So many elements from a place that counts from 1, or from the end with -1.",
        examples=("slice(array(1, 2, 3), 2, 2)",)),
    _fn("sequence", "start: T, stop: T, step?: any", _sequence,
        "All values from start to stop, both included; by 1, a day or the step given.",
        examples=("sequence(1, 5, 2)", "sequence(DATE'2024-01-31', DATE'2024-03-31',"
                                       " INTERVAL 1 MONTH)")),
    _fn("flatten", "arr: array", _flat, "The elements of all arrays in an array; null where one of"
        " them is.", nulls=_flat_nulls, examples=("flatten(array(array(1), array(2, 3)))",)),
    _fn("shuffle", "arr: array, seed?: just long|int!", same, "The elements in a random order.",
        nulls=lambda args: args[0].nullable, deterministic=False),
)  # fmt: skip
