"""The schema of JSON records, as Spark finds it: fields by name, types widened until all fit."""

from __future__ import annotations

import decimal
import json
from collections.abc import Iterable
from functools import reduce
from typing import Any

from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DecimalType,
    DoubleType,
    LongType,
    NullType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)
from rayspark.execution.kernels.texts import parse_moment
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.datetime_patterns import pattern
from rayspark.execution.sources.json_values import JsonDialect, relax
from rayspark.records import dataclass

NULL: DataType = NullType()
STRING, LONG, DOUBLE, BOOLEAN = StringType(), LongType(), DoubleType(), BooleanType()


class _Number(str):
    """A number with a fraction or an exponent, as written."""


@dataclass(frozen=True)
class JsonInference:
    """The options that inference heeds."""

    dialect: JsonDialect
    formats: Formats
    primitives_as_string: bool = False
    prefers_decimal: bool = False
    infer_timestamp: bool = False
    ntz: bool = False
    drop_null_fields: bool = False
    mode: str = "permissive"
    corrupt: str = "_corrupt_record"

    def schema(self, records: Iterable[str]) -> StructType:
        """The schema of all records.

        Raises
        ------
        ValueError
            In mode FAILFAST, with the record that is no JSON.
        """
        decoder = json.JSONDecoder(parse_float=_Number, strict=not self.dialect.control_chars)
        found: DataType = StructType()
        kinds: dict[str, DataType] = {}
        for record in records:
            one = self._record(record, decoder)
            if one is None or one == found:
                continue
            key = one.simpleString()
            if key not in kinds:
                kinds[key] = one
                found = merge(found, one)
        canonical = _canonical(found, self.drop_null_fields)
        return canonical if isinstance(canonical, StructType) else StructType()

    def _record(self, record: str, decoder: json.JSONDecoder) -> DataType | None:
        text = record.lstrip(" \t\r\n")
        if not text:
            return None
        try:
            value = decoder.raw_decode(text)[0]
        except ValueError:
            relaxed = relax(text, self.dialect)
            try:
                value = decoder.raw_decode(relaxed)[0] if relaxed else None
            except ValueError:
                return self._corrupt(record)
        if isinstance(value, list):
            items = [self._type(item) for item in value]
            if all(isinstance(item, StructType) for item in items) and items:
                return reduce(merge, items)
            return self._corrupt(record)
        return self._type(value) if isinstance(value, dict) else self._corrupt(record)

    def _corrupt(self, record: str) -> DataType | None:
        if self.mode == "failfast":
            raise ValueError(record)
        if self.mode == "dropmalformed":
            return None
        return StructType([StructField(self.corrupt, STRING)])

    def _type(self, value: Any) -> DataType:
        match value:
            case None:
                return NULL
            case dict():
                fields = [StructField(k, self._type(v)) for k, v in value.items()]
                return StructType(sorted(fields, key=lambda f: f.name))
            case list():
                return ArrayType(reduce(merge, map(self._type, value), NULL))
        if self.primitives_as_string:
            return NULL if value == "" else STRING
        match value:
            case bool():
                return BOOLEAN
            case int():
                if -(2**63) <= value < 2**63:
                    return LONG
                digits = len(str(abs(value)))
                return DecimalType(digits, 0) if digits <= 38 else DOUBLE
            case _Number():
                return self._fraction(value)
            case float():
                return DOUBLE
        return NULL if value == "" else self._text(value)

    def _fraction(self, text: str) -> DataType:
        if self.prefers_decimal:
            number = decimal.Decimal(text)
            _, digits, exponent = number.as_tuple()
            if isinstance(exponent, int):
                scale = max(-exponent, 0)
                precision = max(len(digits) + max(exponent, 0), scale)
                if precision <= 38:
                    return DecimalType(precision, scale)
        return DOUBLE

    def _text(self, text: str) -> DataType:
        if self.prefers_decimal:
            try:
                number = decimal.Decimal(text)
            except decimal.InvalidOperation:
                number = None
            if number is not None and number.is_finite():
                return self._fraction(text)
        if self.infer_timestamp:
            f = self.formats
            read = (
                pattern(f.timestamp).parse_moment(text, f.zone)
                if f.timestamp
                else parse_moment(text, f.zone)
            )
            if read is not None:
                return TimestampNTZType() if self.ntz else TimestampType()
        return STRING


def merge(left: DataType, right: DataType) -> DataType:
    """The type that holds the values of both."""
    if left == right or isinstance(right, NullType):
        return left
    if isinstance(left, NullType):
        return right
    match left, right:
        case StructType(), StructType():
            fields = {f.name: f.dataType for f in left.fields}
            for f in right.fields:
                fields[f.name] = (
                    merge(fields[f.name], f.dataType) if f.name in fields else f.dataType
                )
            return StructType([StructField(name, fields[name]) for name in sorted(fields)])
        case ArrayType(), ArrayType():
            return ArrayType(merge(left.elementType, right.elementType))
        case (LongType(), DoubleType()) | (DoubleType(), LongType() | DecimalType()):
            return DOUBLE
        case DecimalType(), DoubleType():
            return DOUBLE
        case LongType(), DecimalType():
            return merge(DecimalType(20, 0), right)
        case DecimalType(), LongType():
            return merge(left, DecimalType(20, 0))
        case DecimalType(), DecimalType():
            scale = max(left.scale, right.scale)
            whole = max(left.precision - left.scale, right.precision - right.scale)
            return DecimalType(whole + scale, scale) if whole + scale <= 38 else DOUBLE
        case (TimestampType(), TimestampNTZType()) | (TimestampNTZType(), TimestampType()):
            return TimestampType()
    return STRING


def _canonical(dt: DataType, drop: bool) -> DataType | None:
    """Nulls become strings; structs without fields go away."""
    match dt:
        case StructType():
            fields = [
                StructField(f.name, inner)
                for f in dt.fields
                if f.name and (inner := _canonical(f.dataType, drop)) is not None
            ]
            return StructType(fields) if fields else None
        case ArrayType():
            inner = _canonical(dt.elementType, drop)
            return None if inner is None else ArrayType(inner)
        case NullType():
            return None if drop else STRING
    return dt
