"""A type survives each of its text forms and Arrow; a row survives Arrow."""

from __future__ import annotations

import copy
import datetime
import decimal
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle
from hypothesis import given, settings
from hypothesis import strategies as st

from rayspark.datatypes import arrow, create_row, parse_ddl, parse_json_string, type_to_ddl
from rayspark.datatypes.convert import batch_to_rows, rows_to_batch
from rayspark.datatypes.infer import infer_schema
from rayspark.datatypes.verify import make_verifier
from rayspark.sql import types as T

PLAIN: list[T.DataType] = [
    T.NullType(), T.StringType(), T.BinaryType(), T.BooleanType(), T.DateType(), T.TimestampType(),
    T.TimestampNTZType(), T.DoubleType(), T.FloatType(), T.ByteType(), T.ShortType(),
    T.IntegerType(), T.LongType(), T.TimeType(), T.DayTimeIntervalType(), T.VariantType(),
]  # fmt: skip
ONLY_TEXT: list[T.DataType] = [
    T.CharType(3), T.VarcharType(7), T.TimeType(2), T.StringType("UNICODE_CI"),
    T.DayTimeIntervalType(1, 2), T.YearMonthIntervalType(), T.YearMonthIntervalType(1),
    T.CalendarIntervalType(), T.GeometryType(3857), T.GeographyType("ANY"),
]  # fmt: skip
DECIMALS = st.integers(1, 38).flatmap(
    lambda p: st.integers(0, p).map(lambda s: T.DecimalType(p, s))
)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1)


def nested(
    leaves: st.SearchStrategy[T.DataType], names: st.SearchStrategy[str], nulls: bool
) -> st.SearchStrategy[T.DataType]:
    """Types of ``leaves`` in arrays, maps and structs; with ``nulls``, of either nullability."""
    null = st.booleans() if nulls else st.just(True)
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(T.ArrayType, inner, null),
            st.builds(T.MapType, inner, inner, null),
            schemas(inner, names, st.booleans()),
        ),
        max_leaves=6,
    )


def schemas(
    inner: st.SearchStrategy[Any], names: st.SearchStrategy[str], null: st.SearchStrategy[bool]
) -> st.SearchStrategy[T.StructType]:
    comments: st.SearchStrategy[dict[str, str] | None] = st.one_of(
        st.none(), st.builds(dict, comment=NAMES)
    )
    fields = st.builds(T.StructField, names, inner, null, comments)
    return st.builds(T.StructType, st.lists(fields, max_size=4))


LEAVES = st.one_of(st.sampled_from(PLAIN + ONLY_TEXT), DECIMALS)
ARROW_LEAVES = st.one_of(st.sampled_from(PLAIN[1:]), DECIMALS)


@settings(max_examples=60, deadline=None)
@given(schemas(nested(LEAVES, NAMES, nulls=False), NAMES, st.booleans()))
def test_ddl_reads_back_what_it_wrote(schema: T.StructType) -> None:
    assert parse_ddl(schema.toDDL()) == schema
    assert parse_ddl(type_to_ddl(schema)) == schema


@settings(max_examples=60, deadline=None)
@given(schemas(nested(LEAVES, NAMES, nulls=True), NAMES, st.booleans()))
def test_json_pickle_and_copies_keep_every_part(schema: T.StructType) -> None:
    assert T.StructType.fromJson(schema.jsonValue()) == schema
    assert parse_json_string(schema.json()) == schema
    for again in (
        pickle.loads(pickle.dumps(schema)),
        cloudpickle.loads(cloudpickle.dumps(schema)),
        copy.deepcopy(schema),
    ):
        assert again == schema
        assert hash(again) == hash(schema)


@settings(max_examples=60, deadline=None)
@given(schemas(nested(ARROW_LEAVES, NAMES, nulls=True), NAMES, st.booleans()), st.booleans())
def test_arrow_schemas_read_back(schema: T.StructType, large: bool) -> None:
    assert arrow.from_arrow_schema(arrow.to_arrow_schema(schema, large=large)) == schema


def test_empty_literals_have_an_arrow_type_and_come_back() -> None:
    schema = T.StructType([T.StructField("n", T.NullType(), False)])
    schema.add("b", T.ArrayType(T.NullType(), False)).add(
        "m", T.MapType(T.NullType(), T.NullType())
    )
    assert arrow.from_arrow_schema(arrow.to_arrow_schema(schema))["b"].nullable
    rows = [T.Row(n=None, b=[], m={}), T.Row(n=None, b=None, m=None)]
    assert batch_to_rows(rows_to_batch(rows, schema), schema) == rows


INSTANTS = st.datetimes(datetime.datetime(1902, 1, 1), datetime.datetime(2037, 1, 1))
VALUES: dict[type[T.DataType], st.SearchStrategy[Any]] = {
    T.NullType: st.none(),
    T.StringType: st.text(st.characters(codec="utf-8")),
    T.BinaryType: st.binary(),
    T.BooleanType: st.booleans(),
    T.DateType: st.dates(),
    # A wall-clock time that the clocks skip or repeat does not come back; noon always does.
    T.TimestampType: INSTANTS.map(lambda t: t.replace(hour=12, fold=0)),
    T.TimestampNTZType: st.datetimes().map(lambda t: t.replace(fold=0)),
    T.TimeType: st.times().map(lambda t: t.replace(fold=0)),
    T.DayTimeIntervalType: st.timedeltas(
        datetime.timedelta(days=-100_000), datetime.timedelta(days=100_000)
    ),
    T.DoubleType: st.floats(allow_nan=False),
    T.FloatType: st.floats(allow_nan=False, width=32),
    T.ByteType: st.integers(-(2**7), 2**7 - 1),
    T.ShortType: st.integers(-(2**15), 2**15 - 1),
    T.IntegerType: st.integers(-(2**31), 2**31 - 1),
    T.LongType: st.integers(-(2**63), 2**63 - 1),
}


def values_of(dt: T.DataType, nullable: bool = True) -> st.SearchStrategy[Any]:
    match dt:
        case T.ArrayType():
            found: st.SearchStrategy[Any] = st.lists(
                values_of(dt.elementType, dt.containsNull), max_size=3
            )
        case T.MapType():
            found = st.dictionaries(
                values_of(dt.keyType, False),
                values_of(dt.valueType, dt.valueContainsNull),
                max_size=3,
            )
        case T.StructType():
            parts = [values_of(f.dataType, f.nullable) for f in dt.fields]
            found = st.tuples(*parts).map(lambda values: create_row(dt.names, values))
        case T.DecimalType():
            limit = 10**dt.precision - 1
            found = st.integers(-limit, limit).map(_scaled(dt.scale))
        case _:
            found = VALUES[type(dt)]
    return st.one_of(st.none(), found) if nullable else found


def _scaled(scale: int) -> Callable[[int], decimal.Decimal]:
    wide = decimal.Context(prec=38)
    return lambda unscaled: decimal.Decimal(unscaled).scaleb(-scale, wide)


VALUE_LEAVES = st.one_of(st.sampled_from([k() for k in VALUES if k is not T.NullType]), DECIMALS)
HASHABLE = st.sampled_from([T.StringType(), T.LongType(), T.DateType(), T.BooleanType()])
VALUE_TYPES = st.recursive(
    VALUE_LEAVES,
    lambda inner: st.one_of(
        st.builds(T.ArrayType, inner, st.booleans()),
        st.builds(T.MapType, HASHABLE, inner, st.booleans()),
        schemas(inner, NAMES, st.booleans()),
    ),
    max_leaves=5,
)
TABLES = schemas(VALUE_TYPES, NAMES, st.booleans()).flatmap(
    lambda schema: st.tuples(st.just(schema), st.lists(values_of(schema, False), max_size=5))
)


@settings(max_examples=80, deadline=None)
@given(TABLES, st.booleans(), st.integers(0, 3))
def test_rows_come_back_from_arrow(
    table: tuple[T.StructType, list[T.Row]], lenient: bool, start: int
) -> None:
    schema, rows = table
    verify = make_verifier(schema)
    for row in rows:
        verify(row)
    batch = rows_to_batch(rows, schema, lenient=lenient)
    again = batch_to_rows(batch, schema)
    assert again == rows
    assert repr(again) == repr(rows) or not schema.fields
    assert batch_to_rows(batch.slice(start), schema) == rows[start:]


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(-5, 5), min_size=1))
def test_the_schema_of_a_row_accepts_the_row(row: dict[str, int]) -> None:
    make_verifier(infer_schema(row))(row)
    assert infer_schema(row).names == sorted(row)
