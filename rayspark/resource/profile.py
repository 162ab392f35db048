"""The resources of a stage."""

from __future__ import annotations

import itertools

from rayspark.resource.requests import (
    ExecutorResourceRequest,
    ExecutorResourceRequests,
    TaskResourceRequest,
    TaskResourceRequests,
)

DEFAULT_PROFILE_ID = 0
"""Id of the profile that the configuration keys describe; stages that ask for nothing run on it."""

_ids = itertools.count(DEFAULT_PROFILE_ID + 1)


def new_profile_id() -> int:
    """An id that no profile of this process has."""
    return next(_ids)


class ResourceProfile:
    """What the executors of a stage must have and what each of its tasks takes: see
    ``RDD.withResources``.

    Made by a :class:`ResourceProfileBuilder` and not changed afterwards.

    Examples
    --------
    >>> from rayspark.resource import (
    ...     ExecutorResourceRequests,
    ...     ResourceProfileBuilder,
    ...     TaskResourceRequests,
    ... )
    >>> builder = ResourceProfileBuilder()
    >>> builder = builder.require(ExecutorResourceRequests().cores(4).memory("2g"))
    >>> profile = builder.require(TaskResourceRequests().cpus(2)).build
    >>> profile.executorResources["memory"].amount, profile.taskResources["cpus"].amount
    (2048, 2.0)
    """

    def __init__(
        self,
        _exec_req: dict[str, ExecutorResourceRequest] | None = None,
        _task_req: dict[str, TaskResourceRequest] | None = None,
        *,
        _is_default: bool = False,
    ) -> None:
        self._id = DEFAULT_PROFILE_ID if _is_default else new_profile_id()
        self._executor_resource_requests = _exec_req or {}
        self._task_resource_requests = _task_req or {}

    @property
    def id(self) -> int:
        """Number of this profile, unique in the application."""
        return self._id

    @property
    def taskResources(self) -> dict[str, TaskResourceRequest]:
        """What each task takes, by resource."""
        return self._task_resource_requests

    @property
    def executorResources(self) -> dict[str, ExecutorResourceRequest]:
        """What every executor must have, by resource."""
        return self._executor_resource_requests


class ResourceProfileBuilder:
    """Collects requests for a :class:`ResourceProfile`; a later request for a resource replaces
    an earlier one.
    """

    def __init__(self) -> None:
        self._executor_resource_requests: dict[str, ExecutorResourceRequest] = {}
        self._task_resource_requests: dict[str, TaskResourceRequest] = {}

    def require(
        self, resourceRequest: ExecutorResourceRequests | TaskResourceRequests
    ) -> ResourceProfileBuilder:
        """Add requests, for executors or for tasks; returns this builder."""
        match resourceRequest:
            case TaskResourceRequests():
                self._task_resource_requests.update(resourceRequest.requests)
            case _:
                self._executor_resource_requests.update(resourceRequest.requests)
        return self

    def clearExecutorResourceRequests(self) -> None:
        """Forget what executors must have."""
        self._executor_resource_requests = {}

    def clearTaskResourceRequests(self) -> None:
        """Forget what tasks take."""
        self._task_resource_requests = {}

    @property
    def taskResources(self) -> dict[str, TaskResourceRequest]:
        """What each task takes, by resource."""
        return self._task_resource_requests

    @property
    def executorResources(self) -> dict[str, ExecutorResourceRequest]:
        """What every executor must have, by resource."""
        return self._executor_resource_requests

    @property
    def build(self) -> ResourceProfile:
        """The profile (a property, as in PySpark)."""
        return ResourceProfile(
            dict(self._executor_resource_requests), dict(self._task_resource_requests)
        )
