"""The questions ``harvest_datatypes.py`` asks Spark. Plain data; imports neither PySpark nor RaySpark."""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import inspect
import math
from typing import Any


class Plain:
    """An object whose attributes are its fields."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


Pair = collections.namedtuple("Pair", ["x", "y"])


def namespace(types: dict[str, Any]) -> dict[str, Any]:
    """Names an expression may use, over one library's types."""
    import numpy
    import pyarrow

    return types | {
        "Plain": Plain,
        "Pair": Pair,
        "array": array.array,
        "datetime": datetime,
        "Decimal": decimal.Decimal,
        "math": math,
        "np": numpy,
        "pa": pyarrow,
    }


def signatures(module: Any) -> dict[str, Any]:
    """Parameters (name, kind, default) of each public method of a ``sql.types`` module's classes."""
    found: dict[str, Any] = {}
    for name in [*module.__all__, "UserDefinedType"]:
        for attribute in sorted(set(dir(getattr(module, name)))):
            value = inspect.getattr_static(getattr(module, name), attribute)
            value = getattr(value, "__func__", value)
            if attribute.startswith("_") and attribute not in ("__init__", "__getitem__"):
                continue
            if not callable(value):
                found[f"{name}.{attribute}"] = "attribute"
            elif value is not object.__init__:
                parameters = inspect.signature(value).parameters.values()
                found[f"{name}.{attribute}"] = [
                    " ".join([p.name, p.kind.name, "" if p.default is p.empty else repr(p.default)])
                    for p in parameters
                ]
    return found


SIMPLE = [
    "NullType()", "StringType()", "StringType('UNICODE_CI')", "StringType('UTF8_LCASE')",
    "CharType(3)", "VarcharType(10)", "BinaryType()", "BooleanType()", "DateType()", "TimeType()",
    "TimeType(0)", "TimestampType()", "TimestampNTZType()", "DecimalType()", "DecimalType(5)",
    "DecimalType(38,18)", "DoubleType()", "FloatType()", "ByteType()", "ShortType()",
    "IntegerType()", "LongType()", "DayTimeIntervalType()", "DayTimeIntervalType(0)",
    "DayTimeIntervalType(1, 3)", "DayTimeIntervalType(3, 3)", "YearMonthIntervalType()",
    "YearMonthIntervalType(0)", "YearMonthIntervalType(1, 1)", "CalendarIntervalType()",
    "VariantType()", "GeographyType(4326)", "GeographyType('ANY')", "GeometryType(0)",
    "GeometryType(3857)", "GeometryType(4326)", "GeometryType('ANY')",
]  # fmt: skip
NESTED = [
    "ArrayType(StringType())", "ArrayType(IntegerType(), False)",
    "ArrayType(ArrayType(DecimalType(10,2), False))", "ArrayType(StringType('UNICODE'))",
    "MapType(StringType(), LongType())", "MapType(StringType(), ArrayType(DateType()), False)",
    "MapType(StringType('UNICODE'), StringType('UTF8_LCASE'))",
    "StructType()", "StructType([])", "StructType([StructField('a', IntegerType())])",
    "StructType([StructField('a', IntegerType(), False, {'k': 1}), StructField('b', StringType())])",
    "StructType([StructField('s', StructType([StructField('x y', TimestampType(), False)])),"
    " StructField('m', MapType(StringType(), ArrayType(StructType([StructField('z', TimeType())])),"
    " False))])",
    "StructType([StructField('c', StringType('UNICODE_CI')), StructField('d',"
    " ArrayType(StringType('UTF8_LCASE'))), StructField('e', MapType(StringType('UNICODE'),"
    " MapType(StringType(), StringType('UNICODE_CI'))))])",
    "StructType([StructField('a\\tb', IntegerType()), StructField('v', VariantType()),"
    " StructField('g', GeometryType(0)), StructField('i', DayTimeIntervalType(0, 1)),"
    " StructField('ch', CharType(2)), StructField('col', StringType('UNICODE')),"
    " StructField('n', NullType()), StructField('ci', CalendarIntervalType())])",
]  # fmt: skip
ALL_TYPES = SIMPLE + NESTED

_BAD_TYPES = [
    "IntegerType(3)", "CharType()", "GeographyType(3857)", "GeographyType('x')",
    "GeometryType(7)", "GeometryType()", "DayTimeIntervalType(4)", "DayTimeIntervalType(None, 2)",
    "YearMonthIntervalType(0, 5)", "ArrayType(int)", "ArrayType(IntegerType)", "MapType(str, int)",
    "MapType(StringType(), int)", "StructField('a', int)", "StructField(1, IntegerType())",
    "StructType([IntegerType()])", "StructField('a', IntegerType()).typeName()",
    "YearMonthIntervalType().toInternal(3)", "CalendarIntervalType().fromInternal(3)",
    "UserDefinedType.sqlType()", "UserDefinedType.module()", "UserDefinedType().serialize(1)",
    "UserDefinedType().deserialize(1)", "UserDefinedType.scalaUDT()", "UserDefinedType()",
    "UserDefinedType().simpleString()", "UserDefinedType.typeName()",
]  # fmt: skip

_S2 = (
    "StructType([StructField('a', IntegerType(), False, {'k': 1}), StructField('b', StringType())])"
)
_SCHEMA = [
    f"{_S2}['a']", f"{_S2}[1]", f"{_S2}[-1]", f"{_S2}[0:1]", f"{_S2}['z']", f"{_S2}[5]",
    f"{_S2}[1.5]", f"len({_S2})", f"list({_S2})", f"{_S2}.fieldNames()", f"{_S2}.names",
    f"{_S2}.fields", f"{_S2}.toNullable()", f"{_S2}.treeString()", f"{_S2}['a'].metadata",
    f"{_S2}['b'].metadata", "StructType().add('a', 'integer')", "StructType().add('a', 'int')",
    "StructType().add('a', 'decimal(10,2)', False, {'x': 2}).json()", "StructType().add('a')",
    "StructType().add(StructField('a', LongType()))", "StructType().add('a', LongType(), False)",
    "StructType().add('a', 'array<int>')", f"{_S2} == {_S2}",
    "StructField('a', LongType()) == StructField('a', LongType(), True, {})",
    "StructField('a', LongType()) == StructField('a', LongType(), True, {'x': 1})",
    "hash(StructField('a', LongType())) == hash(StructField('a', LongType(), True, {'x': 1}))",
    "IntegerType() == LongType()", "IntegerType() is IntegerType()", "IntegerType() != LongType()",
    "StringType() == StringType('UNICODE')", "DecimalType(3,1) == DecimalType(3,1)",
    "hash(DecimalType(3,1)) == hash(DecimalType(3,1))", "IntegerType() == 'int'",
    "ArrayType(IntegerType()) == ArrayType(IntegerType(), False)",
    "ArrayType(StructType([StructField('b', IntegerType(), False)]), False).toNullable()",
    "MapType(IntegerType(), ArrayType(IntegerType(), False), False).toNullable()",
    "StructField('a', IntegerType()).simpleString()", "StructField('a', StringType()).jsonValue()",
    "StructField('a', ArrayType(StringType('UNICODE'))).json()",
    "StringType('UNICODE_CI').isUTF8BinaryCollation()", "StringType.collationProvider('UNICODE')",
    "StringType.collationProvider('UTF8_LCASE')", "StringType().collation", "StringType.providers",
    "DecimalType().hasPrecisionInfo", "DecimalType(7, 3).scale", "DayTimeIntervalType.DAY",
    "YearMonthIntervalType().endField", "DayTimeIntervalType(1).endField", "GeometryType(0).srid",
    "GeographyType.DEFAULT_CRS", "StructType().typeName()", "ArrayType.typeName()",
    "isinstance(StringType(), DataType)", "[StructField('a', LongType())] == StructType().fields",
    "StructType([StructField('a', StructType([StructField('b', ArrayType(StructType([StructField("
    "'c', IntegerType())])))]))]).treeString(2)",
    "StructType([StructField('a', StructType([StructField('b', IntegerType())]))]).treeString(1)",
    "StructType([StructField('a', IntegerType())]).treeString(-1)",
]  # fmt: skip

_JSON = [
    '"string"', '"integer"', '"int"', '"decimal"', '"decimal(10,2)"', '"decimal( 10 , -2 )"',
    '"char(3)"', '"varchar( 7 )"', '"time(3)"', '"time"', '"void"', '"null"', '"interval"',
    '"interval day"', '"interval day to second"', '"interval year to month"', '"interval foo"',
    '"variant"', '"string collate UNICODE_CI"', '"geometry"', '"geometry(OGC:CRS84)"',
    '"geometry(SRID:ANY)"', '"geometry(EPSG:9)"', '"geography"', '"geography(OGC:CRS84)"',
    '"geography(OGC:CRS84, SPHERICAL)"', '"geography(OGC:CRS84, KARNEY)"', '"geography(SPHERICAL)"',
    '"geography(srid:any, SPHERICAL)"', '"timestamp_ltz"', '"foo"', '{"type":"foo"}',
    '{"type":"array","elementType":"integer","containsNull":false}',
    '{"type":"array","elementType":"foo","containsNull":false}',
    '{"type":"map","keyType":"string","valueType":{"type":"array","elementType":"long",'
    '"containsNull":true},"valueContainsNull":true}',
    '{"type":"struct","fields":[]}', '{"type":"struct","fields":[{"name":"a","type":"long"}]}',
    '{"type":"struct","fields":[{"name":"a","type":"long","nullable":false,"metadata":{"x":1}}]}',
    '{"type":"struct","fields":[{"name":"a","type":"string","nullable":true,"metadata":'
    '{"__COLLATIONS":{"a":"icu.UNICODE"}}}]}',
    '{"type":"struct","fields":[{"name":"a","type":"integer","nullable":true,"metadata":'
    '{"__COLLATIONS":{"a":"icu.UNICODE"}}}]}',
    '{"type":"struct","fields":[{"name":"a","type":"string","nullable":true,"metadata":'
    '{"__COLLATIONS":{"a":"foo.UNICODE"}}}]}',
    '{"type":"struct","fields":[{"name":"a","type":{"type":"array","elementType":"string",'
    '"containsNull":true},"nullable":true,"metadata":{"__COLLATIONS":{"a.element":"icu.UNICODE"}}}]}',
    '{"type":"struct","fields":[{"name":"a","type":{"type":"map","keyType":"string","valueType":'
    '"string","valueContainsNull":true},"nullable":true,"metadata":{"__COLLATIONS":'
    '{"a.key":"icu.UNICODE","a.value":"spark.UTF8_LCASE"}}}]}',
]  # fmt: skip

_ROW = [
    "Row(name='Alice', age=11)", "Row('name', 'age')", "Row('name', 'age')('Alice', 11)",
    "Row('a')(1, 2)", "Row('a', 'b')(1)", "Row(1, a=2)", "Row()", "Row(a=1)['a']", "Row(a=1)[0]",
    "Row(a=1, b=2)[0:1]", "Row(a=1)['b']", "Row(1, 2)['a']", "Row(a=1).a", "Row(a=1).b",
    "Row(1).a", "Row(a=1).__foo__", "'a' in Row(a=1)", "1 in Row(a=1)", "1 in Row(1, 2)",
    "Row(a=1).asDict()", "Row(1, 2).asDict()", "Row(a=Row(b=[Row(c=1)], d={'k': Row(e=2)})).asDict()",
    "Row(a=Row(b=[Row(c=1)], d={'k': Row(e=2)})).asDict(True)", "Row(a=1) == Row(b=1)",
    "Row(a=1) == (1,)", "Row(a=1, b=2) < Row(a=1, b=3)", "hash(Row(a=1)) == hash((1,))",
    "setattr(Row(a=1), 'a', 2)", "len(Row(a=1, b=2))", "Row(a=1, b=2).count(1)",
    "Row(count=5).count(5)", "Row(count=5)['count']", "Row('a', 'b').__fields__",
    "Row('a','b')('x', 2).__fields__", "Row(**{'a b': 1})", "list(Row(a=1, b=None))",
    "__import__('pickle').loads(__import__('pickle').dumps(Row(a=1, b='x')))",
    "__import__('pickle').loads(__import__('pickle').dumps(Row(1, 2)))",
    "__import__('pickle').loads(__import__('pickle').dumps(Row('a', 'b')(1, 2))).b",
    "__import__('copy').copy(Row(a=1))", "__import__('copy').deepcopy(Row(a=[1])).a",
    "Row('a', 'b')(1, 2).asDict()", "Row(a=1, **{'a_': 2})", "Row(a=1) + Row(b=2)",
    "Row('a', 'a')(1, 2).asDict()", "Row('a', 'a')(1, 2).a",
]  # fmt: skip

_DT = "datetime.datetime(2020, 5, 6, 7, 8, 9, 123456)"
_CONVERSION = [
    "DateType().toInternal(datetime.date(2020, 1, 1))", "DateType().fromInternal(-1)",
    "DateType().toInternal(None)", "TimeType().toInternal(datetime.time(1, 2, 3, 4))",
    "TimeType().fromInternal(3723000004000)", "TimestampType().toInternal(datetime.datetime(2020, 7, 1))",
    f"TimestampType().toInternal({_DT}.replace(tzinfo=datetime.timezone.utc))",
    f"TimestampType().fromInternal(TimestampType().toInternal({_DT}))",
    "TimestampType().fromInternal(0)", "TimestampType().fromInternal(-1)",
    "TimestampType().fromInternal(1604217600000001)", "TimestampNTZType().fromInternal(-1)",
    f"TimestampNTZType().toInternal({_DT})", "TimestampNTZType().fromInternal(1)",
    "DayTimeIntervalType().toInternal(datetime.timedelta(-1, 5, 7))",
    "DayTimeIntervalType().fromInternal(90061000001)", "VariantType().toInternal(None)",
    "VariantType().fromInternal({'value': b'\\x00', 'metadata': b'\\x01'})",
    "VariantType().fromInternal({'value': b'1'})", "VariantType().toInternal(VariantVal(b'a', b'b'))",
    "GeometryType(0).fromInternal({'srid': 0, 'bytes': b'x'})", "GeometryType(0).toInternal(Geometry(b'x', 0))",
    "GeographyType(4326).fromInternal({'srid': 4326, 'bytes': b'x'})",
    "GeographyType(4326).toInternal(Geography(b'x', 4326))", "Geometry(b'x', 0)", "str(Geography(b'x', 4326))",
    "Geometry(b'x', 0) == Geometry.fromWKB(b'x', 0)", "Geometry(b'x', 0) == Geography(b'x', 0)",
    "Geography(b'x', 4326).getSrid()", "Geometry(b'x', 4326).getBytes()",
    "ArrayType(DateType()).toInternal([datetime.date(2020, 1, 1), None])",
    "ArrayType(DateType()).fromInternal([1, None])", "ArrayType(IntegerType()).toInternal((1,))",
    "ArrayType(DateType()).toInternal(None)",
    "MapType(DateType(), StringType()).toInternal({datetime.date(1970, 1, 2): 'x'})",
    "MapType(StringType(), DateType()).fromInternal({'x': 1})",
    f"{_S2}.toInternal((1, 'x'))", f"{_S2}.toInternal({{'b': 'x', 'a': 1}})", f"{_S2}.toInternal(None)",
    f"{_S2}.toInternal(Plain(a=1))", f"{_S2}.toInternal(5)", f"{_S2}.fromInternal((1, 'x'))",
    f"{_S2}.toInternal(VariantVal(b'a', b'b'))",
    "StructType([StructField('d', DateType()), StructField('i', IntegerType())]).toInternal("
    "{'d': datetime.date(1970, 1, 3), 'i': 4})",
    "StructType([StructField('d', DateType())]).toInternal([datetime.date(1970, 1, 3)])",
    "StructType([StructField('d', DateType())]).toInternal(Plain(d=datetime.date(1970, 1, 3)))",
    "StructType([StructField('d', DateType())]).toInternal(3)",
    "StructType([StructField('d', DateType()), StructField('s', StructType([StructField('x', "
    "TimestampNTZType())]))]).fromInternal((3, (5,)))", "StructType().fromInternal(None)",
]  # fmt: skip

_INFER_VALUES = [
    "None", "True", "1", "1.5", "'x'", "b'x'", "bytearray(b'x')", "Decimal('1.23')",
    "datetime.date(2020, 1, 1)", "datetime.datetime(2020, 1, 1)", "datetime.time(1)",
    "datetime.timedelta(1)", "[]", "[1, None]", "[1, 'x']", "[None, [1]]", "[1, [2]]", "{}",
    "{'a': 1}", "{'a': 1, 'b': 'x'}", "{'a': 1, 'b': [1]}", "{'a': None}", "{None: 1}", "{1: {2: 3.0}}",
    "(1, 'x')", "()", "Row(a=1, b=None)", "Row(1, 2)", "Row('a', 'b')(1, [2])", "Pair(1, 'x')",
    "Plain(b=1, a='x')", "array('b', [1])", "array('h', [1])", "array('i', [1])", "array('l', [1])",
    "array('q', [1])", "array('B', [1])", "array('H', [1])", "array('I', [1])", "array('L', [1])",
    "array('f', [1])", "array('d', [1])", "array('u', 'x')", "np.int8(1)", "np.int64(1)", "np.float64(1)",
    "np.bool_(True)", "np.str_('x')", "np.array([1, 2])", "object()", "{1, 2}", "1j", "[object()]",
    "{'a': object()}", "Row(a=object())", "VariantVal(b'a', b'b')", "Geometry(b'x', 0)",
    "Geography(b'x', 4326)", "[{'a': 1}, {'b': 2}]", "[{'a': 1}, {'b': 'x'}]", "[(1,), (None,)]",
    "[datetime.datetime(2020, 1, 1)]", "{'t': datetime.datetime(2020, 1, 1)}", "float('nan')", "1 << 70",
    "[[], [1]]", "[Row(a=1), Row(a=None, b=2)]", "range(3)", "iter([])", "frozenset()",
    "datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)", "[Decimal(1), 1]",
    "{'a': [1], 'b': [2.5]}", "[1.5, True]", "['x', b'y']", "lambda: 1",
]  # fmt: skip
_INFER_SCHEMA = [
    "infer_schema({'b': 1, 'a': 'x'})", "infer_schema((1, 'x'))", "infer_schema([1, 'x'], ['a'])",
    "infer_schema((1,), ['a', 'b'])", "infer_schema(Row(b=1, a=2))", "infer_schema(Pair(1, None))",
    "infer_schema(Plain(b=1, a=2))", "infer_schema(1)", "infer_schema('x')", "infer_schema(None)",
    "infer_schema({'a': object()})", "infer_schema({'a': {'b': 1}}, infer_dict_as_struct=True)",
    "infer_schema({'a': [1, 'x']}, infer_array_from_first_element=True)",
    "infer_schema({'a': {'x': 1, 'y': 'z'}}, infer_map_from_first_pair=True)",
    "infer_schema({'a': [{'x': 1, 'y': 'z'}]}, infer_map_from_first_pair=True)",
    "infer_schema({'a': [{'x': 1, 'y': 'z'}]}, infer_dict_as_struct=True)",
    "infer_schema((datetime.datetime(2020, 1, 1),), prefer_timestamp_ntz=True)",
    "infer_schema(([datetime.datetime(2020, 1, 1)],), prefer_timestamp_ntz=True)",
    "infer_schema(({'a': datetime.datetime(2020, 1, 1)},), prefer_timestamp_ntz=True)",
    "infer_schema((Row(a=datetime.datetime(2020, 1, 1)),), prefer_timestamp_ntz=True)",
    "infer_schema((datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc),), prefer_timestamp_ntz=True)",
    "infer_schema({1: 2})", "infer_schema(({1: 2},), infer_dict_as_struct=True)",
]  # fmt: skip
_MERGE_TYPES = [
    "NullType()", "IntegerType()", "LongType()", "DoubleType()", "StringType()", "BinaryType()",
    "DateType()", "TimestampType()", "TimestampNTZType()", "DecimalType(38,18)", "BooleanType()",
    "ArrayType(LongType(), False)", "ArrayType(StringType())", "ArrayType(NullType())",
    "MapType(StringType(), LongType(), False)", "MapType(LongType(), NullType())",
    "StructType([StructField('a', LongType(), False)])",
    "StructType([StructField('a', StringType()), StructField('b', LongType())])",
    "StructType([StructField('a', ArrayType(LongType()))])", "CalendarIntervalType()", "VariantType()",
    "GeometryType(0)", "GeometryType(3857)", "GeographyType(4326)", "GeographyType('ANY')",
    "DayTimeIntervalType()", "DecimalType(10,2)",
]  # fmt: skip

_VERIFY_TYPES = [
    "NullType()", "BooleanType()", "ByteType()", "ShortType()", "IntegerType()", "LongType()",
    "FloatType()", "DoubleType()", "DecimalType(10,2)", "StringType()", "CharType(2)",
    "VarcharType(2)", "BinaryType()", "DateType()", "TimeType()", "TimestampType()",
    "TimestampNTZType()", "DayTimeIntervalType()", "YearMonthIntervalType()", "CalendarIntervalType()",
    "VariantType()", "GeometryType(0)", "GeographyType(4326)", "ArrayType(IntegerType())",
    "ArrayType(IntegerType(), False)", "MapType(StringType(), IntegerType(), False)",
    "StructType([StructField('a', IntegerType(), False), StructField('b', ArrayType(ShortType()))])",
    "StructType()",
]  # fmt: skip
_VERIFY_VALUES = [
    "None", "True", "1", "127", "128", "-129", "32768", "2147483648", "1 << 63", "1.5", "'x'", "'xyz'",
    "b'x'", "bytearray(b'x')", "Decimal('1.5')", "Decimal('NaN')", "datetime.date(2020, 1, 1)",
    "datetime.datetime(2020, 1, 1)", "datetime.time(1)", "datetime.timedelta(1)", "[]", "[1, None]",
    "['x']", "(1, 2)", "(1, [None, 99999])", "(None, [])", "(1, 2, 3)", "{}", "{'a': 1}", "{'a': None}",
    "{'a': 1, 'b': [1]}", "{None: 1}", "Plain(a=1)", "Row(a=1, b=[1])", "array('i', [1])", "np.int64(1)",
    "np.array([1])", "set()", "VariantVal(b'a', b'b')", "Geometry(b'x', 0)", "Geography(b'x', 4326)",
]  # fmt: skip

_ARROW_TYPES = [
    "pa.bool_()", "pa.int8()", "pa.int16()", "pa.int32()", "pa.int64()", "pa.uint8()", "pa.float16()",
    "pa.float32()", "pa.float64()", "pa.decimal128(10,2)", "pa.decimal256(40,2)", "pa.decimal64(9,2)",
    "pa.string()", "pa.large_string()", "pa.string_view()", "pa.binary()", "pa.large_binary()",
    "pa.binary(4)", "pa.binary_view()", "pa.date32()", "pa.date64()", "pa.time32('s')", "pa.time64('us')",
    "pa.timestamp('us')", "pa.timestamp('ns')", "pa.timestamp('us', 'UTC')", "pa.duration('us')",
    "pa.month_day_nano_interval()", "pa.list_(pa.int32())", "pa.large_list(pa.int32())",
    "pa.list_(pa.field('element', pa.int32(), False))", "pa.list_(pa.int32(), 3)",
    "pa.map_(pa.string(), pa.int32())", "pa.struct([])", "pa.dictionary(pa.int32(), pa.string())",
    "pa.struct([pa.field('a', pa.int32(), False), pa.field('b', pa.string(), metadata="
    "{'SPARK::metadata::json': '{\"x\": 1}'})])", "pa.null()", "pa.list_view(pa.int32())",
    "pa.run_end_encoded(pa.int32(), pa.string())",
]  # fmt: skip

EXPRESSIONS = {
    "types": [
        template.format(t)
        for t in ALL_TYPES
        for template in (
            "{}", "str({})", "{}.simpleString()", "{}.typeName()", "{}.json()", "{}.jsonValue()",
            "{}.needConversion()", "{0} == {0}", "from_json({0}.json()) == {0}",
            "__import__('pickle').loads(__import__('pickle').dumps({0})) == {0}",
        )
    ] + _BAD_TYPES,
    "schema": _SCHEMA + [f"{t}.treeString()" for t in NESTED if t.startswith("Struct")],
    "json": [f"from_json({text!r})" for text in _JSON],
    "row": _ROW,
    "conversion": _CONVERSION,
    "infer": [f"infer_type({v})" for v in _INFER_VALUES]
    + [f"infer_type({v}, infer_dict_as_struct=True)" for v in _INFER_VALUES if "{" in v]
    + [f"infer_type({v}, infer_map_from_first_pair=True)" for v in _INFER_VALUES if "{" in v]
    + [f"infer_type({v}, infer_array_from_first_element=True)" for v in _INFER_VALUES if "[" in v]
    + _INFER_SCHEMA,
    "merge": [f"merge_type({a}, {b})" for a in _MERGE_TYPES for b in _MERGE_TYPES],
    "verify": [f"verify({t}, {v})" for t in _VERIFY_TYPES for v in _VERIFY_VALUES]
    + [f"verify({t}, None, False)" for t in _VERIFY_TYPES]
    + [f"verify({t}, {v}, False, 'f')" for t in _VERIFY_TYPES[-8:] for v in _VERIFY_VALUES],
    "to_arrow": [f"to_arrow_type({t})" for t in ALL_TYPES]
    + [f"to_arrow_schema({t})" for t in NESTED if t.startswith("Struct")]
    + [f"from_arrow_type(to_arrow_type({t}))" for t in ALL_TYPES],
    "from_arrow": [f"from_arrow_type({t})" for t in _ARROW_TYPES]
    + [f"from_arrow_type({t}, False)" for t in _ARROW_TYPES if "timestamp" in t],
    "variant": [
        f"VariantVal.parseJson({text!r}).{call}"
        for text in (
            "1", "300", "70000", "5000000000", "123456789012345678901234567890", "-1", "1.5",
            "1e10", "0.000000001", "123456789.123456789", "true", "false", "null", '"x"', '""',
            '"' + "y" * 70 + '"', "[]", "[1, null, [2.5]]", "{}", '{"b": 1, "a": {"c": [true]}}',
            '{"é": "ü\\n"}', '{"a": 1, "b": {"a": 2}}', str(list(range(300))),
        )
        for call in ("value", "metadata", "toPython()", "toJson()")
    ]
    + [
        f"VariantVal({value}, b'\\x01\\x00\\x00').{call}"
        for value in (
            "b'\\x0c\\x05'", "b'\\x2c\\x01\\x00\\x00\\x00'", "b'\\x30' + bytes(8)",
            "b'\\x34' + bytes(8)", "b'\\x38\\x00\\x00\\x80?'", "b'\\x3c\\x02\\x00\\x00\\x00ab'",
            "b'\\x20\\x02\\x39\\x30\\x00\\x00'", "b''", "b'\\x0c'", "b'\\xfc'", "b'\\x02\\x01\\x00'",
        )
        for call in ("toPython()", "toJson()", "toJson('America/Los_Angeles')")
    ]
    + ["VariantVal(b'a', b'b')", "str(VariantVal.parseJson('[1]'))", "VariantVal.parseJson('{')"],
}  # fmt: skip

DDL_SCHEMAS = [
    "a INT NOT NULL COMMENT 'x', b STRUCT<c: ARRAY<STRING>>, m MAP<STRING,DECIMAL(10,2)>",
    "a int", "`a b` int, `c``d` string", "a struct<x:int not null comment 'in', y: array<map<int,string>>>",
    "a interval day to second, b interval year, c interval hour to minute, d interval", "",
    "a timestamp, b timestamp_ntz, c date, d time(3), e char(3), f varchar(5)", "a void, v variant",
    "a string collate UNICODE_CI, b array<string collate UTF8_LCASE>", "a int comment 'it\\'s'",
    "`select` int, `1a` int, `_x` int, `é` int, `A` int, `table` struct<`order by`: int, `from`: int>",
    "a geometry(4326), b geography(any)", "a int comment 'back\\\\slash \"q\"'",
    "a tinyint, b smallint, c bigint, d float, e double, f boolean, g binary, h decimal",
]  # fmt: skip

DDL = [
    "blabla", "a: int,", "array<int", "map<int, boolean>>", "a int not nul", "a.b int", "a int b", "",
    "  ", "a int, a int", "decimal(40,2)", "decimal(2,5)", "decimal(1,2,3)", "array<int,int>", "char",
    "varchar", "varchar(0)", "char(-1)", "interval foo", "interval second to day", "struct<>", "array<>",
    "map<int>", "a int comment 'x\\'y' not null", "`a``b` int",
    "a interval day to second, b interval year to month", "timestamp_ltz", "time", "time(3)", "time(9)",
    "timestamp without time zone", "string collate UNICODE_CI", "string collate foo", "a int default 5",
    "a int generated always as (1)", "struct<a int>", "struct<a:int,b:string not null comment 'x'>",
    "a struct<b int>", "numeric(3)", "dec(3,1)", "decimal(10,-2)", "real", "geometry(4326)",
    "geography(any)", "geometry", "geometry(7)", "int8", "bigint unsigned", "@a int", "a int /* c */",
    "a int -- c", "1a int", "123 int", "select int", "a-b int", "int int", "array array<int>",
    "date date", "a\nint,\nb foo", 'a "int"', 'a int comment "x"', "int not null", "array<int not null>",
    "'a' int", "a int comment x", "void", "null", "double precision", "character(5)",
    "character varying(5)", "interval", "interval year(2)", "a:int b:int", "float(3)", "string(3)",
    "variant", "object", "binary(3)", "long", "short", "byte", "tinyint", "boolean", "bool",
    "timestamp_ntz(3)", "é int", "decimal", "decimal(5)", "decimal(0,0)", "decimal(5,", "int(5)", "a void",
    "datetime", "`a int", "a int comment 'x", "a int;", "struct<`a b`:int>",
    "map<string,array<struct<a:int,b:map<int,int>>>>", "A INT, B StRuCt<X:BIGINT>",
    "a int NOT NULL NOT NULL", "a int comment 'a' comment 'b'", "int", " INT ", "a: byte, b: decimal(  16 , 8 ) ",
    "a DOUBLE, b CHAR( 50 )", "a: array< short>", " map<string , string > ", "interval day",
    "interval hour to second", "interval minute to second", "interval month", "interval day to month",
    "interval year to day", "a interval", "a interval day", "a interval day, b int",
    "a interval month to year", "a int,, b int", ", a int", "a int, ", "a", "a,b", "a int b int",
    "a: int", "a: int, b: string", "a : struct<b : int>", "a int, b: string", "a: int, b string",
    "struct<a:int", "struct<a>", "struct<a:>", "struct<a:int,>", "struct<:int>", "a foo", "a foo(3)",
    "foo(3)", "a decimal(3,5)", "a decimal(39)", "a decimal(x)", "a decimal()", "a char", "a varchar",
    "a character", "a string(3)", "a time(7)", "a time(-1)", "time(7)", "a array", "a map", "a struct",
    "array", "map", "struct", "a map<int,int,int>", "a array<array<int>>", "a array<array<array<int>>>",
    "a geometry(1)", "a geography(3857)", "a geometry(foo)", "a string collate UTF8_LCASE",
    "a string collate nope", "a string collate `UNICODE`", "a string collate system.builtin.UNICODE",
    "string collate UTF8_BINARY", "a bigint comment 'x' 'y'", "a bigint comment r'\\n'",
    "a bigint comment '\\n\\t\\u0041'", "a timestamp with time zone", "a timestamp with local time zone",
    "a timestamp without time zone", "a time without time zone", "a int null", "a int NOT", "a INTEGER",
    "a `int`", "`a` `int`", "a int # x", "a int) b", "(a int)", "a (int)", "a int = 3", "a int 'x'",
    "a-b-c int", "a int, b-c int", "struct<a-b:int>", "a struct<a.b:int>", "a$b int", "a? int", "_a int",
    "__ int", "a1 int", "1 int", "1.5 int", "1e5 int", "1L int", "-1 int", "a int /* x", "a /* b */ int",
    "--c\na int", "a int\n,b bigint not\nnull", "a double precision", "a string binary", "a long, b short",
    "a numeric, b dec", "a float4", "a map<string,int> not null comment 'c'", "a timestamp_ltz not null",
    "a int COMMENT ''", "a int Comment 'é'", "``", "`` int", "a int not null default 3", "not int", "comment int",
    "int comment 'x'", "comment comment 'x'", "a int comment null", "a\tint", "a\u00a0int", "a int\r\n", "日本 int",
    "`日本` int", "a variant, b void", "array<struct<a:int not null>>", "map<struct<a:int>,int>",
    "struct<a:int comment 'x' not null>", "a interval second to second", "a interval day to day", "interval year to year",
]  # fmt: skip

COERCION_TYPES = [
    "VOID", "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(3,0)",
    "DECIMAL(10,2)", "DECIMAL(20,0)", "DECIMAL(38,18)", "STRING", "STRING COLLATE UNICODE_CI", "BINARY",
    "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "INTERVAL YEAR", "INTERVAL YEAR TO MONTH",
    "INTERVAL DAY", "INTERVAL HOUR TO SECOND", "INTERVAL", "VARIANT", "ARRAY<INT>", "ARRAY<STRING>",
    "MAP<STRING, INT>", "MAP<INT, BIGINT>", "STRUCT<a: INT>", "STRUCT<A: BIGINT>", "STRUCT<b: INT>",
]  # fmt: skip
CAST_EXTRA_TYPES = [
    "TIME(0)", "TIME(6)",
    "CHAR(3)", "VARCHAR(5)", "DECIMAL(5,5)", "DECIMAL(38,0)", "ARRAY<VOID>", "ARRAY<DATE>",
    "STRUCT<a: INT, b: INT>", "STRUCT<a: INT NOT NULL>", "MAP<STRING, STRING>", "GEOMETRY(0)",
    "GEOMETRY(ANY)", "GEOGRAPHY(4326)", "INTERVAL MONTH", "INTERVAL SECOND",
]  # fmt: skip
COERCION_OPERATIONS = {
    "coalesce": "coalesce({0}, {1})",
    "equal": "{0} = {1}",
    "less": "{0} < {1}",
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "remainder": "{0} % {1}",
    "div": "{0} div {1}",
}

_SQL_VALUES = [
    "cast(1 as tinyint)", "cast(2 as smallint)", "3", "4L", "cast(1.5 as float)", "2.5D", "1.50",
    "cast(1 as decimal(38,18))", "'é'", "X'00ff'", "true", "date'2020-02-29'", "date'0001-01-01'",
    "date'9999-12-31'", "timestamp'2020-07-01 12:34:56.789012'", "timestamp'2020-11-01 01:30:00'",
    "timestamp_ntz'2020-03-08 02:30:00.000001'", "time'12:34:56.789'", "interval '1 02:03:04.5' day to second",
    "interval -3 day", "interval '1-2' year to month", "make_interval(1,2,3,4,5,6,7.5)", "null",
    "cast(null as int)", "array(1, null)", "array()", "array(array('x'), null)", "map('a', 1, 'b', null)",
    "map(date'2020-01-01', array(timestamp'2020-01-01 00:00:00'))", "named_struct('x', 1, 'y', struct('z'))",
    "array(named_struct('d', date'2020-01-01', 't', timestamp_ntz'2020-01-01 01:02:03'))",
    "parse_json('{\"a\": [1, 2.5, null]}')", "double('nan')", "double('-inf')", "cast('ab' as char(4))",
    "array(X'61')", "map('b', X'62')", "struct(X'63' as b)", "named_struct('a', 1, 'a', 2)",
    "array(parse_json('1'))", "timestamp'1900-01-01 00:00:00'", "cast(null as array<int>)",
    "cast(null as struct<a:int>)", "array(interval 1 day)", "array(1.50, 2)", "array(time'01:02:03')",
    "timestamp'1883-11-18 00:00:00'", "timestamp'2020-03-08 03:00:00'",
]  # fmt: skip
COLLECT_SQL = [f"SELECT {v} AS x" for v in _SQL_VALUES] + [
    "SELECT * FROM VALUES (1, 'a'), (2, NULL) AS t(i, s)",
    "SELECT 1 AS a, 2 AS a",
    "SELECT 1 AS a WHERE false",
]

_F = "StructType([StructField('x', {0})])"
COLLECT_ROWS = [
    ("[(1, 'a'), (2, None)]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[{'s': 'a'}, {'i': 2, 'z': 9}]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[Row(i=1, s='a'), Row(s='b', i=2)]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[Row(s='b', i=2)]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[Plain(i=1, s='a')]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[(1,)]", "StructType([StructField('i', IntegerType()), StructField('s', StringType())])"),
    ("[1, 2]", "IntegerType()"), ("['a', None]", "StringType()"), ("[(1,), (2,)]", "'int'"),
    ("[(1, 2)]", "['a', 'b']"), ("[(1, 2)]", "'a long, b string'"), ("[]", "'a long, b string'"),
    *[(f"[({v},)]", _F.format(t)) for t, v in [
        ("ByteType()", "127"), ("ByteType()", "128"), ("LongType()", "1 << 62"), ("LongType()", "1.0"),
        ("FloatType()", "1.1"), ("FloatType()", "1"), ("DoubleType()", "1"), ("DoubleType()", "math.inf"),
        ("DoubleType()", "math.nan"), ("DecimalType(10,2)", "Decimal('1.234')"),
        ("DecimalType(10,2)", "Decimal('1.235')"), ("DecimalType(3,2)", "Decimal('99.5')"),
        ("DecimalType(10,2)", "Decimal('NaN')"), ("DecimalType(10,2)", "1"), ("DecimalType(10,2)", "1.5"),
        ("StringType()", "1"), ("StringType()", "True"), ("StringType()", "1.5"), ("StringType()", "{'a': 1}"),
        ("StringType()", "[1, 'x']"), ("StringType()", "b'x'"), ("StringType()", "None"),
        ("StringType()", "datetime.date(2020, 1, 1)"), ("BinaryType()", "b'x'"),
        ("BinaryType()", "bytearray(b'x')"), ("BinaryType()", "'x'"), ("BooleanType()", "1"),
        ("BooleanType()", "True"), ("IntegerType()", "True"), ("IntegerType()", "'1'"),
        ("IntegerType()", "1.5"), ("IntegerType()", "1 << 40"), ("DateType()", "datetime.date(2020, 1, 2)"),
        ("DateType()", "datetime.datetime(2020, 1, 2, 23, 59)"), ("DateType()", "'2020-01-01'"),
        ("TimestampType()", "datetime.datetime(2020, 7, 1, 12, 0, 0, 5)"),
        ("TimestampType()", "datetime.datetime(2020, 7, 1, 12, tzinfo=datetime.timezone.utc)"),
        ("TimestampType()", "datetime.datetime(2020, 11, 1, 1, 30)"),
        ("TimestampType()", "datetime.datetime(2020, 11, 1, 1, 30, fold=1)"),
        ("TimestampType()", "datetime.datetime(2020, 3, 8, 2, 30)"), ("TimestampType()", "datetime.date(2020, 1, 1)"),
        ("TimestampNTZType()", "datetime.datetime(2020, 3, 8, 2, 30, 0, 1)"),
        ("TimestampNTZType()", "datetime.datetime(2020, 7, 1, 12, tzinfo=datetime.timezone.utc)"),
        ("TimeType()", "datetime.time(1, 2, 3, 4)"), ("DayTimeIntervalType()", "datetime.timedelta(-1, 5, 7)"),
        ("ArrayType(IntegerType())", "[1, None]"), ("ArrayType(IntegerType())", "(1, 2)"),
        ("ArrayType(IntegerType())", "array('i', [1, 2])"), ("ArrayType(DoubleType())", "np.array([1.5])"),
        ("ArrayType(IntegerType(), False)", "[None]"), ("MapType(StringType(), IntegerType())", "{'a': 1, 'b': None}"),
        ("MapType(StringType(), IntegerType())", "{None: 1}"), ("MapType(IntegerType(), StringType())", "{1: 2}"),
        ("StructType([StructField('y', DateType()), StructField('z', StringType())])", "Row(y=datetime.date(2020,1,1), z=3)"),
        ("StructType([StructField('y', IntegerType())])", "{'y': 4}"), ("StructType([StructField('y', IntegerType())])", "(4,)"),
        ("StructType([StructField('y', IntegerType())])", "Plain(y=5)"), ("StructType([StructField('y', IntegerType())])", "5"),
        ("NullType()", "None"), ("NullType()", "1"), ("VariantType()", "VariantVal(b'\\x0c\\x05', b'\\x01\\x00\\x00')"),
        ("VariantType()", "1"), ("CharType(3)", "'ab'"), ("VarcharType(3)", "'abcd'"),
        ("IntegerType()", "np.int32(3)"), ("DoubleType()", "np.float64(3)"), ("YearMonthIntervalType()", "3"),
        ("ArrayType(BinaryType())", "[b'x', None]"), ("ArrayType(StringType())", "[1, True, None]"),
        ("MapType(StringType(), BinaryType())", "{'a': b'x'}"), ("DateType()", "datetime.date(1500, 1, 1)"),
        ("TimestampType()", "datetime.datetime(1900, 1, 1)"),
    ]],
]  # fmt: skip

DECIMAL_TYPES = [
    f"DECIMAL({p},{s})"
    for p, s in [(1, 0), (1, 1), (5, 5), (9, 3), (18, 2), (20, 10), (38, 0), (38, 6), (38, 20), (38, 38)]
]  # fmt: skip
DECIMAL_OPERATIONS = {
    name: COERCION_OPERATIONS[name]
    for name in ("coalesce", "equal", "add", "subtract", "multiply", "divide", "remainder", "div")
}
IMPLICIT_TARGETS = {
    "STRING": "upper({0})", "BIGINT": "chr({0})", "DOUBLE": "sqrt({0})", "INT": "factorial({0})",
    "DATE": "last_day({0})", "TIMESTAMP": "date_format({0}, 'y')", "BINARY": "base64({0})",
    "BOOLEAN": "not {0}",
}  # fmt: skip
