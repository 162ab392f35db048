"""What users see: names, addresses, doctests, and that nothing needs a session."""

from __future__ import annotations

import doctest
import pickle
import subprocess
import sys
from typing import Any

import pytest

from rayspark import datatypes
from rayspark.sql import types as T

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize("name", T.__all__)
def test_every_public_name_lives_at_its_public_address(name: str) -> None:
    found = getattr(T, name)
    assert found.__module__ == "rayspark.sql.types"
    assert found is getattr(datatypes, name)
    assert found.__doc__


def test_every_method_has_sparks_parameters(oracle: Any) -> None:
    ours, spark = oracle.signatures(T), oracle.golden("signatures")
    assert {k: v for k, v in ours.items() if spark.get(k) != v} == {}
    assert spark.keys() == ours.keys()


@pytest.mark.parametrize("name", T.__all__)
def test_the_examples_in_docstrings_run(name: str) -> None:
    # The classes say they live elsewhere than their file, so pytest's own collection misses them.
    for test in doctest.DocTestFinder().find(getattr(T, name), name, module=False):
        results = doctest.DocTestRunner(optionflags=FLAGS).run(test)
        assert results.failed == 0


def test_a_type_without_parameters_is_one_object_also_after_pickling() -> None:
    assert T.IntegerType() is T.IntegerType()
    assert pickle.loads(pickle.dumps(T.IntegerType())) is T.IntegerType()


def test_the_private_names_programs_use_are_there() -> None:
    assert T._parse_datatype_string("a int") == T.StructType().add("a", "integer")
    assert T._parse_datatype_json_string('"long"') == T.LongType()
    assert T._create_row(["a"], (1,)) == T.Row(a=1)


def test_a_pickled_row_does_not_wake_the_sql_package() -> None:
    assert b"rayspark.sql" not in pickle.dumps(T.Row(a=1, b=T.Row(c=2)))


def test_importing_types_starts_nothing_heavy() -> None:
    code = "import sys, rayspark.sql.types; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"ray", "duckdb", "sqlglot", "pandas"} & set(done.stdout.split())
