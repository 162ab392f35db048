r"""Java's regular expressions, translated.

Patterns run in Python's ``re`` (on Arrow batches) after translation; a constant pattern of which
RE2, DuckDB's engine, is known to have the same meaning runs there.

>>> to_python(r"\p{Alpha}+\z")
'[a-zA-Z]+\\Z'
>>> to_re2("[a-c]+x"), to_re2(r"(a)\1")
('[a-c]+x', None)
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

from rayspark.execution.kernels.kernel import Failure

LINE_ENDS = r"\n\r\u0085\u2028\u2029"
CLASSES = {
    "Lower": "a-z", "Upper": "A-Z", "ASCII": r"\x00-\x7f", "Alpha": "a-zA-Z", "Digit": "0-9",
    "Alnum": "a-zA-Z0-9", "Punct": r"!-/:-@\[-`{-~", "Graph": "!-~", "Print": " -~",
    "Blank": r" \t", "Cntrl": r"\x00-\x1f\x7f", "XDigit": "0-9a-fA-F", "Space": r" \t\n\x0b\f\r",
    "IsDigit": "0-9", "IsAlphabetic": r"^\W\d_", "L": r"^\W\d_", "IsLetter": r"^\W\d_",
}  # fmt: skip
"""``\\p{...}`` as the inside of a class."""
HORIZONTAL = r" \t\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
SIMPLE = re.compile(
    r"(?:[A-Za-z0-9 _:,;@#%&=~\"'<>/!-]|\\[.\-dw$^*+?()|/\[\]{}]|\[\^?(?:[A-Za-z0-9 _.,:;@#%=/]"
    r"|[a-zA-Z0-9]-[a-zA-Z0-9]|\\[dw.\-])+\]|\((?:\?:)?|\)|\||\.|[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\})*"
)

STRANGE = re.compile(r"\(\?(?!:)|[*+?}]\+|(?:^|[(|])[*+?{]")
"""Of what looks simple, that which RE2 has not, or reads otherwise."""
DOT = r"[^\n\r\x{85}\x{2028}\x{2029}]"


def to_re2(pattern: str) -> str | None:
    """The same for RE2, or ``None`` where the meaning may differ."""
    anchored = pattern.startswith("^")
    body = pattern[1:] if anchored else pattern
    if not SIMPLE.fullmatch(body) or STRANGE.search(body):
        return None
    try:
        compiled(pattern)
    except Failure:
        return None
    dotted = re.sub(r"(\\.|\[[^\]]*\])|\.", lambda m: m[1] or DOT, body)
    return ("^" if anchored else "") + dotted


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for Python.

    Raises
    ------
    Failure
        INVALID_PARAMETER_VALUE.PATTERN, if it is none.
    """
    try:
        return re.compile(to_python(pattern), re.ASCII)
    except (re.error, ValueError, OverflowError):
        raise Failure(
            "INVALID_PARAMETER_VALUE.PATTERN", functionName="`rlike`", parameter="`regexp`",
            value=f"'{pattern}'",
        ) from None  # fmt: skip


def to_python(pattern: str) -> str:
    """Java's syntax in Python's."""
    out: list[str] = []
    at, inside, dotall = 0, 0, False
    flags = re.match(r"\(\?([a-zA-Z]+)\)", pattern)
    prefix = ""
    if flags is not None:
        dotall = "s" in flags[1]
        kept = "".join(c for c in flags[1] if c in "imsx") + ("u" if "u" in flags[1] else "")
        prefix = f"(?{kept})" if kept else ""
        at = flags.end()
    while at < len(pattern):
        c = pattern[at]
        if c == "\\":
            text, at = _escape(pattern, at, inside > 0)
            out.append(text)
            continue
        if inside:
            if c == "[":
                inside += 1
                text, at, inside = _nested(pattern, at, inside)
                out.append(text)
                continue
            if c == "]" and out[-1] not in ("[", "[^"):
                inside -= 1
            elif c == "&" and pattern[at : at + 2] == "&&":
                raise ValueError("class intersections are not supported")
            out.append(c)
        elif c == "[":
            inside += 1
            negated = pattern[at + 1 : at + 2] == "^"
            out.append("[^" if negated else "[")
            at += negated
        elif c == "." and not dotall:
            out.append(f"[^{LINE_ENDS}]")
        elif c == "$":
            out.append(r"(?=(?:\r\n|[\n\r\u0085\u2028\u2029])?\Z)" if "m" not in prefix else "$")
        elif pattern.startswith("(?<", at) and pattern[at + 3 : at + 4] not in ("=", "!"):
            out.append("(?P<")
            at += 2
        else:
            out.append(c)
        at += 1
    return prefix + "".join(out)


def _nested(pattern: str, at: int, inside: int) -> tuple[str, int, int]:
    """A union ``[a[b]]``: the inner class's content."""
    end = pattern.index("]", at)
    content = pattern[at + 1 : end]
    if content.startswith("^"):
        raise ValueError("negated inner classes are not supported")
    return content, end + 1, inside - 1


def _escape(pattern: str, at: int, inside: bool) -> tuple[str, int]:
    if at + 1 >= len(pattern):
        raise ValueError("a pattern ends with a backslash")
    c = pattern[at + 1]
    if c == "Q":
        end = pattern.find("\\E", at)
        end = len(pattern) if end < 0 else end
        return re.escape(pattern[at + 2 : end]), min(end + 2, len(pattern))
    if c in "pP":
        found = re.match(r"\{(\^?)(?:Is|In)?(\w+)\}|(\w)", pattern[at + 2 :])
        if found is None:
            raise ValueError("a property without a name")
        name = found[2] or found[3]
        return _property(name, c == "P", inside), at + 2 + found.end()
    simple = {
        "z": r"\Z", "Z": r"(?=\n?\Z)", "h": HORIZONTAL if inside else f"[{HORIZONTAL}]",
        "R": r"(?:\r\n|[\n\x0b\f\r\u0085\u2028\u2029])", "e": r"\x1b", "G": "",
        "s": r" \t\n\x0b\f\r" if inside else r"[ \t\n\x0b\f\r]",
        "S": r"[^ \t\n\x0b\f\r]" if not inside else r"\S",
    }  # fmt: skip
    if c in simple:
        return simple[c], at + 2
    if c == "k":
        found = re.match(r"<(\w+)>", pattern[at + 2 :])
        if found:
            return f"(?P={found[1]})", at + 2 + found.end()
    if c == "0":
        found = re.match(r"[0-3]?[0-7]{1,2}", pattern[at + 2 :])
        if found:
            return f"\\x{int(found[0], 8):02x}", at + 2 + found.end()
    if c == "x" and pattern[at + 2 : at + 3] == "{":
        end = pattern.index("}", at)
        return re.escape(chr(int(pattern[at + 3 : end], 16))), end + 1
    if c.isalpha() and c not in "abBdDfnrtuvwWAx":
        raise ValueError(f"unknown escape \\{c}")
    if not c.isalnum():
        return re.escape(c), at + 2
    return "\\" + c, at + 2


def _property(name: str, negated: bool, inside: bool) -> str:
    content = CLASSES.get(name)
    if name in ("L", "Alphabetic", "Letter"):
        content = _letters("L")
    elif name in ("Lu", "Ll", "N", "Nd", "P", "S", "M", "Z"):
        content = _letters(name)
    if content is None:
        raise ValueError(f"unknown property {name}")
    if inside:
        if negated:
            raise ValueError("negated properties in classes are not supported")
        return content
    return f"[^{content}]" if negated else f"[{content}]"


@cache
def _letters(category: str) -> str:
    """All characters of a Unicode category, as ranges."""
    ranges: list[str] = []
    start: int | None = None
    for code in range(sys.maxunicode + 2):
        hit = code <= sys.maxunicode and unicodedata.category(chr(code)).startswith(category)
        if hit and start is None:
            start = code
        elif not hit and start is not None:
            ranges.append(f"\\U{start:08x}-\\U{code - 1:08x}")
            start = None
    return "".join(ranges)


def replacement(text: str) -> list[str | int]:
    r"""Java's replacement as texts and groups: ``$1``, ``${name}``, a backslash before a sign.

    >>> replacement(r"a$1\$")
    ['a', 1, '$']
    """
    parts: list[str | int] = []
    shown, at = "", 0
    while at < len(text):
        c = text[at]
        if c == "\\" and at + 1 < len(text):
            shown += text[at + 1]
            at += 2
            continue
        if c == "$":
            digits = re.match(r"\d+", text[at + 1 :])
            named = re.match(r"\{(\w+)\}", text[at + 1 :])
            if shown:
                parts.append(shown)
                shown = ""
            if digits:
                parts.append(int(digits[0][0]))
                at += 2
                continue
            if named:
                parts.append(f"\0{named[1]}")
                at += 1 + named.end()
                continue
            raise ValueError("Illegal group reference")
        shown += c
        at += 1
    return [*parts, shown] if shown else parts
