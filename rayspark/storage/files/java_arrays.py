"""Java's serialised form of ``byte[][]``, which is what ``saveAsObjectFile`` puts into each record.

The stream is a header, one array of arrays, and in it one array of bytes for each pickled batch;
the class of the inner arrays is described once and then referred to.

>>> unpack_arrays(pack_arrays([b"one", b"two"]))
[b'one', b'two']
"""

from __future__ import annotations

import struct

_HEADER = b"\xac\xed\x00\x05"
_ARRAY, _NULL, _REFERENCE = b"u", b"p", b"q"
_OUTER = b"r\x00\x03[[BK\xfd\x19\x15gg\xdb7\x02\x00\x00xp"
_INNER = b"r\x00\x02[B\xac\xf3\x17\xf8\x06\x08T\xe0\x02\x00\x00xp"
# Handles count from 0x7e0000: the class and the array of arrays, then the class of byte arrays.
_INNER_AGAIN = _REFERENCE + b"\x00\x7e\x00\x02"


def pack_arrays(arrays: list[bytes]) -> bytes:
    """Serialise a list of byte strings as a Java ``byte[][]``."""
    out = [_HEADER, _ARRAY, _OUTER, struct.pack(">i", len(arrays))]
    for index, array in enumerate(arrays):
        out += [_ARRAY, _INNER_AGAIN if index else _INNER, struct.pack(">i", len(array)), array]
    return b"".join(out)


def unpack_arrays(data: bytes) -> list[bytes]:
    """Read what :func:`pack_arrays` or Spark wrote.

    Raises
    ------
    ValueError
        If the bytes are anything else.
    """
    start = _HEADER + _ARRAY + _OUTER
    if not data.startswith(start):
        raise ValueError("not a serialised byte[][]")
    at = len(start) + 4
    count = int.from_bytes(data[len(start) : at], "big")
    arrays: list[bytes] = []
    for _ in range(count):
        for known in (_ARRAY + _INNER_AGAIN, _ARRAY + _INNER):
            if data.startswith(known, at):
                at += len(known)
                break
        else:
            raise ValueError("an element of the byte[][] is not a byte[]")
        size = int.from_bytes(data[at : at + 4], "big")
        arrays.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    if at != len(data):
        raise ValueError("the byte[][] is truncated or followed by more")
    return arrays
