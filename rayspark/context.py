"""SparkContext: the entry point of RDD programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rayspark import localproperties
from rayspark.application import Application
from rayspark.conf import SparkConf
from rayspark.config import Config
from rayspark.lineage.node import Node
from rayspark.lineage.ops import CollectionOp, RangeOp
from rayspark.rdd import RDD
from rayspark.serializers import encode


class SparkContext:
    """See PySpark."""

    def __init__(
        self, master: str | None = None, appName: str | None = None, conf: SparkConf | None = None
    ) -> None:
        settings = dict((conf or SparkConf()).getAll())
        if master:
            settings["spark.master"] = master
        settings.setdefault("spark.master", "ray")
        settings.setdefault("spark.app.name", appName or "app")
        self._application = Application(Config.of(settings))
        self._driver = self._application.driver

    @property
    def defaultParallelism(self) -> int:
        """Partitions when nothing is said."""
        return self._driver.default_parallelism

    def parallelize(self, c: Iterable[Any], numSlices: int | None = None) -> RDD:
        """Distribute a collection."""
        n = self.defaultParallelism if numSlices is None else int(numSlices)
        if isinstance(c, range):
            return RDD(Node(RangeOp(c.start, c.stop, c.step, n), (), n, label="PythonRDD"), self)
        values = c if hasattr(c, "__len__") else list(c)
        values = list(values)
        size = max(1, min(len(values) // n, 1024))
        batches = [values[i : i + size] for i in range(0, len(values), size)]
        nb = len(batches)
        frames = [
            encode([x for b in batches[i * nb // n : (i + 1) * nb // n] for x in b], by_value=True)
            for i in range(n)
        ]
        return RDD(Node(CollectionOp(frames), (), n, label="ParallelCollectionRDD"), self)

    def runJob(
        self,
        rdd: RDD,
        partitionFunc: Callable[[Iterable[Any]], Iterable[Any]],
        partitions: Sequence[int] | None = None,
        allowLocal: bool = False,
    ) -> list[Any]:
        """Run a function on partitions."""
        wanted = list(range(rdd._node.num_partitions)) if partitions is None else partitions
        job = self._driver.submit(
            rdd._node,
            lambda split, records: list(partitionFunc(records)),
            wanted,
            properties=localproperties.all_properties(),
        )
        return [x for part in job.results() for x in part]

    def stop(self) -> None:
        """Stop the application."""
        self._application.stop()

    def __enter__(self) -> SparkContext:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()
