"""Table functions written in Python: classes whose ``eval`` yields rows.

A call is a plan like any other: a one-row query of the arguments (or the rows of the table
argument), and a function from batches to batches that runs the class over them.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa  # noqa: TC002

from rayspark.catalyst.expressions import (
    Alias,
    Attribute,
    Expression,
    Literal,
    NamedArgument,
    PythonFunction,
    SortOrder,
    TableArgument,
    UnresolvedAttribute,
)
from rayspark.catalyst.logical import (
    GroupPython,
    LogicalPlan,
    MapPython,
    OneRow,
    Project,
    Repartition,
    Sort,
)
from rayspark.catalyst.parser import parse_expression
from rayspark.datatypes import DataType, StructType, parse_ddl
from rayspark.datatypes.arrow import from_arrow_schema
from rayspark.datatypes.convert import batch_to_rows, rows_to_batch
from rayspark.errors import AnalysisException, PySparkAttributeError, PySparkTypeError
from rayspark.errors.traceback import user_traceback
from rayspark.sql.arguments import column_or_name
from rayspark.sql.expected import refused
from rayspark.sql.marks import active_session
from rayspark.sql.table_arg import TableArg

if TYPE_CHECKING:
    from rayspark.sql.dataframe import DataFrame
    from rayspark.sql.session import SparkSession

__all__ = [
    "AnalyzeArgument",
    "AnalyzeResult",
    "PartitioningColumn",
    "OrderingColumn",
    "SelectedColumn",
    "SkipRestOfInputTableException",
    "UDTFRegistration",
]


@dataclass(frozen=True)
class AnalyzeArgument:
    """An argument as the static method ``analyze`` of a table function sees it."""

    dataType: DataType
    value: Any | None
    """The value of a constant."""
    isTable: bool
    isConstantExpression: bool


@dataclass(frozen=True)
class PartitioningColumn:
    """A column, or an expression in SQL, by which the table argument is to be divided."""

    name: str


@dataclass(frozen=True)
class OrderingColumn:
    """A column, or an expression in SQL, by which each part is to be ordered."""

    name: str
    ascending: bool = True
    overrideNullsFirst: bool | None = None


@dataclass(frozen=True)
class SelectedColumn:
    """A column, or an expression in SQL, that the function wants of the table argument."""

    name: str
    alias: str = ""


@dataclass
class AnalyzeResult:
    """What ``analyze`` returns: the columns of the result, and how the function wants its input."""

    schema: StructType
    withSinglePartition: bool = False
    partitionBy: Sequence[PartitioningColumn] = field(default_factory=tuple)
    orderBy: Sequence[OrderingColumn] = field(default_factory=tuple)
    select: Sequence[SelectedColumn] = field(default_factory=tuple)


class SkipRestOfInputTableException(Exception):
    """Raised by ``eval``: it wants no more rows of this part of the table."""


class UserDefinedTableFunction:
    """A table function. Made by ``udtf`` and ``arrow_udtf``; a call gives a DataFrame.

    Parameters
    ----------
    func : class
        The class with the method ``eval``.
    returnType : StructType or str, optional
        The columns; ``None`` when the class has a static method ``analyze``.
    name : str, optional
        Its name; the class's by default.
    evalType : int
        PySpark's number for the kind: 300 rows, 302 Arrow batches.
    deterministic : bool
        Whether the same arguments always give the same rows.
    """

    def __init__(
        self,
        func: type[Any],
        returnType: StructType | str | None,
        name: str | None = None,
        evalType: int = 300,
        deterministic: bool = False,
    ) -> None:
        _check_handler(func, returnType)
        self.func = func
        self._declared = returnType
        self._name = name or func.__name__
        self.evalType = evalType
        self.deterministic = deterministic

    @functools.cached_property
    def _return_type(self) -> StructType | None:
        declared = self._declared
        parsed = parse_ddl(declared) if isinstance(declared, str) else declared
        if parsed is not None and not isinstance(parsed, StructType):
            raise PySparkTypeError(
                errorClass="UDTF_RETURN_TYPE_MISMATCH",
                messageParameters={"name": self._name, "return_type": f"{parsed}"},
            )
        return parsed

    @property
    def returnType(self) -> StructType | None:
        """The columns; ``None`` where ``analyze`` says them."""
        return self._return_type

    def asDeterministic(self) -> UserDefinedTableFunction:
        """The function, said to give the same rows for the same arguments."""
        self.deterministic = True
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> DataFrame:
        """The rows for these arguments: constants as columns, or a table."""
        session = active_session()
        given = [*args, *kwargs.values()]
        values = [a if isinstance(a, TableArg) else column_or_name(a) for a in given]
        return session._frame(self.plan(values, tuple(kwargs)))  # type: ignore[no-any-return]

    def plan(self, values: Sequence[Any], names: tuple[str, ...] = ()) -> LogicalPlan:
        """The plan of a call; ``names`` are those of the last arguments."""
        declared = self._return_type
        analyzed = None if declared is not None else self._analyze(values, names)
        schema = declared or cast("AnalyzeResult", analyzed).schema
        made = tuple(Attribute(f.name, f.dataType, f.nullable) for f in schema.fields)
        tables = [v for v in values if isinstance(v, TableArg)]
        scalars = [v for v in values if not isinstance(v, TableArg)]
        if len(tables) > 1:
            raise AnalysisException(
                errorClass="TABLE_VALUED_FUNCTION_TOO_MANY_TABLE_ARGUMENTS",
                messageParameters={"num": str(len(tables))},
            )
        table_at = next((i for i, v in enumerate(values) if isinstance(v, TableArg)), None)
        table = tables[0] if tables else None
        select: tuple[Expression, ...] = ()
        if analyzed is not None:
            table, select = self._as_asked(table, analyzed)
        constants = tuple(Alias(cast("Expression", e), f"_{i}") for i, e in enumerate(scalars))
        hidden = 0
        if table is not None and select:
            table, hidden = _selected(table, (*select, *constants))
        elif table is not None and constants:
            table = table.over(Project((*table._plan.output, *constants), table._plan))
        run = RunTableFunction(self.func, schema, table_at, len(scalars), names, analyzed, hidden)
        function = PythonFunction(run, schema, self._name, "arrow_iter", self.deterministic)
        if table is None:
            return MapPython(function, "arrow", made, Project(constants, OneRow()))
        return _over_table(function, made, table)

    def _as_asked(
        self, table: TableArg | None, analyzed: AnalyzeResult
    ) -> tuple[TableArg | None, tuple[Expression, ...]]:
        """The table argument, divided and ordered as ``analyze`` wants it; what it selects."""
        _check_metadata(self._name, table, analyzed)
        if table is None:
            return None, ()
        select = tuple(
            Alias(e, c.alias) if c.alias else e
            for c in analyzed.select
            for e in (parse_expression(c.name),)
        )
        keys = tuple(parse_expression(c.name) for c in analyzed.partitionBy)
        order = tuple(
            SortOrder(parse_expression(c.name), c.ascending, _nulls_first(c))
            for c in analyzed.orderBy
        )
        single = table._single or analyzed.withSinglePartition
        keys, order = keys or table._keys, order or table._order
        return TableArg(table._plan, keys, order, single), select

    def _analyze(self, values: Sequence[Any], names: tuple[str, ...]) -> AnalyzeResult:
        described = [_described(v) for v in values]
        first_named = len(values) - len(names)
        by_name = dict(zip(names, described[first_named:], strict=True))
        try:
            result = self.func.analyze(*described[:first_named], **by_name)
            if not isinstance(result, AnalyzeResult) or not isinstance(result.schema, StructType):
                raise PySparkTypeError(
                    f"The static method analyze of {self._name} must return an AnalyzeResult with "
                    f"a StructType as schema, but returned {result!r}."
                )
        except Exception as error:
            raise AnalysisException(
                errorClass="TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON",
                messageParameters={"msg": user_traceback(error)},
            ) from error
        return result


def _in_text(argument: Expression) -> Expression | TableArg:
    """An argument in SQL's text as the methods of a DataFrame give it."""
    if not isinstance(argument, TableArgument):
        return argument
    return TableArg(argument.plan, argument.keys, argument.order, argument.single)


def _nulls_first(column: OrderingColumn) -> bool:
    override = column.overrideNullsFirst
    return column.ascending if override is None else override


def _check_metadata(name: str, table: TableArg | None, analyzed: AnalyzeResult) -> None:
    """What ``analyze`` asks for fits together, and fits the call."""
    single, keys = analyzed.withSinglePartition, analyzed.partitionBy
    reason = incompatible = None
    if single and keys:
        reason = "withSinglePartition and partitionBy exclude each other"
    elif analyzed.orderBy and not (single or keys):
        reason = "orderBy needs withSinglePartition or partitionBy"
    elif table is None and (single or keys or analyzed.select):
        incompatible = "asks for a table argument", "has none"
    elif table is not None and (single or keys) and (table._keys or table._single):
        incompatible = "divides the table argument", "divides it, too"
    if reason is not None:
        raise AnalysisException(
            errorClass="TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INVALID",
            messageParameters={"functionName": name, "reason": reason},
        )
    if incompatible is not None:
        raise AnalysisException(
            errorClass="TABLE_VALUED_FUNCTION_REQUIRED_METADATA_INCOMPATIBLE_WITH_CALL",
            messageParameters={
                "functionName": name,
                "requestedMetadata": incompatible[0],
                "invalidFunctionCallProperty": incompatible[1],
            },
        )


def _selected(table: TableArg, columns: tuple[Expression, ...]) -> tuple[TableArg, int]:
    """The table with these columns, then those that only divide and order it, and how many."""
    keys = [Alias(e, f"_key{i}") for i, e in enumerate(table._keys)]
    order = [Alias(o.child, f"_order{i}") for i, o in enumerate(table._order)]
    made = TableArg(
        Project((*columns, *keys, *order), table._plan),
        tuple(UnresolvedAttribute((k.name,)) for k in keys),
        tuple(
            o.copy(child=UnresolvedAttribute((k.name,)))
            for o, k in zip(table._order, order, strict=True)
        ),
        table._single,
    )
    return made, len(keys) + len(order)


def _over_table(
    function: PythonFunction, made: tuple[Attribute, ...], table: TableArg
) -> LogicalPlan:
    child = table._plan
    if table._keys:
        return GroupPython(table._keys, function, "arrow_iter", made, child, table._order)
    if table._single:
        child = Repartition(child, count=1)
        if table._order:
            child = Sort(child, table._order, is_global=False)
    return MapPython(function, "arrow", made, child)


def _described(value: Any) -> AnalyzeArgument:
    if isinstance(value, TableArg):
        return AnalyzeArgument(value._plan.schema, None, True, False)
    if isinstance(value, Literal):
        return AnalyzeArgument(value.type, value.value, False, True)
    return AnalyzeArgument(value.dtype, None, False, False)


@dataclass(frozen=True)
class RunTableFunction:
    """Runs a class over batches of argument rows. One instance a partition, or a group."""

    handler: type[Any]
    schema: StructType
    table_at: int | None
    """Which argument is the table; its row is passed as a Row."""
    scalars: int
    names: tuple[str, ...]
    analyzed: AnalyzeResult | None = None
    """What ``analyze`` returned: ``__init__`` gets it, if it takes an argument."""
    hidden: int = 0
    """How many columns at the end are only there to divide and order the rows."""

    def __call__(self, *inputs: Any) -> Iterator[pa.RecordBatch]:
        """Batches of results; the last input is the iterator of batches (a key may be first)."""
        instance = self.instance()
        try:
            for batch in inputs[-1]:
                for arguments in self._arguments(batch):
                    yield from self._batches(self._call(instance, arguments))
        except SkipRestOfInputTableException:
            pass
        if hasattr(instance, "terminate"):
            yield from self._batches(instance.terminate())

    def instance(self) -> Any:
        """A new one of the class."""
        if self.analyzed is not None and inspect.signature(self.handler).parameters:
            return self.handler(self.analyzed)
        return self.handler()

    def beside(self, width: int, schema: StructType, marked: bool) -> RunBesideRows:
        """The function over rows whose first columns come out beside what is made of them."""
        return RunBesideRows(self, width, schema, marked)

    def _call(self, instance: Any, arguments: Sequence[Any]) -> Any:
        first_named = len(arguments) - len(self.names)
        named = dict(zip(self.names, arguments[first_named:], strict=True))
        return instance.eval(*arguments[:first_named], **named)

    def _arguments(self, batch: pa.RecordBatch) -> Iterator[list[Any]]:
        batch = batch.select(list(range(batch.num_columns - self.hidden)))
        if self.table_at is None:
            yield from map(list, batch_to_rows(batch, _schema_of(batch)))
            return
        width = batch.num_columns - self.scalars
        table = batch.select(list(range(width)))
        others = batch.select(list(range(width, batch.num_columns)))
        rows = batch_to_rows(table, _schema_of(table))
        constants = batch_to_rows(others, _schema_of(others)) if self.scalars else [()] * len(rows)
        for row, values in zip(rows, constants, strict=True):
            found = list(values)
            found.insert(self.table_at, row)
            yield found

    def _batches(self, made: Any) -> Iterator[pa.RecordBatch]:
        for rows in self.checked(made):
            yield rows_to_batch(rows, self.schema, lenient=True)

    def checked(self, made: Any) -> Iterator[list[Any]]:
        """The rows that a call has made, if any; then what it raised to say that it is done."""
        width = len(self.schema.fields)
        rows: list[Any] = []
        done: SkipRestOfInputTableException | None = None
        try:
            for row in made or ():
                if width == 1 and row is not None and not isinstance(row, tuple | list | dict):
                    rows.append((row,))
                elif row is not None:
                    rows.append(row)
        except SkipRestOfInputTableException as raised:
            done = raised
        for row in rows:
            if not isinstance(row, tuple | list) or len(row) != width:
                raise PySparkTypeError(
                    f"{self.handler.__name__} must yield rows of {width} columns "
                    f"({self.schema.simpleString()}), but yielded {row!r}."
                )
        if rows:
            yield rows
        if done is not None:
            raise done


@dataclass(frozen=True)
class RunBesideRows:
    """Runs a class over batches of rows: their first columns, then the arguments."""

    run: RunTableFunction
    width: int
    schema: StructType
    """Of the first columns and of what the class makes."""
    marked: bool
    """Whether each row comes out once more, without values; a last column says where it does."""

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Batches of results. What ``terminate`` makes comes out beside the last row."""
        run, instance = self.run, self.run.instance()
        row: tuple[Any, ...] | None = None
        try:
            for batch in batches:
                first = batch.select(list(range(self.width)))
                rows = batch_to_rows(first, _schema_of(first))
                given = batch.select(list(range(self.width, batch.num_columns)))
                if self.marked:
                    nothing = [None] * (len(self.schema.fields) - self.width - 1)
                    bare = [(*row, *nothing, False) for row in rows]
                    yield rows_to_batch(bare, self.schema, lenient=True)
                for row, arguments in zip(rows, run._arguments(given), strict=True):
                    yield from self._beside(row, run._call(instance, arguments))
        except SkipRestOfInputTableException:
            pass
        if hasattr(instance, "terminate") and row is not None:
            yield from self._beside(row, instance.terminate())

    def _beside(self, row: tuple[Any, ...], made: Any) -> Iterator[pa.RecordBatch]:
        for found in self.run.checked(made):
            mark = (True,) if self.marked else ()
            whole = [(*row, *values, *mark) for values in found]
            yield rows_to_batch(whole, self.schema, lenient=True)


def _schema_of(batch: pa.RecordBatch) -> StructType:
    return from_arrow_schema(batch.schema)


def create_udtf(
    cls: type[Any], returnType: StructType | str | None, arrow: bool = False
) -> UserDefinedTableFunction:
    """A table function of a class."""
    if arrow and hasattr(cls, "analyze"):
        raise PySparkAttributeError(
            errorClass="INVALID_ARROW_UDTF_WITH_ANALYZE", messageParameters={"name": cls.__name__}
        )
    if arrow:
        raise refused("arrow_udtf", "write a udtf whose eval takes rows, or use mapInArrow.")
    return UserDefinedTableFunction(cls, returnType)


def _check_handler(cls: Any, return_type: Any) -> None:
    if not isinstance(cls, type):
        raise PySparkTypeError(
            errorClass="INVALID_UDTF_HANDLER_TYPE", messageParameters={"type": type(cls).__name__}
        )
    static = isinstance(inspect.getattr_static(cls, "analyze", None), staticmethod)
    wrong = None
    if not hasattr(cls, "eval"):
        wrong = "INVALID_UDTF_NO_EVAL"
    elif return_type is None and not static:
        wrong = "INVALID_UDTF_RETURN_TYPE"
    elif return_type is not None and hasattr(cls, "analyze"):
        wrong = "INVALID_UDTF_BOTH_RETURN_TYPE_AND_ANALYZE"
    if wrong is not None:
        raise PySparkAttributeError(errorClass=wrong, messageParameters={"name": cls.__name__})


class UDTFRegistration:
    """The table functions of a session that SQL knows by name: ``spark.udtf``."""

    def __init__(self, sparkSession: SparkSession) -> None:
        self.sparkSession = sparkSession

    def register(self, name: str, f: UserDefinedTableFunction) -> UserDefinedTableFunction:
        """Give a table function a name that SQL text can use: ``SELECT * FROM name(1)``.

        Parameters
        ----------
        name : str
            The name.
        f : UserDefinedTableFunction
            A function made by ``udtf``.
        """
        if not isinstance(f, UserDefinedTableFunction):
            raise PySparkTypeError(
                errorClass="CANNOT_REGISTER_UDTF", messageParameters={"name": name}
            )

        known = copy.copy(f)
        known._name = name

        def plan(*args: Any) -> LogicalPlan:
            named = [a for a in args if isinstance(a, NamedArgument)]
            values = [_in_text(a.value if isinstance(a, NamedArgument) else a) for a in args]
            return known.plan(values, tuple(a.name for a in named))

        self.sparkSession._state.table_functions[name.lower()] = plan
        return f
