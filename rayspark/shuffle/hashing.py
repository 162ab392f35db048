"""A hash of keys that all processes of all runs agree on.

Python salts the hashes of strings, bytes and dates, and of all that contains them, per process, and
hashes other objects by their address. A shuffle needs more: equal keys must go to one partition
whoever places them. So :func:`portable_hash` goes by what ``==`` compares. Which that is, is told
by the ``__hash__`` that the key's class has: a subclass of ``str`` that keeps it is equal to the
plain string, one that defines its own is not known.

>>> portable_hash("a") == portable_hash(type("Name", (str,), {})("a"))
True

Any thread may call; :func:`trust_own_hashes` is for the application that starts or stops.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import BuiltinFunctionType, FunctionType
from typing import Any
from uuid import UUID
from zlib import crc32

import numpy as np

from rayspark.errors import PySparkRuntimeError

_HASH_BITS = 0x7FFFFFFFFFFFFFFF
_EPOCH = datetime(1970, 1, 1)
_NO_OFFSET = timedelta()

_trusted = not sys.flags.hash_randomization


def trust_own_hashes(*, one_process: bool) -> None:
    """Say whether all that hash for the application are one process (a local master).

    Then a ``__hash__`` that a user's class defines is as good as any. It is so as well in
    processes started with ``PYTHONHASHSEED=0``.
    """
    global _trusted
    _trusted = one_process or not sys.flags.hash_randomization


def portable_hash(x: Any) -> int:
    """Hash that every process of every run agrees on, alike for equal keys.

    Raises
    ------
    PySparkRuntimeError
        ``UNSTABLE_KEY_HASH``: the key's class hashes by address, or in a way of its own that may
        differ in other processes.

    >>> portable_hash((None, 1)) & 0xFFFFFFFF
    219750521
    """
    if x is None:
        return 0
    kind = type(x)
    if kind is str:
        return crc32(x.encode("utf-8", "surrogatepass"))
    how = _BY_HASH.get(kind.__hash__)
    return how(x) if how is not None else _other(x)


def _number(x: Any) -> int:
    # Python hashes a NaN by its address; a map task that runs again must place it as before.
    return hash(x) if x == x else 0


def _text(x: str) -> int:
    return crc32(str.encode(x, "utf-8", "surrogatepass"))  # x.encode may be the user's


def _tuple(x: tuple[Any, ...]) -> int:
    h = 0x345678
    for item in x:
        h ^= portable_hash(item)
        h *= 1000003
        h &= _HASH_BITS
    h ^= len(x)
    return -2 if h == -1 else h


def _set(x: frozenset[Any]) -> int:
    return hash(frozenset(map(portable_hash, x)))


def _duration(x: timedelta) -> int:
    return hash((x.days, x.seconds, x.microseconds))


def _instant(x: datetime) -> int:
    first = x.replace(fold=0)  # the fold does not count where times are compared
    return _duration(first.replace(tzinfo=None) - _EPOCH - (first.utcoffset() or _NO_OFFSET))


def _day(x: date) -> int:
    return _instant(datetime(x.year, x.month, x.day))


def _time_of_day(x: time) -> int:
    since = timedelta(0, x.second, x.microsecond, 0, x.minute, x.hour)
    return _duration(since - (x.replace(fold=0).utcoffset() or _NO_OFFSET))


def _member(x: Enum) -> int:
    return _tuple((type(x).__qualname__, x.name))


def _named(x: Any) -> int:
    return _tuple((x.__module__, x.__qualname__))


_BY_HASH: dict[Any, Callable[[Any], int]] = {
    **{kind.__hash__: _number for kind in (int, float, complex, Decimal, Fraction)},
    str.__hash__: _text,
    bytes.__hash__: crc32,
    tuple.__hash__: _tuple,
    frozenset.__hash__: _set,
    datetime.__hash__: _instant,
    date.__hash__: _day,
    time.__hash__: _time_of_day,
    timedelta.__hash__: _duration,
    UUID.__hash__: hash,
    Enum.__hash__: _member,
}


def _other(x: Any) -> int:
    kind = type(x)
    own: Any = kind.__hash__
    if own is None:
        return hash(x)  # raises: unhashable
    if isinstance(x, np.generic):
        return _numpy(x)
    if isinstance(x, (type, FunctionType, BuiltinFunctionType)):
        return _named(x)
    fields = _hashed_fields(kind)
    if fields is not None:
        return _tuple(tuple(getattr(x, name) for name in fields))
    if _trusted and own is not object.__hash__:
        return hash(x)
    raise PySparkRuntimeError(
        errorClass="UNSTABLE_KEY_HASH",
        messageParameters={"type": f"{kind.__module__}.{kind.__qualname__}"},
    )


def _numpy(x: np.generic) -> int:
    match x.dtype.kind:
        case "M":
            return portable_hash(x.astype("datetime64[us]").item())
        case "m":
            return portable_hash(x.astype("timedelta64[us]").item())
        case "U" | "S" | "V":
            return portable_hash(x.item())
        case _:
            return _number(x)


def _hashed_fields(kind: type) -> list[str] | None:
    """Fields of which a dataclass makes its hash; None where the hash is not made of them."""
    owner = next(base for base in kind.__mro__ if "__hash__" in vars(base))
    if "__dataclass_fields__" not in vars(owner):
        return None
    fields: Any = getattr(owner, "__dataclass_fields__")  # noqa: B009  no attribute of every type
    names = [f.name for f in fields.values() if (f.compare if f.hash is None else f.hash)]
    code = getattr(owner.__hash__, "__code__", None)
    return names if code is not None and code.co_names == ("hash", *names) else None
