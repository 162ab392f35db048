"""Row: a tuple whose fields may have names.

``Row(name="Alice", age=11)`` is a row; ``Row("name", "age")`` is a row *class*, which makes rows
when called::

    >>> from rayspark.sql.types import Row
    >>> Person = Row("name", "age")
    >>> Person("Alice", 11)
    Row(name='Alice', age=11)

Both are the same Python class, as in PySpark: a row without names *is* usable as a list of names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, overload

from rayspark.errors import (
    PySparkAttributeError,
    PySparkKeyError,
    PySparkRuntimeError,
    PySparkTypeError,
    PySparkValueError,
)


class Row(tuple[Any, ...]):
    """A row of a DataFrame.

    A field is read as an attribute (``row.name``), by name (``row["name"]``) or by position
    (``row[0]``). ``"name" in row`` asks for a field name if the row has names, for a value
    otherwise.

    Parameters
    ----------
    *args
        values (or names, for a row class), or
    **kwargs
        values by field name, in this order; not both.

    Raises
    ------
    PySparkValueError
        if positional and named arguments are mixed.

    Examples
    --------
    >>> from rayspark.sql.types import Row
    >>> row = Row(name="Alice", age=11)
    >>> row["name"], row.age, row[0]
    ('Alice', 11, 'Alice')
    >>> "name" in row, "wrong_key" in row
    (True, False)
    >>> Row("Alice", 11) == row
    True
    """

    __fields__: Sequence[str]

    @overload
    def __new__(cls, *args: Any) -> Row: ...
    @overload
    def __new__(cls, **kwargs: Any) -> Row: ...
    def __new__(cls, *args: Any, **kwargs: Any) -> Row:
        if args and kwargs:
            raise PySparkValueError(
                errorClass="CANNOT_SET_TOGETHER",
                messageParameters={"arg_list": "args and kwargs"},
            )
        if not kwargs:
            return tuple.__new__(cls, args)
        return create_row(list(kwargs), tuple(kwargs.values()))

    def asDict(self, recursive: bool = False) -> dict[str, Any]:
        """The row as a dictionary. Of fields with the same name, the last one counts.

        Parameters
        ----------
        recursive : bool
            turn rows inside (also in lists and dictionaries) into dictionaries too (default false).

        Raises
        ------
        PySparkTypeError
            if the row has no field names.

        Examples
        --------
        >>> from rayspark.sql.types import Row
        >>> Row(key=1, value=Row(name="a")).asDict(recursive=True)
        {'key': 1, 'value': {'name': 'a'}}
        """
        if not hasattr(self, "__fields__"):
            raise PySparkTypeError(
                errorClass="CANNOT_CONVERT_TYPE",
                messageParameters={"from_type": "Row", "to_type": "dict"},
            )
        values = (_plain(value) for value in self) if recursive else self
        return dict(zip(self.__fields__, values, strict=False))

    def __contains__(self, item: Any) -> bool:
        if hasattr(self, "__fields__"):
            return item in self.__fields__
        return super().__contains__(item)

    def __call__(self, *args: Any) -> Row:
        """A row with these values, this row's values being the names."""
        if len(args) > len(self):
            raise PySparkValueError(
                errorClass="TOO_MANY_VALUES",
                messageParameters={
                    "expected": str(len(self)),
                    "item": "fields",
                    "actual": str(len(args)),
                },
            )
        return create_row(self, args)

    def __getitem__(self, item: Any) -> Any:
        if isinstance(item, int | slice):
            return super().__getitem__(item)
        try:
            return super().__getitem__(self.__fields__.index(item))
        except IndexError:
            raise PySparkKeyError(
                errorClass="KEY_NOT_EXISTS", messageParameters={"key": str(item)}
            ) from None
        except ValueError:
            raise PySparkValueError(item) from None

    def __getattr__(self, item: str) -> Any:
        # Python asks for dunder names on its own (copying, pickling); without this guard, looking
        # up __fields__ on a row without names would recurse for ever.
        if not item.startswith("__"):
            try:
                return super().__getitem__(self.__fields__.index(item))
            except (IndexError, ValueError):
                pass
        raise PySparkAttributeError(
            errorClass="ATTRIBUTE_NOT_SUPPORTED", messageParameters={"attr_name": item}
        )

    def __setattr__(self, key: str, value: Any) -> None:
        if key != "__fields__":
            raise PySparkRuntimeError(errorClass="READ_ONLY", messageParameters={"object": "Row"})
        self.__dict__[key] = value

    def __reduce__(self) -> tuple[Callable[..., Row], tuple[Any, ...]]:
        if hasattr(self, "__fields__"):
            return (create_row, (self.__fields__, tuple(self)))
        return (Row, tuple(self))

    def __repr__(self) -> str:
        if not hasattr(self, "__fields__"):
            return f"<Row({', '.join(map(repr, self))})>"
        named = zip(self.__fields__, tuple(self), strict=False)
        return f"Row({', '.join(f'{name}={value!r}' for name, value in named)})"


def create_row(fields: Sequence[str], values: Sequence[Any]) -> Row:
    """A row of ``values`` named by ``fields`` (which many rows may share)."""
    row: Row = tuple.__new__(Row, values)
    row.__dict__["__fields__"] = fields
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, Row):
        return value.asDict(True)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
