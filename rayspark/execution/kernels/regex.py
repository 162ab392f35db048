"""Kernels of LIKE and of regular expressions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.execution.kernels.java_regex import compiled, replacement, to_re2
from rayspark.execution.kernels.kernel import Exact, Failure, Kernel, Site, quote
from rayspark.execution.kernels.texts import each

META = set("\\^$.|?*+()[]{}")


def like_pattern(pattern: str, escape: str) -> str:
    """A LIKE pattern as a regular expression of Python."""
    out, at = [], 0
    while at < len(pattern):
        c = pattern[at]
        if c == escape:
            if at + 1 >= len(pattern):
                raise Failure("INVALID_FORMAT.ESC_AT_THE_END", format=_quoted(pattern))
            after = pattern[at + 1]
            if after not in ("_", "%", escape):
                raise Failure(
                    "INVALID_FORMAT.ESC_IN_THE_MIDDLE", format=_quoted(pattern), char=f"'{after}'"
                )
            out.append(re.escape(after))
            at += 2
            continue
        out.append("." if c == "_" else ".*" if c == "%" else re.escape(c))
        at += 1
    return "".join(out)


def _quoted(pattern: str) -> str:
    return "'" + pattern.replace("\\", "\\\\") + "'"


def _like(flags: int) -> Callable[[str, str, str], bool]:
    def one(text: str, pattern: str, escape: str) -> bool:
        return re.fullmatch(like_pattern(pattern, escape), text, flags | re.DOTALL) is not None

    return one


TEXTS = ("VARCHAR", "VARCHAR", "VARCHAR")
SLOW_LIKE = {
    "like": each("spark_like", _like(0), TEXTS, "BOOLEAN", pa.bool_()),
    "ilike": each("spark_ilike", _like(re.IGNORECASE), TEXTS, "BOOLEAN", pa.bool_()),
}


def like(name: str) -> Callable[[Site], str]:
    """Natively where the pattern is a constant without an escape at a wrong place."""

    def compiled_like(site: Site) -> str:
        pattern, escape = site.literal(1), site.literal(2)
        if pattern is None or escape is None or len(escape) != 1:
            return site.use(SLOW_LIKE[name], *site.args)
        try:
            like_pattern(pattern, escape)
        except Failure:  # raised again for the first row, if there is one
            return site.use(SLOW_LIKE[name], *site.args)
        if name == "ilike" and not pattern.isascii():
            return site.use(SLOW_LIKE[name], *site.args)
        if escape not in pattern:
            return f"({site.args[0]} {name.upper()} {site.args[1]})"
        return f"({site.args[0]} {name.upper()} {site.args[1]} ESCAPE {quote(escape)})"

    return compiled_like


# -- regular expressions -------------------------------------------------------------------------


def matches(site: Site) -> str:
    """``rlike``."""
    pattern = site.literal(1)
    fast = to_re2(pattern) if pattern is not None else None
    if fast is not None:
        return f"regexp_matches({site.args[0]}, {quote(fast)})"
    return site.use(RLIKE, *site.args)


def _group(found: re.Match[str], index: int, name: str) -> str:
    count = found.re.groups
    if not 0 <= index <= count:
        raise Failure(
            "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX", functionName=f"`{name}`",
            parameter="`idx`", groupCount=count, groupIndex=index,
        )  # fmt: skip
    return found[index] or ""


def _extract(text: str, pattern: str, index: int) -> str:
    found = compiled(pattern).search(text)
    return "" if found is None else _group(found, index, "regexp_extract")


def _extract_all(text: str, pattern: str, index: int) -> list[str]:
    return [_group(m, index, "regexp_extract_all") for m in compiled(pattern).finditer(text)]


def _instr(text: str, pattern: str, _index: int = 0) -> int:
    found = compiled(pattern).search(text)
    return 0 if found is None else found.start() + 1


def _substr(text: str, pattern: str) -> str | None:
    found = compiled(pattern).search(text)
    return None if found is None else found[0] or None


def _replace(text: str, pattern: str, new: str, position: int = 1) -> str:
    parts = replacement(new)

    def put(found: re.Match[str]) -> str:
        made = []
        for part in parts:
            if isinstance(part, int):
                made.append(found[part] or "")
            elif part.startswith("\0"):
                made.append(found[part[1:]] or "")
            else:
                made.append(part)
        return "".join(made)

    start = position - 1
    try:
        return text[:start] + compiled(pattern).sub(put, text[start:])
    except IndexError:
        raise Failure(
            "INVALID_REGEXP_REPLACE", source=text, pattern=pattern, replacement=new,
            position=position,
        ) from None  # fmt: skip


def java_split(text: str, pattern: str, limit: int) -> list[str]:
    """``String.split`` as Spark calls it: empty parts at the end are kept."""
    if not pattern:
        characters = list(text)
        if 0 < limit < len(characters):
            return [*characters[: limit - 1], "".join(characters[limit - 1 :])]
        return characters or [""]
    parts: list[str] = []
    at = 0
    for found in compiled(pattern).finditer(text):
        if 0 < limit <= len(parts) + 1:
            break
        if found.end() == 0:
            continue
        parts.append(text[at : found.start()])
        at = found.end()
    return [*parts, text[at:]]


RLIKE = each(
    "spark_rlike", lambda s, p: compiled(p).search(s) is not None, TEXTS[:2], "BOOLEAN", pa.bool_()
)
EXTRACT = each("spark_regexp_extract", _extract, (*TEXTS[:2], "INTEGER"), "VARCHAR", pa.string())
EXTRACT_ALL = each(
    "spark_regexp_extract_all", _extract_all, (*TEXTS[:2], "INTEGER"), "VARCHAR[]",
    pa.list_(pa.string()),
)  # fmt: skip
COUNT = each(
    "spark_regexp_count", lambda s, p: sum(1 for _ in compiled(p).finditer(s)), TEXTS[:2],
    "INTEGER", pa.int32(),
)  # fmt: skip
INSTR = each("spark_regexp_instr", _instr, TEXTS[:2], "INTEGER", pa.int32())
SUBSTR = each("spark_regexp_substr", _substr, TEXTS[:2], "VARCHAR", pa.string())
REPLACE = each("spark_regexp_replace", _replace, TEXTS, "VARCHAR", pa.string())
REPLACE_FROM = each(
    "spark_regexp_replace_from", _replace, (*TEXTS, "INTEGER"), "VARCHAR", pa.string()
)
SPLIT = each("spark_split", java_split, (*TEXTS[:2], "INTEGER"), "VARCHAR[]", pa.list_(pa.string()))


def extract(site: Site) -> str:
    """``regexp_extract``: natively for simple patterns and groups that exist."""
    pattern, index = site.literal(1), site.literal(2)
    if pattern is not None and index is not None:
        fast = to_re2(pattern)
        if fast is not None and 0 <= index <= min(compiled(pattern).groups, 9):
            return f"regexp_extract({site.args[0]}, {quote(fast)}, {index})"
    return site.use(EXTRACT, *site.args)


def replace(site: Site) -> str:
    """``regexp_replace``: natively for simple patterns that match no empty text."""
    text, _, new, _ = site.args
    pattern, by, position = site.literal(1), site.literal(2), site.literal(3)
    if pattern is not None and by is not None and position == 1 and not set(by) & set("$\\"):
        fast = to_re2(pattern)
        if fast is not None and compiled(pattern).fullmatch("") is None:
            return f"regexp_replace({text}, {quote(fast)}, {new}, 'g')"
    if position == 1:
        return site.use(REPLACE, *site.args[:3])
    return site.use(REPLACE_FROM, *site.args)


def split(site: Site) -> str:
    """``split``: natively by a plain text."""
    pattern, limit = site.literal(1), site.literal(2)
    if pattern and limit is not None and limit <= 0:
        plain = pattern.replace("\\.", ".").replace("\\|", "|")
        if not set(pattern) & META or pattern in ("\\.", "\\|"):
            return f"string_split({site.args[0]}, {quote(plain)})"
    return site.use(SPLIT, *site.args)


def instr(site: Site) -> str:
    """The third argument is there for other systems' sake."""
    found = site.use(INSTR, *site.args[:2])
    if len(site.args) < 3:
        return found
    return f"CASE WHEN {site.args[2]} IS NOT NULL THEN {found} END"


def _through(function: Any) -> Callable[[Site], str]:
    return lambda site: site.use(function, *site.args)


KERNELS: dict[str, Kernel] = {
    "like": Exact(like("like")),
    "ilike": Exact(like("ilike")),
    "rlike": Exact(matches),
    "regexp_count": _through(COUNT),
    "regexp_extract": extract,
    "regexp_extract_all": _through(EXTRACT_ALL),
    "regexp_instr": instr,
    "regexp_replace": replace,
    "regexp_substr": _through(SUBSTR),
    "split": split,
}
