"""DuckDB's errors in Spark's words.

Kernels raise most errors themselves, with condition and parameters (``kernels.kernel.fail``); what
DuckDB's own operators raise (overflow, division by zero) is told by its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from rayspark.errors import (
    AnalysisException,
    ArithmeticException,
    ArrayIndexOutOfBoundsException,
    DateTimeException,
    IllegalArgumentException,
    NumberFormatException,
    PySparkException,
    PythonException,
    SparkException,
    SparkRuntimeException,
)
from rayspark.errors.conditions import conditions
from rayspark.execution.kernels.kernel import END, MARK, SEPARATOR, WHOLE

if TYPE_CHECKING:
    import duckdb

CONFIG = '"spark.sql.ansi.enabled"'
Raised = tuple[str, dict[str, str]]

CLASSES: dict[str, type[PySparkException]] = {
    "ARITHMETIC_OVERFLOW": ArithmeticException,
    "INVALID_FRACTION_OF_SECOND": DateTimeException,
    "BINARY_ARITHMETIC_OVERFLOW": ArithmeticException,
    "CAST_OVERFLOW": ArithmeticException,
    "CAST_OVERFLOW_IN_TABLE_INSERT": ArithmeticException,
    "DIVIDE_BY_ZERO": ArithmeticException,
    "REMAINDER_BY_ZERO": ArithmeticException,
    "INTERVAL_DIVIDED_BY_ZERO": ArithmeticException,
    "INTERVAL_ARITHMETIC_OVERFLOW": ArithmeticException,
    "NUMERIC_VALUE_OUT_OF_RANGE": ArithmeticException,
    "DATETIME_OVERFLOW": ArithmeticException,
    "INVALID_ARRAY_INDEX": ArrayIndexOutOfBoundsException,
    "INVALID_ARRAY_INDEX_IN_ELEMENT_AT": ArrayIndexOutOfBoundsException,
    "INVALID_BITMAP_POSITION": ArrayIndexOutOfBoundsException,
    "CANNOT_PARSE_TIMESTAMP": DateTimeException,
    "CANNOT_PARSE_TIME": DateTimeException,
    "DATETIME_FIELD_OUT_OF_BOUNDS": DateTimeException,
    "INVALID_TIMEZONE": DateTimeException,
    "ILLEGAL_DAY_OF_WEEK": IllegalArgumentException,
    "INVALID_FORMAT": IllegalArgumentException,
    "INVALID_FORMAT.ESC_AT_THE_END": AnalysisException,
    "INVALID_FORMAT.ESC_IN_THE_MIDDLE": AnalysisException,
    "INVALID_PARAMETER_VALUE.BINARY_FORMAT": AnalysisException,
    "CONVERSION_INVALID_INPUT": IllegalArgumentException,
    "INVALID_PARAMETER_VALUE.CHARSET": IllegalArgumentException,
    "INVALID_PARAMETER_VALUE.TIME_UNIT": IllegalArgumentException,
    "INVALID_PARAMETER_VALUE.FORMAT": IllegalArgumentException,
    "CANNOT_DECODE_URL": IllegalArgumentException,
    "INVALID_URL": IllegalArgumentException,
    "MISSING_FORMAT_ARGUMENT": IllegalArgumentException,
    "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE": IllegalArgumentException,
    "FAILED_READ_FILE": SparkException,
    "MALFORMED_RECORD_IN_PARSING": SparkException,
    "PYTHON_EXCEPTION": PythonException,
    "_LEGACY_ERROR_TEMP_3243": IllegalArgumentException,
}
"""Exceptions by the first part of their condition; others are SparkRuntimeException."""

TYPES = {
    "INT8": "TINYINT", "INT16": "SMALLINT", "INT32": "INT", "INT64": "BIGINT",
    "INT128": "DECIMAL(38,0)", "FLOAT": "FLOAT", "DOUBLE": "DOUBLE",
}  # fmt: skip
SUFFIXES = {"INT8": "S", "INT16": "S"}
TRY = {"addition": ("+", "try_add"), "subtraction": ("-", "try_subtract"),
       "multiplication": ("*", "try_multiply")}  # fmt: skip

_OVERFLOW = re.compile(
    r"Overflow in (addition|subtraction|multiplication) of (\w+)(?:\((\d+)\))? "
    r"\((-?\d+) [-+*] (-?\d+)\)"
)
_ZERO = re.compile(r"Division by zero in expression \((.*)\)\. Use TRY", re.DOTALL)
_DIVISION = re.compile(r"Overflow in division of (-?\d+) / (-?\d+)")
_NARROWED = re.compile(
    r"Type (\w+) with value (\S+) can't be cast because the value is out of range for the "
    r"destination type (\w+)"
)
_DECIMAL = re.compile(
    r"(?:Could not cast value (\S+) to|Casting value \"(\S+)\" to type) DECIMAL\((\d+),(\d+)\)"
)
_TEXT = re.compile(r"Could not convert string '(.*)' to (\w+)", re.DOTALL)


def translate(error: duckdb.Error) -> Exception:
    """The exception that the user sees for an error that DuckDB raised."""
    message = str(error)
    if MARK in message:
        return carried(message[message.index(MARK) + len(MARK) :])
    for pattern, told in TOLD:
        found = pattern.search(message)
        if found is not None:
            return raised(*told(found))
    return SparkException(message)


def carried(text: str) -> Exception:
    """The exception for a condition that a kernel raised: see ``kernels.kernel.fail``."""
    condition, *parts = text.partition(END)[0].split(SEPARATOR)
    parameters = dict(zip(parts[::2], parts[1::2], strict=True))
    whole = parameters.pop(WHOLE, None)
    if whole is None:
        return raised(condition, parameters)
    found = _class_of(condition)(whole, condition, parameters)
    shown = whole.removesuffix(f" SQLSTATE: {found.getSqlState()}")
    return _class_of(condition)(shown.removeprefix(f"[{condition}] "), condition, parameters)


def _class_of(condition: str) -> type[PySparkException]:
    found = CLASSES.get(condition) or CLASSES.get(condition.partition(".")[0])
    return found or SparkRuntimeException


def raised(condition: str, parameters: dict[str, str]) -> PySparkException:
    """The exception for a condition, of the class that Spark has for it."""
    found = _class_of(condition)
    if condition == "CAST_INVALID_INPUT":
        moment = re.search("DATE|TIME|INTERVAL", parameters["targetType"])
        found = DateTimeException if moment else NumberFormatException
        if "BOOLEAN" in parameters["targetType"]:
            found = SparkRuntimeException
    known = conditions().get(condition)
    if known is None:
        shown = ", ".join(f"{name}: {value}" for name, value in parameters.items())
        return found(shown or condition, condition, parameters)
    told = {name: parameters.get(name, f"<{name}>") for name in known.parameters}
    return found(known.render(told), condition, parameters)


def _overflow(found: re.Match[str]) -> Raised:
    operation, kind, digits, left, right = found.groups()
    sign, hint = TRY[operation]
    if digits is not None:
        parameters = {"value": f"{left} {sign} {right}", "precision": "38", "scale": "0"}
        return "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", {**parameters, "config": CONFIG}
    if kind in SUFFIXES:
        return "BINARY_ARITHMETIC_OVERFLOW", {
            "value1": left + SUFFIXES[kind],
            "symbol": sign,
            "value2": right + SUFFIXES[kind],
            "functionName": f"`{hint}`",
        }
    return _arithmetic(f" Use '{hint}' to tolerate overflow and return NULL instead.")


def _arithmetic(alternative: str) -> Raised:
    return "ARITHMETIC_OVERFLOW", {
        "message": "overflow",
        "alternative": alternative,
        "config": CONFIG,
    }


def _zero(found: re.Match[str]) -> Raised:
    return (f"{_operation(found[1])}_BY_ZERO", {"config": CONFIG})


def _operation(text: str) -> str:
    """Whether the outermost operator of ``a // b`` or ``a % b`` divides."""
    depth = 0
    for at, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and text[at : at + 3] == " % ":
            return "REMAINDER"
    return "DIVIDE"


def _narrowed(found: re.Match[str]) -> Raised:
    source, value, target = found.groups()
    if (source, target) == ("INT128", "INT64"):  # what the kernel of sum leaves to DuckDB
        hint = " Use 'try_sum' to tolerate overflow and return NULL instead."
        return "ARITHMETIC_OVERFLOW", {**_arithmetic(hint)[1], "message": "long overflow"}
    suffix = {"INT64": "L", "DOUBLE": "D", "INT8": "Y", "INT16": "S"}.get(source, "")
    return "CAST_OVERFLOW", {
        "value": value + suffix,
        "sourceType": f'"{TYPES.get(source, source)}"',
        "targetType": f'"{TYPES.get(target, target)}"',
        "ansiConfig": CONFIG,
    }


def _wide(found: re.Match[str]) -> Raised:
    return "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", {
        "value": found[1] or found[2],
        "precision": found[3],
        "scale": found[4],
        "config": CONFIG,
    }


def _text(found: re.Match[str]) -> Raised:
    return "CAST_INVALID_INPUT", {
        "expression": f"'{found[1]}'",
        "sourceType": '"STRING"',
        "targetType": f'"{TYPES.get(found[2], found[2])}"',
        "ansiConfig": CONFIG,
    }


TOLD: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Raised]]] = [
    (_OVERFLOW, _overflow),
    (_ZERO, _zero),
    (_DIVISION, lambda _: _arithmetic(" Use 'try_divide' to tolerate overflow and return NULL "
                                      "instead.")),
    (_NARROWED, _narrowed),
    (_DECIMAL, _wide),
    (_TEXT, _text),
    (re.compile("More than one row returned by a subquery"),
     lambda _: ("SCALAR_SUBQUERY_TOO_MANY_ROWS", {})),
    (re.compile("not in timestamp range|overflows timestamp range|Date out of range: "),
     lambda _: ("DATETIME_OVERFLOW", {"operation": "a timestamp outside of its type's range"})),
    (re.compile("No files found that match the pattern \"([^\"]*)\""),
     lambda found: ("FAILED_READ_FILE.FILE_NOT_EXIST", {"path": f"file:{found[1]}"})),
    (re.compile("Overflow|out of range|Failed to cast decimal value", re.IGNORECASE),
     lambda _: _arithmetic("")),
]  # fmt: skip
"""What DuckDB says, and what Spark would say: the first that is found."""
