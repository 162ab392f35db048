from __future__ import annotations

import json
from pathlib import Path

import pytest

from rayspark.config.entry import Status
from rayspark.config.registry import find_entry, find_foreign, known_entries, spark_keys

SPARKS_DEFAULTS = Path(__file__).parent.parent / "golden" / "config" / "defaults.json"

# Where our default is not Spark's, on purpose.
DIFFERENT = {
    "spark.eventLog.rolling.enabled": "one file",
    "spark.shuffle.checksum.algorithm": "XXH3",
    "spark.storage.decommission.enabled": "blocks are moved before an executor goes",
    "spark.ui.enabled": "no web page",
}


@pytest.mark.parametrize("key", known_entries())
def test_every_row_is_complete_and_its_default_is_valid(key: str) -> None:
    row = known_entries()[key]
    assert key.startswith("spark.")
    assert row.doc.endswith((".", ".)"))
    assert (row.status is Status.HONOURED) == (row.reason == "")
    row.read({})


def test_defaults_are_sparks() -> None:
    different = set()
    for key, theirs in json.loads(SPARKS_DEFAULTS.read_text()).items():
        row = known_entries().get(key)
        if row is None or row.default_text is None or theirs.startswith("<"):
            continue
        if row.parse(theirs) != row.parse(row.default_text):
            different.add(key)
    assert different == set(DIFFERENT)


def test_fallbacks_are_sparks() -> None:
    theirs = json.loads(SPARKS_DEFAULTS.read_text())
    for key, row in known_entries().items():
        if row.fallback is not None:
            assert theirs[key] == f"<value of {row.fallback.key}>"


def test_nothing_known_is_foreign_and_nothing_of_spark_is_lost() -> None:
    assert find_entry("spark.ui.showConsoleProgress") is not None
    assert find_foreign("spark.yarn.queue") is not None
    assert find_entry("spark.yarn.queue") is None
    assert "spark.task.reaper.threadDump" in spark_keys()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("spark.executorEnv.PATH", "PATH"),
        ("spark.executor.resource.gpu.amount", "gpu"),
        ("spark.ray.fault.first.one", "first.one"),
    ],
)
def test_a_key_with_a_name_in_it_is_found(key: str, name: str) -> None:
    row = find_entry(key)
    assert row is not None
    assert row.key == key
    [pattern] = [p for p in known_entries().values() if p.name_in(key)]
    assert pattern.name_in(key) == name
    assert find_entry("spark.executor.resource..amount") is None
