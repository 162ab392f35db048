"""Protocol buffers in a column of bytes: not available."""

from __future__ import annotations

from rayspark.sql.column import Column
from rayspark.sql.expected import refused

_REASON = "decode or encode the bytes in a pandas_udf with the protobuf package."


def from_protobuf(
    data: Column | str,
    messageName: str,
    descFilePath: str | None = None,
    options: dict[str, str] | None = None,
    binaryDescriptorSet: bytes | None = None,
) -> Column:
    """Not available: decode the bytes in a function of your own."""
    raise refused("from_protobuf", _REASON)


def to_protobuf(
    data: Column | str,
    messageName: str,
    descFilePath: str | None = None,
    options: dict[str, str] | None = None,
    binaryDescriptorSet: bytes | None = None,
) -> Column:
    """Not available: encode in a function of your own."""
    raise refused("to_protobuf", _REASON)
