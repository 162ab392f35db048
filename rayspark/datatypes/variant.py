"""Variant: a value whose type travels with it, in Spark's binary form.

``VariantVal`` holds two byte strings: ``metadata``, a dictionary of all object keys, and ``value``,
the tree. How the bytes are laid out is told in ``variant_codec.py``.

>>> from rayspark.sql.types import VariantVal
>>> VariantVal.parseJson('{"b": [1, 2.5]}').toPython()
{'b': [1, Decimal('2.5')]}
"""

from __future__ import annotations

from typing import Any

from rayspark.datatypes.base import AtomicType
from rayspark.datatypes.variant_codec import build_from_json, read_json, read_python


class VariantVal:
    """A variant value.

    Parameters
    ----------
    value : bytes
        the encoded tree.
    metadata : bytes
        the encoded dictionary of keys.

    Examples
    --------
    >>> from rayspark.sql.types import VariantVal
    >>> v = VariantVal.parseJson('{"a": 1}')
    >>> v.toPython(), v.toJson()
    ({'a': 1}, '{"a":1}')
    """

    def __init__(self, value: bytes | bytearray, metadata: bytes | bytearray):
        self.value = value
        self.metadata = metadata

    def __str__(self) -> str:
        return self.toJson()

    def __repr__(self) -> str:
        return f"VariantVal({self.value!r}, {self.metadata!r})"

    def toPython(self) -> Any:
        """The value as Python objects; timestamps in UTC.

        Raises
        ------
        PySparkValueError
            if the bytes are no variant (``MALFORMED_VARIANT``).
        """
        return read_python(self.value, self.metadata)

    def toJson(self, zone_id: str = "UTC") -> str:
        """The value as JSON text.

        Parameters
        ----------
        zone_id : str
            the time zone timestamps are shown in (default UTC).
        """
        return read_json(self.value, self.metadata, zone_id)

    @classmethod
    def parseJson(cls, json_str: str) -> VariantVal:
        """The variant of a JSON text.

        Parameters
        ----------
        json_str : str
            the JSON; numbers with a point but no exponent become decimals.

        Raises
        ------
        PySparkValueError
            if the result would pass 16 MiB (``VARIANT_SIZE_LIMIT``).
        """
        return cls(*build_from_json(json_str))


class VariantType(AtomicType):
    """Values whose type travels with them."""

    def needConversion(self) -> bool:
        return True

    def toInternal(self, variant: Any) -> dict[str, bytes | bytearray] | None:
        if variant is None:
            return None
        assert isinstance(variant, VariantVal)
        return {"value": variant.value, "metadata": variant.metadata}

    def fromInternal(self, obj: dict[str, bytes] | None) -> VariantVal | None:
        if obj is None or not obj.keys() >= {"value", "metadata"}:
            return None
        return VariantVal(obj["value"], obj["metadata"])
