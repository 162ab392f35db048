"""Broadcast variables: a value sent to every machine once, however many tasks read it.

The driver stores the value as a block; a closure that refers to a :class:`Broadcast` carries its id
only, and the batch that brings the closure to an executor also says where the block lies. An
executor fetches and decodes it when a task first reads ``.value``, and keeps it for the others.
When nothing on the driver refers to the object any more, the block is freed.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from rayspark.closures import explain_value
from rayspark.errors import PySparkRuntimeError, SparkException
from rayspark.executor.context import TaskContext
from rayspark.ids import BroadcastId
from rayspark.rdd.callsite import call_site
from rayspark.serializers import note_capture

if TYPE_CHECKING:
    from rayspark.scheduler.driver import Driver

__all__ = ["Broadcast"]

T = TypeVar("T")

_NOTHING: Any = object()


class Broadcast(Generic[T]):
    """A read-only value on every executor; made by ``SparkContext.broadcast``.

    Examples
    --------
    >>> prices = sc.broadcast({"tea": 3, "coffee": 4})
    >>> sc.parallelize(["tea", "coffee", "tea"]).map(lambda drink: prices.value[drink]).sum()
    10
    >>> prices.destroy()
    """

    _driver: Driver | None = None
    _free: Callable[[], Any] | None = None
    _destroyed_at = ""

    def __init__(self, driver: Driver, value: T) -> None:
        self._driver = driver
        self._value = value
        try:
            self._id = driver.broadcast(value)
        except Exception as error:  # noqa: BLE001  a user's __reduce__ may raise anything
            raise explain_value("broadcast", value, error) from None
        finalizer = weakref.finalize(self, driver.unpersist_broadcast, self._id, destroy=True)
        finalizer.atexit = False
        self._free = finalizer

    @property
    def value(self) -> T:
        """The value, on the driver and in tasks. Do not change it: others would not see that.

        Raises
        ------
        SparkException
            On the driver, after :meth:`destroy`.
        """
        if self._value is _NOTHING:
            self._value = self._fetch()
        return self._value

    def _fetch(self) -> T:
        self._check_alive("used")
        context = TaskContext.get()
        try:
            if context is not None:
                fetched: T = context._runtime.broadcast(self._id)
                return fetched
        except KeyError:
            pass
        raise PySparkRuntimeError(
            errorClass="BROADCAST_VARIABLE_NOT_LOADED",
            messageParameters={"variable": str(self._id)},
        )

    def unpersist(self, blocking: bool = False) -> None:
        """Drop the executors' copies. They are fetched again when a task reads the value.

        Parameters
        ----------
        blocking : bool
            Accepted; nothing waits for the copies to be dropped, and nothing needs to.

        Raises
        ------
        PySparkRuntimeError
            In a task.
        """
        self._owner("unpersisted").unpersist_broadcast(self._id, destroy=False)

    def destroy(self, blocking: bool = False) -> None:
        """Free the value everywhere; it cannot be used any more.

        Parameters
        ----------
        blocking : bool
            Accepted; nothing waits for the copies to be freed.

        Raises
        ------
        PySparkRuntimeError
            In a task.
        """
        self._owner("destroyed")
        if self._free is not None:
            self._free()
        self._value = _NOTHING
        self._destroyed_at = call_site()

    def _owner(self, operation: str) -> Driver:
        if self._driver is None:
            raise PySparkRuntimeError(
                errorClass="INVALID_BROADCAST_OPERATION",
                messageParameters={"operation": operation},
            )
        self._check_alive(operation)
        return self._driver

    def _check_alive(self, operation: str) -> None:
        if self._destroyed_at:
            raise SparkException(
                f"Attempted to use Broadcast({self._id}) after it was destroyed "
                f"({self._destroyed_at}): it cannot be {operation}. Broadcast the value again."
            )

    def __reduce__(self) -> tuple[Any, ...]:
        """Only the id travels; the closure's stage brings the block."""
        self._check_alive("sent to tasks")
        note_capture(self._id)
        return _in_task, (self._id,)

    def __repr__(self) -> str:
        return f"Broadcast({self._id})"


def _in_task(number: BroadcastId) -> Broadcast[Any]:
    made: Broadcast[Any] = Broadcast.__new__(Broadcast)
    made._id, made._value = number, _NOTHING
    return made
