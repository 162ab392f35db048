from __future__ import annotations

import pickle

import pytest

from rayspark.storagelevel import StorageLevel

# name -> (repr, str) in PySpark 4.3.0
LEVELS = {
    "NONE": ("StorageLevel(False, False, False, False, 1)", "Serialized 1x Replicated"),
    "DISK_ONLY": ("StorageLevel(True, False, False, False, 1)", "Disk Serialized 1x Replicated"),
    "DISK_ONLY_2": ("StorageLevel(True, False, False, False, 2)", "Disk Serialized 2x Replicated"),
    "DISK_ONLY_3": ("StorageLevel(True, False, False, False, 3)", "Disk Serialized 3x Replicated"),
    "MEMORY_ONLY": (
        "StorageLevel(False, True, False, False, 1)",
        "Memory Serialized 1x Replicated",
    ),
    "MEMORY_ONLY_2": (
        "StorageLevel(False, True, False, False, 2)",
        "Memory Serialized 2x Replicated",
    ),
    "MEMORY_AND_DISK": (
        "StorageLevel(True, True, False, False, 1)",
        "Disk Memory Serialized 1x Replicated",
    ),
    "MEMORY_AND_DISK_2": (
        "StorageLevel(True, True, False, False, 2)",
        "Disk Memory Serialized 2x Replicated",
    ),
    "OFF_HEAP": (
        "StorageLevel(True, True, True, False, 1)",
        "Disk Memory OffHeap Serialized 1x Replicated",
    ),
    "MEMORY_AND_DISK_DESER": (
        "StorageLevel(True, True, False, True, 1)",
        "Disk Memory Deserialized 1x Replicated",
    ),
}


@pytest.mark.parametrize("name", LEVELS)
def test_levels_print_as_in_pyspark(name: str) -> None:
    level = getattr(StorageLevel, name)
    assert (repr(level), str(level)) == LEVELS[name]


def test_no_level_is_missing_or_new() -> None:
    assert {name for name in vars(StorageLevel) if name.isupper()} == set(LEVELS)


@pytest.mark.parametrize("name", LEVELS)
def test_levels_are_equal_by_value_also_after_pickling(name: str) -> None:
    level = getattr(StorageLevel, name)
    copy = pickle.loads(pickle.dumps(level))
    assert copy == level
    assert hash(copy) == hash(level)
    assert [n for n in LEVELS if getattr(StorageLevel, n) == level] == [name]
