"""Persistence, storage levels and checkpoints."""

from __future__ import annotations

from typing import Any

from tests.rdd_cases import Family

case = Family("caching")

LEVELS = (
    "NONE",
    "DISK_ONLY",
    "DISK_ONLY_2",
    "DISK_ONLY_3",
    "MEMORY_ONLY",
    "MEMORY_ONLY_2",
    "MEMORY_AND_DISK",
    "MEMORY_AND_DISK_2",
    "OFF_HEAP",
    "MEMORY_AND_DISK_DESER",
)


def computed(sc: Any, level: Any = None) -> Any:
    """How often elements are computed when an RDD is used twice."""
    count = sc.accumulator(0)
    rdd = sc.range(10, numSlices=2).map(lambda x: count.add(1) or x * 2)
    if level is not None:
        rdd.persist(level)
    return rdd.collect(), rdd.sum(), count.value


case("without_cache", lambda ps, sc, tmp: computed(sc))
for name in LEVELS:
    case(
        f"level_{name}",
        lambda ps, sc, tmp, name=name: (
            lambda level: (
                str(level),
                repr(level),
                str(sc.range(2).persist(level).getStorageLevel()),
                level == getattr(ps.StorageLevel, name),
            )
        )(getattr(ps.StorageLevel, name)),
    )
    case(
        f"compute_once_{name}",
        lambda ps, sc, tmp, name=name: computed(sc, getattr(ps.StorageLevel, name)),
    )
case(
    "own_level",
    lambda ps, sc, tmp: (
        lambda level: (
            str(level),
            level.useDisk,
            level.replication,
            sc.range(4).persist(level).sum(),
        )
    )(ps.StorageLevel(True, True, False, True, 2)),
)
case(
    "level_equality",
    lambda ps, sc, tmp: (
        ps.StorageLevel(False, True, False, False) == ps.StorageLevel.MEMORY_ONLY,
        ps.StorageLevel.MEMORY_ONLY == ps.StorageLevel.MEMORY_ONLY_2,
    ),
)
case(
    "no_level", lambda ps, sc, tmp: (lambda r: (str(r.getStorageLevel()), r.is_cached))(sc.range(2))
)
case(
    "cache",
    lambda ps, sc, tmp: (
        lambda r: (r.cache() is r, r.is_cached, str(r.getStorageLevel()), r.cache() is r)
    )(sc.range(2).map(str)),
)
case(
    "unpersist",
    lambda ps, sc, tmp: (
        lambda r: (
            r.cache().count(),
            r.unpersist() is r,
            r.is_cached,
            str(r.getStorageLevel()),
            r.collect(),
            str(r.persist(ps.StorageLevel.DISK_ONLY).getStorageLevel()),
            r.collect(),
        )
    )(sc.range(3).map(str)),
)
case(
    "unpersist_recomputes",
    lambda ps, sc, tmp: (
        lambda count: (
            lambda r: (
                r.cache().count(),
                r.count(),
                count.value,
                r.unpersist(True).count(),
                count.value,
            )
        )(sc.range(5).map(lambda x: count.add(1) or x))
    )(sc.accumulator(0)),
)
case("unpersist_not_cached", lambda ps, sc, tmp: sc.range(2).unpersist().collect())
case("change_level", lambda ps, sc, tmp: sc.range(2).cache().persist(ps.StorageLevel.DISK_ONLY))
case(
    "same_level_again",
    lambda ps, sc, tmp: sc.range(2).cache().persist(ps.StorageLevel.MEMORY_ONLY).count(),
)
case("level_as_text", lambda ps, sc, tmp: sc.range(2).persist("MEMORY_ONLY"))
case(
    "cached_parent_of_many",
    lambda ps, sc, tmp: (
        lambda count: (
            lambda r: (
                r.map(str).collect(),
                r.filter(bool).count(),
                r.union(r).count(),
                count.value,
            )
        )(sc.range(5).map(lambda x: count.add(1) or x).cache())
    )(sc.accumulator(0)),
)
case(
    "cache_partly_computed",
    lambda ps, sc, tmp: (
        lambda count: (
            lambda r: (r.take(1), count.value, r.count(), count.value, r.count(), count.value)
        )(sc.range(6, numSlices=3).map(lambda x: count.add(1) or x).cache())
    )(sc.accumulator(0)),
)
case(
    "cache_of_shuffle",
    lambda ps, sc, tmp: (lambda r: (sorted(r.collect()), sorted(r.collect())))(
        sc.range(9).map(lambda x: (x % 3, x)).reduceByKey(max).cache()
    ),
)
case(
    "shuffle_is_reused",
    lambda ps, sc, tmp: (
        lambda count: (lambda r: (r.count(), r.count(), r.map(str).count(), count.value))(
            sc.range(8).map(lambda x: count.add(1) or (x % 3, x)).reduceByKey(max)
        )
    )(sc.accumulator(0)),
)
case(
    "cached_mutation_is_private",
    lambda ps, sc, tmp: (lambda r: (r.map(lambda x: x.append(1) or len(x)).collect(), r.collect()))(
        sc.range(2).map(lambda x: [x]).cache()
    ),
)
case(
    "cached_partitioner",
    lambda ps, sc, tmp: (lambda r: (r.cache().partitioner is not None, r.lookup(3)))(
        sc.range(6).map(lambda x: (x, x)).partitionBy(3)
    ),
)

case("checkpoint_without_dir", lambda ps, sc, tmp: sc.range(2).checkpoint())
case(
    "checkpoint_dir",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        sc.getCheckpointDir().startswith("file:"),
        tmp in sc.getCheckpointDir(),
    ),
    spark_app_name="checkpoints",
)
case(
    "checkpoint",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        (
            lambda r: (
                r.checkpoint(),
                r.is_checkpointed,
                r.isCheckpointed(),
                r.getCheckpointFile(),
                r.collect(),
                r.isCheckpointed(),
                tmp in r.getCheckpointFile(),
                r.glom().collect(),
                r.map(str).collect(),
            )
        )(sc.range(5).map(lambda x: x * x)),
    ),
    spark_app_name="checkpoints",
)
case(
    "checkpoint_cached_computes_once",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        (
            lambda count: (lambda r: (r.checkpoint(), r.count(), r.count(), count.value))(
                sc.range(5).map(lambda x: count.add(1) or x).cache()
            )
        )(sc.accumulator(0)),
    ),
    spark_app_name="checkpoints",
)
case(
    "checkpoint_uncached_computes_twice",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        (
            lambda count: (lambda r: (r.checkpoint(), r.collect(), r.collect(), count.value))(
                sc.range(5).map(lambda x: count.add(1) or x)
            )
        )(sc.accumulator(0)),
    ),
    spark_app_name="checkpoints",
)
case(
    "checkpoint_after_action",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        (
            lambda r: (
                r.collect(),
                r.checkpoint(),
                r.isCheckpointed(),
                r.collect(),
                r.isCheckpointed(),
            )
        )(sc.range(5).map(str)),
    ),
    spark_app_name="checkpoints",
)
case(
    "checkpoint_of_shuffle",
    lambda ps, sc, tmp: (
        sc.setCheckpointDir(tmp),
        (
            lambda r: (
                r.checkpoint(),
                sorted(r.collect()),
                sorted(r.mapValues(str).collect()),
                r.isCheckpointed(),
            )
        )(sc.range(9).map(lambda x: (x % 3, x)).reduceByKey(max)),
    ),
    spark_app_name="checkpoints",
)
case(
    "local_checkpoint",
    lambda ps, sc, tmp: (
        lambda r: (
            r.isLocallyCheckpointed(),
            r.localCheckpoint(),
            r.isLocallyCheckpointed(),
            r.collect(),
            r.getCheckpointFile(),
            r.map(str).collect(),
        )
    )(sc.range(5).map(lambda x: x + 1)),
)
