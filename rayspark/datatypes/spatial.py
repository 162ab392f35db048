"""Geography and geometry: the types, and the values (WKB bytes and a reference system's number).

Terms: *SRID*, the number of a spatial reference system; *CRS*, its name. The table below is all
Spark 4.3 knows. A type of SRID ``"ANY"`` holds values of different systems.

>>> from rayspark.sql.types import GeometryType
>>> GeometryType(3857).jsonValue()
'geometry(EPSG:3857)'
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from rayspark.datatypes.base import AtomicType
from rayspark.errors import IllegalArgumentException

CRS_BY_SRID = {0: "SRID:0", 3857: "EPSG:3857", 4326: "OGC:CRS84"}
GEOGRAPHIC_SRIDS = frozenset({4326})


class _SpatialValue:
    def __init__(self, wkb: bytes, srid: int):
        self.wkb = wkb
        self.srid = srid

    @classmethod
    def fromWKB(cls, wkb: bytes, srid: int) -> Self:
        """A value from well-known binary.

        Parameters
        ----------
        wkb : bytes
            the shape.
        srid : int
            the number of its reference system.
        """
        return cls(wkb, srid)

    def getSrid(self) -> int:
        """The number of the reference system."""
        return self.srid

    def getBytes(self) -> bytes:
        """The shape as well-known binary."""
        return self.wkb

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.wkb!r}, {self.srid})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self.wkb == other.wkb and self.srid == other.srid

    __hash__ = None  # type: ignore[assignment]  # as PySpark: compared by value, not hashable


class Geography(_SpatialValue):
    """A shape on the ellipsoid.

    Examples
    --------
    >>> from rayspark.sql.types import Geography
    >>> Geography.fromWKB(
    ...     bytes.fromhex("010100000000000000000031400000000000001c40"), 4326
    ... ).getSrid()
    4326
    """


class Geometry(_SpatialValue):
    """A shape on a plane.

    Examples
    --------
    >>> from rayspark.sql.types import Geometry
    >>> Geometry(b"", 0) == Geometry(b"", 0)
    True
    """


class SpatialType(AtomicType):
    """What geography and geometry types share: an SRID (or any), its CRS, and their text forms."""

    MIXED_SRID = -1
    MIXED_CRS = "SRID:ANY"
    DEFAULT_CRS = "OGC:CRS84"
    DEFAULT_SRID = 4326

    _value_class: ClassVar[type[_SpatialValue]]

    def __init__(self, srid: int | str):
        if srid == "ANY":
            self.srid, self._crs = self.MIXED_SRID, self.MIXED_CRS
        elif isinstance(srid, int) and self._accepts(srid):
            self.srid, self._crs = srid, CRS_BY_SRID[srid]
        else:
            raise IllegalArgumentException(
                errorClass="ST_INVALID_SRID_VALUE", messageParameters={"srid": str(srid)}
            )

    @classmethod
    def _accepts(cls, srid: int) -> bool:
        return srid in CRS_BY_SRID

    @classmethod
    def _srid_of(cls, crs: str) -> int | str:
        """The SRID (or ``"ANY"``) that a CRS name stands for."""
        if crs.lower() == cls.MIXED_CRS.lower():
            return "ANY"
        for srid, name in CRS_BY_SRID.items():
            if name == crs and cls._accepts(srid):
                return srid
        raise IllegalArgumentException(
            errorClass="ST_INVALID_CRS_VALUE", messageParameters={"crs": crs}
        )

    def simpleString(self) -> str:
        return f"{self.typeName()}({'any' if self.srid == self.MIXED_SRID else self.srid})"

    def __repr__(self) -> str:
        shown = "ANY" if self.srid == self.MIXED_SRID else self.srid
        return f"{type(self).__name__}({shown})"

    def needConversion(self) -> bool:
        return True

    def _stored(self, obj: Any) -> dict[str, Any] | None:
        if obj is None:
            return None
        assert isinstance(obj, self._value_class)
        return {"srid": obj.srid, "wkb": obj.wkb}

    def fromInternal(self, obj: dict[str, Any] | None) -> Any:
        if obj is None or not obj.keys() >= {"srid", "bytes"}:
            return None
        return self._value_class(obj["bytes"], obj["srid"])


class GeographyType(SpatialType):
    """Shapes on the ellipsoid.

    Parameters
    ----------
    srid : int or "ANY"
        the reference system; only 4326 is geographic.
    """

    DEFAULT_ALG = "SPHERICAL"
    _value_class = Geography

    def __init__(self, srid: int | str):
        super().__init__(srid)
        self._alg = self.DEFAULT_ALG

    @classmethod
    def _accepts(cls, srid: int) -> bool:
        return srid in GEOGRAPHIC_SRIDS

    @classmethod
    def _from_crs(cls, crs: str, alg: str) -> GeographyType:
        if alg != cls.DEFAULT_ALG:
            raise IllegalArgumentException(
                errorClass="ST_INVALID_ALGORITHM_VALUE", messageParameters={"alg": alg}
            )
        return cls(cls._srid_of(crs))

    def toInternal(self, geography: Any) -> dict[str, Any] | None:
        return self._stored(geography)

    def jsonValue(self) -> str:
        return f"geography({self._crs}, {self._alg})"


class GeometryType(SpatialType):
    """Shapes on a plane.

    Parameters
    ----------
    srid : int or "ANY"
        the reference system: 0, 3857 or 4326.
    """

    _value_class = Geometry

    @classmethod
    def _from_crs(cls, crs: str) -> GeometryType:
        return cls(cls._srid_of(crs))

    def toInternal(self, geometry: Any) -> dict[str, Any] | None:
        return self._stored(geometry)

    def jsonValue(self) -> str:
        return f"geometry({self._crs})"
