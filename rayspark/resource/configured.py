"""The default resource profile: what the configuration keys say of executors and their tasks.

``spark.executor.cores/memory``, ``spark.executor.resource.{name}.*``, ``spark.task.cpus`` and
``spark.task.resource.{name}.amount``. Stages that ask for nothing run on it.

>>> from rayspark.config import Config
>>> settings = {"spark.executor.resource.gpu.amount": "1", "spark.task.resource.gpu.amount": "0.5"}
>>> needs_of(default_profile(Config(settings), cores=4)).tasks(cores=4, task_cpus=1)
2
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import rayspark.config.entries.application as app
import rayspark.config.entries.scheduling as sched
from rayspark.config import Config
from rayspark.errors.exceptions import SparkException
from rayspark.resource.needs import Needs, needs_of
from rayspark.resource.profile import ResourceProfile
from rayspark.resource.requests import ExecutorResourceRequest, TaskResourceRequest

_MIB = 1 << 20
_CUSTOM = re.compile(r"spark\.(executor|task)\.resource\.(.+)\.[^.]+")
LOCAL = (
    "Tasks of this application take {}, and with a local master there is one executor, this "
    "process, which holds no resources but its cores. Leave spark.task.resource.* out there, or "
    "use a Ray cluster: master 'ray', and ray.init(resources={{...}}) before the SparkContext to "
    "try it on this machine."
)


def executor_cores(config: Config) -> int:
    """Cores of an executor: where they are not set, enough for one task."""
    return config[app.EXECUTOR_CORES] or -(-config[sched.TASK_CPUS] // 1)


def default_profile(config: Config, cores: int) -> ResourceProfile:
    """Profile 0, for executors of so many cores.

    Raises
    ------
    SparkException
        If a resource is configured without an amount.
    """
    has = {"cores": ExecutorResourceRequest("cores", cores)}
    memory = config[app.EXECUTOR_MEMORY]
    if memory is not None:
        has["memory"] = ExecutorResourceRequest("memory", memory // _MIB)
    takes = {"cpus": TaskResourceRequest("cpus", float(config[sched.TASK_CPUS]))}
    for kind, name in _custom_resources(config):
        if kind == "executor":
            units = config[app.EXECUTOR_RESOURCE_AMOUNT.named(name)]
            if units is None:
                raise SparkException(_no_amount(kind, name))
            script = config[app.EXECUTOR_RESOURCE_SCRIPT.named(name)]
            vendor = config[app.EXECUTOR_RESOURCE_VENDOR.named(name)]
            if units:
                has[name] = ExecutorResourceRequest(name, units, script or "", vendor or "")
        else:
            amount = config[sched.TASK_RESOURCE_AMOUNT.named(name)]
            if amount is None:
                raise SparkException(_no_amount(kind, name))
            if amount:
                takes[name] = TaskResourceRequest(name, float(amount))
    return ResourceProfile(has, takes, _is_default=True)


def default_needs(profile: ResourceProfile, *, local: bool) -> Needs:
    """What the default profile adds to cores and memory, which have keys of their own.

    Raises
    ------
    SparkException
        If tasks take what executors do not have; with a local master, if they take anything.
    """
    needs = needs_of(profile)
    if local and needs.amounts:
        takes = ", ".join(f"{float(amount):g} {name}" for name, amount in needs.amounts)
        raise SparkException(LOCAL.format(takes))
    return Needs(resources=() if local else needs.resources, amounts=needs.amounts)


def _custom_resources(config: Config) -> Iterator[tuple[str, str]]:
    """``executor`` or ``task``, and the name of a resource that a key is about."""
    matches = map(_CUSTOM.fullmatch, config.as_dict())
    yield from dict.fromkeys((match[1], match[2]) for match in matches if match)


def _no_amount(kind: str, name: str) -> str:
    return f"You must specify an amount for {name}: set spark.{kind}.resource.{name}.amount."
