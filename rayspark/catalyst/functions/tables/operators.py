"""Rows of the operators: arithmetic, comparison, logic, bits, and access to parts of a value."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.catalyst.functions.row import Args, Fn, NullRule, if_any, same
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    LongType,
    MapType,
    StructType,
)
from rayspark.datatypes.arithmetic import resolve
from rayspark.datatypes.base import NumericType

BOOLEAN = BooleanType()


def _arithmetic(sign: str) -> Callable[[Args], DataType]:
    def rule(args: Args) -> DataType:
        found = resolve(sign, args[0].dtype, args[1].dtype)
        assert found is not None, f"analysis let {sign} pass"
        return found.result

    return rule


def _item(args: Args) -> DataType:
    match args[0].dtype:
        case ArrayType(elementType=element):
            return element
        case MapType(valueType=value):
            return value
    raise TypeError(f"no items in {args[0].dtype}")


def _field(args: Args) -> DataType:
    """Of an array of structs: that field of each."""
    source, name = args[0].dtype, args[1].value  # type: ignore[attr-defined]
    if isinstance(source, ArrayType):
        struct = source.elementType
        assert isinstance(struct, StructType)
        return ArrayType(struct[name].dataType, source.containsNull or struct[name].nullable)
    assert isinstance(source, StructType)
    found: DataType = source[name].dataType
    return found


def _field_nulls(args: Args) -> bool:
    source = args[0].dtype
    if isinstance(source, ArrayType):
        return args[0].nullable
    assert isinstance(source, StructType)
    return args[0].nullable or source[args[1].value].nullable  # type: ignore[attr-defined]


def _always(_args: Args) -> bool:
    return True


def _sign(name: str, doc: str, aliases: tuple[str, ...] = ()) -> Fn:
    nulls: NullRule = _always if name == "%" else if_any
    return Fn(
        name, "left: any, right: any", _arithmetic(name), nulls, doc=doc, group="operator",
        aliases=aliases,
    )  # fmt: skip


def _comparison(name: str, doc: str, aliases: tuple[str, ...] = ()) -> Fn:
    return Fn(name, "left: T=, right: T=", BOOLEAN, doc=doc, group="operator", aliases=aliases)


def _quotient_nulls(args: Args) -> bool:
    """Numbers may be divided by zero, and rows say so even where that is an error."""
    return isinstance(args[0].dtype, NumericType) or if_any(args)


ROWS: tuple[Fn, ...] = (
    _sign("+", "The sum."),
    _sign("-", "The difference."),
    _sign("*", "The product."),
    Fn("/", "left: any, right: any", _arithmetic("/"), _quotient_nulls, group="operator",
       doc="The quotient; of integers a double."),
    _sign("%", "The remainder, with the sign of the left side.", ("mod",)),
    Fn("div", "left: any, right: any", LongType(), _always, doc="The quotient's whole part.",
       group="operator"),
    Fn("negative", "expr: numeric|interval", same, doc="The negated value.", group="operator"),
    Fn("positive", "expr: numeric|interval", same, doc="The value itself.", group="operator"),
    _comparison("=", "Whether both sides are equal.", ("==",)),
    Fn("<=>", "left: T=, right: T=", BOOLEAN, False, group="operator",
       doc="Whether both sides are equal, or both null."),
    _comparison("<", "Whether the left side is smaller."),
    _comparison("<=", "Whether the left side is not greater."),
    _comparison(">", "Whether the left side is greater."),
    _comparison(">=", "Whether the left side is not smaller."),
    Fn("and", "left: boolean, right: boolean", BOOLEAN, group="operator",
       doc="Whether both are true."),
    Fn("or", "left: boolean, right: boolean", BOOLEAN, group="operator",
       doc="Whether one of both is true."),
    Fn("not", "expr: boolean", BOOLEAN, group="operator", aliases=("!",),
       doc="Whether it is false."),
    Fn("isnull", "expr: any", BOOLEAN, False, group="conditional", doc="Whether it is null."),
    Fn("isnotnull", "expr: any", BOOLEAN, False, group="conditional",
       doc="Whether it is not null."),
    Fn("in", "value: T=, *options: T=", BOOLEAN, group="operator",
       doc="Whether the value is one of those given."),
    Fn("&", "left: integral, right: integral", same, group="operator", doc="Bits of both."),
    Fn("|", "left: integral, right: integral", same, group="operator", doc="Bits of either."),
    Fn("^", "left: integral, right: integral", same, group="operator",
       doc="Bits of exactly one."),
    Fn("~", "expr: integral", same, group="operator", doc="All bits turned.",
       ),
    Fn("<<", "base: int|long, count: int", same, group="operator", doc="Bits moved left.",
       aliases=("shiftleft",)),
    Fn(">>", "base: int|long, count: int", same, group="operator", aliases=("shiftright",),
       doc="Bits moved right, the sign kept."),
    Fn(">>>", "base: int|long, count: int", same, group="operator",
       aliases=("shiftrightunsigned",), doc="Bits moved right, zeros moved in."),
    Fn("getitem", "collection: array|map, key: any", _item, _always, group="operator",
       doc="The element at an index that counts from 0, or the value of a key: collection[key]."),
    Fn("getfield", "struct: struct|array, name: string!", _field, _field_nulls, group="operator",
       doc="A field of a struct: struct.name."),
)  # fmt: skip
