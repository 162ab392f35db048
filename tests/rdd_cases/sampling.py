"""Sampling with a seed gives the same elements on every machine."""

from __future__ import annotations

from tests.rdd_cases import Family

case = Family("sampling")

for seed in (0, 1, 7, 123456789012, -5):
    case(
        f"sample_seed_{seed}",
        lambda ps, sc, tmp, seed=seed: (
            sc.range(60, numSlices=3).sample(False, 0.3, seed).glom().collect()
        ),
    )
    case(
        f"sample_replacement_seed_{seed}",
        lambda ps, sc, tmp, seed=seed: (
            sc.range(20, numSlices=3).sample(True, 1.2, seed).glom().collect()
        ),
    )
    case(
        f"take_sample_seed_{seed}",
        lambda ps, sc, tmp, seed=seed: (
            sc.range(50, numSlices=3).takeSample(False, 7, seed),
            sc.range(50, numSlices=3).takeSample(True, 7, seed),
        ),
    )
    case(
        f"random_split_seed_{seed}",
        lambda ps, sc, tmp, seed=seed: (
            [r.collect() for r in sc.range(30, numSlices=3).randomSplit([2, 3, 5], seed)]
        ),
    )
    case(
        f"sample_by_key_seed_{seed}",
        lambda ps, sc, tmp, seed=seed: (
            sc.range(40, numSlices=3)
            .map(lambda x: (x % 2, x))
            .sampleByKey(False, {0: 0.2, 1: 0.7}, seed)
            .collect()
        ),
    )
for fraction in (0.0, 0.01, 1.0, 3.0):
    case(
        f"sample_fraction_{fraction}",
        lambda ps, sc, tmp, fraction=fraction: (
            sc.range(50, numSlices=2).sample(False, fraction, 3).collect(),
            sc.range(10, numSlices=2).sample(True, fraction, 3).collect(),
        ),
    )
case(
    "sample_replacement_large_mean",
    lambda ps, sc, tmp: sc.range(3, numSlices=1).sample(True, 25.0, 3).countByValue(),
)
case(
    "sample_of_sample",
    lambda ps, sc, tmp: (
        sc.range(100, numSlices=2).sample(False, 0.5, 1).sample(False, 0.5, 2).collect()
    ),
)
case("sample_negative", lambda ps, sc, tmp: sc.range(3).sample(False, -0.5))
case(
    "sample_no_seed_within",
    lambda ps, sc, tmp: (lambda got: got <= set(range(100)) and 0 < len(got) < 100)(
        set(sc.range(100).sample(False, 0.5).collect())
    ),
)
case(
    "sample_same_rdd_twice",
    lambda ps, sc, tmp: (lambda r: r.collect() == r.collect())(sc.range(100).sample(False, 0.5)),
)
case("take_sample_all", lambda ps, sc, tmp: sc.range(5).takeSample(False, 10, 3))
case("take_sample_more_with_replacement", lambda ps, sc, tmp: sc.range(5).takeSample(True, 20, 3))
case("take_sample_zero", lambda ps, sc, tmp: sc.range(5).takeSample(False, 0, 3))
case("take_sample_one", lambda ps, sc, tmp: sc.range(1000, numSlices=4).takeSample(False, 1, 3))
case("take_sample_many", lambda ps, sc, tmp: sc.range(1000, numSlices=4).takeSample(False, 100, 3))
case("take_sample_negative", lambda ps, sc, tmp: sc.range(5).takeSample(False, -1))
case("take_sample_too_many", lambda ps, sc, tmp: sc.range(5).takeSample(False, 2**63 - 1))
case(
    "random_split_covers",
    lambda ps, sc, tmp: sorted(sc.union(sc.range(40).randomSplit([1, 2, 3])).collect()),
)
case(
    "random_split_zero_weight",
    lambda ps, sc, tmp: ([r.collect() for r in sc.range(4).randomSplit([0, 1], 1)]),
)
case("random_split_one", lambda ps, sc, tmp: [r.collect() for r in sc.range(4).randomSplit([5], 1)])
case("random_split_negative", lambda ps, sc, tmp: sc.range(3).randomSplit([-1, 2]))
case("random_split_zeros", lambda ps, sc, tmp: sc.range(3).randomSplit([0, 0]))
case("random_split_none", lambda ps, sc, tmp: sc.range(3).randomSplit([]))
case(
    "sample_by_key_replacement",
    lambda ps, sc, tmp: (
        sc.range(12, numSlices=2)
        .map(lambda x: (x % 2, x))
        .sampleByKey(True, {0: 0.5, 1: 2.0}, 4)
        .collect()
    ),
)
case(
    "sample_by_key_missing",
    lambda ps, sc, tmp: sc.parallelize([(0, 1), (1, 1)]).sampleByKey(False, {0: 0.2}, 4).collect(),
)
case(
    "sample_by_key_negative",
    lambda ps, sc, tmp: sc.parallelize([(0, 1)]).sampleByKey(False, {0: -0.2}, 4).collect(),
)
case(
    "sample_keeps_partitions",
    lambda ps, sc, tmp: sc.range(10, numSlices=5).sample(False, 0.1, 1).getNumPartitions(),
)
