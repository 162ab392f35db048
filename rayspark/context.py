"""``SparkContext``: the entry point of RDD programs. Its parts are in :mod:`rayspark.core`."""

from __future__ import annotations

from rayspark.core._sharing import Sharing

__all__ = ["SparkContext"]


class SparkContext(Sharing):
    """A running application: makes RDDs, broadcasts and accumulators, and runs jobs.

    Only one context can be active in a process; :meth:`stop` it before making another one.

    Parameters
    ----------
    master : str, optional
        Where tasks run, ``ray`` by default: see :mod:`rayspark.masters`.
    appName : str, optional
        Name of the application.
    sparkHome : str, optional
        Without effect: nothing but the Python package is installed.
    pyFiles : list of str, optional
        Files that :meth:`addPyFile` is called with.
    environment : dict, optional
        Environment variables of the executors.
    batchSize : int
        How many elements of :meth:`parallelize` always stay together, as in PySpark; 0, the
        default, chooses by size.
    serializer : Serializer
        Without effect: records are encoded by what is exact and fastest for them.
    conf : SparkConf, optional
        Settings; the parameters above win over it.
    gateway, jsc
        Refused: there is no JVM.
    profiler_cls, udf_profiler_cls, memory_profiler_cls
        Accepted; tasks are not profiled by this version.

    Raises
    ------
    ValueError
        If another context is active.
    IllegalArgumentException
        For an unknown master, a malformed value, or a refused key in the configuration.

    Examples
    --------
    >>> from rayspark import SparkContext
    >>> sc.parallelize([1, 2, 3]).map(lambda x: x * x).sum()
    14
    >>> SparkContext("local", "another one")
    Traceback (most recent call last):
    ValueError: Cannot run multiple SparkContexts at once; existing SparkContext(...
    """
