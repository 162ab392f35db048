"""The warehouse survives sessions, crashes and other writers."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rayspark.datatypes import parse_ddl
from rayspark.errors import AnalysisException, IllegalArgumentException
from rayspark.execution.catalog.metadata import (
    MANAGED,
    ColumnStatistics,
    Database,
    Statistics,
    Table,
)
from rayspark.execution.catalog.names import matching
from rayspark.execution.catalog.warehouse import Warehouse, _safe


def table(warehouse: Warehouse, name: str, database: str = "default") -> Table:
    location = warehouse.location_of(database, name)
    schema = parse_ddl("a int, b string comment 'x', c date")
    return Table(database, name, MANAGED, schema, "parquet", location)  # type: ignore[arg-type]


def condition(error: pytest.ExceptionInfo[AnalysisException]) -> str | None:
    return error.value.getCondition()


def test_everything_comes_back_in_another_process_s_eyes(tmp_path: Path) -> None:
    first = Warehouse(str(tmp_path / "w"))
    known = table(first, "t").changed(
        partition_by=("c",),
        options={"sep": ";"},
        properties={"k": "v"},
        comment="it's",
        view_columns=("a",),
        created=12.5,
        statistics=Statistics(10, 3, {"a": ColumnStatistics("1", "3", 0, 3, 4, 4)}),
    )
    first.create(known)
    assert Warehouse(str(tmp_path / "w")).table("default", "t") == known


def test_databases(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "w"))
    assert warehouse.databases() == ["default"]
    made = Database("d", warehouse.database_location("d"), "c", {"a": "b"})
    warehouse.create_database(made, if_not_exists=False)
    assert (warehouse.databases(), warehouse.database("d")) == (["d", "default"], made)
    with pytest.raises(AnalysisException) as again:
        warehouse.create_database(made, if_not_exists=False)
    assert condition(again) == "SCHEMA_ALREADY_EXISTS"
    warehouse.create(table(warehouse, "t", "d"))
    with pytest.raises(AnalysisException) as full:
        warehouse.drop_database("d", cascade=False)
    assert condition(full) == "SCHEMA_NOT_EMPTY"
    warehouse.drop_database("d", cascade=True)
    assert not (tmp_path / "w" / "d.db").exists()
    with pytest.raises(AnalysisException) as default:
        warehouse.drop_database("default", cascade=True)
    assert condition(default) == "UNSUPPORTED_FEATURE.DROP_DATABASE"


def test_a_dropped_table_takes_its_files_along_a_renamed_one_too(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "w"))
    warehouse.create(table(warehouse, "t"))
    files = Path(warehouse.location_of("default", "t"))
    files.mkdir()
    (files / "part").touch()
    warehouse.rename("default", "t", "u")
    assert not files.exists()
    assert (Path(warehouse.location_of("default", "u")) / "part").exists()
    warehouse.drop("default", "u")
    assert not Path(warehouse.location_of("default", "u")).exists()
    assert warehouse.tables("default") == []


def test_of_many_sessions_one_makes_the_table(tmp_path: Path) -> None:
    def attempt(number: int) -> bool:
        warehouse = Warehouse(str(tmp_path / "w"))
        try:
            warehouse.create(table(warehouse, "t").changed(comment=str(number)))
        except AnalysisException as error:
            assert error.getCondition() == "TABLE_OR_VIEW_ALREADY_EXISTS"
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(24))) == 1


def test_a_table_that_another_session_made_first_is_left_as_it_is(tmp_path: Path) -> None:
    first, second = (Warehouse(str(tmp_path / "w")) for _ in range(2))
    first.create(table(first, "t").changed(comment="first"), if_not_exists=True)
    second.create(table(second, "t").changed(comment="second"), if_not_exists=True)
    assert second.table("default", "t").comment == "first"
    with pytest.raises(AnalysisException) as failure:
        second.create(table(second, "t"))
    assert condition(failure) == "TABLE_OR_VIEW_ALREADY_EXISTS"


def test_no_change_of_concurrent_sessions_is_lost(tmp_path: Path) -> None:
    start = Warehouse(str(tmp_path / "w"))
    start.create(table(start, "t"))

    def attempt(number: int) -> None:
        Warehouse(str(tmp_path / "w")).alter(
            "default", "t", lambda now: now.changed(properties={**now.properties, str(number): ""})
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(24)))
    assert len(start.table("default", "t").properties) == 24


KILLED = """
import os, sys
from rayspark.execution.catalog import warehouse
from rayspark.execution.catalog.warehouse import Warehouse
found = Warehouse(sys.argv[1])
warehouse.os.fsync = lambda _: os._exit(9)
found.alter("default", "t", lambda now: now.changed(comment="half"))
"""


def test_a_writer_that_dies_leaves_the_old_state_and_no_lock(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "w"))
    warehouse.create(table(warehouse, "t"))
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path / "w")], check=False, timeout=60
    )
    assert done.returncode == 9
    assert warehouse.table("default", "t").comment is None
    assert warehouse.tables("default") == ["t"]
    warehouse.alter("default", "t", lambda now: now.changed(comment="whole"))
    assert warehouse.table("default", "t").comment == "whole"


def test_a_change_that_raises_changes_nothing(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "w"))
    warehouse.create(table(warehouse, "t"))

    def fail(_now: Table) -> Table:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        warehouse.alter("default", "t", fail)
    assert warehouse.table("default", "t") == table(warehouse, "t")


def test_other_file_systems_are_refused() -> None:
    with pytest.raises(IllegalArgumentException, match="LOCATION"):
        Warehouse("s3://bucket/warehouse")


@given(st.text(min_size=1), st.text(min_size=1))
def test_names_are_safe_file_names_and_stay_different(one: str, other: str) -> None:
    for name in (one, other):
        try:
            file = _safe(name)
        except UnicodeEncodeError:  # a lone surrogate is in no SQL text
            return
        assert "/" not in file and not file.startswith((".", "_"))
    assert (_safe(one) == _safe(other)) == (one == other)


def test_patterns() -> None:
    names = ["orders", "Old", "items"]
    assert matching(names, None) == ["Old", "items", "orders"]
    assert matching(names, "o*") == ["Old", "orders"]
    assert matching(names, "items|ORDERS") == ["items", "orders"]
    assert matching(names, "(") == []


def test_metadata_is_readable_json(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "w"))
    warehouse.create(table(warehouse, "t"))
    text = (tmp_path / "w" / ".catalog" / "default" / "t.json").read_text()
    assert json.loads(text)["schema"]["fields"][0]["name"] == "a"
