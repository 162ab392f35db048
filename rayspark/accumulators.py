"""Accumulators: variables that tasks only add to and the driver reads.

A task adds to a copy of its own, which starts from zero and travels back with the task's report.
The scheduler passes on the report of exactly one successful try of each task of an action, so in
actions every update counts once. A map stage that is computed again (lost output, an RDD used
twice) adds again, as in Spark: count in actions what must be exact.
"""

from __future__ import annotations

import copy
import weakref
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rayspark.errors import PySparkRuntimeError
from rayspark.executor.context import TaskContext
from rayspark.ids import AccumulatorId

if TYPE_CHECKING:
    from rayspark.scheduler.driver import Driver

__all__ = ["Accumulator", "AccumulatorParam"]

T = TypeVar("T")
U = TypeVar("U")


class AccumulatorParam(Generic[T]):
    """How values of some type are added up; subclass it for types of your own.

    Examples
    --------
    >>> from rayspark.accumulators import AccumulatorParam
    >>> class Words(AccumulatorParam):
    ...     def zero(self, value):
    ...         return set()
    ...
    ...     def addInPlace(self, seen, more):
    ...         seen |= more
    ...         return seen
    >>> words = sc.accumulator(set(), Words())
    >>> sc.parallelize(["a b", "b"]).foreach(lambda line: words.add(set(line.split())))
    >>> sorted(words.value)
    ['a', 'b']
    """

    def zero(self, value: T) -> T:
        """A zero like ``value``: for a vector, as many zeros."""
        raise NotImplementedError

    def addInPlace(self, value1: T, value2: T) -> T:
        """The sum; ``value1`` may be changed and returned."""
        raise NotImplementedError


class AddingAccumulatorParam(AccumulatorParam[U]):
    """Adds with ``+=``.

    Parameters
    ----------
    zero_value
        Where each task starts.
    """

    def __init__(self, zero_value: U) -> None:
        self.zero_value = zero_value

    def zero(self, value: U) -> U:
        """The zero given to the constructor."""
        return self.zero_value

    def addInPlace(self, value1: U, value2: U) -> U:
        """``value1 += value2``."""
        value1 += value2  # type: ignore[operator]
        return value1


INTEGER_ACCUMULATOR_PARAM: AddingAccumulatorParam[int] = AddingAccumulatorParam(0)
FLOAT_ACCUMULATOR_PARAM: AddingAccumulatorParam[float] = AddingAccumulatorParam(0.0)
COMPLEX_ACCUMULATOR_PARAM: AddingAccumulatorParam[complex] = AddingAccumulatorParam(0.0j)


class Accumulator(Generic[T]):
    """A variable that tasks add to; made by ``SparkContext.accumulator``.

    Parameters
    ----------
    aid : int
        Its id.
    value
        Where it starts.
    accum_param : AccumulatorParam
        How its values are added.

    Examples
    --------
    >>> total = sc.accumulator(10)
    >>> sc.parallelize([1, 2, 3]).foreach(lambda x: total.add(x))
    >>> total += 4
    >>> total.value
    20
    """

    def __init__(self, aid: int, value: T, accum_param: AccumulatorParam[T]) -> None:
        self.aid = aid
        self.accum_param = accum_param
        self._value = value

    @property
    def value(self) -> T:
        """The sum so far; only on the driver.

        Raises
        ------
        PySparkRuntimeError
            In a task, which knows its own part only.
        """
        return self._value

    @value.setter
    def value(self, value: T) -> None:
        self._value = value

    def add(self, term: T) -> None:
        """Add a term."""
        self._add(term)

    def _add(self, term: T) -> None:
        # Apart from `add`: a pickled bound method (`rdd.foreach(total.add)`) names this class's.
        self._value = self.accum_param.addInPlace(self._value, term)

    def __iadd__(self, term: T) -> Accumulator[T]:
        """Add a term."""
        self.add(term)
        return self

    def _register(self, driver: Driver) -> None:
        """Have the driver add what tasks report, as long as somebody can read it."""
        merge = weakref.WeakMethod(self.add)

        def add_update(update: T) -> None:
            add = merge()
            if add is not None:
                add(update)

        aid = AccumulatorId(self.aid)
        driver.register_accumulator(aid, add_update)
        weakref.finalize(self, driver.forget_accumulator, aid).atexit = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Tasks get a zero, not the sum."""
        return TaskAccumulator, (self.aid, self.accum_param.zero(self._value), self.accum_param)

    def __str__(self) -> str:
        return str(self._value)

    def __repr__(self) -> str:
        return f"Accumulator<id={self.aid}, value={self._value}>"


class TaskAccumulator(Accumulator[T]):
    """What a closure holds of an accumulator: it adds to the copy of whichever task runs."""

    def _add(self, term: T) -> None:
        """Add a term to the running task's copy."""
        context = TaskContext.get()
        if context is None:
            raise PySparkRuntimeError(
                f"Accumulator {self.aid} was added to outside of a task: a closure's accumulator "
                "can only be used on the thread that runs the task. Return the counts of threads "
                "that you start yourself, and add them in the task."
            )
        own = context._accumulators.get(AccumulatorId(self.aid))
        if own is None:
            own = Accumulator(self.aid, copy.deepcopy(self._value), self.accum_param)
            context._accumulators[AccumulatorId(self.aid)] = own
        own._value = self.accum_param.addInPlace(own._value, term)

    @property
    def value(self) -> T:
        """Not readable here."""
        raise _not_in_tasks()

    @value.setter
    def value(self, value: T) -> None:
        raise _not_in_tasks()

    def __reduce__(self) -> tuple[Any, ...]:
        return TaskAccumulator, (self.aid, self._value, self.accum_param)

    def __str__(self) -> str:
        return repr(self)

    def __repr__(self) -> str:
        return f"Accumulator<id={self.aid}, in a task>"


def _not_in_tasks() -> PySparkRuntimeError:
    return PySparkRuntimeError(
        errorClass="VALUE_NOT_ACCESSIBLE", messageParameters={"value": "Accumulator.value"}
    )


def default_param(value: Any) -> AccumulatorParam[Any]:
    """How numbers are added.

    Raises
    ------
    TypeError
        For any other type.
    """
    match value:
        case int():
            return INTEGER_ACCUMULATOR_PARAM
        case float():
            return FLOAT_ACCUMULATOR_PARAM
        case complex():
            return COMPLEX_ACCUMULATOR_PARAM
    raise TypeError(
        f"No default accumulator param for type {type(value)}: pass an AccumulatorParam that says "
        "what zero is and how two values are added"
    )
