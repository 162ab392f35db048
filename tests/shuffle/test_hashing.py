"""Where a key lies depends neither on the process, nor on which of several equal keys it is."""

from __future__ import annotations

import datetime as dt
import enum
import os
import pickle
import subprocess
import sys
import uuid
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from rayspark import SparkConf, SparkContext
from rayspark.errors import PySparkRuntimeError
from rayspark.shuffle.hashing import portable_hash, trust_own_hashes
from rayspark.shuffle.partitioner import HashPartitioner

PAST = dt.timezone(dt.timedelta(hours=-3, minutes=-30))
Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Name(str, enum.Enum):  # noqa: UP042  the older spelling
    A = "a"

    def __str__(self) -> str:
        return "not a"


class Rank(enum.IntEnum):
    ONE = 1


@dataclass(frozen=True)
class Place:
    city: str
    when: dt.date
    note: str = field(default="", compare=False)


@dataclass(frozen=True)
class Home(Place):
    pass


class Own:
    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Own) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())


@pytest.fixture
def no_trust(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("rayspark.shuffle.hashing._trusted", False)
    yield


KEYS = [
    None, True, -1, 2**70, 1.5, float("nan"), float("inf"), 1 + 2j, "a", "ü\ud800", b"a", (),
    (1, "a", None),
    frozenset({"a", "b", (1, b"c")}), dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 1, 2, 3, 4),
    dt.datetime(2024, 2, 29, tzinfo=PAST), dt.time(1, 2, 3), dt.time(1, tzinfo=PAST),
    dt.timedelta(days=-1, microseconds=3), Decimal("1.10"), Decimal("nan"), Fraction(1, 3),
    uuid.UUID(int=5), Colour.RED, Name.A, Rank.ONE, Place("a", dt.date(2024, 1, 1), "x"),
    Home("a", dt.date(2024, 1, 1)), Point("a", b"b"), int, pickle.dumps, os.path.join,
    np.str_("a"), np.bytes_(b"a"),
    np.int8(3), np.float32(0.1), np.datetime64("2024-01-01"), np.timedelta64(3, "h"),
]  # fmt: skip


def test_all_processes_agree(no_trust: None) -> None:
    program = (
        "import pickle, sys\n"
        "from rayspark.shuffle.hashing import portable_hash\n"
        "print([portable_hash(k) for k in pickle.loads(sys.stdin.buffer.read())])"
    )
    here = str([portable_hash(key) for key in KEYS])
    for seed in ("1", "2"):
        answer = subprocess.run(
            [sys.executable, "-c", program],
            input=pickle.dumps(KEYS),
            capture_output=True,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert answer.stdout.decode().strip() == here


@pytest.mark.parametrize(
    "equal",
    [
        (1, True, 1.0, Decimal(1), Fraction(1), 1 + 0j, np.int64(1), np.float32(1), Rank.ONE),
        ("a", Name.A, np.str_("a"), type("Sub", (str,), {})("a")),
        (b"a", np.bytes_(b"a"), type("Sub", (bytes,), {})(b"a")),
        (("a", 1), Point("a", 1.0)),
        (Place("a", dt.date.min, "x"), Place("a", dt.date.min, "y")),
        (
            dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC),
            dt.datetime(2024, 1, 1, 8, 30, tzinfo=PAST),
            dt.datetime(2024, 1, 1, 8, 30, tzinfo=PAST, fold=1),
        ),
        (dt.time(12, tzinfo=dt.UTC), dt.time(8, 30, tzinfo=PAST)),
        (dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 1, fold=1)),
        (dt.date(2024, 1, 1), np.datetime64("2024-01-01")),
        (np.datetime64("2024-01-01"), np.datetime64("2024-01-01", "ns")),
        (dt.timedelta(hours=1), np.timedelta64(1, "h"), np.timedelta64(60, "m")),
        (frozenset({1, "a"}), frozenset({Name.A, 1.0})),
    ],
    ids=lambda equal: type(equal[0]).__name__,
)
def test_equal_keys_hash_alike(equal: tuple[Any, ...], no_trust: None) -> None:
    assert all(key == equal[0] for key in equal)
    assert len({portable_hash(key) for key in equal}) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda i: dt.date(2024, 1, 1) + dt.timedelta(i),
        lambda i: dt.datetime(2024, 1, 1, tzinfo=PAST) + dt.timedelta(seconds=i),
        lambda i: dt.time(i // 60, i % 60),
        lambda i: dt.timedelta(i),
        lambda i: Place(str(i), dt.date.min),
        lambda i: Point(i, None),
        lambda i: frozenset({str(i)}),
        lambda i: uuid.UUID(int=i),
    ],
)
def test_unequal_keys_spread(make: Any) -> None:
    assert len({portable_hash(make(i)) for i in range(1000)}) > 990


_offsets = st.integers(-1400, 1400).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))
_small = st.integers(-3, 3)
_scalars = st.one_of(
    st.none(), st.booleans(), _small, st.integers(),
    _small.map(float), st.floats(allow_nan=False),
    _small.map(Decimal), st.decimals(allow_nan=False),
    _small.map(Fraction), _small.map(complex), _small.map(np.int32), _small.map(np.float64),
    st.sampled_from(["a", "b", Name.A, np.str_("a"), b"a", np.bytes_(b"a"), Rank.ONE, Colour.RED]),
    st.dates(dt.date(2024, 1, 1), dt.date(2024, 1, 2)),
    st.builds(
        lambda hour, zone: dt.datetime(2024, 1, 2, tzinfo=zone) + dt.timedelta(minutes=hour),
        st.integers(-90, 90), st.none() | _offsets,
    ),
    st.builds(lambda h, z: dt.time(h, 30, tzinfo=z), st.integers(0, 23), st.none() | _offsets),
    st.timedeltas(),
)  # fmt: skip
_keys = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(tuple),
        st.frozensets(inner, max_size=2),
        st.builds(Point, inner, inner),
        st.builds(Place, inner, inner),
    ),
    max_leaves=4,
)


@given(st.lists(_keys, min_size=2, max_size=30))
def test_equal_keys_never_land_apart(keys: list[Any]) -> None:
    first: dict[Any, int] = {}
    placed = HashPartitioner(1000).assign([(key, None) for key in keys])
    for key, where in zip(keys, placed, strict=True):
        try:
            seen = first.setdefault(key, where)
        except TypeError:  # a Decimal cannot be compared with a numpy integer: no dict has both
            reject()
        assert seen == where
        assert HashPartitioner(1000).partition_of(key) == where


def test_nan_is_placed_where_it_was_before() -> None:
    placed = HashPartitioner(1000).assign([(float("nan"), i) for i in range(50)])
    assert len(set(placed)) == 1


@pytest.mark.parametrize("key", [object(), Own("a"), (1, Own("a")), np.dtype("i4")])
def test_a_key_that_may_hash_otherwise_elsewhere_is_refused(key: Any, no_trust: None) -> None:
    with pytest.raises(PySparkRuntimeError, match="partitionFunc") as caught:
        portable_hash(key)
    assert caught.value.getCondition() == "UNSTABLE_KEY_HASH"
    kind = type(key[1] if isinstance(key, tuple) else key)
    assert kind.__qualname__ in str(caught.value)


def test_one_process_may_trust_own_hashes_but_no_addresses() -> None:
    trust_own_hashes(one_process=True)
    try:
        assert portable_hash(Own("A")) == portable_hash(Own("a"))
        with pytest.raises(PySparkRuntimeError, match="UNSTABLE_KEY_HASH"):
            portable_hash(object())
    finally:
        trust_own_hashes(one_process=False)


def test_a_local_master_groups_by_the_hash_of_a_users_class() -> None:
    conf = SparkConf(loadDefaults=False).setMaster("local[2]").setAppName("keys")
    with SparkContext(conf=conf.set("spark.ui.showConsoleProgress", "false")) as sc:
        pairs = sc.parallelize([(Own("a"), 1), (Own("A"), 2)], 2)
        assert pairs.reduceByKey(lambda x, y: x + y, 4).values().collect() == [3]
    with pytest.raises(PySparkRuntimeError, match="UNSTABLE_KEY_HASH"):
        portable_hash(Own("a"))


@pytest.mark.parametrize("key", [[1], {}, (1, [2])])
def test_an_unhashable_key_is_a_type_error(key: Any) -> None:
    with pytest.raises(TypeError, match="unhashable"):
        portable_hash(key)
