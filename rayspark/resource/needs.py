"""What a stage asks for, as the scheduler and the executors read it: stage-level scheduling.

A :class:`~rayspark.resource.ResourceProfile` is the user's words; :class:`Needs` is their meaning,
checked. Needs are values: equal ones share executors.

>>> needs = Needs(resources=(("gpu", 1),), amounts=(("gpu", Fraction(1, 2)),))
>>> needs.has_own_executors, needs.tasks(cores=4, task_cpus=1)
(True, 2)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from rayspark.errors.exceptions import SparkException
from rayspark.resource.profile import ResourceProfile

_MIB = 1 << 20
_BUILT_IN = ("cores", "memory", "memoryOverhead", "pyspark.memory", "offHeap")


@dataclass(frozen=True, slots=True)
class Needs:
    """What a stage asks for; None and missing names: as the configuration says."""

    cores: int | None = None
    """Of each executor."""
    memory: int | None = None
    """Of each executor, in bytes."""
    resources: tuple[tuple[str, int], ...] = ()
    """Units of custom resources of each executor, by name."""
    cpus: Fraction | None = None
    """Of each task."""
    amounts: tuple[tuple[str, Fraction], ...] = ()
    """Units of custom resources of each task, by name."""

    @property
    def has_own_executors(self) -> bool:
        """Are other executors needed than those that the configuration describes?"""
        return self.cores is not None or self.memory is not None or bool(self.resources)

    @property
    def name(self) -> str:
        """Of the profile of its executors: equal needs have equal names."""
        return f"resources of {self.describe()}"

    def describe(self) -> str:
        """In words, for names and messages."""
        parts = [] if self.cores is None else [f"{self.cores} cores"]
        parts += [] if self.memory is None else [f"{self.memory // _MIB} MiB"]
        parts += [f"{amount} {name}" for name, amount in self.resources]
        takes = [] if self.cpus is None else [f"{float(self.cpus):g} cpus"]
        takes += [f"{float(amount):g} {name}" for name, amount in self.amounts]
        tail = f" (each task: {', '.join(takes)})" if takes else ""
        return (", ".join(parts) or "any executor") + tail

    def task_cpus(self, default: int) -> Fraction:
        """CPUs of each task."""
        return Fraction(default) if self.cpus is None else self.cpus

    def tasks(self, cores: int, task_cpus: int) -> int:
        """Tasks that one of its executors, of so many cores, runs at a time."""
        units = dict(self.resources)
        limits = [cores // self.task_cpus(task_cpus)]
        limits += [_sharing(units[name], amount) for name, amount in self.amounts]
        return max(1, min(limits))

    def check_cores(self, cores: int, task_cpus: int) -> None:
        """Can an executor of so many cores run a task?

        Raises
        ------
        SparkException
            If it has too few.
        """
        if self.task_cpus(task_cpus) > cores:
            raise SparkException(
                f"The number of cores per executor (={cores}) has to be >= the number of cpus per "
                f"task (={float(self.task_cpus(task_cpus)):g}): a stage asks for "
                f"{self.describe()}. Ask for executors with more cores "
                "(ExecutorResourceRequests().cores, spark.executor.cores) or for fewer cpus "
                "per task."
            )


def needs_of(profile: ResourceProfile) -> Needs:
    """The meaning of a profile.

    Raises
    ------
    SparkException
        If its tasks need what its executors do not have.
    """
    asked = {name: request.amount for name, request in profile.executorResources.items()}
    takes = {
        name: Fraction(repr(request.amount)) for name, request in profile.taskResources.items()
    }
    resources = {name: amount for name, amount in asked.items() if name not in _BUILT_IN}
    cpus = takes.pop("cpus", None)
    for name, amount in takes.items():
        if name not in resources:
            raise SparkException(
                f"No executor resource configs were specified for the following task configs: "
                f"{name}. Add ExecutorResourceRequests().resource({name!r}, ...) to the profile: "
                "executors of their own are started with it."
            )
        if amount > resources[name]:
            raise SparkException(
                f"The executor resource: {name}, amount: {resources[name]} needs to be >= the task "
                f"resource request amount of {float(amount):g}."
            )
    for name, units in asked.items():
        if units <= 0:
            raise SparkException(f"The amount of executor resource {name!r} must be more than 0.")
    memory = asked.get("memory")
    if memory is not None:
        memory = (memory + asked.get("offHeap", 0)) * _MIB
    needs = Needs(
        asked.get("cores"), memory, tuple(sorted(resources.items())), cpus,
        tuple(sorted((name, amount) for name, amount in takes.items() if amount > 0)),
    )  # fmt: skip
    if needs.cores is not None:
        needs.check_cores(needs.cores, 1)
    return needs


def merged(all_needs: Iterable[Needs]) -> Needs:
    """The most of each, as Spark merges profiles that meet in a stage.

    >>> merged([Needs(cores=2, cpus=Fraction(1)), Needs(cores=1, cpus=Fraction(2))])
    Needs(cores=2, memory=None, resources=(), cpus=Fraction(2, 1), amounts=())
    """
    every = list(all_needs)
    resources: dict[str, int] = {}
    amounts: dict[str, Fraction] = {}
    for needs in every:
        for name, units in needs.resources:
            resources[name] = max(units, resources.get(name, 0))
        for name, amount in needs.amounts:
            amounts[name] = max(amount, amounts.get(name, Fraction(0)))
    return Needs(
        max((n.cores for n in every if n.cores is not None), default=None),
        max((n.memory for n in every if n.memory is not None), default=None),
        tuple(sorted(resources.items())),
        max((n.cpus for n in every if n.cpus is not None), default=None),
        tuple(sorted(amounts.items())),
    )


def _sharing(units: int, amount: Fraction) -> int:
    """Tasks that share so many units; below 1, each takes part of a single one."""
    return units * int(1 / amount) if amount < 1 else int(units // amount)
