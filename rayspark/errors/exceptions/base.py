"""The exceptions a user sees: PySpark's classes, under PySpark's names.

Each is raised with either a plain message or a *condition* and its parameters::

    raise PySparkValueError(errorClass="CANNOT_BE_NONE", messageParameters={"arg_name": "key"})

The ``PySpark*Error`` classes are the built-in errors with a condition; the others stand for what
Spark's engine throws, and print their SQLSTATE. All of them survive pickling with every field.
"""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from pickle import PicklingError
from typing import Any, ClassVar, Self, TypeVar

from rayspark.errors.conditions import condition, conditions
from rayspark.errors.traceback import hide_engine_frames, notebook_lines

E = TypeVar("E", bound=BaseException)


class QueryContextType(Enum):
    """Where a query came from."""

    SQL = 0
    DataFrame = 1


class QueryContext(ABC):
    """The place in a query at which an error arose."""

    @abstractmethod
    def contextType(self) -> QueryContextType:
        """SQL text or DataFrame calls."""

    @abstractmethod
    def objectType(self) -> str:
        """Kind of the object that holds the query, such as ``VIEW``; empty for the main query."""

    @abstractmethod
    def objectName(self) -> str:
        """Name of that object; empty for the main query."""

    @abstractmethod
    def startIndex(self) -> int:
        """First position of the fragment in the query text, from 0."""

    @abstractmethod
    def stopIndex(self) -> int:
        """Last position of the fragment in the query text, from 0."""

    @abstractmethod
    def fragment(self) -> str:
        """The text, or the call, that raised the error."""

    @abstractmethod
    def callSite(self) -> str:
        """File and line of the user's call."""

    @abstractmethod
    def summary(self) -> str:
        """All of this in a few printable lines."""


class PySparkException(Exception):
    """Root of all errors of RaySpark.

    Parameters
    ----------
    message : str, optional
        The text; by default it is made from the condition.
    errorClass : str, optional
        Name of the error condition.
    messageParameters : dict, optional
        Values for the parameters of the condition's message.
    contexts : list of QueryContext, optional
        Places in the query.

    Examples
    --------
    >>> from rayspark.errors import PySparkValueError
    >>> PySparkValueError(
    ...     errorClass="CANNOT_BE_NONE", messageParameters={"arg_name": "key"}
    ... ).getCondition()
    'CANNOT_BE_NONE'
    """

    _prints_sql_state: ClassVar[bool] = True

    def __init__(
        self,
        message: str | None = None,
        errorClass: str | None = None,
        messageParameters: dict[str, str] | None = None,
        contexts: Sequence[QueryContext] | None = None,
    ) -> None:
        if message is None:
            if errorClass is None:
                raise ValueError("an error needs a message or an error condition")
            message = condition(errorClass).render(messageParameters or {})
        super().__init__(message)
        self._message = message
        self._errorClass = errorClass
        self._messageParameters = messageParameters
        self._contexts = list(contexts or ())
        hide_engine_frames()

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[type[Self], str], dict[str, Any]]:
        """Copy the fields; do not run a constructor whose parameters may differ."""
        return _revive, (type(self), self._message), self.__dict__

    def _render_traceback_(self) -> list[str]:
        """Asked for by IPython, which shows the last frame even if it is marked."""
        return notebook_lines(self)

    def getCondition(self) -> str | None:
        """Name of the error condition, or None."""
        return self._errorClass

    def getErrorClass(self) -> str | None:
        """Old name of :meth:`getCondition`."""
        warnings.warn("use getCondition instead", FutureWarning, stacklevel=2)
        return self._errorClass

    def getMessageParameters(self) -> dict[str, str] | None:
        """Values of the parameters of the message."""
        return self._messageParameters

    def getSqlState(self) -> str | None:
        """SQLSTATE of the condition, or None."""
        found = conditions().get(self._errorClass) if self._errorClass else None
        return found.sql_state if found else None

    def getMessage(self) -> str:
        """The whole text, with condition and SQLSTATE."""
        state = self.getSqlState() if self._prints_sql_state else None
        return f"[{self._errorClass}] {self._message}" + (f" SQLSTATE: {state}" if state else "")

    def getBreakingChangeInfo(self) -> dict[str, Any] | None:
        """How to adapt to a changed behaviour; no condition of ours has such a note."""
        return None

    def getQueryContext(self) -> list[QueryContext]:
        """Places in the query that raised the error."""
        return self._contexts

    def __str__(self) -> str:
        return self._message if self._errorClass is None else self.getMessage()


def _revive(cls: type[E], message: str) -> E:
    return cls.__new__(cls, message)


class AnalysisException(PySparkException):
    """A query plan does not make sense."""


class SessionNotSameException(PySparkException):
    """Objects of different sessions were mixed."""


class TempTableAlreadyExistsException(AnalysisException):
    """A temporary view of that name exists."""


class ParseException(AnalysisException):
    """SQL text cannot be parsed.

    Parameters
    ----------
    message, errorClass, messageParameters, contexts
        As :class:`PySparkException`.
    sql : str, optional
        The text; the message then shows the place under it.
    line, position : int, optional
        Where the text stops making sense: line from 1, position in the line from 0.
    """

    def __init__(
        self,
        message: str | None = None,
        errorClass: str | None = None,
        messageParameters: dict[str, str] | None = None,
        contexts: Sequence[QueryContext] | None = None,
        *,
        sql: str | None = None,
        line: int = 1,
        position: int = 0,
    ) -> None:
        super().__init__(message, errorClass, messageParameters, contexts)
        self._sql, self._line, self._position = sql, line, position

    def __str__(self) -> str:
        if self._sql is None:
            return super().__str__()
        lines = self._sql.split("\n")
        shown = [*lines[: self._line], "-" * self._position + "^^^", *lines[self._line :]]
        place = f"(line {self._line}, pos {self._position})"
        return "\n".join([f"\n{self.getMessage()} {place}", "", "== SQL ==", *shown, ""])


class IllegalArgumentException(PySparkException):
    """An argument or a configuration value is not acceptable."""


class ArithmeticException(PySparkException):
    """Division by zero, overflow and the like."""


class UnsupportedOperationException(PySparkException):
    """The engine does not do this."""


class ArrayIndexOutOfBoundsException(PySparkException):
    """An array has no such index."""


class DateTimeException(PySparkException):
    """A date or time is impossible or cannot be parsed."""


class NumberFormatException(IllegalArgumentException):
    """Text is not a number."""


class StreamingQueryException(PySparkException):
    """A streaming query ended with an error."""


class StreamingPythonRunnerInitializationException(PySparkException):
    """A streaming Python function could not be started."""


class QueryExecutionException(PySparkException):
    """A query failed while it ran."""


class SparkRuntimeException(PySparkException):
    """A row could not be processed."""


class SparkUpgradeException(PySparkException):
    """The result would differ from that of an older Spark."""


class SparkNoSuchElementException(PySparkException):
    """Something asked for by name is not there."""


class UnknownException(PySparkException):
    """None of the other classes."""


class PickleException(PySparkException):
    """Pickled data from the user cannot be used."""


class SparkException(PySparkException):
    """A job failed or was cancelled.

    ``__cause__`` is the user's own exception, when that is why; the message ends with the user's
    traceback, without frames of the engine. (PySpark shows a ``Py4JJavaError`` here.)

    Parameters
    ----------
    message, errorClass, messageParameters, contexts
        As for every :class:`PySparkException`.
    jobId, stageId, stageAttempt, partition, attempt : int, optional
        The task whose failure ended the job: its ``attempt`` counts from 0 within the stage
        attempt.
    executorId : str, optional
        Where that task ran last.
    """

    def __init__(
        self,
        message: str | None = None,
        errorClass: str | None = None,
        messageParameters: dict[str, str] | None = None,
        contexts: Sequence[QueryContext] | None = None,
        *,
        jobId: int | None = None,
        stageId: int | None = None,
        stageAttempt: int | None = None,
        partition: int | None = None,
        attempt: int | None = None,
        executorId: str | None = None,
    ) -> None:
        super().__init__(message, errorClass, messageParameters, contexts)
        self.jobId = jobId
        self.stageId = stageId
        self.stageAttempt = stageAttempt
        self.partition = partition
        self.attempt = attempt
        self.executorId = executorId


class PythonException(SparkException):
    """A Python function of the user failed, in a query or in a job over an RDD.

    Its condition is ``PYTHON_EXCEPTION``; the parameter ``traceback`` is the function's traceback,
    without frames of the engine.
    """

    def unblamed(self) -> SparkException:
        """The same failure of a job where no function of the user's is the cause."""
        made = SparkException(self._message)
        made.__dict__.update(self.__dict__, _errorClass=None, _messageParameters=None)
        return made


class InternalError(SparkException):
    """A defect of RaySpark itself."""

    def __init__(self, message: str) -> None:
        super().__init__(errorClass="INTERNAL_ERROR", messageParameters={"message": message})


class BuiltinError(PySparkException):
    """Marks the classes that are a built-in error with a condition."""

    _prints_sql_state = False


class PySparkTypeError(BuiltinError, TypeError):
    """A ``TypeError`` with a condition."""


class PySparkValueError(BuiltinError, ValueError):
    """A ``ValueError`` with a condition."""


class PySparkIndexError(BuiltinError, IndexError):
    """An ``IndexError`` with a condition."""


class PySparkAttributeError(BuiltinError, AttributeError):
    """An ``AttributeError`` with a condition."""


class PySparkRuntimeError(BuiltinError, RuntimeError):
    """A ``RuntimeError`` with a condition."""


class PySparkNotImplementedError(BuiltinError, NotImplementedError):
    """A ``NotImplementedError`` with a condition."""


class PySparkPicklingError(BuiltinError, PicklingError):
    """A ``pickle.PicklingError`` with a condition."""


class PySparkKeyError(BuiltinError, KeyError):
    """A ``KeyError`` with a condition."""


class PySparkImportError(BuiltinError, ImportError):
    """An ``ImportError`` with a condition."""


class PySparkAssertionError(BuiltinError, AssertionError):
    """An ``AssertionError`` with a condition; ``data`` holds the rows that differ."""

    def __init__(
        self,
        message: str | None = None,
        errorClass: str | None = None,
        messageParameters: dict[str, str] | None = None,
        data: Iterable[Any] | None = None,
    ) -> None:
        super().__init__(message, errorClass, messageParameters)
        self.data = data


def recover_python_exception(e: E) -> E:
    """The exception itself: what a task raises is not wrapped by a JVM here, so nothing needs to
    be recovered. The message of a failed job holds the task's traceback.

    >>> recover_python_exception(ValueError("mine"))
    ValueError('mine')
    """
    return e
