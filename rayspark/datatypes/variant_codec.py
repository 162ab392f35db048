"""The bytes of a variant, read and written.

The first byte of every value holds a *basic type* in its low two bits and six bits of *info*::

    0 primitive   info = which one (table below), then its content
    1 short text  info = length in bytes, then UTF-8
    2 object      info = widths; then size, key ids, offsets (size + 1), values, by key name
    3 array       info = widths; then size, offsets (size + 1), values

Widths: an *offset* or *id* takes 1 to 4 bytes; a *size* 1 or, if large, 4. Everything is
little-endian. The metadata holds a version and offset width, the number of keys, their offsets and
their text.

>>> read_python(*build_from_json('[true, "x"]'))
[True, 'x']
"""

from __future__ import annotations

import base64
import datetime
import decimal
import json
import struct
from typing import Any
from zoneinfo import ZoneInfo

from rayspark.errors import PySparkValueError

PRIMITIVE, SHORT_TEXT, OBJECT, ARRAY = range(4)
(
    NULL, TRUE, FALSE, INT1, INT2, INT4, INT8, DOUBLE, DECIMAL4, DECIMAL8, DECIMAL16, DATE,
    TIMESTAMP, TIMESTAMP_NTZ, FLOAT, BINARY, LONG_TEXT,
) = range(17)  # fmt: skip

VERSION = 1
SIZE_LIMIT = 16 * 1024 * 1024
LONGEST_SHORT_TEXT = 63
LARGEST_SMALL_SIZE = 255
INT_WIDTHS = {INT1: 1, INT2: 2, INT4: 4, INT8: 8}
DECIMAL_FORMS = {DECIMAL4: (4, 9), DECIMAL8: (8, 18), DECIMAL16: (16, 38)}
"""Width in bytes and digits of each decimal form."""

EPOCH = datetime.datetime(1970, 1, 1)


def read_python(value: bytes | bytearray, metadata: bytes | bytearray) -> Any:
    """The variant as Python objects, timestamps in UTC."""
    return _Reader(value, metadata, "UTC").python(0)


def read_json(value: bytes | bytearray, metadata: bytes | bytearray, zone: str) -> str:
    """The variant as JSON text, timestamps in ``zone``."""
    return _json_text(_Reader(value, metadata, zone).python(0))


def build_from_json(text: str) -> tuple[bytes, bytes]:
    """Value and metadata of a JSON text."""
    return _Writer().build(json.loads(text, parse_float=_number))


def _malformed() -> PySparkValueError:
    return PySparkValueError(errorClass="MALFORMED_VARIANT", messageParameters={})


class _Reader:
    def __init__(self, value: bytes | bytearray, metadata: bytes | bytearray, zone: str):
        self.value = bytes(value)
        self.metadata = bytes(metadata)
        self.zone = zone

    def python(self, at: int) -> Any:
        header = self._bytes(at, 1)[0]
        basic, info = header & 3, header >> 2
        match basic:
            case 1:
                return self._text(at + 1, info)
            case 2:
                keys, starts = self._children(at + 1, info & 3, info >> 2 & 3, bool(info >> 4 & 1))
                return {
                    self._key(key): self.python(start)
                    for key, start in zip(keys, starts, strict=True)
                }
            case 3:
                _, starts = self._children(at + 1, info & 3, None, bool(info >> 2 & 1))
                return [self.python(start) for start in starts]
            case _:
                return self._primitive(info, at + 1)

    def _primitive(self, kind: int, at: int) -> Any:
        match kind:
            case 0:
                return None
            case 1 | 2:
                return kind == TRUE
            case 3 | 4 | 5 | 6:
                return self._int(at, INT_WIDTHS[kind])
            case 7:
                return struct.unpack("<d", self._bytes(at, 8))[0]
            case 8 | 9 | 10:
                return self._decimal(at, *DECIMAL_FORMS[kind])
            case 11:
                return EPOCH.date() + datetime.timedelta(days=self._int(at, 4))
            case 12:
                moment = self._moment(at).replace(tzinfo=datetime.UTC)
                return moment.astimezone(ZoneInfo(self.zone))
            case 13:
                return self._moment(at)
            case 14:
                return struct.unpack("<f", self._bytes(at, 4))[0]
            case 15:
                return self._bytes(at + 4, self._size(at, 4))
            case 16:
                return self._text(at + 4, self._size(at, 4))
            case _:
                raise _malformed()

    def _moment(self, at: int) -> datetime.datetime:
        return EPOCH + datetime.timedelta(microseconds=self._int(at, 8))

    def _decimal(self, at: int, width: int, digits: int) -> decimal.Decimal:
        scale, unscaled = self._size(at, 1), self._int(at + 1, width)
        if abs(unscaled) >= 10**digits or scale > digits:
            raise _malformed()
        return decimal.Decimal(unscaled).scaleb(-scale, decimal.Context(prec=38))

    def _children(
        self, at: int, offset_bits: int, id_bits: int | None, large: bool
    ) -> tuple[list[int], list[int]]:
        """Key ids (none for an array) and the places of the values."""
        size_width = 4 if large else 1
        count = self._size(at, size_width)
        ids_at = at + size_width
        id_width = 0 if id_bits is None else id_bits + 1
        offsets_at, width = ids_at + count * id_width, offset_bits + 1
        values_at = offsets_at + (count + 1) * width
        ids = [self._size(ids_at + i * id_width, id_width) for i in range(count if id_width else 0)]
        return ids, [values_at + self._size(offsets_at + i * width, width) for i in range(count)]

    def _key(self, number: int) -> str:
        metadata = _Reader(self.metadata, b"", self.zone)
        width = (metadata._bytes(0, 1)[0] >> 6) + 1
        count = metadata._size(1, width)
        if number >= count:
            raise _malformed()
        text_at = 1 + (count + 2) * width
        start = metadata._size(1 + (number + 1) * width, width)
        end = metadata._size(1 + (number + 2) * width, width)
        if start > end:
            raise _malformed()
        return metadata._text(text_at + start, end - start)

    def _bytes(self, at: int, width: int) -> bytes:
        if at + width > len(self.value):
            raise _malformed()
        return self.value[at : at + width]

    def _int(self, at: int, width: int) -> int:
        return int.from_bytes(self._bytes(at, width), "little", signed=True)

    def _size(self, at: int, width: int) -> int:
        return int.from_bytes(self._bytes(at, width), "little")

    def _text(self, at: int, width: int) -> str:
        return self._bytes(at, width).decode()


def _json_text(value: Any) -> str:
    match value:
        case dict():
            return f"{{{','.join(f'{json.dumps(k)}:{_json_text(v)}' for k, v in value.items())}}}"
        case list():
            return f"[{','.join(map(_json_text, value))}]"
        case None | bool() | str():
            return json.dumps(value)
        case bytes():
            return f'"{base64.b64encode(value).decode()}"'
        case datetime.date():
            return f'"{value}"'
        case _:
            return str(value)


def _number(text: str) -> decimal.Decimal | float:
    """A JSON number with a point: a decimal if it is written plainly and fits 38 digits."""
    if "e" not in text.lower():
        exact = decimal.Decimal(text)
        _, digits, exponent = exact.as_tuple()
        if len(digits) <= 38 and -int(exponent) <= 38:
            return exact
    return float(text)


def _width(largest: int) -> int:
    """Bytes that hold an offset or id up to ``largest`` (the size limit keeps it to three)."""
    return 1 if largest <= 0xFF else 2 if largest <= 0xFFFF else 3


def _packed(numbers: list[int], width: int) -> bytes:
    return b"".join(number.to_bytes(width, "little") for number in numbers)


class _Writer:
    def __init__(self) -> None:
        self.ids: dict[str, int] = {}

    def build(self, tree: Any) -> tuple[bytes, bytes]:
        value = self._value(tree)
        keys = [key.encode() for key in self.ids]
        offsets = [0]
        for key in keys:
            offsets.append(offsets[-1] + len(key))
        width = _width(max(offsets[-1], len(keys)))
        header = bytes([VERSION | (width - 1) << 6]) + _packed([len(keys), *offsets], width)
        return self._checked(value), self._checked(header + b"".join(keys))

    @staticmethod
    def _checked(data: bytes) -> bytes:
        if len(data) > SIZE_LIMIT:
            raise PySparkValueError(
                errorClass="VARIANT_SIZE_LIMIT", messageParameters={"sizeLimit": str(SIZE_LIMIT)}
            )
        return data

    def _value(self, tree: Any) -> bytes:
        match tree:
            case dict():
                return self._object(tree)
            case list():
                return self._array(tree)
            case str():
                return _text_value(tree)
            case None:
                return bytes([NULL << 2])
            case bool():
                return bytes([(TRUE if tree else FALSE) << 2])
            case int():
                return _int_value(tree)
            case decimal.Decimal():
                return _decimal_value(tree)
            case _:
                return bytes([DOUBLE << 2]) + struct.pack("<d", tree)

    def _array(self, items: list[Any]) -> bytes:
        values = [self._value(item) for item in items]
        large = len(values) > LARGEST_SMALL_SIZE
        offsets, width = _offsets(values)
        header = bytes([(large << 2 | width - 1) << 2 | ARRAY])
        size = len(values).to_bytes(4 if large else 1, "little")
        return self._checked(b"".join([header, size, offsets, *values]))

    def _object(self, fields: dict[str, Any]) -> bytes:
        written = []
        places = {}
        at = 0
        for key, item in fields.items():
            number = self.ids.setdefault(key, len(self.ids))
            data = self._value(item)
            places[key] = (number, at)
            written.append(data)
            at += len(data)
        ordered = [places[key] for key in sorted(places)]
        large = len(ordered) > LARGEST_SMALL_SIZE
        id_width, width = _width(max((i for i, _ in ordered), default=0)), _width(at)
        header = bytes([(large << 4 | id_width - 1 << 2 | width - 1) << 2 | OBJECT])
        size = len(ordered).to_bytes(4 if large else 1, "little")
        ids = _packed([number for number, _ in ordered], id_width)
        offsets = _packed([*(start for _, start in ordered), at], width)
        return self._checked(b"".join([header, size, ids, offsets, *written]))


def _offsets(values: list[bytes]) -> tuple[bytes, int]:
    """The offsets of values that stand one after the other, their end included; and their width."""
    ends = [0]
    for value in values:
        ends.append(ends[-1] + len(value))
    width = _width(ends[-1])
    return _packed(ends, width), width


def _text_value(text: str) -> bytes:
    data = text.encode()
    if len(data) <= LONGEST_SHORT_TEXT:
        return bytes([len(data) << 2 | SHORT_TEXT]) + data
    return bytes([LONG_TEXT << 2]) + len(data).to_bytes(4, "little") + data


def _int_value(number: int) -> bytes:
    for kind, width in INT_WIDTHS.items():
        if -(1 << 8 * width - 1) <= number < 1 << 8 * width - 1:
            return bytes([kind << 2]) + number.to_bytes(width, "little", signed=True)
    wide = _number(str(number))
    if isinstance(wide, decimal.Decimal):
        return _decimal_value(wide)
    return bytes([DOUBLE << 2]) + struct.pack("<d", wide)


def _decimal_value(number: decimal.Decimal) -> bytes:
    sign, digits, exponent = number.as_tuple()
    scale = -int(exponent)
    unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
    for kind, (width, most) in DECIMAL_FORMS.items():
        if len(digits) <= most and scale <= most:
            data = unscaled.to_bytes(width, "little", signed=True)
            return bytes([kind << 2, scale]) + data
    raise _malformed()
