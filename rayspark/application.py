"""From settings to a running engine: the one place where the parts are put together."""

from __future__ import annotations

import getpass
import importlib
import os
import sys
import tempfile
import time
from typing import Any

import rayspark.config.entries.application as app
import rayspark.config.entries.own as own
import rayspark.config.entries.scheduling as sched
import rayspark.config.entries.storage as store
from rayspark.config import Config
from rayspark.events import types as ev
from rayspark.events.bus import EventBus
from rayspark.executor.faults import PREFIX, TOKENS, FaultRule
from rayspark.executor.runtime import ExecutorSettings
from rayspark.masters import FleetMaster, LocalMaster, Master, RayMaster, parse_master
from rayspark.scheduler.backend import Backend
from rayspark.scheduler.driver import Driver
from rayspark.scheduler.local_backend import LocalBackend
from rayspark.scheduler.settings import scheduler_config
from rayspark.scheduler.state import SchedulerState
from rayspark.status import StatusStore
from rayspark.ui.eventlog import EventLog
from rayspark.ui.progress import ProgressBar, find_display
from rayspark.ui.summary import Summary

class Application:
    """A running engine with its listeners: what a SparkContext is a face of.

    Parameters
    ----------
    config
        The application's settings; ``spark.app.name`` and ``spark.master`` are set.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.id = config[app.APP_ID] or f"app-{time.strftime('%Y%m%d%H%M%S')}-{os.getpid()}"
        self.start_ms = int(time.time() * 1000)
        self.bus = EventBus()
        self.status = StatusStore()
        self.summary = Summary()
        self.bus.subscribe(self.summary)
        self._progress = self._start_progress()
        self._event_log = self._open_event_log()
        self.driver = self._start_driver()
        self._announce()

    def _start_progress(self) -> ProgressBar | None:
        wanted = self.config[app.UI_SHOW_CONSOLE_PROGRESS]
        display = find_display() if wanted in (None, True) else None
        if display is None:
            return None
        bar = ProgressBar(self.status, display)
        self.bus.subscribe(bar)
        return bar

    def _open_event_log(self) -> EventLog | None:
        config = self.config
        if not config[app.EVENT_LOG_ENABLED]:
            return None
        log = EventLog(
            config[app.EVENT_LOG_DIR],
            self.id,
            compress=config[app.EVENT_LOG_COMPRESS],
            codec=config[app.EVENT_LOG_CODEC],
            overwrite=config[app.EVENT_LOG_OVERWRITE],
            log_block_updates=config[app.EVENT_LOG_BLOCK_UPDATES],
            redaction=config[app.REDACTION_REGEX],
        )
        self.bus.subscribe(log)
        return log

    def _start_driver(self) -> Driver:
        config = self.config
        master = parse_master(config[app.MASTER] or "ray")
        backend = _backend(master, config, _executor_settings(config))
        failures = (master.max_failures or 1) if isinstance(master, LocalMaster) else None
        state = SchedulerState(
            scheduler_config(
                config,
                per_task_events=self.bus.wants(ev.TaskEnd) or self.bus.wants(ev.TaskStart),
                max_failures=failures,
            )
        )
        driver = Driver(
            backend, state, self.bus, config[app.DRIVER_MAX_RESULT_SIZE], self.status.handle
        )
        driver.start()
        return driver

    def _announce(self) -> None:
        name = self.config[app.APP_NAME] or "rayspark-app"
        self.bus.post(ev.EnvironmentUpdate(self.config.as_dict(), {"Python": sys.version}))
        self.bus.post(ev.ApplicationStart(name, self.id, self.start_ms, getpass.getuser()))

    def stop(self) -> None:
        """Stop the engine; the last events are delivered and the event log is closed."""
        self.driver.stop()
        self.bus.post(ev.ApplicationEnd(int(time.time() * 1000)))
        self.bus.stop()
        if self._progress is not None:
            self._progress.stop()
        if self._event_log is not None:
            self._event_log.close()


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
