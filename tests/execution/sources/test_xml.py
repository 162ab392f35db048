"""XML files are read and written as by real Spark (``tools/harvest_xml.py``), and safely."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rayspark.errors import PySparkException
from rayspark.execution.xml.tree import XmlError, outermost, read_tree, row_elements
from rayspark.sql import SparkSession

GOLDEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[2] / "golden" / "sources" / "xml.json").read_text(encoding="utf-8")
)
OTHERWISE = {
    ("_id int, price struct<_cur: string, _VALUE: double>, day date", "PERMISSIVE"),
    ("_id int, _corrupt_record string", "PERMISSIVE"),
    ("_id int", "DROPMALFORMED"),
}
"""Spark fails in every mode where an attribute cannot be read; here the record is malformed."""
TODAY = "12:30"
"""A time without a day is one of today."""


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    yield made
    made.stop()


def plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {"map": sorted([plain(k), plain(v)] for k, v in value.items())}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


@pytest.mark.parametrize("at", range(len(GOLDEN["reads"])))
def test_reading(spark: SparkSession, tmp_path: Path, at: int) -> None:
    case = GOLDEN["reads"][at]
    (tmp_path / "x.xml").write_text(case["content"], encoding="utf-8")
    reader = spark.read.format("xml").options(**case["options"])
    if case["given"]:
        reader = reader.schema(case["given"])
    if "error" in case and (case["given"], case["options"].get("mode", "PERMISSIVE")) in OTHERWISE:
        assert reader.load(str(tmp_path / "x.xml")).collect()[0][0] == 1
        return
    if "error" in case:
        with pytest.raises(PySparkException) as caught:
            reader.load(str(tmp_path / "x.xml")).collect()
        if case["error"] == "XML_ROW_TAG_MISSING":
            assert caught.value.getCondition() == case["error"]
        return
    frame = reader.load(str(tmp_path / "x.xml"))
    assert frame.schema.simpleString() == case["schema"]
    found = [plain(tuple(row)) for row in frame.collect()]
    if TODAY in case["content"]:
        found = [[v[-8:] for v in row] for row in found]
        case["rows"] = [[v[-8:] for v in row] for row in case["rows"]]
    if "<!ENTITY" in case["content"]:
        assert case["rows"] == [[None]]
        assert found == [[""]], "an entity is left out; Spark gives null for all of the text"
        return
    assert found == case["rows"]


@pytest.mark.parametrize("at", range(len(GOLDEN["writes"])))
def test_writing(spark: SparkSession, tmp_path: Path, at: int) -> None:
    case = GOLDEN["writes"][at]
    target = tmp_path / "out"
    writer = spark.sql(case["query"]).coalesce(1).write.format("xml").options(**case["options"])
    if "error" in case:
        with pytest.raises(PySparkException):
            writer.save(str(target))
        return
    writer.save(str(target))
    encoding = case["options"].get("encoding", "utf-8")
    assert [f.read_bytes().decode(encoding) for f in target.glob("part*")] == case["files"]


def test_what_was_written_is_read_back(spark: SparkSession, tmp_path: Path) -> None:
    frame = spark.range(2500).selectExpr("id", "'v' || id v", "array(id, id + 1) a")
    for compression, end in (("gzip", ".xml.gz"), ("none", ".xml")):
        target = str(tmp_path / compression)
        frame.write.xml(target, rowTag="row", compression=compression)
        assert all(f.name.endswith(end) for f in Path(target).glob("part*"))
        found = spark.read.xml(target, rowTag="row").select("id", "v", "a").orderBy("id")
        assert found.collect() == frame.collect()


def test_partitioned(spark: SparkSession, tmp_path: Path) -> None:
    target = str(tmp_path / "t")
    spark.range(4).selectExpr("id", "id % 2 p").write.partitionBy("p").option("rowTag", "r").format(
        "xml"
    ).save(target)
    found = spark.read.option("rowTag", "r").format("xml").load(target).where("p = 1")
    assert sorted(found.collect()) == [(1, 1), (3, 1)]


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c '
    '"&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><x><r>&c;</r></x>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x><r>&a;</r></x>'
PARAMETER = '<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;]><x><r>1</r></x>'


@pytest.mark.parametrize("document", [BOMB, OUTSIDE, PARAMETER])
def test_entities_neither_grow_nor_read_files(document: str) -> None:
    for read in (read_tree, outermost):
        with pytest.raises(XmlError, match="Entities"):
            read(document)
    with pytest.raises(XmlError, match="Entities"):
        list(row_elements([document.encode()], "r", False))


def test_a_document_type_elsewhere_is_not_fetched() -> None:
    root = outermost('<!DOCTYPE x SYSTEM "http://nowhere.invalid/x.dtd"><x>1</x>')
    assert root.text() == "1"
