"""How a cached RDD is kept."""

from __future__ import annotations

from typing import ClassVar

from rayspark.records import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class StorageLevel:
    """Where the partitions of a cached RDD are kept, in which form, and how often.

    Use one of the named levels: ``MEMORY_ONLY`` (what does not fit is computed again),
    ``MEMORY_AND_DISK`` (what does not fit is spilled), ``DISK_ONLY``, ``OFF_HEAP``,
    ``MEMORY_AND_DISK_DESER``; with ``_2`` or ``_3`` on as many nodes.

    Parameters
    ----------
    useDisk, useMemory, useOffHeap : bool
        Where it may lie.
    deserialized : bool
        Keep Python objects instead of bytes.
    replication : int
        Number of nodes that hold a copy, 1 by default.

    Examples
    --------
    >>> from rayspark.storagelevel import StorageLevel
    >>> StorageLevel.MEMORY_AND_DISK_2
    StorageLevel(True, True, False, False, 2)
    >>> print(StorageLevel.MEMORY_AND_DISK_2)
    Disk Memory Serialized 2x Replicated
    """

    useDisk: bool
    useMemory: bool
    useOffHeap: bool
    deserialized: bool
    replication: int = 1

    NONE: ClassVar[StorageLevel]
    DISK_ONLY: ClassVar[StorageLevel]
    DISK_ONLY_2: ClassVar[StorageLevel]
    DISK_ONLY_3: ClassVar[StorageLevel]
    MEMORY_ONLY: ClassVar[StorageLevel]
    MEMORY_ONLY_2: ClassVar[StorageLevel]
    MEMORY_AND_DISK: ClassVar[StorageLevel]
    MEMORY_AND_DISK_2: ClassVar[StorageLevel]
    OFF_HEAP: ClassVar[StorageLevel]
    MEMORY_AND_DISK_DESER: ClassVar[StorageLevel]

    def __repr__(self) -> str:
        return (
            f"StorageLevel({self.useDisk}, {self.useMemory}, {self.useOffHeap}, "
            f"{self.deserialized}, {self.replication})"
        )

    def __str__(self) -> str:
        words = [
            word
            for word, holds in (
                ("Disk", self.useDisk),
                ("Memory", self.useMemory),
                ("OffHeap", self.useOffHeap),
                ("Deserialized" if self.deserialized else "Serialized", True),
            )
            if holds
        ]
        return f"{' '.join(words)} {self.replication}x Replicated"


StorageLevel.NONE = StorageLevel(False, False, False, False)
StorageLevel.DISK_ONLY = StorageLevel(True, False, False, False)
StorageLevel.DISK_ONLY_2 = StorageLevel(True, False, False, False, 2)
StorageLevel.DISK_ONLY_3 = StorageLevel(True, False, False, False, 3)
StorageLevel.MEMORY_ONLY = StorageLevel(False, True, False, False)
StorageLevel.MEMORY_ONLY_2 = StorageLevel(False, True, False, False, 2)
StorageLevel.MEMORY_AND_DISK = StorageLevel(True, True, False, False)
StorageLevel.MEMORY_AND_DISK_2 = StorageLevel(True, True, False, False, 2)
StorageLevel.OFF_HEAP = StorageLevel(True, True, True, False)
StorageLevel.MEMORY_AND_DISK_DESER = StorageLevel(True, True, False, True)
