"""Rows of the functions of maps. The arguments of ``map`` are keys and values by turns."""

from __future__ import annotations

from rayspark.catalyst.functions.results import (
    always,
    array,
    element_type,
    mapping,
    never,
    row,
)
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    MapType,
    NullType,
    StringType,
    StructType,
)


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *, nulls: NullRule = if_any,
    example: str = "",
) -> Fn:  # fmt: skip
    return Fn(
        name, args, result, nulls, doc=doc, group="map",
        examples=(example,) if example else (),
    )  # fmt: skip


def _map(args: Args) -> DataType:
    if not args:
        return MapType(NullType(), NullType(), False)
    keys, values = args[0::2], args[1::2]
    return MapType(keys[0].dtype, values[0].dtype, any(v.nullable for v in values))


def _from_arrays(args: Args) -> DataType:
    return MapType(array(args).elementType, array(args, 1).elementType, array(args, 1).containsNull)


def _from_entries(args: Args) -> DataType:
    entry = element_type(args)
    assert isinstance(entry, StructType)
    key, value = entry.fields
    return MapType(key.dataType, value.dataType, value.nullable)


def _from_entries_nulls(args: Args) -> bool:
    return args[0].nullable or array(args).containsNull


def _concat(args: Args) -> DataType:
    if not args:
        return MapType(StringType(), StringType(), False)
    kinds = [mapping(args, at) for at in range(len(args))]
    return MapType(kinds[0].keyType, kinds[0].valueType, any(k.valueContainsNull for k in kinds))


def _entries(args: Args) -> DataType:
    kind = mapping(args)
    entry = row(("key", kind.keyType, False), ("value", kind.valueType, kind.valueContainsNull))
    return ArrayType(entry, False)


def _keys(args: Args) -> DataType:
    return ArrayType(mapping(args).keyType, True)


def _values(args: Args) -> DataType:
    return ArrayType(mapping(args).valueType, mapping(args).valueContainsNull)


ROWS: tuple[Fn, ...] = (
    _fn("map", "*entries: any", _map, "A map of keys and values, by turns.", nulls=never,
        example="map('a', 1, 'b', NULL)"),
    _fn("map_keys", "m: map", _keys, "The keys.", example="map_keys(map('a', 1))"),
    _fn("map_values", "m: map", _values, "The values.", example="map_values(map('a', 1))"),
    _fn("map_entries", "m: map", _entries, "An array of structs of key and value.",
        example="map_entries(map('a', 1))"),
    _fn("map_contains_key", "m: map<K, V>, key: K", BooleanType(), "Whether a key is in it.",
        example="map_contains_key(map('a', 1), 'a')"),
    _fn("map_from_arrays", "keys: array, values: array", _from_arrays,
        "The map of an array of keys and one of values.",
        example="map_from_arrays(array('a', 'b'), array(1, 2))"),
    _fn("map_from_entries", "entries: array", _from_entries,
        "The map of an array of structs of key and value.", nulls=_from_entries_nulls,
        example="map_from_entries(array(struct('a', 1)))"),
    _fn("map_concat", "*maps: T", _concat, "The entries of all maps; a key may be in one only.",
        example="map_concat(map('a', 1), map('b', 2))"),
    _fn("str_to_map", "text: just string, pairDelim: just string = ',',"
        " keyValueDelim: just string = ':'",
        MapType(StringType(), StringType(), True),
        "A text cut into pairs, and those into keys and values, at regular expressions.",
        nulls=always,
        example="str_to_map('a:1,b:2')"),
)  # fmt: skip
