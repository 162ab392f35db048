"""What operators need of their input (*distribution*) and what rows have (*partitioning*).

``satisfies`` is the only place where the two meet; ``ensure_requirements`` puts exchanges where it
says no.
"""

from __future__ import annotations

from collections.abc import Sequence

from rayspark.catalyst.expressions import Expression, SortOrder
from rayspark.records import dataclass


@dataclass(frozen=True)
class Unspecified:
    """Rows may lie anywhere."""


@dataclass(frozen=True)
class AllTuples:
    """All rows in one partition."""


@dataclass(frozen=True)
class Clustered:
    """Rows with equal keys lie in one partition."""

    keys: tuple[Expression, ...]


@dataclass(frozen=True)
class Ordered:
    """Partitions follow each other in the order of the keys."""

    order: tuple[SortOrder, ...]


@dataclass(frozen=True)
class Broadcast:
    """All rows at every task."""


Distribution = Unspecified | AllTuples | Clustered | Ordered | Broadcast


@dataclass(frozen=True)
class UnknownPartitioning:
    """Nothing is known of where rows lie, but the number of partitions."""

    count: int


@dataclass(frozen=True)
class SinglePartition:
    """All rows are in one partition."""

    count: int = 1

    def __str__(self) -> str:
        return "SinglePartition"


@dataclass(frozen=True)
class HashPartitioning:
    """Rows lie where the hash of the keys says."""

    keys: tuple[Expression, ...]
    count: int

    def __str__(self) -> str:
        return f"hashpartitioning({_listed(self.keys)}, {self.count})"


@dataclass(frozen=True)
class BucketPartitioning(HashPartitioning):
    """Rows lie where Spark's own hash of the keys says: as in files of buckets."""

    def __str__(self) -> str:
        return f"hashpartitioning({_listed(self.keys)}, {self.count}), by buckets"


@dataclass(frozen=True)
class RangePartitioning:
    """Partitions hold ranges of the keys, in order."""

    order: tuple[SortOrder, ...]
    count: int

    def __str__(self) -> str:
        return f"rangepartitioning({_listed(self.order)}, {self.count})"


@dataclass(frozen=True)
class RoundRobin:
    """Rows are dealt out evenly."""

    count: int

    def __str__(self) -> str:
        return f"RoundRobinPartitioning({self.count})"


@dataclass(frozen=True)
class BroadcastPartitioning:
    """Every task has all rows."""

    count: int = 1


Partitioning = (
    UnknownPartitioning
    | SinglePartition
    | HashPartitioning
    | RangePartitioning
    | RoundRobin
    | BroadcastPartitioning
)


def _listed(expressions: Sequence[Expression]) -> str:
    return ", ".join(e.describe() for e in expressions)


def satisfies(has: Partitioning, needs: Distribution) -> bool:
    """Whether rows spread like this fulfil the need."""
    match needs:
        case Unspecified():
            return True
        case Broadcast():
            return isinstance(has, BroadcastPartitioning)
        case AllTuples():
            return has.count == 1 and not isinstance(has, BroadcastPartitioning)
    if isinstance(has, SinglePartition):
        return True
    match needs, has:
        case Clustered(keys=wanted), HashPartitioning(keys=keys):
            return bool(keys) and all(key in wanted for key in keys)
        case Clustered(keys=wanted), RangePartitioning(order=order):
            return bool(order) and all(key.child in wanted for key in order)
        case Ordered(order=wanted), RangePartitioning(order=order):
            return order[: len(wanted)] == wanted or wanted[: len(order)] == order
    return False
