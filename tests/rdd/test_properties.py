"""Properties: operations by key agree with dictionaries, sorting with ``sorted``, samples with
Python's own generator.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rayspark.rdd.roundrobin import first_target
from rayspark.rdd.samplers import Interval, generator

few = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
keys = st.one_of(
    st.none(), st.integers(-3, 3), st.sampled_from(["a", "b"]), st.tuples(st.booleans())
)
pairs = st.lists(st.tuples(keys, st.integers(-9, 9)), max_size=30)
slices = st.integers(1, 4)


def grouped(items: Any) -> dict[Any, list[Any]]:
    groups = defaultdict(list)
    for key, value in items:
        groups[key].append(value)
    return dict(groups)


@few
@given(items=pairs, n=slices, m=slices)
def test_by_key(sc: Any, items: Any, n: int, m: int) -> None:
    rdd = sc.parallelize(items, n)
    groups = grouped(items)
    assert {k: list(v) for k, v in rdd.groupByKey(m).collect()} == groups
    assert dict(rdd.reduceByKey(lambda a, b: a + b, m).collect()) == {
        k: sum(v) for k, v in groups.items()
    }
    assert dict(rdd.countByKey()) == {k: len(v) for k, v in groups.items()}
    placed = rdd.partitionBy(m)
    assert dict(placed.reduceByKey(max, m).collect()) == {k: max(v) for k, v in groups.items()}
    assert Counter(placed.collect()) == Counter(items)


@few
@given(left=pairs, right=pairs, n=slices, m=slices, placed=st.booleans())
def test_joins(sc: Any, left: Any, right: Any, n: int, m: int, placed: bool) -> None:
    a, b = sc.parallelize(left, n), sc.parallelize(right, m)
    if placed:  # then neither side is shuffled again
        a, b = a.partitionBy(3), b.partitionBy(3)
    ours, theirs = grouped(left), grouped(right)

    def joined(keys: Any, missing: Any) -> Counter[Any]:
        return Counter(
            (k, (v, w)) for k in keys for v in ours.get(k, missing) for w in theirs.get(k, missing)
        )

    assert Counter(a.join(b).collect()) == joined(ours.keys() & theirs.keys(), [])
    assert Counter(a.leftOuterJoin(b).collect()) == joined(ours, [None])
    assert Counter(a.rightOuterJoin(b).collect()) == joined(theirs, [None])
    assert Counter(a.fullOuterJoin(b).collect()) == joined(ours.keys() | theirs.keys(), [None])
    assert Counter(a.subtractByKey(b).collect()) == Counter(p for p in left if p[0] not in theirs)
    assert set(a.intersection(b).collect()) == set(left) & set(right)


@few
@given(items=st.lists(st.integers(-9, 9), max_size=40), n=slices, m=slices, up=st.booleans())
def test_sorting_is_stable_and_global(sc: Any, items: Any, n: int, m: int, up: bool) -> None:
    numbered = sc.parallelize([(x, i) for i, x in enumerate(items)], n)
    wanted = sorted(((x, i) for i, x in enumerate(items)), key=lambda p: p[0], reverse=not up)
    assert numbered.sortByKey(up, m).collect() == wanted
    assert sc.parallelize(items, n).sortBy(lambda x: -x, up, m).collect() == sorted(
        items, reverse=up
    )


@given(seed=st.integers(0, 2**63), split=st.integers(0, 50), size=st.integers(0, 300))
def test_vectorised_numbers_are_those_of_pythons_generator(
    seed: int, split: int, size: int
) -> None:
    source = generator(seed, split)
    wanted = [x for x in range(size) if 0.2 <= source.random() < 0.6]
    assert list(Interval(0.2, 0.6, seed)(split, iter(range(size)))) == wanted


@few
@given(
    items=st.lists(st.integers(), max_size=60),
    n=slices,
    weights=st.lists(st.floats(0.1, 5), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_random_split_loses_and_doubles_nothing(
    sc: Any, items: Any, n: int, weights: Any, seed: int
) -> None:
    parts = sc.parallelize(items, n).randomSplit(weights, seed)
    assert Counter(x for part in parts for x in part.collect()) == Counter(items)


@few
@given(items=st.lists(st.integers(), max_size=99), n=slices, m=st.integers(1, 6))
def test_layout_changes_keep_every_record(sc: Any, items: Any, n: int, m: int) -> None:
    rdd = sc.parallelize(items, n)
    assert rdd.coalesce(m).collect() == items
    spread = rdd.repartition(m)
    assert Counter(spread.collect()) == Counter(items) and spread.getNumPartitions() == m
    assert spread.glom().collect() == spread.glom().collect()


@given(split=st.integers(0, 10_000), n=st.integers(1, 1000))
def test_round_robin_begins_at_some_partition(split: int, n: int) -> None:
    assert 0 <= first_target(split, n) < n


def test_same_seed_same_sample(sc: Any) -> None:
    rdd = sc.parallelize(range(200), 4)
    for replacement in (False, True):
        assert (
            rdd.sample(replacement, 0.3, 5).collect() == rdd.sample(replacement, 0.3, 5).collect()
        )
        unseeded = rdd.sample(replacement, 0.3)
        assert unseeded.collect() == unseeded.collect(), "the seed is chosen when the RDD is made"
    assert rdd.takeSample(False, 20, 7) == rdd.takeSample(False, 20, 7)
