"""Kernels of the functions of text. Characters are code points, as in Spark.

DuckDB's functions are used for what they share with Spark; where only texts beyond ASCII differ
(``upper('ß')``) these go to Python.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import CastMode
from rayspark.datatypes import ArrayType, BinaryType, DataType, NullType, StringType
from rayspark.datatypes.coercion import find_comparable
from rayspark.execution.compile.cast import compile_cast
from rayspark.execution.compile.cast_text import text_of
from rayspark.execution.kernels import number_formats, printf, randoms
from rayspark.execution.kernels.kernel import Failure, Kernel, Site, fail, quote
from rayspark.execution.kernels.likeness import distance, soundex
from rayspark.execution.kernels.texts import each

CHARSETS = {
    "utf-8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "utf-16": "utf-16",
    "utf-16be": "utf-16-be", "utf-16le": "utf-16-le", "utf-32": "utf-32-be",
}  # fmt: skip


def text_function(name: str, one: Callable[..., Any], inputs: int = 1) -> Any:
    """Text to text."""
    return each(f"spark_{name}", one, ("VARCHAR",) * inputs, "VARCHAR", pa.string())


def beyond_ascii(native: str, slow: Any) -> Callable[[Site], str]:
    """DuckDB's function for ASCII, Python's for the rest. ``$`` stands for the text."""

    def compiled(site: Site) -> str:
        site.context.arrow_functions[slow.name] = slow
        return site.let(
            site.args[0],
            lambda s: (
                f"CASE WHEN strlen({s}) = length({s}) THEN {native.replace('$', s)} "
                f"ELSE {slow.name}({s}) END"
            ),
        )

    return compiled


def through(function: Any) -> Callable[[Site], str]:
    """A kernel that is an Arrow function."""
    return lambda site: site.use(function, *site.args)


def is_binary(site: Site, index: int = 0) -> bool:
    """Whether an argument is bytes."""
    return isinstance(site.types[index], BinaryType)


def as_text(site: Site, index: int) -> str:
    """An argument as text."""
    return text_of(site.context, site.args[index], site.types[index])


def not_negative(n: str) -> str:
    """A number, 0 if it is below; null stays null (``greatest`` would pass it over)."""
    return f"CASE WHEN {n} < 0 THEN 0 ELSE {n} END"


# -- parts and places ----------------------------------------------------------------------------


def trimmed(side: str, *, characters_first: bool = True) -> Callable[[Site], str]:
    """Only blanks, unless other characters are given."""

    def compiled(site: Site) -> str:
        if len(site.args) == 1:  # of ASCII, DuckDB takes only blanks for blank; that is faster
            return site.let(
                site.args[0],
                lambda s: (
                    f"CASE WHEN strlen({s}) = length({s}) THEN {side}({s}) "
                    f"ELSE {side}({s}, ' ') END"
                ),
            )
        first, second = site.args
        text, characters = (second, first) if characters_first else (first, second)
        return f"{side}({text}, {characters})"

    return compiled


def substring(site: Site) -> str:
    """0 is the first position too; negative ones count from the end."""
    s, pos, count = site.args
    size = f"octet_length({s})" if is_binary(site) else f"length({s})"
    position, length = site.literal(1), site.literal(2)
    if position is not None and length is not None and position >= 0 and not is_binary(site):
        if length <= 0:
            return f"left({s}, 0)"
        return f"substring({s}, {max(position, 1)}, {length})"

    def made(p: str) -> str:
        start = (
            f"CASE WHEN {p} > 0 THEN {p} - 1 WHEN {p} < 0 THEN {size} + {p} WHEN {p} = 0 THEN 0 END"
        )
        end = f"({start}) + CAST({count} AS BIGINT)"
        first = not_negative(f"({start})")
        part = not_negative(f"(({end}) - ({first}))")
        if is_binary(site):
            return _bytes_part(site, s, f"({first}) + 1", part)
        return f"substring({s}, ({first}) + 1, {part})"

    return site.let(f"CAST({pos} AS BIGINT)", made)


BYTES_PART = each(
    "spark_bytes_part", lambda b, start, n: b[start - 1 : start - 1 + n],
    ("BLOB", "BIGINT", "BIGINT"), "BLOB", pa.binary(),
)  # fmt: skip


def _bytes_part(site: Site, text: str, start: str, count: str) -> str:
    return site.use(BYTES_PART, text, start, f"CAST({count} AS BIGINT)")


def left(site: Site) -> str:
    """Nothing of a negative number."""
    s, n = site.args
    if is_binary(site):
        return _bytes_part(site, s, "1", not_negative(n))
    return f"left({s}, {not_negative(n)})"


def right(site: Site) -> str:
    """Nothing of a negative number."""
    return f"right({site.args[0]}, {not_negative(site.args[1])})"


def locate(site: Site) -> str:
    """From a position on; 0 where there is none, or the position is not positive."""
    part, s, pos = site.args
    if site.literal(2) == 1:
        return f"instr({s}, {part})"
    rest = f"substring({s}, {pos})"
    found = f"instr({rest}, {part})"
    return (
        f"CASE WHEN {pos} IS NULL THEN 0 WHEN {part} IS NULL OR {s} IS NULL THEN NULL "
        f"WHEN {part} = '' AND {pos} > 0 THEN 1 "
        f"WHEN {pos} < 1 OR {pos} > length({s}) + 1 OR {found} = 0 THEN 0 "
        f"ELSE {found} + {pos} - 1 END"
    )


def bytes_or_text(text: str, binary: Any) -> Callable[[Site], str]:
    """A native text function; for bytes an Arrow function."""

    def compiled(site: Site) -> str:
        if is_binary(site, 0) and is_binary(site, 1):
            return site.use(binary, *site.args)
        return text.format(*(as_text(site, i) for i in range(len(site.args))))

    return compiled


def _on_bytes(name: str, one: Callable[[bytes, bytes], bool]) -> Any:
    return each(f"spark_{name}_bytes", one, ("BLOB", "BLOB"), "BOOLEAN", pa.bool_())


def padded(side: str) -> Callable[[Site], str]:
    """An empty padding leaves a short text as it is."""

    def slow(s: Any, n: int, pad: Any) -> Any:
        if n <= len(s) or not pad:
            return s[: max(n, 0)]
        missing = n - len(s)
        filling = (pad * (missing // len(pad) + 1))[:missing]
        return filling + s if side == "lpad" else s + filling

    blob = each(f"spark_{side}_bytes", slow, ("BLOB", "INTEGER", "BLOB"), "BLOB", pa.binary())

    def compiled(site: Site) -> str:
        if is_binary(site) and (len(site.args) < 3 or is_binary(site, 2)):
            pad = site.args[2] if len(site.args) > 2 else "'\\x00'::BLOB"
            return site.use(blob, site.args[0], site.args[1], pad)
        s, n = as_text(site, 0), not_negative(site.args[1])
        pad = as_text(site, 2) if len(site.args) > 2 else "' '"
        native = f"{side}({s}, {n}, {pad})"
        if site.literal(2) if len(site.args) > 2 else True:
            return native
        return f"CASE WHEN {pad} = '' THEN left({s}, {n}) ELSE {native} END"

    return compiled


def overlay(site: Site) -> str:
    """A negative length means that of the replacement."""
    s, new, pos, count = site.args
    size = "octet_length" if is_binary(site) else "length"
    kept = f"CASE WHEN {count} < 0 THEN {size}({new}) ELSE {count} END"
    if is_binary(site):
        tail = f"{pos} + {kept}"
        head = _bytes_part(site, s, "1", f"greatest({pos} - 1, 0)")
        return f"({head} || {new} || {_bytes_part(site, s, tail, '2147483647')})"
    return f"(left({s}, greatest({pos} - 1, 0)) || {new} || substring({s}, {pos} + {kept}))"


def split_part(site: Site) -> str:
    """Position 0 is an error; of what is not there comes ''."""
    s, by, n = site.args
    parts = f"CASE WHEN {by} = '' THEN [{s}] ELSE string_split({s}, {by}) END"
    error = fail("INVALID_INDEX_OF_ZERO")
    return (
        f"CASE WHEN {n} = 0 AND {s} IS NOT NULL AND {by} IS NOT NULL THEN {error} "
        f"WHEN {s} IS NOT NULL AND {by} IS NOT NULL AND {n} IS NOT NULL "
        f"THEN coalesce(({parts})[{n}], '') END"
    )


def substring_index(text: str, by: str, count: int) -> str:
    """What stands before the n-th delimiter; overlapping ones count, from the right."""
    if not by or not count:
        return ""
    at = -1 if count > 0 else len(text)
    for _ in range(abs(count)):
        if count > 0:
            at = text.find(by, at + 1)
            if at < 0:
                return text
        else:
            at = text.rfind(by, 0, at - 1 + len(by)) if at > 0 else -1
            if at < 0:
                return text
    return text[:at] if count > 0 else text[at + len(by) :]


SUBSTRING_INDEX = each(
    "spark_substring_index", substring_index, ("VARCHAR", "VARCHAR", "INTEGER"), "VARCHAR",
    pa.string(),
)  # fmt: skip


def before_delimiter(site: Site) -> str:
    """``substring_index``: natively by a delimiter of one character."""
    s, by, count = site.args
    n, delimiter = site.literal(2), site.literal(1)
    if delimiter is not None and len(delimiter) == 1 and n:
        parts = f"string_split({s}, {by})"
        kept = f"{parts}[:{n}]" if n > 0 else f"{parts}[{n}:]"
        return f"CASE WHEN {s} IS NOT NULL THEN array_to_string({kept}, {by}) END"
    return site.use(SUBSTRING_INDEX, s, by, count)


# -- putting together ----------------------------------------------------------------------------


def concat(site: Site) -> str:
    """Null if any of them is."""
    if not site.args:
        return "''"
    if isinstance(site.type, ArrayType):
        mode = CastMode.ANSI
        parts = [
            compile_cast(a, t, site.type, mode, site.context)
            for a, t in zip(site.args, site.types, strict=True)
        ]
        nulls = " OR ".join(f"{p} IS NULL" for p in parts)
        return f"CASE WHEN {nulls} THEN NULL ELSE list_concat({', '.join(parts)}) END"
    if isinstance(site.type, BinaryType):
        return f"({' || '.join(site.args)})"
    return f"({' || '.join(as_text(site, i) for i in range(len(site.args)))})"


def concat_ws(site: Site) -> str:
    """Nulls are left out, elements of arrays are put in."""
    separator, *rest = site.args
    if not any(isinstance(t, ArrayType) for t in site.types):
        return f"concat_ws({', '.join(site.args)})" if rest else f"left({separator}, 0)"
    lists = [
        f"coalesce({a}, [])" if isinstance(t, ArrayType) else f"[{a}]"
        for a, t in zip(rest, site.types[1:], strict=True)
    ]
    joined = f"list_filter(list_concat({', '.join(lists)}), lambda x: x IS NOT NULL)"
    return f"CASE WHEN {separator} IS NOT NULL THEN array_to_string({joined}, {separator}) END"


def elt(site: Site) -> str:
    """Outside of the inputs: an error in ANSI mode, else null."""
    n, inputs = site.args[0], site.args[1:]
    if not isinstance(site.type, BinaryType):
        inputs = [as_text(site, i) for i in range(1, len(site.args))]
    cases = " ".join(f"WHEN {at} THEN {text}" for at, text in enumerate(inputs, 1))
    error = fail("INVALID_ARRAY_INDEX", indexValue=n, arraySize=quote(str(len(inputs))))
    otherwise = f" ELSE CASE WHEN {n} IS NOT NULL THEN {error} END" if site.ansi else ""
    return f"CASE {n} {cases}{otherwise} END"


def concat_format(site: Site) -> str:
    """``format_string``."""
    kinds = tuple("VARCHAR" for _ in site.args)
    texts = [
        a if isinstance(t, StringType) else printf.argument(site.context, a, t)
        for a, t in zip(site.args, site.types, strict=True)
    ]
    return site.use(printf.formatter(tuple(site.types[1:]), kinds), *texts)


# -- letters -------------------------------------------------------------------------------------


def _initcap(text: str) -> str:
    return " ".join(w[:1].title() + w[1:] for w in text.lower().split(" "))


def _mask(text: str, upper: str | None, lower: str | None, digit: str | None,
          other: str | None) -> str:  # fmt: skip
    def one(c: str) -> str:
        if c.isupper():
            return c if upper is None else upper[:1]
        if c.islower():
            return c if lower is None else lower[:1]
        if c.isdigit():
            return c if digit is None else digit[:1]
        return c if other is None else other[:1]

    return "".join(map(one, text))


def _run_mask(*columns: Any) -> pa.Array:
    rows = zip(*(c.to_pylist() for c in columns), strict=True)
    return pa.array([None if row[0] is None else _mask(*row) for row in rows], pa.string())


def mask(site: Site) -> str:
    """Null for a kind of character leaves it as it is."""
    base = text_function("mask", _mask, 5)
    function = type(base)(base.name, _five(_run_mask), base.parameters, base.returns)
    return site.use(function, *site.args)


def _five(run: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, b, c, d, e: run(a, b, c, d, e)


def _luhn(text: str) -> bool:
    if not text or not text.isascii() or not text.isdigit():
        return False
    total = 0
    for at, c in enumerate(reversed(text)):
        digit = int(c) * (1 + at % 2)
        total += digit - 9 if digit > 9 else digit
    return total % 10 == 0


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# -- bytes ---------------------------------------------------------------------------------------


def _charset(name: str, function: str) -> str:
    found = CHARSETS.get(name.lower())
    if found is None:
        raise Failure(
            "INVALID_PARAMETER_VALUE.CHARSET", functionName=f"`{function}`", parameter="`charset`",
            charset=name, charsets=", ".join(sorted(CHARSETS)),
        )  # fmt: skip
    return found


def _encode(text: str, charset: str) -> bytes:
    name = _charset(charset, "encode")
    try:
        if name == "utf-16":
            return b"\xfe\xff" + text.encode("utf-16-be") if text else b""
        return text.encode(name)
    except UnicodeEncodeError:
        raise Failure("MALFORMED_CHARACTER_CODING", function="`encode`", charset=charset) from None


def _decode(data: bytes, charset: str) -> str:
    name = _charset(charset, "decode")
    if name == "utf-16" and data[:2] not in (b"\xfe\xff", b"\xff\xfe"):
        name = "utf-16-be"
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        raise Failure("MALFORMED_CHARACTER_CODING", function="`decode`", charset=charset) from None


ENCODE = each("spark_encode", _encode, ("VARCHAR", "VARCHAR"), "BLOB", pa.binary())
DECODE = each("spark_decode", _decode, ("BLOB", "VARCHAR"), "VARCHAR", pa.string())


def decode(site: Site) -> str:
    """Of two arguments bytes in a character set, of more a choice by keys."""
    if len(site.args) == 2:
        data = site.args[0] if is_binary(site) else f"encode({as_text(site, 0)})"
        return site.use(DECODE, data, as_text(site, 1))
    value, *rest = site.args
    pairs = len(rest) // 2
    cases = []
    for at in range(pairs):
        key, result = rest[2 * at], rest[2 * at + 1]
        types = site.types[0], site.types[1 + 2 * at]
        common = find_comparable(*types, site.ansi) or types[0]
        sides = (
            compile_cast(text, dt, common, CastMode.ANSI, site.context)
            for text, dt in zip((value, key), types, strict=True)
        )
        cases.append(
            f"WHEN {' IS NOT DISTINCT FROM '.join(sides)} "
            f"THEN {_as(site, result, site.types[2 + 2 * at])}"
        )
    last = f" ELSE {_as(site, rest[-1], site.types[-1])}" if len(rest) % 2 else ""
    return f"CASE {' '.join(cases)}{last} END"


def _as(site: Site, text: str, dt: DataType) -> str:
    if isinstance(dt, NullType):
        return "NULL"
    return compile_cast(text, dt, site.type, CastMode.ANSI, site.context)


def from_base64(text: str) -> bytes:
    """As Java's MIME decoder: other characters are passed over."""
    kept = re.sub(r"[^A-Za-z0-9+/=]", "", text).partition("=")[0]
    if len(kept) % 4 == 1:
        raise Failure(
            "CONVERSION_INVALID_INPUT", str=f"'{text}'", fmt="'BASE64'",
            targetType='"BINARY"', suggestion="`try_to_binary`",
        )  # fmt: skip
    return base64.b64decode(kept + "=" * (-len(kept) % 4))


def _to_binary(lenient: bool) -> Callable[[str, str], bytes | None]:
    def one(text: str, form: str) -> bytes | None:
        try:
            match form.lower():
                case "utf-8" | "utf8":
                    return text.encode()
                case "hex":
                    return bytes.fromhex("0" * (len(text) % 2) + text)
                case "base64":
                    stripped = re.sub(r"\s", "", text)
                    return base64.b64decode(stripped, validate=True)
        except (ValueError, binascii.Error):
            if lenient:
                return None
            raise Failure(
                "CONVERSION_INVALID_INPUT", str=f"'{text}'", fmt=f"'{form.upper()}'",
                targetType='"BINARY"', suggestion="`try_to_binary`",
            ) from None  # fmt: skip
        return None

    return one


# -- the table -----------------------------------------------------------------------------------


def randstr(site: Site) -> str:
    """Letters and digits."""
    size = int(site.literal(0) or 0)
    pool = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

    def draw(source: randoms.XorShift) -> str:
        return "".join(pool[abs(source.next(32)) % len(pool)] for _ in range(size))

    return randoms.drawn(
        site, "spark_randstr", draw, randoms.seed_of(site, 1), pa.string(), "VARCHAR"
    )


def collate(site: Site) -> str:
    """Texts are compared by their bytes: other collations are refused."""
    if str(site.literal(1)).upper() not in ("UTF8_BINARY", "SYSTEM.BUILTIN.UTF8_BINARY"):
        return fail("UNSUPPORTED_FEATURE.COLLATION", collationName=site.args[1])
    return site.args[0]


def size_of(kind: str) -> Callable[[Site], str]:
    """Characters, bytes or bits."""

    def compiled(site: Site) -> str:
        [s] = site.args
        if kind == "characters" and not is_binary(site):
            return f"length({s})"
        count = f"octet_length({s})" if is_binary(site) else f"strlen({s})"
        return f"({count} * 8)" if kind == "bits" else count

    return compiled


REVERSED_BYTES = each("spark_reverse_bytes", lambda b: b[::-1], ("BLOB",), "BLOB", pa.binary())


def reverse(site: Site) -> str:
    """Of texts by code points."""
    if isinstance(site.types[0], ArrayType):
        return f"list_reverse({site.args[0]})"
    if isinstance(site.types[0], BinaryType):
        return site.use(REVERSED_BYTES, site.args[0])
    return beyond_ascii("reverse($)", text_function("reverse", lambda s: s[::-1]))(site)


def character(site: Site) -> str:
    """Codes above 255 begin anew; negative ones are ''."""
    return site.let(
        site.args[0],
        lambda n: f"CASE WHEN {n} < 0 THEN '' ELSE chr(CAST({n} & 255 AS INTEGER)) END",
    )


FIND_IN_SET = (
    "CASE WHEN contains({0}, ',') AND {1} IS NOT NULL THEN 0 "
    "WHEN {0} IS NOT NULL AND {1} IS NOT NULL "
    "THEN coalesce(list_position(string_split({1}, ','), {0}), 0) END"
)
ONE = ("VARCHAR",)

KERNELS: dict[str, Kernel] = {
    "ascii": "CASE WHEN {0} = '' THEN 0 ELSE unicode({0}) END",
    "base64": lambda site: f"base64({site.args[0]})",
    "bit_length": size_of("bits"),
    "btrim": trimmed("trim", characters_first=False),
    "char": character,
    "char_length": size_of("characters"),
    "collate": collate,
    "collation": "'SYSTEM.BUILTIN.UTF8_BINARY'",
    "concat": concat,
    "concat_ws": concat_ws,
    "contains": bytes_or_text("contains({0}, {1})", _on_bytes("contains", lambda a, b: b in a)),
    "decode": decode,
    "elt": elt,
    "encode": through(ENCODE),
    "endswith": bytes_or_text("suffix({0}, {1})", _on_bytes("endswith", bytes.endswith)),
    "find_in_set": FIND_IN_SET,
    "format_number": number_formats.format_number,
    "format_string": concat_format,
    "initcap": through(text_function("initcap", _initcap)),
    "instr": "instr({0}, {1})",
    "is_valid_utf8": "CASE WHEN {0} IS NOT NULL THEN true END",
    "left": left,
    "levenshtein": distance,
    "locate": locate,
    "lower": beyond_ascii("lower($)", text_function("lower", str.lower)),
    "lpad": padded("lpad"),
    "ltrim": trimmed("ltrim"),
    "luhn_check": through(each("spark_luhn", _luhn, ONE, "BOOLEAN", pa.bool_())),
    "make_valid_utf8": "{0}",
    "mask": mask,
    "octet_length": size_of("bytes"),
    "overlay": overlay,
    "quote": through(text_function("quote", _quote)),
    "randstr": randstr,
    "repeat": lambda site: f"repeat({site.args[0]}, {not_negative(site.args[1])})",
    "replace": "CASE WHEN {1} = '' THEN {0} ELSE replace({0}, {1}, {2}) END",
    "reverse": reverse,
    "right": right,
    "rpad": padded("rpad"),
    "rtrim": trimmed("rtrim"),
    "soundex": through(text_function("soundex", soundex)),
    "space": lambda site: f"repeat(' ', {not_negative(site.args[0])})",
    "split_part": split_part,
    "startswith": bytes_or_text("starts_with({0}, {1})", _on_bytes("startswith", bytes.startswith)),
    "substring": substring,
    "substring_index": before_delimiter,
    "to_binary": through(each("spark_to_binary", _to_binary(False), ONE * 2, "BLOB", pa.binary())),
    "try_to_binary": through(
        each("spark_try_to_binary", _to_binary(True), ONE * 2, "BLOB", pa.binary())
    ),
    "to_char": number_formats.to_char,
    "to_number": number_formats.to_number(lenient=False),
    "try_to_number": number_formats.to_number(lenient=True),
    "translate": "translate({0}, {1}, {2})",
    "trim": trimmed("trim"),
    "try_validate_utf8": "{0}",
    "unbase64": through(each("spark_unbase64", from_base64, ONE, "BLOB", pa.binary())),
    "upper": beyond_ascii("upper($)", text_function("upper", str.upper)),
    "validate_utf8": "{0}",
}
