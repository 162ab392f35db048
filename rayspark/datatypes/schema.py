"""Schemas: ``StructField`` (name, type, nullable, notes) and ``StructType`` (fields in order).

>>> from rayspark.sql.types import IntegerType, StructType
>>> print(StructType().add("a", IntegerType(), nullable=False).treeString(), end="")
root
 |-- a: integer (nullable = false)

``StructType.add`` changes the schema in place, as in PySpark; do not add while another thread reads
it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

from rayspark.datatypes.atomic import CharType, StringType, VarcharType
from rayspark.datatypes.base import DataType, Parsers
from rayspark.datatypes.nested import (
    UNLIMITED_DEPTH,
    ArrayType,
    MapType,
    child_path,
    spoken,
    tree_lines,
    tree_name,
)
from rayspark.datatypes.row import Row, create_row
from rayspark.datatypes.variant import VariantVal
from rayspark.errors import (
    PySparkIndexError,
    PySparkKeyError,
    PySparkTypeError,
    PySparkValueError,
)

COLLATIONS_KEY = "__COLLATIONS"
_ESCAPES = str.maketrans(
    {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b", "\v": "\\v", "\a": "\\a"}
)


class StructField(DataType):
    """A field of a :class:`StructType`.

    Parameters
    ----------
    name : str
        the field's name.
    dataType : DataType
        its type.
    nullable : bool
        whether it may be ``None`` (default true).
    metadata : dict, optional
        notes that travel with the schema; JSON values only.

    Examples
    --------
    >>> from rayspark.sql.types import StringType, StructField
    >>> StructField("f1", StringType()) == StructField("f1", StringType(), True)
    True
    """

    def __init__(
        self,
        name: str,
        dataType: DataType,
        nullable: bool = True,
        metadata: dict[str, Any] | None = None,
    ):
        assert isinstance(dataType, DataType), (
            f"dataType {dataType} should be an instance of {DataType}"
        )
        assert isinstance(name, str), f"field name {name} should be a string"
        self.name = name
        self.dataType = dataType
        self.nullable = nullable
        self.metadata = metadata or {}

    def simpleString(self) -> str:
        return f"{self.name}:{self.dataType.simpleString()}"

    def __repr__(self) -> str:
        return f"StructField('{self.name}', {self.dataType}, {self.nullable})"

    def typeName(self) -> str:  # type: ignore[override]
        """Not defined for a field.

        Raises
        ------
        PySparkTypeError
            always: ask the field's ``dataType``.
        """
        raise PySparkTypeError(errorClass="INVALID_TYPENAME_CALL", messageParameters={})

    def jsonValue(self) -> dict[str, Any]:
        # Collations stand in the metadata, and the type says plain "string", so that readers from
        # before collations still understand the schema.
        collations = self.getCollationMetadata()
        kept = {**self.metadata, COLLATIONS_KEY: collations} if collations else self.metadata
        written = _without_collations(self.dataType) if collations else self.dataType
        return {
            "name": self.name,
            "type": written.jsonValue(),
            "nullable": self.nullable,
            "metadata": kept,
        }

    @classmethod
    def fromJson(cls, json: dict[str, Any]) -> StructField:
        """The field a schema JSON value describes.

        Parameters
        ----------
        json : dict
            with keys ``name`` and ``type``, and ``nullable`` and ``metadata`` if they differ from
            the defaults.
        """
        metadata = dict(json.get("metadata") or {})
        collations = _collation_names(metadata.pop(COLLATIONS_KEY, {}))
        found = Parsers.json(json["type"], json["name"], collations)
        return cls(json["name"], found, json.get("nullable", True), metadata)

    def getCollationsMap(self, metadata: dict[str, Any]) -> dict[str, str]:
        """Collation name by path, from a field's metadata."""
        return _collation_names((metadata or {}).get(COLLATIONS_KEY, {}))

    def getCollationMetadata(self) -> dict[str, str]:
        """``provider.collation`` by path, for each collated string not inside a nested struct."""
        found: dict[str, str] = {}
        pending: list[tuple[DataType, str]] = [(self.dataType, self.name)]
        while pending:
            dt, path = pending.pop(0)
            match dt:
                case ArrayType():
                    pending.append((dt.elementType, child_path(path, "element")))
                case MapType():
                    pending.append((dt.keyType, child_path(path, "key")))
                    pending.append((dt.valueType, child_path(path, "value")))
                case StringType() if not dt.isUTF8BinaryCollation():
                    found[path] = self.schemaCollationValue(dt)
                case _:
                    pass  # no collated string directly inside
        return found

    def schemaCollationValue(self, dt: DataType) -> str:
        """A collated string's ``provider.collation``."""
        assert isinstance(dt, StringType)
        return f"{StringType.collationProvider(dt.collation)}.{dt.collation}"

    def needConversion(self) -> bool:
        return self.dataType.needConversion()

    def toInternal(self, obj: Any) -> Any:
        return self.dataType.toInternal(obj)

    def fromInternal(self, obj: Any) -> Any:
        return self.dataType.fromInternal(obj)

    def _tree_lines(self, prefix: str, depth: int) -> list[str]:
        if depth <= 0:
            return []
        name, kind = self.name.translate(_ESCAPES), tree_name(self.dataType)
        return [
            f"{prefix}-- {name}: {kind} (nullable = {spoken(self.nullable)})",
            *tree_lines(self.dataType, f"{prefix}    |", depth - 1),
        ]


class StructType(DataType):
    """Fields in order: the type of a :class:`Row`, and of a whole DataFrame.

    Iterating gives the fields; ``schema["name"]``, ``schema[0]`` and ``schema[1:]`` pick some.

    Parameters
    ----------
    fields : list of StructField, optional
        the fields (default none).

    Examples
    --------
    >>> from rayspark.sql.types import IntegerType, StringType, StructField, StructType
    >>> schema = StructType([StructField("f1", StringType()), StructField("f2", IntegerType())])
    >>> schema["f1"]
    StructField('f1', StringType(), True)
    >>> schema[1:].simpleString()
    'struct<f2:int>'
    """

    def __init__(self, fields: list[StructField] | None = None):
        self.fields = fields or []
        assert all(isinstance(f, StructField) for f in self.fields), (
            "fields should be a list of StructField"
        )
        self.names = [f.name for f in self.fields]

    @overload
    def add(
        self,
        field: str,
        data_type: str | DataType,
        nullable: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> StructType: ...
    @overload
    def add(self, field: StructField) -> StructType: ...
    def add(
        self,
        field: str | StructField,
        data_type: str | DataType | None = None,
        nullable: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> StructType:
        """Append a field, and return this same schema.

        Parameters
        ----------
        field : str or StructField
            the field, or its name.
        data_type : DataType or str, optional
            its type, or the type's JSON name (``"integer"``, ``"decimal(10,2)"``); needed with a
            name.
        nullable : bool
            whether it may be ``None`` (default true).
        metadata : dict, optional
            its notes.

        Raises
        ------
        PySparkValueError
            if a name comes without a type, or the type's name is unknown.

        Examples
        --------
        >>> from rayspark.sql.types import StructType
        >>> StructType().add("f1", "string").add("f2", "integer", False)
        StructType([StructField('f1', StringType(), True), StructField('f2', IntegerType(), False)])
        """
        if isinstance(field, str):
            if data_type is None:
                raise PySparkValueError(
                    errorClass="ARGUMENT_REQUIRED",
                    messageParameters={
                        "arg_name": "data_type",
                        "condition": "passing name of struct_field to create",
                    },
                )
            if isinstance(data_type, str):
                data_type = Parsers.json(data_type, "", None)
            field = StructField(field, data_type, nullable, metadata)
        self.fields.append(field)
        self.names.append(field.name)
        return self

    def __iter__(self) -> Iterator[StructField]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    @overload
    def __getitem__(self, key: str | int) -> StructField: ...
    @overload
    def __getitem__(self, key: slice) -> StructType: ...
    def __getitem__(self, key: str | int | slice) -> StructField | StructType:
        match key:
            case str():
                for field in self.fields:
                    if field.name == key:
                        return field
                raise PySparkKeyError(errorClass="KEY_NOT_EXISTS", messageParameters={"key": key})
            case slice():
                return StructType(self.fields[key])
            case int():
                try:
                    return self.fields[key]
                except IndexError:
                    raise PySparkIndexError(
                        errorClass="INDEX_OUT_OF_RANGE",
                        messageParameters={"arg_name": "StructType", "index": str(key)},
                    ) from None
        raise PySparkTypeError(
            errorClass="NOT_EXPECTED_TYPE",
            messageParameters={
                "expected_type": "int, slice or str",
                "arg_name": "key",
                "arg_type": type(key).__name__,
            },
        )

    def simpleString(self) -> str:
        return f"struct<{','.join(f.simpleString() for f in self.fields)}>"

    def __repr__(self) -> str:
        return f"StructType([{', '.join(map(repr, self.fields))}])"

    def jsonValue(self) -> dict[str, Any]:
        return {"type": self.typeName(), "fields": [f.jsonValue() for f in self.fields]}

    @classmethod
    def fromJson(cls, json: dict[str, Any]) -> StructType:
        """The schema a schema JSON value describes.

        Parameters
        ----------
        json : dict
            with key ``fields``: a list of what :meth:`StructField.fromJson` reads.

        Examples
        --------
        >>> from rayspark.sql.types import StructType
        >>> StructType.fromJson({"fields": [{"name": "a", "type": "long"}]}).simpleString()
        'struct<a:bigint>'
        """
        return cls([StructField.fromJson(field) for field in json["fields"]])

    def fieldNames(self) -> list[str]:
        """The names of the fields, in order."""
        return list(self.names)

    def _as_nullable(self) -> StructType:
        return StructType(
            [StructField(f.name, f.dataType._as_nullable(), True, f.metadata) for f in self.fields]
        )

    def toNullable(self) -> StructType:
        """The same schema, null allowed everywhere, also inside nested types."""
        return self._as_nullable()

    def needConversion(self) -> bool:
        return True  # a row becomes a plain tuple

    def toInternal(self, obj: Any) -> tuple[Any, ...] | None:
        if obj is None:
            return None
        if isinstance(obj, VariantVal):
            raise PySparkValueError("Rows cannot be of type VariantVal")
        if isinstance(obj, tuple | list):
            if not any(f.needConversion() for f in self.fields):
                return tuple(obj)
            return tuple(f.toInternal(v) for f, v in zip(self.fields, obj, strict=False))
        values = obj if isinstance(obj, dict) else getattr(obj, "__dict__", None)
        if values is None:
            raise PySparkValueError(
                errorClass="UNEXPECTED_TUPLE_WITH_STRUCT", messageParameters={"tuple": str(obj)}
            )
        return tuple(f.toInternal(values.get(f.name)) for f in self.fields)

    def fromInternal(self, obj: Any) -> Row | None:
        if obj is None or isinstance(obj, Row):
            return obj
        if any(f.needConversion() for f in self.fields):
            obj = [f.fromInternal(v) for f, v in zip(self.fields, obj, strict=False)]
        return create_row(self.names, obj)

    def _tree_lines(self, prefix: str, depth: int) -> list[str]:
        return [line for f in self.fields for line in f._tree_lines(prefix, depth)]

    def treeString(self, maxDepth: int = UNLIMITED_DEPTH) -> str:
        """The schema as ``printSchema`` shows it.

        Parameters
        ----------
        maxDepth : int
            levels of nesting to show; zero or less shows all (default all).
        """
        depth = maxDepth if maxDepth > 0 else UNLIMITED_DEPTH
        return "\n".join(["root", *self._tree_lines(" |", depth)]) + "\n"

    def toDDL(self) -> str:
        """The schema as DDL text, which :meth:`DataType.fromDDL` reads back.

        Examples
        --------
        >>> from rayspark.sql.types import IntegerType, StructType
        >>> StructType().add("a b", IntegerType(), False).toDDL()
        '`a b` INT NOT NULL'
        """
        return Parsers.to_ddl(self)


def _collation_names(values: dict[str, str]) -> dict[str, str]:
    """``{path: "provider.name"}`` without the providers, which must be known ones."""
    names = {}
    for path, value in values.items():
        provider, name = value.split(".")
        if provider.lower() not in StringType.providers:
            raise PySparkValueError(
                errorClass="COLLATION_INVALID_PROVIDER",
                messageParameters={
                    "provider": provider,
                    "supportedProviders": ", ".join(StringType.providers),
                },
            )
        names[path] = name
    return names


def _without_collations(dt: DataType) -> DataType:
    """The type with plain strings; nested structs stay, for their fields do this themselves."""
    match dt:
        case ArrayType():
            return ArrayType(_without_collations(dt.elementType), dt.containsNull)
        case MapType():
            key, value = _without_collations(dt.keyType), _without_collations(dt.valueType)
            return MapType(key, value, dt.valueContainsNull)
        case StringType():
            return StringType()
        case VarcharType() | CharType():
            return type(dt)(dt.length)
        case _:
            return dt
