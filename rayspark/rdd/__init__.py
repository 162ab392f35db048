"""RDD: a distributed collection, and all that can be done with one.

The class is put together from a chain of classes, one concern a module, each using the ones before:
``_core`` (nodes and jobs), ``_persistence``, ``_transformations``, ``_actions``, ``_sampling``,
``_pair``, ``_joins``, ``_sorting``, ``_trees``, ``_numeric``, ``_approximate``, ``_io``,
``_barrier``.
Methods only make lineage nodes (:mod:`rayspark.lineage`) and submit jobs; the work on records is
done by the ops of :mod:`rayspark.lineage.ops` and :mod:`rayspark.executor.ops`.
"""

from __future__ import annotations

from rayspark.rdd._barrier import RDDBarrier, Staged
from rayspark.rdd._core import T_co
from rayspark.rdd.bounds import BoundedFloat
from rayspark.rdd.partitioner import Partitioner
from rayspark.shuffle.partitioner import portable_hash

__all__ = ["RDD", "BoundedFloat", "Partitioner", "PipelinedRDD", "RDDBarrier", "portable_hash"]


class RDD(Staged[T_co]):
    """A Resilient Distributed Dataset: an immutable collection of records in partitions, which is
    computed in parallel, and again when a part of it is lost.

    Made by a :class:`~rayspark.SparkContext` (``sc.parallelize``, ``sc.textFile`` ...) or from
    another RDD by a transformation. Transformations are lazy; actions run a job.

    Examples
    --------
    >>> words = sc.parallelize(["a b", "b"]).flatMap(str.split)
    >>> sorted(words.map(lambda w: (w, 1)).reduceByKey(int.__add__).collect())
    [('a', 1), ('b', 2)]
    """


PipelinedRDD = RDD
"""PySpark's class for chains of narrow steps: here such chains are compiled in the executor, and
every RDD is of one class."""
