"""What executors must have, and what each task takes of it."""

from __future__ import annotations

from rayspark.config.units import parse_bytes
from rayspark.errors import PySparkValueError

_MIB = 1024**2
_LEAST_CPUS, _MOST_CPUS = 1e-9, 2147483647


class ExecutorResourceRequest:
    """An amount of one resource that every executor of a profile must have.

    Parameters
    ----------
    resourceName : str
        ``cores``, ``memory``, ``memoryOverhead``, ``pyspark.memory``, ``offHeap`` or the name of
        a custom resource.
    amount : int
        How much; memory in MiB.
    discoveryScript : str
        Accepted as PySpark does. Ray finds the units of a resource itself, so no script is run.
    vendor : str
        Accepted as PySpark does, without effect.
    """

    def __init__(
        self, resourceName: str, amount: int, discoveryScript: str = "", vendor: str = ""
    ) -> None:
        self._name = resourceName
        self._amount = amount
        self._discovery_script = discoveryScript
        self._vendor = vendor

    @property
    def resourceName(self) -> str:
        """Name of the resource."""
        return self._name

    @property
    def amount(self) -> int:
        """Amount per executor; memory in MiB."""
        return self._amount

    @property
    def discoveryScript(self) -> str:
        """Script that would find the units of the resource."""
        return self._discovery_script

    @property
    def vendor(self) -> str:
        """Vendor of the resource."""
        return self._vendor


class ExecutorResourceRequests:
    """What every executor of a profile must have; each method adds one request and returns this
    object.

    Sizes are written as for configuration keys (``"512m"``, ``"2g"``); a plain number means MiB.

    Examples
    --------
    >>> from rayspark.resource import ExecutorResourceRequests
    >>> needs = ExecutorResourceRequests().cores(2).memory("6g").resource("gpu", 1)
    >>> {name: request.amount for name, request in needs.requests.items()}
    {'cores': 2, 'memory': 6144, 'gpu': 1}
    """

    def __init__(self, _requests: dict[str, ExecutorResourceRequest] | None = None) -> None:
        self._requests = dict(_requests or {})

    def memory(self, amount: str) -> ExecutorResourceRequests:
        """Memory for execution and storage."""
        return self._add("memory", _mebibytes(amount))

    def memoryOverhead(self, amount: str) -> ExecutorResourceRequests:
        """Memory beside that, for the interpreter and native libraries."""
        return self._add("memoryOverhead", _mebibytes(amount))

    def pysparkMemory(self, amount: str) -> ExecutorResourceRequests:
        """Memory for Python functions."""
        return self._add("pyspark.memory", _mebibytes(amount))

    def offheapMemory(self, amount: str) -> ExecutorResourceRequests:
        """Memory outside the heap; here all memory is, so it adds to ``memory``."""
        return self._add("offHeap", _mebibytes(amount))

    def cores(self, amount: int) -> ExecutorResourceRequests:
        """Cores of each executor."""
        return self._add("cores", amount)

    def resource(
        self, resourceName: str, amount: int, discoveryScript: str = "", vendor: str = ""
    ) -> ExecutorResourceRequests:
        """A custom resource, such as ``gpu``: it must be one of Ray's resources in the cluster."""
        self._requests[resourceName] = ExecutorResourceRequest(
            resourceName, amount, discoveryScript, vendor
        )
        return self

    @property
    def requests(self) -> dict[str, ExecutorResourceRequest]:
        """The requests by resource."""
        return self._requests

    def _add(self, name: str, amount: int) -> ExecutorResourceRequests:
        self._requests[name] = ExecutorResourceRequest(name, amount)
        return self


class TaskResourceRequest:
    """An amount of one resource that each task takes.

    Parameters
    ----------
    resourceName : str
        ``cpus`` or the name of a custom resource.
    amount : float
        How much: for a custom resource at most 1, to share a unit among tasks, or a whole number.
    """

    def __init__(self, resourceName: str, amount: float) -> None:
        self._name = resourceName
        self._amount = float(amount)

    @property
    def resourceName(self) -> str:
        """Name of the resource."""
        return self._name

    @property
    def amount(self) -> float:
        """Amount per task."""
        return self._amount


class TaskResourceRequests:
    """What each task takes; each method adds one request and returns this object.

    Examples
    --------
    >>> from rayspark.resource import TaskResourceRequests
    >>> takes = TaskResourceRequests().cpus(1).resource("gpu", 0.5)
    >>> {name: request.amount for name, request in takes.requests.items()}
    {'cpus': 1.0, 'gpu': 0.5}
    """

    def __init__(self, _requests: dict[str, TaskResourceRequest] | None = None) -> None:
        self._requests = dict(_requests or {})

    def cpus(self, amount: float) -> TaskResourceRequests:
        """CPUs per task: any amount above 0.

        Raises
        ------
        PySparkValueError
            If the amount is not positive.
        """
        if not _LEAST_CPUS <= amount <= _MOST_CPUS:
            raise PySparkValueError(
                errorClass="VALUE_OUT_OF_BOUNDS",
                messageParameters={
                    "arg_name": "cpus",
                    "lower_bound": str(_LEAST_CPUS),
                    "upper_bound": str(_MOST_CPUS),
                    "actual": str(amount),
                },
            )
        self._requests["cpus"] = TaskResourceRequest("cpus", amount)
        return self

    def resource(self, resourceName: str, amount: float) -> TaskResourceRequests:
        """Units of a custom resource per task: at most 1 (shared), or a whole number.

        Raises
        ------
        PySparkValueError
            If more than one unit is asked for and not a whole number.
        """
        if amount > 1 and amount % 1 != 0:
            raise PySparkValueError(
                f"The amount of resource '{resourceName}' per task must be at most 1 or a whole "
                f"number, but is {amount}."
            )
        self._requests[resourceName] = TaskResourceRequest(resourceName, amount)
        return self

    @property
    def requests(self) -> dict[str, TaskResourceRequest]:
        """The requests by resource."""
        return self._requests


def _mebibytes(amount: str) -> int:
    try:
        return parse_bytes(amount, "m") // _MIB
    except ValueError as error:
        message = f"An amount of memory is expected, such as '512m': {error}."
        raise PySparkValueError(message) from error
