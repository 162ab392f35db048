"""The settings of adaptive execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rayspark.config.entries import sql
from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.execution.session_conf import SessionConf

UNEVEN = 1.2
"""How much more than an even share a task may read, for all tasks to run at once."""


@dataclass(frozen=True)
class AdaptiveSettings:
    """Typed values of ``spark.sql.adaptive.*``; sizes in bytes."""

    coalesces: bool
    splits_skew: bool
    advisory_size: int
    minimum_size: int
    parallelism_first: bool
    skew_factor: float
    skew_threshold: int
    broadcast_size: int
    filters: bool
    """Keys of a side that has run filter the other one."""
    most_partitions: int = 1 << 31
    """That a task reads."""
    splits_rebalanced: bool = True

    @staticmethod
    def of(conf: SessionConf) -> AdaptiveSettings:
        """Of a session."""
        own = conf[sql.ADAPTIVE_BROADCAST]
        return AdaptiveSettings(
            coalesces=conf[sql.ADAPTIVE_COALESCE],
            splits_skew=conf[sql.SKEW_JOIN],
            advisory_size=conf[sql.ADVISORY_SIZE],
            minimum_size=conf[sql.MIN_PARTITION_SIZE],
            parallelism_first=conf[sql.PARALLELISM_FIRST],
            skew_factor=conf[sql.SKEW_FACTOR],
            skew_threshold=conf[sql.SKEW_THRESHOLD],
            filters=conf[sql.RUNTIME_FILTER],
            most_partitions=conf[sql.MOST_PARTITIONS_A_TASK],
            splits_rebalanced=conf[sql.SPLIT_REBALANCED],
            broadcast_size=conf[sql.BROADCAST_THRESHOLD] if own is None else own,
        )

    def target_size(self, total: int, cores: int) -> int:
        """Bytes that a task should read of so many: with every core busy, an even share and a bit,
        because hashes are not quite even, and a task more than there are cores runs alone.
        """
        if not self.parallelism_first:
            return self.advisory_size
        share = int(UNEVEN * total / max(1, cores))
        return max(self.minimum_size, min(self.advisory_size, share))
