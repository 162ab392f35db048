"""Ask real Spark how it reads and writes XML files; run with the interpreter that has PySpark.

``python tools/harvest_xml.py`` writes ``tests/golden/sources/xml.json``: of each file what it is
read as, and of each query what file it is written to.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

os.environ["TZ"] = "UTC"

from pyspark.sql import SparkSession

TARGET = Path(__file__).parent.parent / "tests" / "golden" / "sources" / "xml.json"

BOOKS = """<?xml version="1.0"?>
<catalog>
  <!-- <book id="no"><title>hidden</title></book> -->
  <book id="1"><title>One &amp; only</title><price cur="EUR">5.95</price><day>2020-01-02</day>
    <author>A</author><author>B</author></book>
  <book id="2"><title><![CDATA[<raw> </book>]]></title><price cur="USD">6</price>
    <when>2020-01-02T03:04:05Z</when><author>C</author></book>
  <book/>
  <book id="x"><title/><nested><a>1</a><b>true</b></nested></book>
</catalog>
"""
MIXED = "<x><r><p>x<b>1</b>y</p></r><r><p> z </p></r></x>"
BAD = "<x><r><a>1</a></r>\n<r k='2'><a>x</a><b/></r><r><a>4</a></r></x>"
BROKEN = "<x><r><a>1</a></r><r><a>2</a></r><r><a>3</b></r><r><a>4</a></r></x>"
READS: list[tuple[str, str | None, dict[str, str]]] = [
    (BOOKS, None, {"rowTag": "book"}),
    (BOOKS, None, {"rowTag": "catalog"}),
    (BOOKS, None, {"rowTag": "nested"}),
    (BOOKS, None, {"rowTag": "absent"}),
    (BOOKS, None, {}),
    (BOOKS, None, {"rowTag": ""}),
    (BOOKS, None, {"rowTag": "<book>"}),
    (BOOKS, None, {"rowTag": "book", "attributePrefix": "@", "valueTag": "#"}),
    (BOOKS, None, {"rowTag": "book", "excludeAttribute": "true"}),
    (BOOKS, None, {"rowTag": "book", "inferSchema": "false"}),
    (BOOKS, None, {"rowTag": "book", "nullValue": "A"}),
    (BOOKS, "_id string, title string, author array<string>", {"rowTag": "book"}),
    (BOOKS, "_id int, price struct<_cur: string, _VALUE: double>, day date", {"rowTag": "book"}),
    (BOOKS, "_id int, _corrupt_record string", {"rowTag": "book"}),
    (BOOKS, "_id int", {"rowTag": "book", "mode": "DROPMALFORMED"}),
    (BOOKS, "_id int", {"rowTag": "book", "mode": "FAILFAST"}),
    (BOOKS, "when timestamp, day date", {"rowTag": "book", "dateFormat": "yyyy-MM-dd"}),
    (BOOKS, "title string, author string", {"rowTag": "book"}),
    (MIXED, None, {"rowTag": "r"}),
    (MIXED, None, {"rowTag": "p"}),
    (MIXED, None, {"rowTag": "r", "ignoreSurroundingSpaces": "false"}),
    (BAD, None, {"rowTag": "r"}),
    (BAD, "a int", {"rowTag": "r"}),
    (BAD, "a int, _corrupt_record string", {"rowTag": "r"}),
    (BAD, "a int", {"rowTag": "r", "mode": "DROPMALFORMED"}),
    (BAD, "a int, bad string", {"rowTag": "r", "columnNameOfCorruptRecord": "bad"}),
    (BAD, "_k int, a int, b string, _corrupt_record string", {"rowTag": "r"}),
    (BAD, "a int", {"rowTag": "r", "mode": "FAILFAST"}),
    (BROKEN, None, {"rowTag": "r"}),
    (BROKEN, "a int", {"rowTag": "r"}),
    (BROKEN, "a int, _corrupt_record string", {"rowTag": "r"}),
    (BROKEN, "a int", {"rowTag": "r", "mode": "DROPMALFORMED"}),
    (BROKEN, "a int", {"rowTag": "r", "mode": "FAILFAST"}),
    ("<r><a>1</a></r>\n<r><a>2.5</a></r>\n", None, {"rowTag": "r"}),
    ("<r><a>1</a></r>\n<r><a>2</a></r>\n", "a int", {"rowTag": "r", "multiLine": "false"}),
    ("<x><r><a>1</a></r>\n<r><a>x</a><a>y</a></r></x>", None, {"rowTag": "r"}),
    ("<x><r><a k='1'/></r><r><a>5</a></r></x>", None, {"rowTag": "r"}),
    ("<x><r><a><b>1</b></a></r><r><a>text</a></r></x>", None, {"rowTag": "r"}),
    ("<x><r><a>1</a></r><r><a>2.5</a></r><r><a>1e400</a></r></x>", None, {"rowTag": "r"}),
    ("<x:r xmlns:x='u'><x:a>1</x:a></x:r>", None, {"rowTag": "x:r"}),
    ("<x:r xmlns:x='u'><x:a>1</x:a></x:r>", None, {"rowTag": "r", "ignoreNamespace": "true"}),
    ("<r><r><a>1</a></r></r>", None, {"rowTag": "r"}),
    ("<rows><r a='1'/><r a='2' b='y'></r></rows>", None, {"rowTag": "r"}),
    ("<r><A>1</A><a>2</a></r>", None, {"rowTag": "r"}),
    ("<r><t>12:30</t><d>2020-1-2</d><z>2020-01-02 03:04:05.5+01:00</z></r>", None, {"rowTag": "r"}),
    ("<x><r><a>true</a></r><r><a>1</a></r></x>", None, {"rowTag": "r"}),
    ("<x><r><a>2020-01-02</a></r><r><a>2020-01-02T00:00:00</a></r></x>", None, {"rowTag": "r"}),
    ("", None, {"rowTag": "r"}),
    ("<r><m><k>1</k><l>2</l></m></r>", "m map<string, int>", {"rowTag": "r"}),
    (
        "<!DOCTYPE rows [<!ENTITY e 'x'>]><rows><r><a>&e;</a></r></rows>",
        "a string",
        {"rowTag": "r"},
    ),
    ("<rows><r a='x>y'><a>1</a></r><rr><a>2</a></rr></rows>", None, {"rowTag": "r"}),
]  # fmt: skip
WRITES: list[tuple[str, dict[str, str]]] = [
    ("select 1 a", {}),
    ("select 1 a, 'x<&>' b", {"rowTag": "ROW"}),
    ("select 1 a, 'x' b", {"rowTag": "row", "rootTag": "rows"}),
    ("select 1 a", {"rowTag": "ROW", "rootTag": "rows xmlns='u'", "declaration": ""}),
    ("select 1 _a, 'v' _VALUE, 2 b", {"rowTag": "r"}),
    (
        "select 1 a, null b, array(1, null, 2) c, map('k', 1) m, struct(1 x, 'y' _at) s",
        {"rowTag": "ROW"},
    ),
    ("select cast(null as int) a, 'z' b", {"rowTag": "ROW", "nullValue": "nil"}),
    ("select array(array(1, 2), array(3)) a", {"rowTag": "ROW", "arrayElementName": "el"}),
    ("select date'2020-01-02' d, timestamp'2020-01-02 03:04:05.678' t", {"rowTag": "ROW"}),
    ("select date'2020-01-02' d", {"rowTag": "ROW", "dateFormat": "dd/MM/yyyy"}),
    ("select 1.50 d, 2.5d f, cast(1.5 as float) g, true b, 1e20d h", {"rowTag": "ROW"}),
    ("select 1 a", {"attributePrefix": "a", "rowTag": "r"}),
    ("select 1 `b c`", {"rowTag": "ROW"}),
    ("select 1 `b c`", {"rowTag": "ROW", "validateName": "false"}),
    ("select 1 a where false", {"rowTag": "ROW"}),
    ("select 1 a", {"rowTag": "ROW", "indent": ""}),
    ("select '\"q\" ''s''' _x, 'tab\there' b", {"rowTag": "ROW"}),
    ("select 'é' a", {"rowTag": "ROW", "encoding": "ISO-8859-1"}),
]  # fmt: skip


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {"map": sorted([plain(k), plain(v)] for k, v in value.items())}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def failed(error: Exception) -> dict[str, str]:
    """What an error says of itself."""
    condition = getattr(error, "getCondition", lambda: None)()
    for name in ("MALFORMED_RECORD_IN_PARSING", "XML_ROW_TAG_MISSING", "NumberFormatException"):
        if name in str(error):
            condition = name
    return {"error": condition or str(error).split("\n")[0][:200]}


def main() -> None:
    """Harvest."""
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    reads: list[dict[str, Any]] = []
    writes: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        for number, (content, schema, options) in enumerate(READS):
            path = Path(home) / f"r{number}.xml"
            path.write_text(content, encoding="utf-8")
            found: dict[str, Any] = {"content": content, "given": schema, "options": options}
            try:
                reader = spark.read.format("xml").options(**options)
                frame = (reader.schema(schema) if schema else reader).load(str(path))
                found["schema"] = frame.schema.simpleString()
                found["rows"] = [plain(tuple(row)) for row in frame.collect()]
            except Exception as error:  # noqa: BLE001  whatever Spark says is the answer
                found |= failed(error)
            reads.append(found)
        for number, (query, options) in enumerate(WRITES):
            target = Path(home) / f"w{number}"
            found = {"query": query, "options": options}
            try:
                spark.sql(query).coalesce(1).write.format("xml").options(**options).save(
                    str(target)
                )
                encoding = options.get("encoding", "utf-8")
                found["files"] = [f.read_bytes().decode(encoding) for f in target.glob("part*")]
                found["ends"] = sorted({f.name.split(".", 1)[-1] for f in target.glob("part*")})
            except Exception as error:  # noqa: BLE001  whatever Spark says is the answer
                found |= failed(error)
            writes.append(found)
    spark.stop()
    text = json.dumps({"reads": reads, "writes": writes}, indent=0, ensure_ascii=False)
    TARGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
