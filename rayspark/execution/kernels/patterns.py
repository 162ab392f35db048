"""Java's patterns of dates and times (``yyyy-MM-dd HH:mm``) as DuckDB text.

To *write* a time, letters become ``strftime`` codes where both print the same, and small
expressions where not. To *read* one, the pattern becomes a regular expression that puts the parts
into one fixed form, which ``strptime`` reads: so ``yyyy`` takes four digits and no fewer, as in
Java.

>>> [str(p.text) for p in pieces("d 'of' MMM")]
['d', ' ', 'of', ' ', 'MMM']
>>> strftime_codes("yyyy-MM-dd")
'%Y-%m-%d'
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo

import pyarrow as pa

from rayspark.errors import (
    IllegalArgumentException,
    PySparkException,
    PySparkNotImplementedError,
    SparkRuntimeException,
    SparkUpgradeException,
)
from rayspark.execution.kernels.kernel import ArrowFunction, Site, quote
from rayspark.execution.kernels.zones import fixed_offset, zone_name
from rayspark.records import dataclass

WEEK_LETTERS = "YWwuec"
ILLEGAL = "ABnNp"
NOT_READ = "EFqQ"
LETTERS = "GyuMLdDHhKkmsSaEFqQVzOXxZ"
MARK = "T!"
"""Before what a regular expression has put into form: no text of the user's is taken for it."""


@dataclass(frozen=True)
class Piece:
    """A run of one letter, or literal text (``letter`` is empty), or a bracket of an option."""

    letter: str
    text: str

    @property
    def width(self) -> int:
        """How many letters."""
        return len(self.text)


@cache
def pieces(pattern: str) -> tuple[Piece, ...]:
    """A pattern cut up; errors for letters that Spark refuses."""
    return tuple(_cut(pattern))


def _cut(pattern: str) -> Iterator[Piece]:
    at = 0
    while at < len(pattern):
        c = pattern[at]
        if c == "'":
            text, at = _quoted(pattern, at)
            yield Piece("", text)
            continue
        end = at
        while end < len(pattern) and pattern[end] == c:
            end += 1
        if c.isascii() and c.isalpha():
            yield _letter(c, pattern[at:end], pattern)
            at = end
        elif c in "[]":
            yield Piece(c, c)
            at += 1
        elif c in "{}#":
            raise _bad(pattern, "ILLEGAL_CHARACTER", c)
        else:
            yield Piece("", c)
            at += 1


def _quoted(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at : at + 2] == "''":
        return "'", at + 2
    text, at = "", at + 1
    while at < len(pattern):
        if pattern[at : at + 2] == "''":
            text, at = text + "'", at + 2
        elif pattern[at] == "'":
            return text, at + 1
        else:
            text, at = text + pattern[at], at + 1
    raise _bad(pattern, "ILLEGAL_CHARACTER", "'")


LONGEST = {"y": 6, "u": 6, "M": 4, "L": 4, "d": 2, "D": 3, "H": 2, "h": 2, "K": 2, "k": 2, "m": 2,
           "s": 2, "S": 9, "a": 1, "E": 4, "F": 1, "q": 4, "Q": 4, "V": 2, "z": 4, "O": 4, "X": 5,
           "x": 5, "Z": 5, "G": 4}  # fmt: skip


def _letter(c: str, text: str, pattern: str) -> Piece:
    if c in WEEK_LETTERS:
        raise _bad(pattern, "week", c)
    if c in ILLEGAL:
        raise _bad(pattern, "ILLEGAL_CHARACTER", c)
    long = c in LETTERS and len(text) > LONGEST[c]
    if c not in LETTERS or long or (c == "V" and len(text) != 2) or text in ("OO", "OOO"):
        raise _bad(pattern, "WITH_SUGGESTION", c)
    return Piece(c, text)


DOCROOT = "https://spark.apache.org/docs/latest"
OLD_LETTERS = frozenset("GyYMLwWDdFEuaHkKhmsSzZX")


def _bad(pattern: str, why: str, c: str) -> PySparkException:
    """As Spark: another error for what its older parser understood."""
    bare = re.sub(r"'[^']*'", "", pattern)
    if all(letter in OLD_LETTERS for letter in bare if letter.isascii() and letter.isalpha()):
        return SparkUpgradeException(
            errorClass="INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
            messageParameters={
                "pattern": f"'{pattern}'",
                "config": '"spark.sql.legacy.timeParserPolicy"',
                "docroot": DOCROOT,
            },
        )
    if why == "week":
        return IllegalArgumentException(
            errorClass="INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN",
            messageParameters={"c": c},
        )
    if why == "ILLEGAL_CHARACTER":
        return IllegalArgumentException(
            errorClass="INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
            messageParameters={"pattern": pattern, "c": c},
        )
    return SparkRuntimeException(
        errorClass="INVALID_DATETIME_PATTERN.WITH_SUGGESTION",
        messageParameters={"pattern": f"'{pattern}'", "docroot": DOCROOT},
    )


# -- writing ---------------------------------------------------------------------------------------

CODES = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "uu": "%y", "MM": "%m", "M": "%-m", "MMM": "%b",
    "MMMM": "%B", "LL": "%m", "L": "%-m", "LLL": "%b", "LLLL": "%B", "dd": "%d", "d": "%-d",
    "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M", "ss": "%S", "s": "%-S",
    "SSS": "%g", "SSSSSS": "%f", "a": "%p", "E": "%a", "EE": "%a", "EEE": "%a", "EEEE": "%A",
    "DDD": "%j", "D": "%-j",
}  # fmt: skip
"""Letters -> the code with which DuckDB prints and reads the same."""


def strftime_codes(pattern: str) -> str | None:
    """The whole pattern in codes, or ``None``."""
    found = ""
    for piece in pieces(pattern):
        if not piece.letter:
            found += piece.text.replace("%", "%%")
        elif piece.text in CODES:
            found += CODES[piece.text]
        else:
            return None
    return found


def write_time(site: Site, local: str, pattern: str, instant: str | None) -> str:
    """A local time as text. ``instant`` is asked for letters of zones; ``None``: it has none."""
    codes = strftime_codes(pattern)
    if codes is not None:
        return f"strftime({local}, {quote(codes)})"
    return site.let(local, lambda t: _pieces_text(site, t, pattern, instant))


def _pieces_text(site: Site, t: str, pattern: str, instant: str | None) -> str:
    parts: list[str] = []
    codes = ""
    for piece in pieces(pattern):
        if piece.letter in ("[", "]") and piece.letter:
            continue  # an option is always written
        if not piece.letter:
            codes += piece.text.replace("%", "%%")
        elif piece.text in CODES:
            codes += CODES[piece.text]
        else:
            if codes:
                parts.append(f"strftime({t}, {quote(codes)})")
                codes = ""
            parts.append(_piece_text(site, t, piece, instant))
    if codes:
        parts.append(f"strftime({t}, {quote(codes)})")
    return f"CASE WHEN {t} IS NOT NULL THEN {' || '.join(parts) or quote('')} END"


def _padded(number: str, width: int) -> str:
    text = f"CAST({number} AS VARCHAR)"
    size = f"CAST(greatest({width}, length({text})) AS INTEGER)"
    return text if width == 1 else f"lpad({text}, {size}, '0')"


def _piece_text(site: Site, t: str, piece: Piece, instant: str | None) -> str:
    match piece.letter:
        case "y" | "u":
            return _padded(f"year({t})", piece.width)
        case "D":
            return _padded(f"dayofyear({t})", piece.width)
        case "S":
            digits = f"(strftime({t}, '%f') || '000')"
            return f"left({digits}, {piece.width})"
        case "k":
            return _padded(f"((hour({t}) + 23) % 24 + 1)", piece.width)
        case "K":
            return _padded(f"(hour({t}) % 12)", piece.width)
        case "F":
            return _padded(f"((day({t}) - 1) % 7 + 1)", 1)
        case "q" | "Q":
            number = f"CAST(quarter({t}) AS VARCHAR)"
            names = {1: number, 2: f"('0' || {number})", 3: f"('Q' || {number})"}
            ordinal = f"CASE quarter({t}) WHEN 1 THEN '1st' WHEN 2 THEN '2nd' WHEN 3 THEN '3rd'"
            return names.get(piece.width, f"({ordinal} ELSE '4th' END || ' quarter')")
        case "G":
            after, before = ("Anno Domini", "Before Christ") if piece.width == 4 else ("AD", "BC")
            return f"CASE WHEN year({t}) > 0 THEN '{after}' ELSE '{before}' END"
    return _zone_text(site, t, piece, instant or t)


def _zone_text(site: Site, t: str, piece: Piece, instant: str) -> str:
    if piece.letter == "V":
        return quote(site.zone)
    if piece.letter == "z":
        function = zone_names(site.zone, long=piece.width == 4)
        return site.use(function, f"epoch_us({instant})")
    seconds = f"((epoch_us({t}) - epoch_us({instant})) // 1000000)"
    minutes = f"(abs({seconds}) // 60)"
    sign = f"CASE WHEN {seconds} < 0 THEN '-' ELSE '+' END"
    hour, minute = _padded(f"({minutes} // 60)", 2), _padded(f"({minutes} % 60)", 2)
    match piece.letter, piece.width:
        case "O", width:
            hours = hour if width == 4 else f"CAST({minutes} // 60 AS VARCHAR)"
            rest = f"':' || {minute}"
            if width == 1:
                rest = f"CASE WHEN {minutes} % 60 = 0 THEN '' ELSE {rest} END"
            return _unless_utc(seconds, "GMT", f"'GMT' || {sign} || {hours} || {rest}")
        case "Z", 4:
            return _unless_utc(seconds, "GMT", f"'GMT' || {sign} || {hour} || ':' || {minute}")
        case "Z", 5:
            return _unless_utc(seconds, "Z", f"{sign} || {hour} || ':' || {minute}")
        case "Z", _:
            return f"({sign} || {hour} || {minute})"
        case _, 1:
            text = f"{sign} || {hour} || CASE WHEN {minutes} % 60 = 0 THEN '' ELSE {minute} END"
        case _, (2 | 4):
            text = f"{sign} || {hour} || {minute}"
        case _:
            text = f"{sign} || {hour} || ':' || {minute}"
    return _unless_utc(seconds, "Z", text) if piece.letter == "X" else f"({text})"


def _unless_utc(seconds: str, name: str, text: str) -> str:
    return f"CASE WHEN {seconds} = 0 THEN '{name}' ELSE {text} END"


LONG_NAMES = {"PST": "Pacific Standard Time", "PDT": "Pacific Daylight Time",
              "MST": "Mountain Standard Time", "MDT": "Mountain Daylight Time",
              "CST": "Central Standard Time", "CDT": "Central Daylight Time",
              "EST": "Eastern Standard Time", "EDT": "Eastern Daylight Time",
              "UTC": "Coordinated Universal Time", "GMT": "Greenwich Mean Time",
              "CET": "Central European Standard Time",
              "CEST": "Central European Summer Time"}  # fmt: skip


STANDARD = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


@cache
def zone_names(zone: str, *, long: bool) -> ArrowFunction:
    """The name that the clock of a zone has at an instant: ``PST``."""

    def run(micros: pa.Array) -> pa.Array:
        return pa.array([None if m is None else name(m) for m in micros.to_pylist()], pa.string())

    def name(micros: int) -> str:
        if fixed_offset(zone) is not None:
            return LONG_NAMES.get(zone, zone) if long else zone
        micros = min(max(micros, -62_135_000_000_000_000), 253_402_000_000_000_000)
        at = STANDARD + datetime.timedelta(microseconds=micros)
        short = at.astimezone(ZoneInfo(zone_name(zone))).tzname() or zone
        if short == "LMT":  # before zones had names
            short = STANDARD.astimezone(ZoneInfo(zone_name(zone))).tzname() or zone
        return LONG_NAMES.get(short, short) if long else short

    key = re.sub(r"\W", "_", zone)
    return ArrowFunction(
        f"spark_zone_{'long' if long else 'short'}_{key}", run, ("BIGINT",), "VARCHAR"
    )


# -- reading ---------------------------------------------------------------------------------------

_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_LONG_MONTHS = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
_READ = {
    "yyyy": (r"\d{4}", "Y"), "yy": (r"\d{2}", "short year"), "y": (r"0*\d{1,4}", "Y"),
    "yyy": (r"\d{3,4}", "Y"), "MM": (r"\d{2}", "m"), "M": (r"\d{1,2}", "m"), "MMM": (_MONTHS, "b"),
    "MMMM": (_LONG_MONTHS, "B"), "dd": (r"\d{2}", "d"), "d": (r"\d{1,2}", "d"),
    "DDD": (r"\d{3}", "j"), "D": (r"\d{1,3}", "j"), "HH": (r"\d{2}", "H"), "H": (r"\d{1,2}", "H"),
    "hh": (r"\d{2}", "I"), "h": (r"\d{1,2}", "I"), "mm": (r"\d{2}", "M"), "m": (r"\d{1,2}", "M"),
    "ss": (r"\d{2}", "S"), "s": (r"\d{1,2}", "S"), "a": ("AM|PM", "p"),
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """How text of one shape is read."""

    shape: str
    """Regular expression."""
    form: str
    """What to replace it with."""
    codes: str
    """How the form is read by ``strptime``."""
    zoned: bool = False
    """Whether the text names its offset from UTC: the result is an instant."""


def readings(pattern: str) -> list[Reading]:
    """All shapes that a pattern allows, those with more options first."""
    found = []
    for variant in _variants(pieces(pattern)):
        zones = [p for p in variant if p.letter in "VzOXxZ" and p.letter]
        if not zones:
            found.append(_reading(variant, ""))
        else:
            choices = ["", "Z"] if zones[0].letter == "X" or zones[0].text == "ZZZZZ" else [""]
            found += [_reading(variant, choice) for choice in choices]
    return found


def _variants(parts: tuple[Piece, ...]) -> list[tuple[Piece, ...]]:
    start = next((i for i, p in enumerate(parts) if p.letter == "["), None)
    if start is None:
        return [tuple(p for p in parts if p.letter != "]")]
    depth, end = 0, len(parts)
    for at in range(start, len(parts)):
        depth += {"[": 1, "]": -1}.get(parts[at].letter, 0)
        if depth == 0:
            end = at
            break
    before, inner, after = parts[:start], parts[start + 1 : end], parts[end + 1 :]
    return _variants((*before, *inner, *after)) + _variants((*before, *after))


def _reading(parts: tuple[Piece, ...], utc: str) -> Reading:
    shape, group = "", 0
    where: dict[str, int] = {}
    for piece in parts:
        if not piece.letter:
            shape += re.escape(piece.text)
            continue
        if piece.letter in NOT_READ:
            raise _bad(piece.text, "ILLEGAL_CHARACTER", piece.letter)
        expression, part = _read_piece(piece, utc)
        group += 1
        shape += f"({expression})"
        where[part] = group
    return _formed(shape, where, utc)


def _read_piece(piece: Piece, utc: str) -> tuple[str, str]:
    text = piece.text.replace("u", "y").replace("L", "M")
    if text in _READ:
        return _READ[text]
    match piece.letter:
        case "S":
            return rf"\d{{{piece.width}}}", "f"
        case "X" | "x" | "Z" if piece.text != "ZZZZ":
            if utc:
                return "Z", "z"
            if piece.text in ("XXX", "xxx", "ZZZZZ"):
                return r"[+-]\d{2}:\d{2}", "z"
            return (r"[+-]\d{2}" if piece.width == 1 and piece.letter != "Z" else r"[+-]\d{4}"), "z"
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED",
        messageParameters={"feature": f"reading {piece.text!r} of a datetime pattern"},
    )


def _formed(shape: str, where: dict[str, int], utc: str) -> Reading:
    """Parts in one order, with what is meant where a part is missing."""

    def part(name: str, missing: str) -> str:
        return f"\\{where[name]}" if name in where else missing

    year = f"20{part('short year', '')}" if "short year" in where else part("Y", "1970")
    form, codes = f"{MARK}{year}", f"{MARK}%Y"
    if "j" in where:
        form, codes = f"{form}-{part('j', '')}", f"{codes}-%j"
    else:
        month = next((m for m in ("m", "b", "B") if m in where), "m")
        form = f"{form}-{part(month, '1')}-{part('d', '1')}"
        codes = f"{codes}-%{month}-%d"
    clock = "I" if "I" in where else "H"
    form += f" {part(clock, '0')}:{part('M', '0')}:{part('S', '0')}.{part('f', '0')}"
    codes += f" %{clock}:%M:%S.%f"
    if clock == "I":
        form, codes = f"{form} {part('p', 'AM')}", f"{codes} %p"
    if "z" in where:
        form, codes = form + ("+00" if utc else part("z", "")), f"{codes}%z"
    return Reading(f"(?i)^{shape}$", form, codes, "z" in where)


def read_time(text: str, pattern: str) -> tuple[str, bool]:
    """A text as a local time, or as an instant if the pattern has a zone; null if it is neither."""
    found = readings(pattern)
    tries = [
        f"try_strptime(regexp_replace({text}, {quote(r.shape)}, {quote(r.form)}), {quote(r.codes)})"
        for r in found
    ]
    return (tries[0] if len(tries) == 1 else f"coalesce({', '.join(tries)})"), found[0].zoned
