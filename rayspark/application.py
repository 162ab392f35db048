"""From settings to a running engine: the one place where the parts are put together."""

from __future__ import annotations

import getpass
import importlib
import os
import shutil
import sys
import tempfile
import time
from functools import partial
from importlib import metadata
from typing import Any

import rayspark.config.entries.application as app
import rayspark.config.entries.own as own
import rayspark.config.entries.scheduling as sched
import rayspark.config.entries.storage as store
from rayspark.config import Config
from rayspark.errors.exceptions import SparkException
from rayspark.events import types as ev
from rayspark.events.bus import EventBus
from rayspark.events.listener import SparkListener
from rayspark.executor import added_files
from rayspark.executor.faults import PREFIX, TOKENS, FaultRule
from rayspark.executor.memory import machine_bytes
from rayspark.executor.runtime import ExecutorSettings
from rayspark.executor.shares import MemoryShares
from rayspark.localproperties import forget_all
from rayspark.masters import FleetMaster, LocalMaster, Master, RayMaster, parse_master
from rayspark.resource.configured import default_needs, default_profile, executor_cores
from rayspark.resource.needs import Needs
from rayspark.resource.profile import ResourceProfile
from rayspark.scheduler.backend import Backend
from rayspark.scheduler.driver import Driver
from rayspark.scheduler.local_backend import LocalBackend
from rayspark.scheduler.settings import initial_executors, scheduler_config
from rayspark.scheduler.state import SchedulerState
from rayspark.shuffle.hashing import trust_own_hashes
from rayspark.status import StatusStore
from rayspark.ui.eventlog import EventLog
from rayspark.ui.progress import ProgressBar, find_display
from rayspark.ui.summary import Summary

ID_ATTEMPTS = 100
"""Names of event logs that are tried: ids tell the moment, and that may be another's, too."""

_DRIVER_BLOCKS = ev.BlockManagerId("driver", "localhost")


class Application:
    """A running engine with its listeners: what a SparkContext is a face of.

    Parameters
    ----------
    config
        The application's settings; ``spark.app.name`` and ``spark.master`` are set.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.start_ms = int(time.time() * 1000)
        self.environment = {
            n: text for n, text in config.named(app.EXECUTOR_ENV) if text is not None
        }
        self._master = parse_master(config[app.MASTER] or "ray")
        local = isinstance(self._master, LocalMaster)
        self._cores = (
            self._master.threads
            if isinstance(self._master, LocalMaster)
            else executor_cores(config)
        )
        self._profile = default_profile(config, self._cores)
        self.needs = default_needs(self._profile, local=local)
        """Resources of the executors, and what a task takes of them."""
        self.id = config[app.APP_ID] or self._new_id()
        self.bus = EventBus(config[sched.LISTENER_BUS_CAPACITY])
        self.status = StatusStore(config[app.UI_RETAINED_JOBS], config[app.UI_RETAINED_STAGES])
        self.summary = Summary()
        self._profiles: set[int] = set()
        self.bus.subscribe(self.summary)
        self._progress = self._start_progress()
        self._event_log = self._open_event_log()
        self.announce_profile(self._profile)
        self._announce()
        self._replaced_environment = self._set_environment()
        parent = (config[app.LOCAL_DIR] or ("",))[0]
        self.local_dir = tempfile.mkdtemp(prefix="rayspark-", dir=parent or None)
        """The application's own directory, on each machine, for what does not fit into memory."""
        added_files.open_root(self.local_dir)
        trust_own_hashes(one_process=isinstance(self._master, LocalMaster))
        try:
            self.driver = self._start_driver()
        except BaseException:
            self._close()
            raise

    @property
    def default_parallelism(self) -> int:
        """Partitions where nothing else is said: all cores, on a cluster at least two."""
        cores = self.driver.default_parallelism
        return cores if isinstance(self._master, LocalMaster) else max(2, cores)

    def _new_id(self, attempt: int = 0) -> str:
        if isinstance(self._master, LocalMaster):
            return f"local-{self.start_ms + attempt}"
        again = f"-{attempt}" if attempt else ""
        return f"app-{time.strftime('%Y%m%d%H%M%S')}-{os.getpid()}{again}"

    def _set_environment(self) -> dict[str, str | None]:
        """Where executors are threads of this process, its environment is theirs."""
        if not isinstance(self._master, LocalMaster):
            return {}
        before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        return before

    def add_listener(self, listener: SparkListener) -> None:
        """Call a listener for every event from now on."""
        self.bus.subscribe(listener)
        self._state.build_task_events(wanted=self._wants_tasks())

    def remove_listener(self, listener: SparkListener) -> None:
        """Deliver what happened so far to a listener, then nothing more."""
        self.bus.flush()
        self.bus.unsubscribe(listener)
        self._state.build_task_events(wanted=self._wants_tasks())

    def _wants_tasks(self) -> bool:
        return self.bus.wants(ev.TaskEnd) or self.bus.wants(ev.TaskStart)

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
        make = partial(
            EventLog,
            config[app.EVENT_LOG_DIR],
            compress=config[app.EVENT_LOG_COMPRESS],
            codec=config[app.EVENT_LOG_CODEC],
            overwrite=config[app.EVENT_LOG_OVERWRITE],
            log_block_updates=config[app.EVENT_LOG_BLOCK_UPDATES],
            redaction=config[app.REDACTION_REGEX],
        )
        for attempt in range(1, ID_ATTEMPTS + 1):
            try:
                log = make(app_id=self.id)
                break
            except FileExistsError:  # another application of the same moment has that name
                if config[app.APP_ID] or attempt == ID_ATTEMPTS:
                    raise
                self.id = self._new_id(attempt)
        self.bus.subscribe(log)
        return log

    def _start_driver(self) -> Driver:
        config = self.config
        master = self._master
        backend = _backend(master, config, self._executor_settings(), self.needs)
        failures = (master.max_failures or 1) if isinstance(master, LocalMaster) else None
        self._state = SchedulerState(
            scheduler_config(
                config,
                per_task_events=self._wants_tasks(),
                max_failures=failures,
                one_profile=isinstance(master, LocalMaster),
                executor_cores=self._cores,
                needs=self.needs,
            )
        )
        driver = Driver(
            backend, self._state, self.bus, config[app.DRIVER_MAX_RESULT_SIZE], self._observe
        )
        self._storage_limit = backend.storage_limit
        self._tell(ev.BlockManagerAdded(self.start_ms, _DRIVER_BLOCKS, self._storage_limit))
        driver.start()
        return driver

    def _observe(self, event: ev.Event) -> None:
        """Called by the scheduler's loop with each event, before the user hears of it."""
        self.status.handle(event)
        if type(event) is ev.ExecutorAdded and event.executor_id != _DRIVER_BLOCKS.executor_id:
            blocks = ev.BlockManagerId(event.executor_id, event.host)
            self._tell(ev.BlockManagerAdded(event.time, blocks, self._storage_limit))
        if self._progress is not None and type(event) is ev.JobEnd:
            self._progress.clear()

    def _tell(self, event: ev.Event) -> None:
        self.status.handle(event)
        self.bus.post(event)

    def _executor_settings(self) -> ExecutorSettings:
        config = self.config
        return ExecutorSettings(
            task_memory=config[app.PYTHON_WORKER_MEMORY],
            task_cpus=config[sched.TASK_CPUS],
            amounts=self.needs.amounts,
            checksum=config[store.SHUFFLE_CHECKSUM_ENABLED],
            local_dir=self.local_dir,
            barrier_timeout=config[sched.BARRIER_SYNC_TIMEOUT],
            environment=self.environment,
            faults=_faults(config, self.local_dir),
        )

    def announce_profile(self, profile: ResourceProfile) -> None:
        """Tell listeners of a resource profile, once."""
        if profile.id not in self._profiles:
            self._profiles.add(profile.id)
            has = {
                name: ev.ExecutorRequestInfo(asked.amount, asked.discoveryScript, asked.vendor)
                for name, asked in profile.executorResources.items()
            }
            takes = {name: asked.amount for name, asked in profile.taskResources.items()}
            self.bus.post(ev.ResourceProfileAdded(profile.id, has, takes))

    def _announce(self) -> None:
        name = self.config[app.APP_NAME] or "rayspark-app"
        if self.bus.wants(ev.EnvironmentUpdate):
            versions = {name: metadata.version(name) for name in ("ray", "pyarrow", "cloudpickle")}
            self.bus.post(
                ev.EnvironmentUpdate(self.config.as_dict(), {"python": sys.version, **versions})
            )
        self.bus.post(ev.ApplicationStart(name, self.id, self.start_ms, getpass.getuser()))

    def stop(self) -> None:
        """Stop the engine; the last events are delivered and the event log is closed."""
        self.driver.stop()
        self._close()

    def _close(self) -> None:
        """Close all but the engine itself."""
        for name, text in self._replaced_environment.items():
            if text is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = text
        added_files.close()
        shutil.rmtree(self.local_dir, ignore_errors=True)
        trust_own_hashes(one_process=False)
        forget_all()
        self.bus.post(ev.ApplicationEnd(int(time.time() * 1000)))
        self.bus.stop()
        if self._progress is not None:
            self._progress.stop()
        if self._event_log is not None:
            self._event_log.close()


def _backend(master: Master, config: Config, settings: ExecutorSettings, needs: Needs) -> Backend:
    fraction, storage = config[store.MEMORY_FRACTION], config[store.MEMORY_STORAGE_FRACTION]
    if isinstance(master, LocalMaster):
        unified = int((config[app.DRIVER_MEMORY] or machine_bytes()) * fraction)
        settings.cores, settings.heap_cache = master.threads, int(unified * storage)
        settings.execution_memory = int(unified * (1 - storage))
        patience = config[sched.PYTHON_TASK_KILL_TIMEOUT]
        return LocalBackend(master.threads, settings, settings.heap_cache, time.monotonic, patience)
    memory = MemoryShares(config[app.EXECUTOR_MEMORY], fraction, storage)
    return _ray_backend(master, config, settings, memory, needs)


def _ray_backend(
    master: RayMaster | FleetMaster,
    config: Config,
    settings: ExecutorSettings,
    memory: MemoryShares,
    needs: Needs,
) -> Backend:
    # Loaded only here: importing Ray takes longer than starting a local master.
    ray_cluster: Any = importlib.import_module("rayspark.scheduler.ray_cluster")
    ray_backend: Any = importlib.import_module("rayspark.scheduler.ray_backend")
    ray_watch: Any = importlib.import_module("rayspark.scheduler.ray_watch")
    cores = executor_cores(config)
    if isinstance(master, FleetMaster):
        cluster = ray_cluster.start_local_cluster(master.nodes, master.cores, master.memory_mb)
    else:
        cluster = ray_cluster.Cluster.join(
            master.address or config[own.RAY_ADDRESS],
            object_store_bytes=config[own.RAY_OBJECT_STORE_MEMORY],
        )
    if needs.resources:
        ray_resources: Any = importlib.import_module("rayspark.scheduler.ray_resources")
        problem = ray_resources.refusal(cluster.resources(), needs, cores, "The application")
        if problem is not None:
            cluster.disconnect()
            raise SparkException(problem)
    patience = ray_watch.Patience(
        config[app.EXECUTOR_HEARTBEAT_INTERVAL],
        config[app.NETWORK_TIMEOUT],
        config[sched.PYTHON_TASK_KILL_TIMEOUT],
    )
    instances = config[app.EXECUTOR_INSTANCES]
    most_cores = config[app.CORES_MAX]
    if instances is None and most_cores is not None:
        instances = min(cluster.free_slots(cores), max(1, most_cores // cores))
    most = None
    if config[app.DYNAMIC_ALLOCATION_ENABLED]:
        instances = initial_executors(config)
        most = config[app.DYNAMIC_ALLOCATION_MAX_EXECUTORS]
    backend: Backend = ray_backend.RayBackend(
        cluster, settings, instances, cores, memory, patience, most, needs
    )
    return backend


def _faults(config: Config, local_dir: str) -> dict[str, str]:
    """Rules of the fault injector, checked, with a place for the tokens that count firings."""
    rules = {PREFIX + name: text for name, text in config.named(own.RAY_FAULT) if text}
    for key, text in rules.items():
        FaultRule.parse(key.removeprefix(PREFIX), text)
    return {**rules, TOKENS: tempfile.mkdtemp(prefix="faults-", dir=local_dir)} if rules else {}
