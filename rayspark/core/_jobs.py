"""Running jobs, grouping them, cancelling them, watching them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rayspark.core._sources import Sources
from rayspark.errors import IllegalArgumentException
from rayspark.lazy import lazy_module
from rayspark.localproperties import (
    DESCRIPTION,
    GROUP,
    TAGS,
    check_type,
    get_property,
    set_property,
    stop_works,
)
from rayspark.rdd import RDD

if TYPE_CHECKING:
    from rayspark import status
else:
    status = lazy_module("rayspark.status")

T = TypeVar("T")
U = TypeVar("U")

INTERRUPT = "spark.job.interruptOnCancel"


class Jobs(Sources):
    """Methods about jobs. Groups, tags and properties belong to the calling thread."""

    def runJob(
        self,
        rdd: RDD[T],
        partitionFunc: Callable[[Iterable[T]], Iterable[U]],
        partitions: Sequence[int] | None = None,
        allowLocal: bool = False,
    ) -> list[U]:
        """Run a function on some partitions; returns the elements of all its results.

        Parameters
        ----------
        rdd : RDD
            Whose partitions.
        partitionFunc : callable
            Takes an iterator over the records of a partition, returns an iterable.
        partitions : sequence of int, optional
            Which partitions, in the order of the results; all by default.
        allowLocal : bool
            Accepted as PySpark does; it has no effect there either.

        Raises
        ------
        IllegalArgumentException
            If there is no such partition.
        PySparkTypeError
            If it is no number of one.

        Examples
        --------
        >>> numbers = sc.parallelize(range(6), 3)
        >>> sc.runJob(numbers, lambda part: [x * x for x in part], [0, 2])
        [0, 1, 16, 25]
        """
        count = rdd.getNumPartitions()
        wanted = range(count) if partitions is None else partitions
        for split in wanted:
            check_type("partitions", split, int)
            if not 0 <= split < count:
                raise IllegalArgumentException(
                    f"Attempting to access a non-existent partition: {split}. "
                    f"Total number of partitions: {count}"
                )
        parts: list[list[U]] = rdd._run(Listed(partitionFunc), wanted)
        return [element for part in parts for element in part]

    # -- groups and tags ---------------------------------------------------------------------

    def setJobGroup(self, groupId: str, description: str, interruptOnCancel: bool = False) -> None:
        """Put the jobs that this thread starts from now on into a group.

        Threads do not pass their group on; start them as :class:`rayspark.InheritableThread` for
        that.

        Parameters
        ----------
        groupId : str
            Names the group for :meth:`cancelJobGroup` and ``statusTracker().getJobIdsForGroup``.
        description : str
            What the jobs do, for the UI and the event log.
        interruptOnCancel : bool
            A local property like in PySpark, where it steers threads of the JVM. Python code of
            cancelled tasks is stopped in any case. False by default.

        >>> sc.setJobGroup("reports", "monthly figures")
        >>> sc.range(3).count(), len(sc.statusTracker().getJobIdsForGroup("reports"))
        (3, 1)
        >>> sc.setLocalProperty("spark.jobGroup.id", None)
        >>> sc.setJobDescription(None)
        """
        self.setInterruptOnCancel(interruptOnCancel)
        set_property(GROUP, groupId)
        set_property(DESCRIPTION, description)

    def cancelJobGroup(self, groupId: str) -> None:
        """Cancel the running jobs of a group: their actions raise SparkException.

        >>> sc.cancelJobGroup("no such group")
        """
        check_type("groupId", groupId, str)
        reason = f"part of cancelled job group {groupId}"
        stop_works(reason, group=groupId)
        self._driver.cancel(reason, group=groupId)

    def setInterruptOnCancel(self, interruptOnCancel: bool) -> None:
        """Set the local property that in PySpark has cancelled tasks interrupted in the JVM.

        It changes nothing here: the Python code of cancelled tasks is stopped in any case.

        >>> sc.setInterruptOnCancel(True)
        >>> sc.getLocalProperty("spark.job.interruptOnCancel")
        'true'
        >>> sc.setLocalProperty("spark.job.interruptOnCancel", None)
        """
        check_type("interruptOnCancel", interruptOnCancel, bool)
        check_type("interruptOnCancel", interruptOnCancel, bool)
        set_property(INTERRUPT, "true" if interruptOnCancel else "false")

    def addJobTag(self, tag: str) -> None:
        """Give the jobs that this thread starts from now on one more tag.

        Parameters
        ----------
        tag : str
            Any text but the empty one, without a comma.

        Raises
        ------
        IllegalArgumentException
            For the empty text, and one with a comma.

        Examples
        --------
        >>> sc.addJobTag("nightly")
        >>> sc.getJobTags()
        {'nightly'}
        >>> sc.clearJobTags()
        """
        _check_tag(tag)
        self._set_tags(self.getJobTags() | {tag})

    def removeJobTag(self, tag: str) -> None:
        """Take a tag away again; one that is not there is ignored.

        Raises
        ------
        IllegalArgumentException
            For the empty text, and one with a comma.
        """
        _check_tag(tag)
        self._set_tags(self.getJobTags() - {tag})

    def getJobTags(self) -> set[str]:
        """The tags of the calling thread.

        >>> sc.getJobTags()
        set()
        """
        return set(filter(None, (get_property(TAGS) or "").split(",")))

    def clearJobTags(self) -> None:
        """Take all of this thread's tags away."""
        self._set_tags(set())

    def _set_tags(self, tags: set[str]) -> None:
        set_property(TAGS, ",".join(sorted(tags)) or None)

    def cancelJobsWithTag(self, tag: str) -> None:
        """Cancel the running jobs that have a tag.

        Raises
        ------
        IllegalArgumentException
            For the empty text, and one with a comma.

        Examples
        --------
        >>> sc.cancelJobsWithTag("nightly")
        """
        _check_tag(tag)
        reason = f"part of cancelled jobs with tag {tag}"
        stop_works(reason, tag=tag)
        self._driver.cancel(reason, tag=tag)

    def cancelAllJobs(self) -> None:
        """Cancel every running job.

        >>> sc.cancelAllJobs()
        """
        reason = "as part of cancellation of all jobs"
        stop_works(reason)
        self._driver.cancel(reason)

    # -- properties --------------------------------------------------------------------------

    def setLocalProperty(self, key: str, value: str | None) -> None:
        """Set a property of this thread that goes with the jobs it starts, such as
        ``spark.scheduler.pool``; None removes it.

        >>> sc.setLocalProperty("spark.scheduler.pool", "reports")
        >>> sc.getLocalProperty("spark.scheduler.pool")
        'reports'
        >>> sc.setLocalProperty("spark.scheduler.pool", None)
        """
        set_property(key, value)

    def getLocalProperty(self, key: str) -> str | None:
        """A property of this thread, or None."""
        return get_property(key)

    def setJobDescription(self, value: str | None) -> None:
        """Say what this thread's jobs do, for the UI and the event log; None takes it back."""
        set_property(DESCRIPTION, value)

    def statusTracker(self) -> status.StatusTracker:
        """A view of running and recent jobs and stages.

        >>> sc.statusTracker().getActiveJobsIds()
        []
        """
        return status.StatusTracker(self._application.status)


class Listed:
    """The results of a partition function as a list."""

    def __init__(self, func: Callable[[Iterable[Any]], Iterable[Any]]) -> None:
        self.func = func

    def __call__(self, split: int, records: Iterator[Any]) -> list[Any]:
        return list(self.func(records))


def _check_tag(tag: str) -> None:
    check_type("tag", tag, str)
    if not tag:
        raise IllegalArgumentException("Spark job tag cannot be an empty string.")
    if "," in tag:
        raise IllegalArgumentException(f"Spark job tag cannot contain ',': {tag!r}")
