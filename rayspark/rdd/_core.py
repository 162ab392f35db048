"""What every RDD is: a lineage node and the context that can run it.

The public methods of :class:`rayspark.rdd.RDD` stand in a chain of classes, one concern a module,
each of which uses those before it. This is the first: it makes derived nodes and submits jobs.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from rayspark.errors import PySparkRuntimeError
from rayspark.lineage.dependency import Dependency, NarrowDependency, OneToOne, ShuffleDependency
from rayspark.lineage.node import Determinism, Node, Op
from rayspark.localproperties import all_properties, check_type
from rayspark.rdd.callsite import call_site
from rayspark.rdd.partitioner import Partitioner
from rayspark.shuffle.spec import ShuffleSpec

if TYPE_CHECKING:
    from rayspark.context import SparkContext
    from rayspark.rdd import RDD
    from rayspark.scheduler.job import JobHandle

T_co = TypeVar("T_co", covariant=True)

ONE_TO_ONE = OneToOne()

checkpoint_wanted: weakref.WeakKeyDictionary[Node, str | None] = weakref.WeakKeyDictionary()
"""Nodes whose lineage is to be cut after the next job: the directory, or None for a local one."""


def check_rdds(name: str, *values: object) -> None:
    """Refuse what is no RDD.

    Raises
    ------
    PySparkTypeError
        ``NOT_EXPECTED_TYPE``.
    """
    for value in values:
        check_type(name, value, RDDCore, "RDD")


class RDDCore(Generic[T_co]):
    """Identity of an RDD, and the way from it to derived RDDs and to jobs."""

    partitioner: Partitioner | None

    def __init__(self, node: Node, ctx: SparkContext) -> None:
        self._node = node
        self.ctx = ctx
        self.is_cached = False
        self.is_checkpointed = False
        self.has_resource_profile = False
        self.partitioner = None

    def id(self) -> int:
        """A number that is unique among the RDDs of the application.

        >>> a, b = sc.range(2), sc.range(2)
        >>> a.id() < b.id()
        True
        """
        return self._node.id

    @property
    def context(self) -> SparkContext:
        """The :class:`~rayspark.SparkContext` that made this RDD.

        >>> sc.range(2).context is sc
        True
        """
        return self.ctx

    def getNumPartitions(self) -> int:
        """Number of partitions.

        >>> sc.parallelize([1, 2, 3], 2).getNumPartitions()
        2
        """
        return self._node.num_partitions

    def __repr__(self) -> str:
        node = self._node
        name = f"{node.marks.name} " if node.marks.name else ""
        return f"{name}{node.label}[{node.id}] at {node.call_site}"

    def __getnewargs__(self) -> NoReturn:
        raise PySparkRuntimeError(
            errorClass="RDD_TRANSFORM_ONLY_VALID_ON_DRIVER", messageParameters={}
        )

    # -- derived RDDs ------------------------------------------------------------------------

    def _make(
        self,
        op: Op,
        dependencies: Sequence[Dependency],
        num_partitions: int,
        label: str,
        *,
        partitioner: Partitioner | None = None,
        determinism: Determinism | None = None,
        barrier: bool = False,
    ) -> RDD[Any]:
        """An RDD over a new node. Its determinism is that of the worst parent unless given."""
        if determinism is None:
            determinism = worst(dependency.parent for dependency in dependencies)
        node = Node(
            op,
            tuple(dependencies),
            num_partitions,
            determinism=determinism,
            label=label,
            call_site=call_site(),
            barrier=barrier,
            profile=self._node.profile,
        )
        made = cast("RDD[Any]", type(self)(node, self.ctx))
        made.partitioner = partitioner
        return made

    def _narrow(
        self,
        op: Op,
        preserves_partitioning: bool = False,
        *,
        determinism: Determinism | None = None,
        barrier: bool = False,
    ) -> RDD[Any]:
        """An RDD whose partition i is computed from partition i of this one."""
        node = self._node
        return self._make(
            op,
            (NarrowDependency(node, ONE_TO_ONE),),
            node.num_partitions,
            "PythonRDD",
            partitioner=self.partitioner if preserves_partitioning else None,
            determinism=determinism or node.determinism,
            barrier=barrier,
        )

    def _shuffle_into(self, spec: ShuffleSpec) -> ShuffleDependency:
        """A shuffle of this RDD, whose blocks are freed when nobody can read them any more."""
        dependency = ShuffleDependency(self._node, spec)
        forget = self.ctx._driver.forget_shuffle
        weakref.finalize(dependency, forget, dependency.shuffle_id).atexit = False
        return dependency

    def _order_sensitive(self) -> Determinism:
        """Determinism of what depends on the order of this RDD's records."""
        found = self._node.determinism
        return Determinism.INDETERMINATE if found is Determinism.UNORDERED else found

    def _unordered(self) -> Determinism:
        """Determinism of records whose order depends on how much memory there was."""
        found = self._node.determinism
        return Determinism.UNORDERED if found is Determinism.DETERMINATE else found

    def _defaultReducePartitions(self) -> int:
        """``spark.default.parallelism`` if it is set, else as many partitions as this RDD has."""
        if self.ctx._conf.contains("spark.default.parallelism"):
            return self.ctx.defaultParallelism
        return self._node.num_partitions

    # -- jobs --------------------------------------------------------------------------------

    def _submit(
        self, func: Callable[[int, Any], Any], partitions: Sequence[int] | None = None
    ) -> JobHandle:
        """Start a job: ``func(split, iterator)`` of each partition."""
        node = self._node
        wanted = range(node.num_partitions) if partitions is None else partitions
        return self.ctx._driver.submit(
            node, func, wanted, call_site=call_site(), properties=all_properties()
        )

    def _run(
        self, func: Callable[[int, Any], Any], partitions: Sequence[int] | None = None
    ) -> list[Any]:
        """Run a job; the value of ``func`` for each partition."""
        return self._finish(self._submit(func, partitions))

    def _finish(self, job: JobHandle) -> list[Any]:
        """Wait for a job."""
        values = job.results()
        if checkpoint_wanted:
            self._cut_lineage()
        return values

    def _cut_lineage(self) -> None:
        """After a job: checkpoints that it made possible."""
        raise NotImplementedError


def worst(nodes: Iterable[Node]) -> Determinism:
    """The least deterministic level among the nodes."""
    levels = [node.determinism.value for node in nodes]
    return Determinism(max(levels, default=0))
