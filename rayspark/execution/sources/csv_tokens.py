r"""One line of CSV as its values, exactly as the univocity parser that Spark uses cuts it.

Slow and exact: only lines that are not plain come here. What is peculiar about it: a quote inside a
quoted value that is not escaped makes the rest of the value plain text, and what ``""`` means
depends on the escape character, which is a backslash unless the user says otherwise.

>>> split_line('1,"a,b",c', Dialect())
['1', 'a,b', 'c']
>>> split_line(r'"a\"b",x', Dialect())
['a"b', 'x']
"""

from __future__ import annotations

from dataclasses import replace

from rayspark.records import dataclass

NONE = "\0"
_STAND_IN = "\ufdd0"


@dataclass(frozen=True)
class Dialect:
    """How lines are cut. A character that is :data:`NONE` does not exist."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = "\\"
    escape_of_escape: str = NONE
    trim_leading: bool = False
    trim_trailing: bool = False
    null_value: str = ""
    empty_value: str = ""
    unescaped: str = "STOP_AT_DELIMITER"
    comment: str = NONE
    line_end: str = "\n"

    @property
    def has_quotes(self) -> bool:
        """Is there a quote character?"""
        return self.quote != NONE


class _End(Exception):
    """The line ended."""


class MalformedLine(ValueError):
    """The line cannot be cut (``RAISE_ERROR``)."""


def split_line(line: str, dialect: Dialect) -> list[str]:
    """The values of a line; an empty one is the dialect's null or empty value."""
    if len(dialect.delimiter) == 1:
        return _Cutter(line, dialect).run()
    # Longer delimiters are cut as one character that no text holds.
    short = replace(dialect, delimiter=_STAND_IN)
    values = _Cutter(line.replace(dialect.delimiter, _STAND_IN), short).run()
    return [value.replace(_STAND_IN, dialect.delimiter) for value in values]


class _Cutter:
    """The automaton. ``ch`` is the character under work, ``prev`` the one before it that counts."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text, self.d = text, dialect
        self.at = 0
        self.ch = self.prev = NONE
        self.loose = False  # an unescaped quote was met in this value
        self.trim = False
        self.part: list[str] = []
        self.values: list[str] = []

    def run(self) -> list[str]:
        try:
            self.next()
            while True:
                self._value()
        except _End:
            return self._finish()

    def next(self) -> str:
        if self.at >= len(self.text):
            raise _End
        self.ch = self.text[self.at]
        self.at += 1
        return self.ch

    def put(self) -> None:
        """The value is complete."""
        text = "".join(self.part)
        if self.trim:
            text = text.rstrip("".join(map(chr, range(33))))
        self.values.append(text if text else self.d.empty_value)
        self.part = []

    def put_null(self) -> None:
        self.values.append(self.d.null_value)
        self.part = []

    def _value(self) -> None:
        d = self.d
        if self.ch <= " " and d.trim_leading:
            self._skip_space()
        if self.ch == d.delimiter:
            self.put_null()
        else:
            self.loose, self.prev = False, NONE
            if self.ch == d.quote and d.has_quotes:
                if self._simply_quoted():
                    return
                self.trim = False
                self._quoted()
                if not (self.loose and d.unescaped == "BACK_TO_DELIMITER" and not self.part):
                    self.put()
            else:
                self.trim = d.trim_trailing
                self._until(d.delimiter)
                self._put_plain()
        self.next()

    def _simply_quoted(self) -> bool:
        """Take ``"abc",``: nothing to escape, and the delimiter at once."""
        d = self.d
        end = self.text.find(d.quote, self.at)
        if end < 0 or self.text[end + 1 : end + 2] != d.delimiter:
            return False
        value = self.text[self.at : end]
        if d.escape in value or d.escape_of_escape in value:
            return False
        self.values.append(value or d.empty_value)
        self.at, self.ch, self.prev = end + 2, d.delimiter, NONE
        self.next()
        return True

    def _put_plain(self) -> None:
        text = "".join(self.part)
        if self.trim:
            text = text.rstrip("".join(map(chr, range(33))))
        self.values.append(text if text else self.d.null_value)
        self.part = []

    def _skip_space(self) -> None:
        while self.ch <= " " and self.ch not in (self.d.delimiter, self.d.quote):
            self.next()

    def _until(self, *stops: str) -> None:
        """Take characters until one of ``stops``, which becomes the current one."""
        text, start = self.text, self.at - 1
        end = min((found for s in stops if (found := text.find(s, start)) >= 0), default=-1)
        if end < 0:
            self.part.append(text[start:])
            self.at = len(text)
            raise _End
        self.part.append(text[start:end])
        self.ch, self.at = text[end], end + 1

    def _quoted(self) -> None:
        d = self.d
        if self.prev != NONE and d.unescaped in (
            "STOP_AT_DELIMITER",
            "SKIP_VALUE",
            "BACK_TO_DELIMITER",
        ):
            if d.unescaped == "SKIP_VALUE":
                self._skip_value()
                return
            self.part.insert(0, d.quote)
            self.next()
            self.trim = d.trim_trailing
            self._until(d.delimiter)
            return
        self.next()
        while True:
            if self.prev == d.quote and (self.ch <= " " or self.ch == d.delimiter):
                break
            if self.ch not in (d.quote, d.escape):
                if self.prev == d.quote:
                    skipped = self._loose_quote()
                    if not (skipped and d.unescaped == "SKIP_VALUE"):
                        return
                    break
                if self.prev == d.escape and d.escape != NONE:
                    self.part.append(d.escape)
                self._take_quoted()
                self.prev = self.ch
                self.next()
            else:
                self._escape()
                self.prev = self.ch
                self.next()
                if self.loose and self.ch == d.delimiter:
                    return
        self._after_quote()

    def _take_quoted(self) -> None:
        """Characters until a quote or an escape."""
        d = self.d
        stops = [s for s in (d.quote, d.escape, d.escape_of_escape) if s != NONE]
        self._until(*stops)

    def _after_quote(self) -> None:
        """White space after a closing quote; what follows it belongs to the value again."""
        d = self.d
        if self.ch == d.delimiter or self.ch > " ":
            return
        space: list[str] = []
        while True:
            space.append(self.ch)
            self.next()
            if not (self.ch <= " " and self.ch != d.delimiter):
                break
        if self.ch != d.delimiter and d.unescaped != "RAISE_ERROR":
            self.part += [d.quote, *space]
            if (
                d.unescaped == "STOP_AT_CLOSING_QUOTE" and self.ch not in (d.quote, d.escape)
            ) or d.unescaped != "STOP_AT_CLOSING_QUOTE":
                self.part.append(self.ch)
            self.prev = self.ch
            self._quoted()
        if self.ch != d.delimiter:
            raise MalformedLine(f"unexpected character {self.ch!r} after a closing quote")

    def _escape(self) -> None:
        d = self.d
        if self.ch == d.escape and self.prev == d.escape_of_escape != NONE:
            self.part.append(d.escape)
            self.ch = NONE
        elif self.prev == d.escape:
            if self.ch == d.quote:
                self.part.append(d.quote)
                self.ch = NONE
            else:
                self.part.append(self.prev)
        elif self.ch == d.quote == self.prev:
            self.part.append(d.quote)
        elif self.prev == d.quote:
            self._loose_in_value()

    def _loose_in_value(self) -> None:
        """A quote that is not escaped, before an escape character."""
        if self.d.unescaped in ("SKIP_VALUE", "RAISE_ERROR"):
            self._skip_or_raise()
            return
        self.part.append(self.d.quote)
        self.prev = self.ch
        self._escaped_value()

    def _escaped_value(self) -> None:
        d = self.d
        while self.ch != d.delimiter:
            if self.ch not in (d.quote, d.escape):
                if self.prev == d.quote:
                    self._loose_in_value()
                    return
                self.part.append(self.ch)
            else:
                self._escape()
            self.prev = self.ch
            self.next()

    def _loose_quote(self) -> bool:
        """A quote that is not escaped, before any other character."""
        d = self.d
        self.loose = True
        match d.unescaped:
            case "BACK_TO_DELIMITER":
                text = "".join(self.part)
                *whole, rest = text.split(d.delimiter)
                self.values += whole
                self.part = [rest, self.ch]
                self.prev = NONE
                self._quoted()
                return True
            case "STOP_AT_DELIMITER" | "STOP_AT_CLOSING_QUOTE":
                self.part += [d.quote, self.ch]
                self.prev = self.ch
                self._quoted()
                return True
        self._skip_or_raise()
        return False

    def _skip_or_raise(self) -> None:
        if self.d.unescaped == "RAISE_ERROR":
            raise MalformedLine("a quote inside a quoted value is not escaped")
        self._skip_value()

    def _skip_value(self) -> None:
        self.part = []
        end = self.text.find(self.d.delimiter, self.at - 1)
        if end < 0:
            self.at = len(self.text)
            raise _End
        self.ch, self.at = self.text[end], end + 1

    def _finish(self) -> list[str]:
        """The line ended inside a value, or after a delimiter."""
        d, ch, prev = self.d, self.ch, self.prev
        last = False
        if self.at and ch == d.quote and d.has_quotes:
            if prev == d.quote:
                last = True
            elif not self.loose:
                self.part.append(d.quote)
        if not last:
            last = prev != NONE and ch not in (d.delimiter, d.comment)
        if self.part or last:
            self.put()
        elif self.text:
            self.put_null()
        return self.values
