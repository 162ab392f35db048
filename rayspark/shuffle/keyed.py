"""What operations by key need: records that are ``(key, value)`` pairs.

The hot loops unpack records without looking at them. Here it is worked out, after one failed,
which record was no pair. Pure functions.

>>> pair_of(["a", 1, "ignored"])
('a', 1)
>>> check_pairs([("a", 1), 7])
Traceback (most recent call last):
TypeError: operations by key need (key, value) records, but found 7 of type int. Make pairs first,
for example with keyBy(f) or map(lambda x: (x, 1))
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from typing import Any


def pair_of(record: Any) -> tuple[Any, Any]:
    """The first two items of a record that did not unpack into two."""
    try:
        return record[0], record[1]
    except (TypeError, LookupError):
        raise TypeError(_no_pair(record)) from None


def check_pairs(records: Iterable[Any]) -> None:
    """Raise an error that shows the first record that is no pair, if there is one.

    Raises
    ------
    TypeError
        If a record cannot be unpacked at all.
    ValueError
        If it unpacks into more or fewer than two.
    """
    for record in records:
        try:
            _, _ = record
        except (TypeError, ValueError) as error:
            raise type(error)(_no_pair(record)) from None


def _no_pair(record: Any) -> str:
    return (
        f"operations by key need (key, value) records, but found {reprlib.repr(record)} of type "
        f"{type(record).__name__}. Make pairs first, for example with keyBy(f) or "
        "map(lambda x: (x, 1))"
    )
