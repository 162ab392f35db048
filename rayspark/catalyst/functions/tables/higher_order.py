"""Rows of the functions that take functions."""

from __future__ import annotations

from rayspark.catalyst.functions.results import array, mapping
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any, same
from rayspark.datatypes import ArrayType, BooleanType, DataType, MapType


def _fn(
    name: str, args: str, result: TypeRule, doc: str, example: str,
    *aliases: str, nulls: NullRule = if_any, group: str = "array",
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, "higher_order", aliases, doc, (example,), group)


def _first(args: Args) -> bool:
    return args[0].nullable


def _two(args: Args) -> bool:
    return args[0].nullable or args[1].nullable


def _body(index: int, *, nulls: bool | None = None) -> TypeRule:
    return lambda args: ArrayType(
        args[index].dtype, args[index].nullable if nulls is None else nulls
    )


def _exists_nulls(args: Args) -> bool:
    return args[0].nullable or args[1].nullable


def _reduced(args: Args) -> DataType:
    return args[3].dtype if len(args) > 3 else args[1].dtype


def _new_keys(args: Args) -> DataType:
    kind = mapping(args)
    return MapType(args[1].dtype, kind.valueType, kind.valueContainsNull)


def _new_values(args: Args) -> DataType:
    return MapType(mapping(args).keyType, args[1].dtype, args[1].nullable)


def _zipped_map(args: Args) -> DataType:
    return MapType(mapping(args).keyType, args[2].dtype, args[2].nullable)


def _always(_args: Args) -> bool:
    return True


ROWS: tuple[Fn, ...] = (
    _fn("transform", "arr: array<T>, f: (T) -> U|(T, int) -> U", _body(1),
        "What the function gives for each element, and its place from 0 if it takes two.",
        "transform(array(1, 2), x -> x + 1)", nulls=_first),
    _fn("filter", "arr: array<T>, f: (T) -> boolean|(T, int) -> boolean", same,
        "The elements that the condition is true of.",
        "filter(array(1, 2, 3), x -> x > 1)", nulls=_first),
    _fn("exists", "arr: array<T>, f: (T) -> boolean", BooleanType(),
        "Whether the condition is true of any element; null where of none, but unknown of some.",
        "exists(array(1, 2), x -> x > 1)", nulls=_exists_nulls),
    _fn("forall", "arr: array<T>, f: (T) -> boolean", BooleanType(),
        "Whether the condition is true of all elements; null where false of none, but unknown of"
        " some.", "forall(array(1, 2), x -> x > 1)",
        nulls=_exists_nulls),
    _fn("aggregate", "arr: array<T>, start: U, merge: (U, T) -> U, finish?: (U) -> V", _reduced,
        "The elements merged one after another into a value, and what is made of it in the end.",
        "aggregate(array(1, 2, 3), 0, (a, x) -> a + x)", "reduce", nulls=_always),
    _fn("zip_with", "left: array<T>, right: array<U>, f: (T, U) -> V", _body(2),
        "What the function gives for the elements of two arrays, pair by pair; nulls fill up the"
        " shorter.",
        "zip_with(array(1, 2), array(3, 4), (x, y) -> x + y)", nulls=_two),
    _fn("array_sort", "arr: array<T>, f?: (T, T) -> int", lambda args: array(args),
        "Sorted, nulls last; by a function that gives a negative number, 0 or a positive one for"
        " two elements, if given.",
        "array_sort(array(3, NULL, 1))", nulls=_first),
    _fn("map_filter", "m: map<K, V>, f: (K, V) -> boolean", same,
        "The entries that the condition is true of.",
        "map_filter(map('a', 1, 'b', 2), (k, v) -> v > 1)", nulls=_first, group="map"),
    _fn("transform_keys", "m: map<K, V>, f: (K, V) -> U", _new_keys,
        "The map with the keys that the function gives.",
        "transform_keys(map('a', 1), (k, v) -> upper(k))", nulls=_first, group="map"),
    _fn("transform_values", "m: map<K, V>, f: (K, V) -> U", _new_values,
        "The map with the values that the function gives.",
        "transform_values(map('a', 1), (k, v) -> v + 1)", nulls=_first, group="map"),
    _fn("map_zip_with", "left: map<K, V>, right: map<K, W>, f: (K, V, W) -> U", _zipped_map,
        "What the function gives for each key of either map and its values there.",
        "map_zip_with(map('a', 1), map('a', 2), (k, x, y) -> x + y)", nulls=_two, group="map"),
)  # fmt: skip
