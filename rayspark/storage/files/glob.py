"""Hadoop's glob syntax.

Terms: a *pattern* is a path whose components may hold wildcards; a *component* is what stands
between two slashes. ``*`` is any run of characters, ``?`` one character, ``[a-c]`` one of a class,
``[^a]`` or ``[!a]`` one outside it, ``{a,b}`` either word (words may nest, and may hold slashes),
and a backslash takes away the meaning of the next character.

>>> expand_slashes("/d/{a,b/c}.txt")
['/d/a.txt', '/d/b/c.txt']
>>> bool(component_regex("{part,log}-[0-9]?.gz").fullmatch("log-42.gz"))
True

Pure functions; any thread may call them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rayspark.errors import IllegalArgumentException

_WILD = frozenset("*?[{")


def is_glob(text: str) -> bool:
    """Does the path hold a wildcard, or an escape that must be taken away?"""
    return any(char in text for char in "*?[{\\")


def has_wildcard(component: str) -> bool:
    """Does this component hold a wildcard that is not escaped?"""
    escaped = False
    for char in component:
        if not escaped and char in _WILD:
            return True
        escaped = char == "\\" and not escaped
    return False


def unescape(component: str) -> str:
    """The name that a component without wildcards stands for."""
    return re.sub(r"\\(.)", r"\1", component)


def split_outside_braces(text: str, separator: str) -> list[str]:
    """Split at every separator that stands outside ``{...}`` and is not escaped inside one.

    This is how a comma separated list of paths is cut, so that ``{a,b}.txt`` stays one path.

    >>> split_outside_braces("/x/{a,b}.txt,/y", ",")
    ['/x/{a,b}.txt', '/y']
    """
    parts, depth, start, at = [], 0, 0, 0
    while at < len(text):
        char = text[at]
        if char == "\\" and depth:
            at += 1
        elif char == "{":
            depth += 1
        elif char == "}" and depth:
            depth -= 1
        elif char == separator and not depth:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return parts


def expand_slashes(pattern: str) -> list[str]:
    """Write out every ``{...}`` that holds a slash; other braces stay for the component's regex."""
    depth, start, escaped = 0, -1, False
    for at, char in enumerate(pattern):
        if escaped or char == "\\":
            escaped = not escaped
        elif char == "{":
            start = at if depth == 0 else start
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            inside = pattern[start + 1 : at]
            if depth == 0 and "/" in inside:
                head, tail = pattern[:start], pattern[at + 1 :]
                return [
                    whole
                    for word in split_outside_braces(inside, ",")
                    for whole in expand_slashes(head + word + tail)
                ]
    return [pattern]


@lru_cache(maxsize=256)
def component_regex(component: str) -> re.Pattern[str]:
    """Compile one component.

    Raises
    ------
    IllegalArgumentException
        If a ``[`` or ``{`` is not closed, or the pattern ends in a backslash.
    """
    out: list[str] = []
    depth, at, size = 0, 0, len(component)
    while at < size:
        char = component[at]
        at += 1
        match char:
            case "\\":
                if at == size:
                    raise _bad(component, "ends with a backslash that escapes nothing")
                out.append(re.escape(component[at]))
                at += 1
            case "*":
                out.append(".*")
            case "?":
                out.append(".")
            case "{":
                out.append("(?:")
                depth += 1
            case "}" if depth:
                out.append(")")
                depth -= 1
            case "," if depth:
                out.append("|")
            case "[":
                text, at = _character_class(component, at)
                out.append(text)
            case _:
                out.append(re.escape(char))
    if depth:
        raise _bad(component, "has a '{' that is not closed")
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error as error:
        raise _bad(component, str(error)) from error


def _character_class(component: str, at: int) -> tuple[str, int]:
    out = ["["]
    if component[at : at + 1] in ("!", "^"):
        out.append("^")
        at += 1
    first = True
    while at < len(component):
        char = component[at]
        at += 1
        if char == "]" and not first:
            return "".join([*out, "]"]), at
        if char == "\\" and at < len(component):
            char = "\\" + component[at]
            at += 1
        elif char in "[]&~|^":
            char = "\\" + char
        out.append(char)
        first = False
    raise _bad(component, "has a '[' that is not closed")


def _bad(component: str, why: str) -> IllegalArgumentException:
    return IllegalArgumentException(
        f"Illegal file pattern: `{component}` {why}. To use one of * ? [ ] {{ }} as itself, "
        "put a backslash before it."
    )
