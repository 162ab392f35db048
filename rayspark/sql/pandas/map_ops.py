"""Functions of a DataFrame's batches: ``mapInPandas`` and ``mapInArrow``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from typing import Literal as Choice

from rayspark.catalyst.expressions import Attribute, PythonFunction
from rayspark.catalyst.logical import MapPython
from rayspark.datatypes import DataType, StructType, parse_ddl
from rayspark.sql.dataframe._core import FrameCore
from rayspark.sql.expected import expected, refused

if TYPE_CHECKING:
    from rayspark.resource import ResourceProfile
    from rayspark.sql.dataframe import DataFrame


class PandasMapOpsMixin(FrameCore):
    """Part of the DataFrame face."""

    def mapInPandas(
        self,
        func: Callable[..., Any],
        schema: StructType | str,
        barrier: bool = False,
        profile: ResourceProfile | None = None,
    ) -> DataFrame:
        """The rows that a function makes of all rows, in batches.

        Parameters
        ----------
        func : callable
            Takes an iterator of ``pandas.DataFrame`` and gives one; called once a partition.
        schema : StructType or str
            The columns that it makes.
        barrier : bool
            Run all partitions at the same time, as ``RDD.barrier``.
        profile : ResourceProfile, optional
            Refused: resources of a part of a query cannot be chosen.
        """
        return self._map("pandas", func, schema, barrier, profile)

    def mapInArrow(
        self,
        func: Callable[..., Any],
        schema: StructType | str,
        barrier: bool = False,
        profile: ResourceProfile | None = None,
    ) -> DataFrame:
        """As :meth:`mapInPandas`, with ``pyarrow.RecordBatch``.

        >>> def twice(batches):
        ...     for batch in batches:
        ...         yield batch
        ...         yield batch
        >>> spark.range(1).mapInArrow(twice, "id long").collect()
        [Row(id=0), Row(id=0)]
        """
        return self._map("arrow", func, schema, barrier, profile)

    def _map(
        self,
        kind: Choice["pandas", "arrow"],
        func: Callable[..., Any],
        schema: Any,
        barrier: bool,
        profile: Any,
    ) -> DataFrame:
        if profile is not None:
            raise refused(
                "mapIn... with a resource profile", "use df.rdd.withResources, or set executors."
            )
        if not callable(func):
            raise expected("func", "callable", func)
        result = result_schema(schema)
        name = getattr(func, "__name__", type(func).__name__)
        iterates: Choice["pandas_iter", "arrow_iter"] = (
            "pandas_iter" if kind == "pandas" else "arrow_iter"
        )
        function = PythonFunction(func, result, name, iterates)
        return self._derive(MapPython(function, kind, made_by(result), self._plan, barrier))


def result_schema(schema: Any) -> StructType:
    """The columns that a function makes."""
    if not isinstance(schema, DataType | str):
        raise expected("returnType", "DataType or str", schema)
    parsed = parse_ddl(schema) if isinstance(schema, str) else schema
    if not isinstance(parsed, StructType):
        raise expected("schema", "StructType", parsed)
    return parsed


def made_by(schema: StructType) -> tuple[Attribute, ...]:
    """New columns of a schema."""
    return tuple(Attribute(f.name, f.dataType, f.nullable) for f in schema.fields)
