from __future__ import annotations

import pickle
from typing import Any

import pytest

from rayspark.datatypes import StructType, parse_ddl, schema_to_ddl
from rayspark.errors import ParseException


def test_every_text_is_read_as_spark_reads_it(oracle: Any) -> None:
    rows = [r for r in oracle.golden("ddl")["parse"] if "collate nope" not in r["ddl"]]
    found = oracle.differences(
        [_comparable(row) for row in rows], "ddl", lambda text: repr(parse_ddl(text))
    )
    assert not found, found


def _comparable(row: dict[str, Any]) -> dict[str, Any]:
    if "error" not in row:
        return row
    error = {k: row["error"][k] for k in ("class", "condition", "parameters")}
    return {"ddl": row["ddl"], "error": error}


def test_every_error_shows_the_place_spark_shows(oracle: Any) -> None:
    wrong = {}
    placed = [r for r in oracle.golden("ddl")["parse"] if "line" in r.get("error", {})]
    assert len(placed) > 80
    for row in placed:
        with pytest.raises(ParseException) as caught:
            parse_ddl(row["ddl"])
        shown = str(caught.value).partition("SQLSTATE")[2]
        expected = row["error"]["text"].partition("SQLSTATE")[2]
        if shown != expected:
            wrong[row["ddl"]] = (expected, shown)
    assert not wrong, wrong


def test_the_json_of_what_was_read_is_sparks(oracle: Any) -> None:
    rows = [row for row in oracle.golden("ddl")["parse"] if "json" in row]
    assert {r["ddl"]: parse_ddl(r["ddl"]).json() for r in rows} == {
        r["ddl"]: r["json"] for r in rows
    }


def test_schemas_are_written_as_spark_writes_them(oracle: Any) -> None:
    found = oracle.differences(oracle.golden("ddl")["format"], "ddl", _rewritten)
    assert not found, found


def _rewritten(text: str) -> str:
    schema = parse_ddl(text)
    assert isinstance(schema, StructType)
    return schema_to_ddl(schema)


def test_an_unknown_collation_is_refused() -> None:
    with pytest.raises(Exception, match="COLLATION_INVALID_NAME"):
        parse_ddl("a string collate nope")


def test_a_parse_error_survives_pickling_with_its_place() -> None:
    with pytest.raises(ParseException) as caught:
        parse_ddl("a int,\nb: int:")
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value)
    assert "(line 2, pos 1)" in str(again)
