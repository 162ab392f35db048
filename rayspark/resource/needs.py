"""What a stage asks for, as the scheduler and the executors read it: stage-level scheduling.

A :class:`~rayspark.resource.ResourceProfile` is the user's words; :class:`Needs` is their meaning,
checked. Needs are values: equal ones share executors. Those of the default profile say what
executors hold and tasks take where a stage says nothing (``spark.executor.resource.*``,
``spark.task.resource.*``).

>>> needs = Needs(resources=(("gpu", 1),), amounts=(("gpu", Fraction(1, 2)),))
>>> needs.has_own_executors, needs.tasks(cores=4, task_cpus=1)
(True, 2)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from fractions import Fraction

from rayspark.errors.exceptions import SparkException
from rayspark.records import dataclass
from rayspark.resource.profile import DEFAULT_PROFILE_ID, ResourceProfile

_MIB = 1 << 20
MOST_TASKS = 1000
"""At a time in one executor, where tasks take parts of cores: each has a thread of its own."""
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
    profile_id: int = field(default=DEFAULT_PROFILE_ID, compare=False, repr=False)
    """Of the profile that asked first; events tell it."""

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

    def requests(self) -> tuple[dict[str, int], dict[str, float]]:
        """As profiles say it: of executors (memory in MiB), and of tasks."""
        has = dict(self.resources)
        if self.cores is not None:
            has["cores"] = self.cores
        if self.memory is not None:
            has["memory"] = self.memory // _MIB
        takes = {name: float(amount) for name, amount in self.amounts}
        return has, takes if self.cpus is None else {"cpus": float(self.cpus), **takes}

    def task_cpus(self, default: Fraction | int) -> Fraction:
        """CPUs of each task."""
        return Fraction(default) if self.cpus is None else self.cpus

    def tasks(self, cores: int, task_cpus: Fraction | int) -> int:
        """Tasks that one of its executors, of so many cores, runs at a time."""
        units = dict(self.resources)
        limits = [cores // self.task_cpus(task_cpus)]
        limits += [_sharing(units[name], amount) for name, amount in self.amounts]
        return max(1, min(limits))

    def on(self, default: Needs) -> Needs:
        """With the units of the executors that run such a stage: its own, or the application's."""
        return self if self.has_own_executors else replace(self, resources=default.resources)

    def check_units(self) -> None:
        """Do its executors hold what its tasks take?

        Raises
        ------
        SparkException
            If they do not.
        """
        held = dict(self.resources)
        for name, amount in self.amounts:
            if name not in held:
                raise SparkException(
                    "No executor resource configs were specified for the following task configs: "
                    f"{name}. Add ExecutorResourceRequests().resource({name!r}, ...) to the "
                    "profile: executors of their own are started with it. Or set "
                    f"spark.executor.resource.{name}.amount for all executors of the application."
                )
            if amount > held[name]:
                raise SparkException(
                    f"The executor resource: {name}, amount: {held[name]} needs to be >= the task "
                    f"resource request amount of {float(amount):g}."
                )

    def check_cores(self, cores: int, task_cpus: Fraction | int) -> None:
        """Can an executor of so many cores run a task?

        Raises
        ------
        SparkException
            If it has too few.
        """
        if self.task_cpus(task_cpus) > cores:
            raise SparkException(
                f"The number of cores per executor (={cores}) has to be >= the number of cpus per "
                f"task (={float(self.task_cpus(task_cpus)):g}): what is asked for is "
                f"{self.describe()}. Ask for executors with more cores "
                "(ExecutorResourceRequests().cores, spark.executor.cores) or for fewer cpus "
                "per task."
            )

    def check_tasks(self, cores: int, task_cpus: Fraction | int) -> None:
        """Can an executor of so many cores run as many tasks at a time as fit into it?

        Raises
        ------
        SparkException
            If they are too many.
        """
        tasks = self.tasks(cores, task_cpus)
        if tasks > max(MOST_TASKS, cores):
            raise SparkException(
                f"The number of cpus per task (={float(self.task_cpus(task_cpus)):g}) is too small "
                f"for the number of cores per executor (={cores}): {tasks} tasks would run in an "
                f"executor at a time, each in a thread of its own, and {max(MOST_TASKS, cores)} "
                f"can. Let each task take {cores / MOST_TASKS:g} cpus or more (spark.task.cpus, "
                "TaskResourceRequests().cpus)."
            )


NOTHING = Needs()
"""Executors and tasks as the keys of cores and memory have them."""


def needs_of(profile: ResourceProfile, default: Needs = NOTHING) -> Needs:
    """The meaning of a profile; one that asks for no executors of its own shares ``default``'s.

    Raises
    ------
    SparkException
        If its tasks need what its executors do not have, or too many of them would run at a time.
    """
    asked = {name: request.amount for name, request in profile.executorResources.items()}
    takes = {
        name: Fraction(repr(request.amount)) for name, request in profile.taskResources.items()
    }
    resources = {name: amount for name, amount in asked.items() if name not in _BUILT_IN}
    cpus = takes.pop("cpus", None)
    takes = {name: amount for name, amount in takes.items() if amount > 0}
    for name, units in asked.items():
        if units <= 0:
            raise SparkException(f"The amount of executor resource {name!r} must be more than 0.")
    memory = asked.get("memory")
    if memory is not None:
        memory = (memory + asked.get("offHeap", 0)) * _MIB
    needs = Needs(
        asked.get("cores"), memory, tuple(sorted(resources.items())), cpus,
        tuple(sorted(takes.items())), profile.id,
    )  # fmt: skip
    needs.on(default).check_units()
    if needs.cores is not None:
        needs.check_cores(needs.cores, 1)
        needs.on(default).check_tasks(needs.cores, 1)
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
    whole = Needs(
        max((n.cores for n in every if n.cores is not None), default=None),
        max((n.memory for n in every if n.memory is not None), default=None),
        tuple(sorted(resources.items())),
        max((n.cpus for n in every if n.cpus is not None), default=None),
        tuple(sorted(amounts.items())),
    )
    return next((needs for needs in every if needs == whole), whole)


def _sharing(units: int, amount: Fraction) -> int:
    """Tasks that share so many units; below 1, each takes part of a single one."""
    return units * int(1 / amount) if amount < 1 else int(units // amount)
