"""DDL text and types, both ways.

``a INT NOT NULL COMMENT 'key', b STRUCT<c: ARRAY<STRING>>`` is a schema; ``decimal(10,2)`` is a
type. The text is read in up to three ways, and the first that works counts: as columns, as one
type, as the inside of a struct (``a: int, b: string``). If none does, the error is that of the
first.

Reading has two steps, as in Spark: the grammar (which gives *builders*), then building, so that a
misplaced comma is reported before an unknown type name that stands in front of it.

>>> parse_ddl("a INT NOT NULL, b: array<string>").simpleString()
'struct<a:int,b:array<string>>'
>>> type_to_ddl(parse_ddl("map<string, array<int>>"))
'MAP<STRING, ARRAY<INT>>'
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rayspark.datatypes.atomic import (
    BinaryType,
    BooleanType,
    ByteType,
    CharType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    VarcharType,
)
from rayspark.datatypes.base import DataType, NullType, Parsers
from rayspark.datatypes.ddl_lexer import Token, error_at, syntax_error, tokenize, unquote_text
from rayspark.datatypes.intervals import (
    CalendarIntervalType,
    DayTimeIntervalType,
    YearMonthIntervalType,
)
from rayspark.datatypes.nested import ArrayType, MapType
from rayspark.datatypes.schema import StructField, StructType
from rayspark.datatypes.spatial import GeographyType, GeometryType
from rayspark.datatypes.variant import VariantType
from rayspark.errors import ArithmeticException, ParseException, PySparkException, SparkException

Build = Callable[[], DataType]
BuildField = Callable[[], StructField]

PLAIN: dict[str, Build] = {
    "BOOLEAN": BooleanType,
    "TINYINT": ByteType,
    "BYTE": ByteType,
    "SMALLINT": ShortType,
    "SHORT": ShortType,
    "INT": IntegerType,
    "INTEGER": IntegerType,
    "BIGINT": LongType,
    "LONG": LongType,
    "FLOAT": FloatType,
    "REAL": FloatType,
    "DOUBLE": DoubleType,
    "DATE": DateType,
    "TIMESTAMP": TimestampType,
    "TIMESTAMP_LTZ": TimestampType,
    "TIMESTAMP_NTZ": TimestampNTZType,
    "STRING": StringType,
    "BINARY": BinaryType,
    "VOID": NullType,
    "VARIANT": VariantType,
    "INTERVAL": CalendarIntervalType,
}
"""Type names without parameters."""

NUMBERED = {"DECIMAL", "DEC", "NUMERIC", "CHAR", "CHARACTER", "VARCHAR", "TIME"}
NESTED = {"ARRAY", "MAP", "STRUCT"}
SPATIAL: dict[str, type[GeometryType] | type[GeographyType]] = {
    "GEOMETRY": GeometryType,
    "GEOGRAPHY": GeographyType,
}
YEAR_MONTH = {name.upper(): number for number, name in YearMonthIntervalType._fields.items()}
DAY_TIME = {name.upper(): number for number, name in DayTimeIntervalType._fields.items()}
LAST_UNITS = {"MONTH": {"YEAR", "MONTH"}} | {
    unit: set(DAY_TIME) for unit in ("HOUR", "MINUTE", "SECOND")
}
"""For each unit that may stand after TO: the units that may stand before it."""

MAX_PRECISION = 38
_PLAIN_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ROOT_COLLATION = re.compile(
    r"UTF8_(?:BINARY|LCASE)(?:_RTRIM)?|UNICODE(?:_(?:CI|CS|AI|AS|RTRIM))*", re.IGNORECASE
)
_LOCALE_COLLATION = re.compile(
    r"[a-z]{2}(?:_[a-z]{4})?(?:_[a-z]{3})?(?:_(?:CI|CS|AI|AS|RTRIM))*", re.IGNORECASE
)


def parse_ddl(text: str) -> DataType:
    """The type that DDL text describes; columns give a :class:`StructType`.

    Raises
    ------
    ParseException
        if the text is neither columns nor a type; it tells line and position.
    """
    tokens = tokenize(text)
    readings: list[Callable[[_Parser], DataType]] = [
        lambda parser: parser.columns(colons=False),
        _Parser.single_type,
        lambda parser: parser.columns(colons=True),
    ]
    errors: list[PySparkException] = []
    for read in readings:
        try:
            return read(_Parser(text, tokens))
        except PySparkException as error:
            errors.append(error)
    raise errors[0]


def parse_single_type(text: str) -> DataType:
    """The type that a text is the name of; columns are no type.

    Raises
    ------
    ParseException
        if the text is no type.
    """
    return _Parser(text, tokenize(text)).single_type()


class _Parser:
    """Recursive descent: each method eats its tokens and returns what builds the result."""

    def __init__(self, text: str, tokens: list[Token]):
        self.text = text
        self.tokens = tokens
        self.at = 0

    # --- whole texts ---

    def columns(self, colons: bool) -> StructType:
        if self.token.kind == "end":
            return StructType([])
        fields = self.fields(colons)
        self.end()
        return StructType([build() for build in fields])

    def single_type(self) -> DataType:
        build = self.data_type()
        self.end()
        return build()

    # --- parts ---

    def fields(self, colons: bool) -> list[BuildField]:
        found = [self.field(colons)]
        while self.accept(","):
            found.append(self.field(colons))
        return found

    def field(self, colons: bool) -> BuildField:
        name = self.identifier()
        if colons:
            self.accept(":")
        build = self.data_type()
        nullable = True
        if self.token.word == "NOT":
            self.at += 1
            if self.token.word != "NULL":
                hint = ": missing 'NULL'" if self.token.kind == "end" else ""
                raise syntax_error(self.text, self.token, hint)
            self.at += 1
            nullable = False
        metadata = {}
        if self.token.word == "COMMENT":
            self.at += 1
            metadata["comment"] = self.string()
        return lambda: StructField(name, build(), nullable, metadata)

    def data_type(self) -> Build:
        start = self.token
        if start.kind not in ("word", "quoted"):
            raise syntax_error(self.text, start)
        self.at += 1
        match start.word:
            case "ARRAY" | "MAP" | "STRUCT":
                return self.nested(start)
            case "INTERVAL":
                return self.interval(start)
            case "GEOMETRY" | "GEOGRAPHY" if self.token.text == "(":
                return self.spatial(start)
            case "TIMESTAMP" if self.accept_words("WITHOUT", "TIME", "ZONE"):
                return TimestampNTZType
            case "TIMESTAMP" if self.accept_words("WITH", "LOCAL", "TIME", "ZONE"):
                return TimestampType
            case "STRING" if self.accept_words("COLLATE"):
                name = self.collation()
                return lambda: StringType(_known_collation(name))
        numbers = self.numbers()
        if start.word == "TIME":
            self.accept_words("WITHOUT", "TIME", "ZONE")
        return lambda: self.build_simple(start, numbers)

    def nested(self, start: Token) -> Build:
        opening = self.token
        if opening.text == "<>" and start.word == "STRUCT":
            self.at += 1
            return lambda: StructType([])
        if opening.text != "<":
            return lambda: self.incomplete(start)
        self.at += 1
        try:
            build = self.nested_parts(start.word)
            self.expect(">")
        except ParseException as error:
            if error.getCondition() != "PARSE_SYNTAX_ERROR":
                raise
            # Spark's grammar then takes the word for a plain type name, and stumbles over the
            # bracket.
            raise syntax_error(self.text, opening) from None
        return build

    def nested_parts(self, kind: str) -> Build:
        if kind == "STRUCT":
            fields = [] if self.token.text == ">" else self.fields(colons=True)
            return lambda: StructType([build() for build in fields])
        first = self.data_type()
        if kind == "ARRAY":
            return lambda: ArrayType(first())
        self.expect(",")
        second = self.data_type()
        return lambda: MapType(first(), second())

    def interval(self, start: Token) -> Build:
        first = self.token.word
        if first not in YEAR_MONTH and first not in DAY_TIME:
            return CalendarIntervalType
        self.at += 1
        last = first
        following = self.tokens[self.at + 1].word if self.token.word == "TO" else ""
        if first in LAST_UNITS.get(following, ()):
            last = following
            self.at += 2
        ends = (first, last) if following else (first,)
        return lambda: self.build_interval(start, ends)

    def spatial(self, start: Token) -> Build:
        opening = self.token
        number, closing = self.tokens[self.at + 1], self.tokens[self.at + 2 : self.at + 3]
        if not (number.text.isdigit() or number.word == "ANY") or closing[0].text != ")":
            raise syntax_error(self.text, opening)
        self.at += 3
        srid = "ANY" if number.word == "ANY" else int(number.text)
        return lambda: SPATIAL[start.word](srid)

    def numbers(self) -> list[int]:
        """``(1, 2)`` if it stands here."""
        found: list[int] = []
        if self.accept("("):
            found.append(self.number())
            while self.accept(","):
                found.append(self.number())
            self.expect(")")
        return found

    def number(self) -> int:
        token = self.token
        if not token.text.isdigit():
            raise syntax_error(self.text, token)
        self.at += 1
        return int(token.text)

    def collation(self) -> str:
        name = self.identifier()
        while self.accept("."):
            name = self.identifier()
        return name

    def identifier(self) -> str:
        token = self.token
        if token.kind == "quoted":
            self.at += 1
            return token.text[1:-1].replace("``", "`")
        if token.kind != "word":
            raise syntax_error(self.text, token)
        if not token.text.isascii():
            raise error_at(self.text, token.start, "INVALID_IDENTIFIER", ident=token.text)
        self.at += 1
        self.check_no_hyphen(token)
        return token.text

    def check_no_hyphen(self, token: Token) -> None:
        if self.token.text != "-":
            return
        dash, name = self.token, token.text
        while self.token.text == "-" and self.tokens[self.at + 1].kind == "word":
            name += "-" + self.tokens[self.at + 1].text
            self.at += 2
        if name != token.text:
            raise error_at(self.text, dash.start, "INVALID_IDENTIFIER", ident=name)

    def string(self) -> str:
        parts = []
        while self.token.kind == "text":
            parts.append(unquote_text(self.token.text))
            self.at += 1
        if not parts:
            raise syntax_error(self.text, self.token)
        return "".join(parts)

    # --- tokens ---

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def accept(self, symbol: str) -> bool:
        found = self.token.kind == "symbol" and self.token.text == symbol
        self.at += found
        return found

    def accept_words(self, *words: str) -> bool:
        found = [token.word for token in self.tokens[self.at : self.at + len(words)]] == [*words]
        self.at += len(words) if found else 0
        return found

    def expect(self, symbol: str) -> None:
        if not self.accept(symbol):
            raise syntax_error(self.text, self.token)

    def end(self) -> None:
        token = self.token
        if token.kind == "end":
            return
        # ANTLR offers to drop one token too many where the type before it cannot go on with a word.
        goes_on = token.kind == "word" and self.tokens[self.at - 1].word in PLAIN
        last = self.tokens[self.at + 1].kind == "end"
        extra = last and token.kind in ("word", "text") and not goes_on
        raise syntax_error(self.text, token, f": extra input {token.shown}" if extra else "")

    # --- building ---

    def build_simple(self, start: Token, numbers: list[int]) -> DataType:
        match start.word, numbers:
            case word, [] if word in PLAIN:
                return PLAIN[word]()
            case "DECIMAL" | "DEC" | "NUMERIC", [] | [_] | [_, _]:
                return _checked_decimal(*numbers)
            case "CHAR" | "CHARACTER", [length]:
                return CharType(length)
            case "VARCHAR", [length]:
                return VarcharType(length)
            case "TIME", [] | [_]:
                return TimeType(*numbers)
            case "CHAR" | "CHARACTER" | "VARCHAR", []:
                raise error_at(
                    self.text, start.start, "DATATYPE_MISSING_SIZE", type=f'"{start.word}"'
                )
        name = start.text.strip("`").upper()
        if numbers:
            name += f"({','.join(map(str, numbers))})"
        raise error_at(self.text, start.start, "UNSUPPORTED_DATATYPE", typeName=f'"{name}"')

    def build_interval(self, start: Token, ends: tuple[str, ...]) -> DataType:
        kind, units = (
            (YearMonthIntervalType, YEAR_MONTH)
            if ends[0] in YEAR_MONTH
            else (DayTimeIntervalType, DAY_TIME)
        )
        if len(ends) == 2 and units[ends[0]] >= units[ends[1]]:
            raise error_at(
                self.text,
                start.start,
                "INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
                **{"input": "", "from": ends[0].lower(), "to": ends[1].lower()},
            )
        return kind(units[ends[0]], units[ends[-1]])

    def incomplete(self, start: Token) -> DataType:
        parameters = {"elementType": "<INT>"} if start.word == "ARRAY" else {}
        raise error_at(
            self.text, start.start, f"INCOMPLETE_TYPE_DEFINITION.{start.word}", **parameters
        )


def _checked_decimal(precision: int = 10, scale: int = 0) -> DecimalType:
    if scale > precision:
        raise ParseException(
            errorClass="DECIMAL_SCALE_EXCEEDS_PRECISION",
            messageParameters={"precision": str(precision), "scale": str(scale)},
        )
    if precision > MAX_PRECISION:
        raise ArithmeticException(
            errorClass="DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
            messageParameters={
                "precision": str(precision),
                "maxPrecision": str(MAX_PRECISION),
            },
        )
    return DecimalType(precision, scale)


def _known_collation(name: str) -> str:
    if _ROOT_COLLATION.fullmatch(name):
        return name.upper()
    if _LOCALE_COLLATION.fullmatch(name):
        return name
    raise SparkException(
        errorClass="COLLATION_INVALID_NAME",
        messageParameters={"collationName": name, "proposals": "UNICODE, UNICODE_CI, UTF8_LCASE"},
    )


def type_to_ddl(dt: DataType) -> str:
    """The type as Spark SQL writes it in DDL and messages, e.g. ``ARRAY<STRING>``."""
    match dt:
        case ArrayType():
            return f"ARRAY<{type_to_ddl(dt.elementType)}>"
        case MapType():
            return f"MAP<{type_to_ddl(dt.keyType)}, {type_to_ddl(dt.valueType)}>"
        case StructType():
            return f"STRUCT<{', '.join(_field_to_ddl(f, ': ') for f in dt.fields)}>"
        case StringType() if not dt.isUTF8BinaryCollation():
            return f"STRING COLLATE {dt.collation}"
        case _:
            return dt.simpleString().upper()


def schema_to_ddl(schema: StructType) -> str:
    """The schema as columns, e.g. ``a INT NOT NULL,b STRING COMMENT 'x'``."""
    return ",".join(_field_to_ddl(f, " ") for f in schema.fields)


def quote_name(name: str) -> str:
    """The name as DDL needs it: in backquotes unless it is a plain word."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return "`" + name.replace("`", "``") + "`"


def _field_to_ddl(f: StructField, separator: str) -> str:
    text = f"{quote_name(f.name)}{separator}{type_to_ddl(f.dataType)}"
    if not f.nullable:
        text += " NOT NULL"
    if comment := f.metadata.get("comment"):
        escaped = str(comment).replace("\\", "\\\\").replace("'", "\\'")
        text += f" COMMENT '{escaped}'"
    return text


Parsers.ddl = parse_ddl
Parsers.to_ddl = schema_to_ddl
