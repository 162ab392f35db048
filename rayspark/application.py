"""From settings to a running engine: the one place where the parts are put together."""

from __future__ import annotations

import importlib
import os
import tempfile
import time
from typing import Any

import rayspark.config.entries.application as app
import rayspark.config.entries.own as own
import rayspark.config.entries.scheduling as sched
import rayspark.config.entries.storage as store
from rayspark.config import Config
from rayspark.events.bus import EventBus
from rayspark.executor.faults import PREFIX, TOKENS, FaultRule
from rayspark.executor.runtime import ExecutorSettings
from rayspark.masters import FleetMaster, LocalMaster, Master, RayMaster, parse_master
from rayspark.scheduler.backend import Backend
from rayspark.scheduler.driver import Driver
from rayspark.scheduler.local_backend import LocalBackend
from rayspark.scheduler.settings import scheduler_config
from rayspark.scheduler.state import SchedulerState

_PYTHON_SHARE = 0.25
"""Of an executor's memory, what deserialised cached partitions may take."""


def start_driver(config: Config, bus: EventBus, *, per_task_events: bool) -> Driver:
    """Start the engine that ``spark.master`` asks for.

    Raises
    ------
    IllegalArgumentException
        When a setting or the master cannot be understood.
    """
    master = parse_master(config[app.MASTER] or "ray")
    backend = _backend(master, config, _executor_settings(config))
    failures = master.max_failures if isinstance(master, LocalMaster) else None
    if isinstance(master, LocalMaster) and failures is None:
        failures = 1
    state = SchedulerState(
        scheduler_config(config, per_task_events=per_task_events, max_failures=failures)
    )
    driver = Driver(backend, state, bus, config[app.DRIVER_MAX_RESULT_SIZE])
    driver.start()
    return driver


def _backend(master: Master, config: Config, settings: ExecutorSettings) -> Backend:
    fraction = config[store.MEMORY_FRACTION] * config[store.MEMORY_STORAGE_FRACTION]
    if isinstance(master, LocalMaster):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        settings.heap_cache = int(memory * fraction)
        return LocalBackend(master.threads, settings, settings.heap_cache, time.monotonic)
    return _ray_backend(master, config, settings, fraction)


def _ray_backend(
    master: RayMaster | FleetMaster, config: Config, settings: ExecutorSettings, fraction: float
) -> Backend:
    # Loaded only here: importing Ray takes longer than starting a local master.
    ray_cluster: Any = importlib.import_module("rayspark.scheduler.ray_cluster")
    ray_backend: Any = importlib.import_module("rayspark.scheduler.ray_backend")
    cores = config[app.EXECUTOR_CORES] or 1
    if isinstance(master, FleetMaster):
        cluster = ray_cluster.start_local_cluster(master.nodes, master.cores, master.memory_mb)
    else:
        cluster = ray_cluster.Cluster.join(
            master.address or config[own.RAY_ADDRESS],
            object_store_bytes=config[own.RAY_OBJECT_STORE_MEMORY],
        )
    backend: Backend = ray_backend.RayBackend(
        cluster, settings, config[app.EXECUTOR_INSTANCES], cores, fraction
    )
    return backend


def _executor_settings(config: Config) -> ExecutorSettings:
    return ExecutorSettings(
        task_memory=config[app.PYTHON_WORKER_MEMORY],
        task_cpus=config[sched.TASK_CPUS],
        checksum=config[store.SHUFFLE_CHECKSUM_ENABLED],
        local_dir=config[app.LOCAL_DIR] or "",
        faults=_faults(config),
    )


def _faults(config: Config) -> dict[str, str]:
    """Rules of the fault injector, checked, with a place for the tokens that count firings."""
    rules = {PREFIX + name: text for name, text in config.named(own.RAY_FAULT) if text}
    for key, text in rules.items():
        FaultRule.parse(key.removeprefix(PREFIX), text)
    return {**rules, TOKENS: tempfile.mkdtemp(prefix="rayspark-faults-")} if rules else {}
