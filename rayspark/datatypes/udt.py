"""User-defined types: a Python class stored as one of Spark's own types.

A class says what it is stored as (``sqlType``), how (``serialize``) and how it comes back
(``deserialize``); its values name the type in an attribute ``__UDT__``.
"""

from __future__ import annotations

import base64
from importlib import import_module
from typing import Any

import cloudpickle

from rayspark.datatypes.base import DataType
from rayspark.errors import PySparkNotImplementedError, PySparkTypeError, PySparkValueError


class UserDefinedType(DataType):
    """Base class of user-defined types.

    Override ``sqlType``, ``module``, ``serialize`` and ``deserialize``.
    """

    @classmethod
    def typeName(cls) -> str:
        return cls.__name__.lower()

    @classmethod
    def sqlType(cls) -> DataType:
        """The type its values are stored as."""
        raise _missing("sqlType()")

    @classmethod
    def module(cls) -> str:
        """The importable module the class stands in."""
        raise _missing("module()")

    @classmethod
    def scalaUDT(cls) -> str:
        """The paired Scala class, kept in schema JSON for other readers; none by default."""
        return ""

    def serialize(self, obj: Any) -> Any:
        """A value of ``sqlType`` for a value of the class."""
        raise _missing("toInternal()")

    def deserialize(self, datum: Any) -> Any:
        """A value of the class for a value of ``sqlType``."""
        raise _missing("fromInternal()")

    def needConversion(self) -> bool:
        return True

    def toInternal(self, obj: Any) -> Any:
        return None if obj is None else self.sqlType().toInternal(self.serialize(obj))

    def fromInternal(self, obj: Any) -> Any:
        stored = self.sqlType().fromInternal(obj)
        return None if stored is None else self.deserialize(stored)

    def simpleString(self) -> str:
        return "udt"

    def jsonValue(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": "udt"}
        if scala := self.scalaUDT():
            assert self.module() != "__main__", "UDT in __main__ cannot work with ScalaUDT"
            found["class"] = scala
        else:
            pickled = cloudpickle.dumps(type(self))
            found["serializedClass"] = base64.b64encode(pickled).decode()
        found["pyClass"] = f"{self.module()}.{type(self).__name__}"
        found["sqlType"] = self.sqlType().jsonValue()
        return found

    @classmethod
    def fromJson(cls, json: dict[str, Any]) -> UserDefinedType:
        """The type a schema JSON value names; its class is imported, never unpickled.

        Parameters
        ----------
        json : dict
            with key ``pyClass``: module and class name, joined by a dot.

        Raises
        ------
        PySparkValueError
            if the module has no such class.
        PySparkTypeError
            if the name is no :class:`UserDefinedType`.
        """
        module, _, name = str(json["pyClass"]).rpartition(".")
        found = getattr(import_module(module), name, None)
        if found is None:
            raise PySparkValueError(
                errorClass="UNSUPPORTED_OPERATION",
                messageParameters={"operation": "unpickling user defined types"},
            )
        if not (isinstance(found, type) and issubclass(found, UserDefinedType)):
            raise PySparkTypeError(
                errorClass="FIELD_TYPE_MISMATCH",
                messageParameters={"obj": str(found), "data_type": "UserDefinedType"},
            )
        return found()


def _missing(feature: str) -> PySparkNotImplementedError:
    return PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED", messageParameters={"feature": feature}
    )
