"""Kernels of the functions of JSON, CSV and variants.

Text is read in Python (Arrow functions over batches); writing is DuckDB text made from the type.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Call, Cast, CastMode, Literal
from rayspark.catalyst.functions.tables.json import schema_of
from rayspark.datatypes import (
    ArrayType,
    BooleanType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegralType,
    MapType,
    NullType,
    StringType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
    VariantType,
)
from rayspark.datatypes.variant_codec import build_from_json, read_json
from rayspark.errors import (
    AnalysisException,
    PySparkNotImplementedError,
    SparkRuntimeException,
)
from rayspark.execution.boundary import inner_type
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import json_text
from rayspark.execution.kernels.json_records import CORRUPT, KNOWN, is_plain, record_reader
from rayspark.execution.kernels.kernel import (
    ArrowFunction,
    Exact,
    Failure,
    Kernel,
    Site,
    fail,
    identifier,
    quote,
)
from rayspark.execution.kernels.patterns import write_time
from rayspark.execution.kernels.texts import each
from rayspark.execution.kernels.variant_schema import schema_of_variant, schema_of_variant_agg
from rayspark.execution.kernels.zones import session_local
from rayspark.execution.sources.csv_options import Formats
from rayspark.execution.sources.csv_tokens import NONE, Dialect, split_line
from rayspark.execution.sources.json_values import JsonDialect, relax
from rayspark.execution.sources.options import Options
from rayspark.execution.sources.text_values import ValueTexts

# -- options ---------------------------------------------------------------------------------------


def options(site: Site, index: int, known: set[str]) -> dict[str, str]:
    """A map of constants; names that no one honours are refused."""
    if len(site.call.args) <= index:
        return {}
    found = _constant_map(site.call.args[index])
    for name in found:
        if name.lower() not in known:
            raise PySparkNotImplementedError(
                errorClass="NOT_IMPLEMENTED",
                messageParameters={"feature": f"option {name!r} of {site.call.name}"},
            )
    return {name.lower(): value for name, value in found.items()}


def _constant_map(e: Any) -> dict[str, str]:
    while isinstance(e, Cast):
        e = e.child
    if isinstance(e, Literal):
        pairs = e.value.items() if isinstance(e.value, dict) else (e.value or ())
        return {str(k): str(v) for k, v in pairs}
    assert isinstance(e, Call), e
    values = [getattr(a, "value", None) for a in e.args]
    return {str(k): str(v) for k, v in zip(values[0::2], values[1::2], strict=True)}


# -- reading JSON ----------------------------------------------------------------------------------

PATH = each(
    "spark_get_json_object", json_text.find_path, ("VARCHAR", "VARCHAR"), "VARCHAR", pa.string()
)


def _array_length(text: str) -> int | None:
    value = _parsed(text)
    return len(value) if isinstance(value, list) else None


def _object_keys(text: str) -> list[str] | None:
    value = _parsed(text)
    return list(value) if isinstance(value, dict) else None


def _parsed(text: str) -> Any:
    try:
        return json_text.parse(text)
    except json_text.Malformed:
        return None


LENGTH = each("spark_json_array_length", _array_length, ("VARCHAR",), "INTEGER", pa.int32())
KEYS = each(
    "spark_json_object_keys", _object_keys, ("VARCHAR",), "VARCHAR[]", pa.list_(pa.string())
)


def as_read(dt: DataType) -> DataType:
    """The type with text where values are cast later."""
    match dt:
        case ArrayType():
            return ArrayType(as_read(dt.elementType), dt.containsNull)
        case MapType():
            return MapType(as_read(dt.keyType), as_read(dt.valueType), dt.valueContainsNull)
        case StructType():
            return StructType(
                [StructField(f.name, as_read(f.dataType), f.nullable) for f in dt.fields]
            )
        case BooleanType() | IntegralType() | DoubleType() | FloatType() | DecimalType():
            return dt
    return StringType()


SINGLE_QUOTES = JsonDialect()
"""Beyond JSON texts may be in single quotes."""


@cache
def _json_reader(dt: DataType, *, strict: bool) -> ArrowFunction:
    held = as_read(dt)
    read, kind = json_text.reader(held), inner_type(held)
    empty = {f.name: None for f in held.fields} if isinstance(held, StructType) else None

    def one(text: str) -> Any:
        try:
            return json_text.read_root(text, held, read)
        except json_text.Malformed:
            strictly = relax(text, SINGLE_QUOTES) if "'" in text else None
            if strictly is not None and strictly != text:
                return one(strictly)
            if strict:
                raise Failure(
                    "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                    badRecord=text,
                    failFastMode="FAILFAST",
                ) from None
            return empty

    key = hashlib.sha256(f"{dt.json()}{strict}".encode()).hexdigest()[:16]
    return each(f"spark_from_json_{key}", one, ("VARCHAR",), duck_type(held), kind)


def _from_json(site: Site) -> str:
    whole = isinstance(site.type, StructType)
    given = options(site, 2, KNOWN if whole else {"mode"})
    if isinstance(site.type, StructType) and not is_plain(given, site.type, site.context.conf):
        return site.use(record_reader(site.type, given, site.context.conf, site.zone), site.args[0])
    function = _json_reader(site.type, strict=given.get("mode", "").upper() == "FAILFAST")
    text = site.use(function, site.args[0])
    return compile_cast(text, as_read(site.type), site.type, CastMode.TRY, site.context)


def _json_tuple(site: Site) -> str:
    cells = ", ".join(
        site.use(PATH, site.args[0], f"'$[''' || {name} || ''']'") for name in site.args[1:]
    )
    return f"[row({cells})]"


def _schema_of_json(site: Site) -> str:
    options(site, 1, set())
    return quote(json_text.infer(str(site.literal(0))))


# -- writing JSON ----------------------------------------------------------------------------------

WRITTEN = {"ignorenullfields", "timestampformat", "dateformat", "timestampntzformat"}


def _to_json(site: Site) -> str:
    given = options(site, 1, WRITTEN)
    if isinstance(site.types[0], VariantType):
        return _variant_text(site, site.args[0])
    written = _json(site, site.args[0], site.types[0], given)
    return f"CASE WHEN {site.args[0]} IS NOT NULL THEN {written} END"


def _json(site: Site, text: str, dt: DataType, given: dict[str, str]) -> str:
    """A value that is not null as JSON; null stays null."""
    match dt:
        case StructType():
            return site.let(text, lambda s: _json_struct(site, s, dt, given))
        case ArrayType():
            item = _or_null(_json(site, "x", dt.elementType, given))
            return f"('[' || array_to_string(list_transform({text}, lambda x: {item}), ',') || ']')"
        case MapType():
            key = f"to_json({_plain(site, 'kv.key', dt.keyType)})::VARCHAR"
            value = _or_null(_json(site, "kv.value", dt.valueType, given))
            entries = f"list_transform(map_entries({text}), lambda kv: {key} || ':' || {value})"
            return f"('{{' || array_to_string({entries}, ',') || '}}')"
        case BooleanType() | IntegralType() | DecimalType():
            return f"CAST({text} AS VARCHAR)"
        case DoubleType() | FloatType():
            shown = _plain(site, text, dt)
            return f"CASE WHEN isfinite({text}) THEN {shown} ELSE '\"' || {shown} || '\"' END"
        case VariantType():
            return _variant_text(site, text)
        case TimestampType():
            pattern = given.get("timestampformat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX")
            shown = write_time(site, session_local(site, text), pattern, text)
            return f"('\"' || {shown} || '\"')"
        case TimestampNTZType():
            pattern = given.get("timestampntzformat", "yyyy-MM-dd'T'HH:mm:ss.SSS")
            return f"('\"' || {write_time(site, text, pattern, None)} || '\"')"
        case DateType() if "dateformat" in given:
            local = f"CAST({text} AS TIMESTAMP)"
            return f"('\"' || {write_time(site, local, given['dateformat'], None)} || '\"')"
        case NullType():
            return "CAST(NULL AS VARCHAR)"
    return f"to_json({_plain(site, text, dt)})::VARCHAR"


def _plain(site: Site, text: str, dt: DataType) -> str:
    return compile_cast(text, dt, StringType(), CastMode.ANSI, site.context)


def _or_null(text: str) -> str:
    return f"coalesce({text}, 'null')"


def _json_struct(site: Site, s: str, dt: StructType, given: dict[str, str]) -> str:
    keeps = given.get("ignorenullfields", "true").lower() == "false"
    parts = []
    for f in dt.fields:
        name = quote(json_text.write(f.name) + ":")
        value = _json(site, f"{s}.{identifier(f.name)}", f.dataType, given)
        written = f"{name} || {_or_null(value) if keeps else value}"
        if not keeps and isinstance(f.dataType, (StructType, ArrayType, MapType)):
            written = f"CASE WHEN {s}.{identifier(f.name)} IS NOT NULL THEN {written} END"
        parts.append(written)
    joined = f"coalesce(array_to_string([{', '.join(parts)}]::VARCHAR[], ','), '')"
    made = f"('{{' || {joined} || '}}')"
    return f"CASE WHEN {s} IS NOT NULL THEN {made} END"


# -- variants --------------------------------------------------------------------------------------

VARIANT = 'STRUCT("value" BLOB, "metadata" BLOB)'
VARIANT_KIND = pa.struct([("value", pa.binary()), ("metadata", pa.binary())])


def _built(text: str, *, lenient: bool) -> dict[str, bytes] | None:
    try:
        value, metadata = build_from_json(text)
    except (ValueError, RecursionError):
        if lenient:
            return None
        raise Failure(
            "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
            badRecord=text,
            failFastMode="FAILFAST",
        ) from None
    return {"value": value, "metadata": metadata}


PARSE = each(
    "spark_parse_json", lambda t: _built(t, lenient=False), ("VARCHAR",), VARIANT, VARIANT_KIND
)
TRY_PARSE = each(
    "spark_try_parse_json", lambda t: _built(t, lenient=True), ("VARCHAR",), VARIANT, VARIANT_KIND
)


@cache
def _variant_writer(zone: str) -> ArrowFunction:
    key = hashlib.sha256(zone.encode()).hexdigest()[:12]
    return each(
        f"spark_variant_json_{key}",
        lambda v: read_json(v["value"], v["metadata"], zone),
        (VARIANT,),
        "VARCHAR",
        pa.string(),
    )


def _variant_text(site: Site, text: str) -> str:
    return site.use(_variant_writer(site.zone), text)


def _valid(variant: dict[str, bytes]) -> bool:
    try:
        read_json(variant["value"], variant["metadata"], "UTC")
    except (ValueError, IndexError, KeyError):
        return False
    return True


VALID = each("spark_is_valid_variant", _valid, (VARIANT,), "BOOLEAN", pa.bool_())


def _steps(path: str) -> list[Any]:
    steps = json_text.steps_of(path)
    if steps is None:
        raise SparkRuntimeException(
            errorClass="INVALID_VARIANT_GET_PATH",
            messageParameters={"path": path, "functionName": "`variant_get`"},
        )
    return list(steps)


def _at_path(variant: dict[str, bytes], steps: list[Any]) -> tuple[bool, Any]:
    """Whether there is such a path, and what stands there."""
    value = json_text.parse(read_json(variant["value"], variant["metadata"], "UTC"))
    for step in steps:
        inside = isinstance(value, dict) and step in value
        placed = isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not inside and not placed:
            return False, None
        value = value[step]
    return True, value


@cache
def _variant_part(path: str) -> ArrowFunction:
    """What stands at a path, as a variant."""
    steps = _steps(path)

    def one(variant: dict[str, bytes]) -> dict[str, bytes] | None:
        there, found = _at_path(variant, steps)
        return _built(json_text.write(found), lenient=False) if there else None

    key = hashlib.sha256(path.encode()).hexdigest()[:16]
    return each(f"spark_variant_part_{key}", one, (VARIANT,), VARIANT, VARIANT_KIND)


@cache
def _variant_reader(dt: DataType, path: str, *, lenient: bool) -> ArrowFunction:
    """What stands at a path, read as JSON is read; another kind of value is text that is cast."""
    held, steps = as_read(dt), _steps(path)

    def one(variant: dict[str, bytes]) -> Any:
        _, value = _at_path(variant, steps)
        if value is None:
            return None
        found = _variant_value(value, held)
        if found is None and not lenient:
            raise Failure(
                "INVALID_VARIANT_CAST",
                value=json_text.write(value),
                dataType=f'"{dt.simpleString().upper()}"',
            )
        return found

    key = hashlib.sha256(f"{dt.json()}{path}{lenient}".encode()).hexdigest()[:16]
    return each(f"spark_variant_get_{key}", one, (VARIANT,), duck_type(held), inner_type(held))


def _variant_value(value: Any, held: DataType) -> Any:
    """Variants cast between kinds of numbers and text, as JSON does not."""
    if isinstance(held, IntegralType):
        limit = 1 << (8 * json_text.INTEGER_BYTES[held.typeName()] - 1)
        try:
            number = int(float(value)) if "." in str(value) else int(value)
        except (TypeError, ValueError):
            return None
        return number if -limit <= number < limit else None
    if isinstance(held, (DoubleType, FloatType)) and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    if isinstance(held, BooleanType) and isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return json_text.reader(held)(value)


def _variant_get(*, lenient: bool) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        path = str(site.literal(1))
        if isinstance(site.type, VariantType):
            return site.use(_variant_part(path), site.args[0])
        text = site.use(_variant_reader(site.type, path, lenient=lenient), site.args[0])
        return compile_cast(text, as_read(site.type), site.type, CastMode.TRY, site.context)

    return kernel


# -- CSV -------------------------------------------------------------------------------------------

CSV_OPTIONS = {"sep", "delimiter", "quote", "mode"}
CSV_READ = CSV_OPTIONS | {
    "dateformat", "timestampformat", "timestampntzformat", "nullvalue", "columnnameofcorruptrecord",
}  # fmt: skip


@cache
def _csv_reader(width: int, separator: str, mark: str) -> ArrowFunction:
    """The cells of a line, and a last one that is not null where there are more or fewer."""
    dialect = Dialect(separator, mark or NONE)

    def one(line: str) -> list[str | None]:
        cells: list[str | None] = list(split_line(line, dialect))
        odd = "odd" if cells and len(cells) != width else None
        cells = [None if cell == "" else cell for cell in cells[:width]]
        return [*cells, *[None] * (width - len(cells)), odd]

    key = hashlib.sha256(f"{width}{separator}{mark}".encode()).hexdigest()[:12]
    return each(f"spark_csv_{key}", one, ("VARCHAR",), "VARCHAR[]", pa.list_(pa.string()))


def _from_csv(site: Site) -> str:
    given = options(site, 2, CSV_READ)
    kind = schema_of(str(site.literal(1)))
    assert isinstance(kind, StructType)
    mode = given.get("mode", "").lower()
    if mode == "dropmalformed":
        raise AnalysisException(
            errorClass="PARSE_MODE_UNSUPPORTED",
            messageParameters={"funcName": "`from_csv`", "mode": mode.upper()},
        )
    settings = {**site.context.conf, "spark.sql.session.timeZone": site.zone}
    texts = ValueTexts(Formats.of(Options("csv", given), settings))
    corrupt = given.get("columnnameofcorruptrecord", settings.get(CORRUPT, "_corrupt_record"))
    data = [f for f in kind.fields if f.name != corrupt]
    separator = given.get("sep", given.get("delimiter", ","))
    reader = _csv_reader(len(data), separator, given.get("quote", '"'))
    null = quote(given.get("nullvalue", ""))

    def write(cells: str) -> str:
        values, bad = {}, [f"{cells}[{len(data) + 1}] IS NOT NULL"]
        for at, f in enumerate(data, 1):
            cell = f"nullif({cells}[{at}], {null})"
            values[f.name] = texts.value(cell, f.dataType, f.name)
            if not isinstance(f.dataType, StringType):
                bad.append(f"({cell} IS NOT NULL AND ({values[f.name]}) IS NULL)")
        is_bad = " OR ".join(bad)
        values[corrupt] = f"CASE WHEN {is_bad} THEN {site.args[0]} END"
        parts = ", ".join(f"{identifier(f.name)} := {values[f.name]}" for f in kind.fields)
        made = f"struct_pack({parts})"
        if mode == "failfast":
            error = fail(
                "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                badRecord=site.args[0],
                failFastMode="'FAILFAST'",
            )
            made = f"CASE WHEN {is_bad} THEN {error} ELSE {made} END"
        return f"CASE WHEN {cells} IS NOT NULL THEN {made} END"

    made = site.let(site.use(reader, site.args[0]), write)
    site.context.arrow_functions.update(texts.functions)
    return made


def _to_csv(site: Site) -> str:
    given = options(site, 1, CSV_OPTIONS)
    kind = site.types[0]
    assert isinstance(kind, StructType)
    separator = given.get("sep", given.get("delimiter", ","))

    def write(s: str) -> str:
        cells = (
            _csv_cell(site, f"{s}.{identifier(f.name)}", f.dataType, separator) for f in kind.fields
        )
        return f"CASE WHEN {s} IS NOT NULL THEN {f' || {quote(separator)} || '.join(cells)} END"

    return site.let(f"({site.args[0]})", write)


def _csv_cell(site: Site, text: str, dt: DataType, separator: str) -> str:
    if isinstance(dt, TimestampType):
        shown = write_time(site, session_local(site, text), "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", text)
    elif isinstance(dt, TimestampNTZType):
        shown = write_time(site, text, "yyyy-MM-dd'T'HH:mm:ss.SSS", None)
    else:
        shown = _plain(site, text, dt)
    if isinstance(dt, StringType):
        special = (
            f"regexp_matches({text}, {quote('[' + _escaped(separator) + chr(34) + chr(10) + ']')})"
        )
        marked = f"'\"' || replace(replace({text}, '\\', '\\\\'), '\"', '\\\"') || '\"'"
        shown = f"CASE WHEN {text} = '' THEN '\"\"' WHEN {special} THEN {marked} ELSE {text} END"
    return f"coalesce({shown}, '')"


def _escaped(separator: str) -> str:
    return "".join(f"\\{c}" if not c.isalnum() else c for c in separator)


def _schema_of_csv(site: Site) -> str:
    given = options(site, 1, CSV_OPTIONS)
    separator = given.get("sep", given.get("delimiter", ","))
    cells = next(csv.reader(io.StringIO(str(site.literal(0))), delimiter=separator), [])
    fields = (f"_c{at}: {_csv_type(cell)}" for at, cell in enumerate(cells))
    return quote(f"STRUCT<{', '.join(fields)}>")


def _csv_type(cell: str) -> str:
    text = cell.lstrip("+-")
    if text.isdigit():
        number = int(cell)
        return "INT" if -(1 << 31) <= number < 1 << 31 else "BIGINT"
    try:
        float(cell)
    except ValueError:
        return "BOOLEAN" if cell.lower() in ("true", "false") else "STRING"
    return "DOUBLE"


KERNELS: dict[str, Kernel] = {
    "get_json_object": lambda site: site.use(PATH, *site.args),
    "json_array_length": lambda site: site.use(LENGTH, site.args[0]),
    "json_object_keys": lambda site: site.use(KEYS, site.args[0]),
    "json_tuple": Exact(_json_tuple),
    "from_json": Exact(_from_json),
    "to_json": _to_json,
    "schema_of_json": _schema_of_json,
    "from_csv": Exact(_from_csv),
    "to_csv": _to_csv,
    "schema_of_csv": _schema_of_csv,
    "parse_json": Exact(lambda site: site.use(PARSE, site.args[0])),
    "try_parse_json": Exact(lambda site: site.use(TRY_PARSE, site.args[0])),
    "is_variant_null": Exact("coalesce({0}.value = '\\x00'::BLOB, false)"),
    "is_valid_variant": Exact(lambda site: site.use(VALID, site.args[0])),
    "schema_of_variant": Exact(schema_of_variant),
    "schema_of_variant_agg": Exact(schema_of_variant_agg),
    "variant_get": Exact(_variant_get(lenient=False)),
    "try_variant_get": Exact(_variant_get(lenient=True)),
}
