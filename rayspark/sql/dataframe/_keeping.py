"""Rows kept for later: cache, persist, checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayspark.catalyst.logical import StoredRelation
from rayspark.execution.run import failures_of_queries
from rayspark.lazy import lazy_function
from rayspark.rdd import RDD
from rayspark.sql.dataframe._core import FrameCore
from rayspark.storagelevel import StorageLevel

if TYPE_CHECKING:
    from rayspark.execution.commands.caching import cache_plan, uncache_plan
    from rayspark.sql.dataframe import DataFrame
else:
    cache_plan = lazy_function("rayspark.execution.commands.caching", "cache_plan")
    uncache_plan = lazy_function("rayspark.execution.commands.caching", "uncache_plan")


class KeepingMethods(FrameCore):
    """Methods that keep rows."""

    @property
    def is_cached(self) -> bool:
        """Whether the rows are kept, or will be when they are first made."""
        return self._state.cache.find(self._plan) is not None

    def cache(self) -> DataFrame:
        """Keep the rows from the next time they are made, in memory and on disk."""
        return self.persist()

    def persist(self, storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_DESER) -> DataFrame:
        """Keep the rows from the next time they are made.

        Parameters
        ----------
        storageLevel : StorageLevel
            Where.

        Examples
        --------
        >>> df = spark.range(3).persist()
        >>> df.is_cached, df.count()
        (True, 3)
        >>> _ = df.unpersist()
        """
        cache_plan(self._state, self._plan, storageLevel)
        return self  # type: ignore[return-value]

    def unpersist(self, blocking: bool = False) -> DataFrame:
        """Forget the rows kept.

        Parameters
        ----------
        blocking : bool
            Makes no difference: the call does not wait.
        """
        uncache_plan(self._state, self._plan)
        return self  # type: ignore[return-value]

    @property
    def storageLevel(self) -> StorageLevel:
        """Where the rows are kept.

        >>> print(spark.range(1).storageLevel)
        Serialized 1x Replicated
        """
        found = self._state.cache.find(self._plan)
        return StorageLevel.NONE if found is None else found.level

    def checkpoint(self, eager: bool = True) -> DataFrame:
        """A DataFrame of the same rows that forgets how they were made: they are written below the
        checkpoint directory (``sparkContext.setCheckpointDir``).

        Parameters
        ----------
        eager : bool
            Whether to write at once (default), or when the rows are first used.
        """
        return self._cut(eager, None)

    def localCheckpoint(
        self, eager: bool = True, storageLevel: StorageLevel | None = None
    ) -> DataFrame:
        """The same with rows kept by the executors: faster, and lost with them.

        Parameters
        ----------
        eager : bool
            Whether to make the rows at once (default), or when they are first used.
        storageLevel : StorageLevel, optional
            Where.
        """
        return self._cut(eager, storageLevel or StorageLevel.MEMORY_AND_DISK)

    def _cut(self, eager: bool, level: StorageLevel | None) -> DataFrame:
        context = self._session.sparkContext
        blocks: RDD[object] = RDD(self._query.node(), context)
        if level is None:
            blocks.checkpoint()
        else:
            blocks.persist(level)
            blocks.localCheckpoint()
        if eager:
            with failures_of_queries():
                blocks.count()
        renewed = tuple(a.renewed() for a in self._plan.output)
        return self._derive(StoredRelation(blocks._node, renewed))
