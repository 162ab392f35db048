"""Names as users write them in a DataFrame call, taken apart: ``a.`b.c` `` is ``("a", "b.c")``."""

from __future__ import annotations

from rayspark.errors import AnalysisException


def split_name(name: str) -> tuple[str, ...]:
    """The parts of a dotted name; backquotes protect dots, doubled ones stand for themselves.

    Raises
    ------
    AnalysisException
        ``INVALID_ATTRIBUTE_NAME_SYNTAX``: backquotes that do not pair, an empty part.

    >>> split_name("a.`b.c`")
    ('a', 'b.c')
    """
    if "`" not in name and "." not in name:
        return (name,)
    parts: list[str] = []
    at, end = 0, len(name)
    while True:
        if at < end and name[at] == "`":
            part, at = _quoted(name, at + 1)
            if at < end and name[at] != ".":
                raise _syntax(name)
        else:
            stop = name.find(".", at)
            stop = end if stop < 0 else stop
            part, at = name[at:stop], stop
            if "`" in part or not part:
                raise _syntax(name)
        parts.append(part)
        if at >= end:
            return tuple(parts)
        at += 1


def _quoted(name: str, at: int) -> tuple[str, int]:
    part = ""
    while True:
        stop = name.find("`", at)
        if stop < 0:
            raise _syntax(name)
        part += name[at:stop]
        if name[stop : stop + 2] != "``":
            return part, stop + 1
        part, at = part + "`", stop + 2


def _syntax(name: str) -> AnalysisException:
    return AnalysisException(
        errorClass="INVALID_ATTRIBUTE_NAME_SYNTAX", messageParameters={"name": name}
    )
