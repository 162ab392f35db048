"""The SparkContext as the running application: settings, start, stop, what is known of it."""

from __future__ import annotations

import atexit
import getpass
import logging
import threading
import warnings
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

from rayspark.conf import SparkConf
from rayspark.config import ConfigWarning
from rayspark.config.entries.application import DEFAULT_PARALLELISM, LOG_CONF, LOG_LEVEL
from rayspark.errors import (
    IllegalArgumentException,
    PySparkNotImplementedError,
    PySparkRuntimeError,
    display,
)
from rayspark.lazy import lazy_module
from rayspark.profiler import BasicProfiler, MemoryProfiler, Profiler, UDFBasicProfiler
from rayspark.rdd.callsite import call_site
from rayspark.resource import ResourceInformation
from rayspark.serializers import CloudPickleSerializer, Serializer, check_batch_size

if TYPE_CHECKING:
    from rayspark import application
    from rayspark.events.listener import SparkListener
    from rayspark.scheduler.driver import Driver
else:
    application = lazy_module("rayspark.application")

logger = logging.getLogger("rayspark")

PYSPARK_VERSION = "4.3.0"
"""The version of PySpark's API that is followed."""
DEFAULT_MASTER = "ray"
DEFAULT_APP_NAME = "rayspark-shell"

LOG_LEVELS = {
    "ALL": logging.NOTSET + 1,
    "TRACE": logging.DEBUG,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "FATAL": logging.CRITICAL,
    "OFF": logging.CRITICAL + 1,
}

_system_properties: dict[str, str] = {}


class RunningApplication:
    """Start and stop, and what is known of the application."""

    _active_spark_context: ClassVar[Any] = None
    _lock: ClassVar[threading.RLock] = threading.RLock()

    PACKAGE_EXTENSIONS = (".zip", ".egg", ".jar")

    def __init__(
        self,
        master: str | None = None,
        appName: str | None = None,
        sparkHome: str | None = None,
        pyFiles: list[str] | None = None,
        environment: dict[str, Any] | None = None,
        batchSize: int = 0,
        serializer: Serializer = CloudPickleSerializer(),  # noqa: B008  PySpark's signature
        conf: SparkConf | None = None,
        gateway: Any = None,
        jsc: Any = None,
        profiler_cls: type[Profiler] = BasicProfiler,
        udf_profiler_cls: type[Profiler] = UDFBasicProfiler,
        memory_profiler_cls: type[Profiler] = MemoryProfiler,
    ) -> None:
        _refuse_java(gateway=gateway, jsc=jsc)
        _warn_of_serializer(serializer)
        check_batch_size(batchSize)
        display.install()
        self._conf = _settle(conf, master, appName, sparkHome, environment)
        self._batchSize = batchSize
        self._created_at = call_site()
        self._stopped_at = ""
        self._application: application.Application
        with RunningApplication._lock:
            self._check_only()
            self._application = application.Application(self._conf.to_config())
            RunningApplication._active_spark_context = self
        self._conf.set("spark.app.id", self._application.id)
        self._conf.set("spark.app.startTime", str(self._application.start_ms))
        self._next_accumulator = 0
        self._checkpoint_directory: str | None = None
        self._python_includes: list[str] = []
        self._files: dict[str, str] = {}
        self._archives: dict[str, str] = {}
        config = self._application.config
        if level := config[LOG_LEVEL]:
            self.setLogLevel(level)
        if config[LOG_CONF]:
            logger.info("Spark configuration:\n%s", self._conf.toDebugString())
        atexit.register(self.stop)
        try:
            self._add_configured(pyFiles or [])
        except BaseException:
            self.stop()
            raise

    def _add_configured(self, py_files: list[str]) -> None:
        """Send along what the constructor and the configuration name."""
        raise NotImplementedError

    def _check_only(self) -> None:
        active = RunningApplication._active_spark_context
        if active is not None:
            raise ValueError(
                "Cannot run multiple SparkContexts at once; existing "
                f"SparkContext(app={active.appName}, master={active.master}) created by "
                f"{active._created_at}. Use SparkContext.getOrCreate(), or stop() that one first."
            )

    @classmethod
    def getOrCreate(cls, conf: SparkConf | None = None) -> Self:
        """The running context, or else a new one.

        Parameters
        ----------
        conf : SparkConf, optional
            Settings of the new one; what runs keeps its own.

        >>> SparkContext.getOrCreate() is sc
        True
        """
        with RunningApplication._lock:
            active: Self | None = RunningApplication._active_spark_context
            return cls(conf=conf or SparkConf()) if active is None else active

    def stop(self) -> None:
        """End the application: cancel its jobs, stop its executors, close its event log.

        Stopping twice does nothing. ``with SparkContext(...) as sc:`` stops at the end of the
        block, and a program that ends stops its context.
        """
        with RunningApplication._lock:
            if self._stopped_at:
                return
            self._stopped_at = call_site()
            atexit.unregister(self.stop)
            try:
                self._application.stop()
            finally:  # another context may start only now: both use this process's directories
                RunningApplication._active_spark_context = None
        logger.info("%s", self._application.summary.render())

    def __enter__(self) -> Self:
        """Use the context in a ``with`` block, which stops it."""
        return self

    def __exit__(self, type: Any, value: Any, trace: Any) -> None:
        """Stop the context."""
        self.stop()

    def __getnewargs__(self) -> NoReturn:
        """A SparkContext cannot be pickled."""
        raise PySparkRuntimeError(errorClass="CONTEXT_ONLY_VALID_ON_DRIVER", messageParameters={})

    def __repr__(self) -> str:
        return f"<SparkContext master={self.master} appName={self.appName}>"

    @property
    def _driver(self) -> Driver:
        """The engine.

        Raises
        ------
        PySparkRuntimeError
            When the context is stopped.
        """
        self._check_running()
        return self._application.driver

    def _check_running(self) -> None:
        if self._stopped_at:
            raise PySparkRuntimeError(
                "Cannot call methods on a stopped SparkContext: it was created by "
                f"{self._created_at} and stopped by {self._stopped_at}. Create a new SparkContext; "
                "RDDs, broadcasts and accumulators belong to the one that made them."
            )

    @property
    def _summary(self) -> Any:
        """What ran, up to now or to the stop."""
        if not self._stopped_at:
            self._application.bus.flush()
        return self._application.summary

    # -- what is known -----------------------------------------------------------------------

    @property
    def version(self) -> str:
        """Version of the PySpark API that this context offers.

        >>> sc.version
        '4.3.0'
        """
        return PYSPARK_VERSION

    @property
    def master(self) -> str:
        """The master URL.

        >>> sc.master
        'local[2]'
        """
        return self._conf.get("spark.master") or DEFAULT_MASTER

    @property
    def appName(self) -> str:
        """The name of the application."""
        return self._conf.get("spark.app.name") or DEFAULT_APP_NAME

    @property
    def applicationId(self) -> str:
        """The application's id: ``local-...`` in this process, otherwise ``app-...``.

        >>> sc.applicationId
        'local-...'
        """
        return self._application.id

    @property
    def startTime(self) -> int:
        """When the context started, in milliseconds since 1970."""
        return self._application.start_ms

    @property
    def uiWebUrl(self) -> str | None:
        """None: there is no web page; see the event log and Ray's dashboard.

        >>> sc.uiWebUrl
        """
        return None

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables of the executors (``spark.executorEnv.*``).

        >>> sc.environment
        {}
        """
        return self._application.environment

    @property
    def resources(self) -> dict[str, ResourceInformation]:
        """Further resources of the driver: none are ever allotted to it.

        >>> sc.resources
        {}
        """
        return {}

    def sparkUser(self) -> str:
        """The user who started the context."""
        return getpass.getuser()

    def getConf(self) -> SparkConf:
        """A copy of the settings.

        >>> sc.getConf().get("spark.master")
        'local[2]'
        """
        return SparkConf(loadDefaults=False).setAll(self._conf.getAll())

    @property
    def defaultParallelism(self) -> int:
        """Partitions where none are asked for: ``spark.default.parallelism``, or all cores.

        >>> sc.defaultParallelism
        2
        """
        self._check_running()
        return (
            self._application.config[DEFAULT_PARALLELISM] or self._application.default_parallelism
        )

    @property
    def defaultMinPartitions(self) -> int:
        """Partitions of a file where none are asked for: the default parallelism, 2 at most.

        >>> sc.defaultMinPartitions
        2
        """
        return min(self.defaultParallelism, 2)

    # -- settings that may change ------------------------------------------------------------

    def setLogLevel(self, logLevel: str) -> None:
        """Set how much RaySpark's loggers say. It does not change what other libraries log.

        They write to standard error, unless the program has configured Python's ``logging``.

        Parameters
        ----------
        logLevel : str
            ALL, DEBUG, ERROR, FATAL, INFO, OFF, TRACE or WARN, in any case.

        Raises
        ------
        IllegalArgumentException
            For another word.

        Examples
        --------
        >>> sc.setLogLevel("WARN")
        """
        level = LOG_LEVELS.get(logLevel.upper())
        if level is None:
            raise IllegalArgumentException(
                f"requirement failed: Supplied level {logLevel} did not match one of: "
                f"{','.join(sorted(LOG_LEVELS))}"
            )
        logger.setLevel(level)
        if not logger.hasHandlers():
            handler = logging.StreamHandler()
            handler.setFormatter(
                logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
            )
            logger.addHandler(handler)

    @classmethod
    def setSystemProperty(cls, key: str, value: str) -> None:
        """Set a property of the process; those that begin with ``spark.`` become settings of the
        next context, where its SparkConf does not say otherwise.

        >>> SparkContext.setSystemProperty("my.property", "1")
        >>> SparkContext.getSystemProperty("my.property")
        '1'
        """
        _system_properties[key] = value

    @classmethod
    def getSystemProperty(cls, key: str) -> str | None:
        """A property set by :meth:`setSystemProperty`, or None."""
        return _system_properties.get(key)

    def addSparkListener(self, listener: SparkListener) -> None:
        """Have a listener called for everything that happens from now on. (Not in PySpark.)

        Parameters
        ----------
        listener : SparkListener
            A subclass of :class:`rayspark.events.SparkListener` that overrides what it wants.

        Examples
        --------
        >>> from rayspark.events import SparkListener
        >>> ended = []
        >>> class Jobs(SparkListener):
        ...     def onJobEnd(self, jobEnd):
        ...         ended.append(jobEnd.result)
        >>> listener = Jobs()
        >>> sc.addSparkListener(listener)
        >>> sc.range(3).count()
        3
        >>> sc.removeSparkListener(listener)
        >>> ended
        [JobSucceeded()]
        """
        self._check_running()
        self._application.add_listener(listener)

    def removeSparkListener(self, listener: SparkListener) -> None:
        """Deliver what happened so far, then call the listener no more."""
        self._application.remove_listener(listener)

    def show_profiles(self) -> None:
        """Print the profiles of Python tasks.

        Raises
        ------
        PySparkRuntimeError
            Always: tasks are not profiled by this version (``spark.python.profile`` is refused).
        """
        self._no_profiles()

    def dump_profiles(self, path: str) -> None:
        """Write the profiles of Python tasks.

        Raises
        ------
        PySparkRuntimeError
            Always: tasks are not profiled by this version (``spark.python.profile`` is refused).
        """
        self._no_profiles()

    def _no_profiles(self) -> NoReturn:
        raise PySparkRuntimeError(errorClass="INCORRECT_CONF_FOR_PROFILE", messageParameters={})


def _settle(
    conf: SparkConf | None,
    master: str | None,
    app_name: str | None,
    spark_home: str | None,
    environment: dict[str, Any] | None,
) -> SparkConf:
    """The settings of the application: a copy of the user's, with the constructor's on top."""
    settled = SparkConf(loadDefaults=False).setAll((conf or SparkConf()).getAll())
    if master:
        settled.setMaster(master)
    if app_name:
        settled.setAppName(app_name)
    if spark_home:
        settled.setSparkHome(spark_home)
    for name, value in (environment or {}).items():
        settled.setExecutorEnv(name, str(value))
    for key, text in _system_properties.items():
        if key.startswith("spark."):
            settled.setIfMissing(key, text)
    return settled.setIfMissing("spark.master", DEFAULT_MASTER).setIfMissing(
        "spark.app.name", DEFAULT_APP_NAME
    )


def _refuse_java(**handles: Any) -> None:
    for name, handle in handles.items():
        if handle is not None:
            raise PySparkNotImplementedError(
                errorClass="NOT_IMPLEMENTED",
                messageParameters={
                    "feature": f"SparkContext({name}=...) (there is no JVM: leave it out)"
                },
            )


def _warn_of_serializer(serializer: Serializer) -> None:
    if serializer != CloudPickleSerializer():
        warnings.warn(
            f"serializer={serializer!r} has no effect: records are encoded by what is exact and "
            "fastest for them (marshal for Python's own types, otherwise pickle).",
            ConfigWarning,
            stacklevel=4,
        )
