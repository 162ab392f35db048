"""Tables of a real PostgreSQL and of SQLite, through a session."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from postgres_kit import PASSWORD, Server, binary, running

from rayspark.errors import PySparkException
from rayspark.sql import SparkSession
from rayspark.sql import functions as F

try:
    import psycopg
except ImportError:  # the extra rayspark[postgres]
    psycopg = None  # type: ignore[assignment]

needs_postgres = pytest.mark.skipif(
    psycopg is None or not (binary("initdb") and binary("postgres")),
    reason="needs psycopg and the binaries of PostgreSQL",
)


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    log = tmp_path_factory.mktemp("events")
    builder = SparkSession.builder.master("local[2]").appName("jdbc")
    builder = builder.config("spark.eventLog.enabled", "true")
    builder = builder.config("spark.eventLog.dir", str(log))
    builder = builder.config("spark.eventLog.compress", "false")
    builder = builder.config("spark.sql.ray.exchangeElision", "never")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    with builder.getOrCreate() as session:
        yield session


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as found:
        yield found


@pytest.fixture
def run(server: Server) -> Iterator[Any]:
    """Runs a statement as somebody else would."""
    connection = psycopg.connect(
        host="127.0.0.1", port=server.port, dbname="postgres", autocommit=True, **server.properties
    )

    def execute(text: str) -> list[Any]:
        cursor = connection.execute(text)
        return cursor.fetchall() if cursor.description else []

    yield execute
    connection.close()


@pytest.fixture
def orders(run: Any) -> str:
    run("DROP TABLE IF EXISTS orders")
    run("CREATE TABLE orders (id int PRIMARY KEY, customer text, price numeric(38,10), day date, "
        "at timestamptz, tags text[], paid bool, note text)")  # fmt: skip
    run("INSERT INTO orders SELECT i, CASE WHEN i % 10 = 0 THEN NULL ELSE 'c' || i % 7 END, "
        "i * 1.5, date '2024-01-01' + i, timestamptz '2024-01-01 00:00+00' + i * interval '1 h', "
        "ARRAY['a', 'b' || i], i % 2 = 0, '100%' FROM generate_series(1, 100) i")  # fmt: skip
    return "orders"


def sent(server: Server, before: int) -> list[str]:
    """The queries for rows that were sent since."""
    found = [text for text in server.statements()[before:] if "SELECT" in text]
    return [text for text in found if "LIMIT 0" not in text]


@needs_postgres
def test_values_of_all_types(spark: SparkSession, server: Server, orders: str, run: Any) -> None:
    run("INSERT INTO orders (id, price) VALUES (1000, 1234567890123456789012345678.0123456789)")
    df = spark.read.jdbc(server.url, orders, properties=server.properties)
    assert [(f.name, f.dataType.simpleString()) for f in df.schema.fields] == [
        ("id", "int"), ("customer", "string"), ("price", "decimal(38,10)"), ("day", "date"),
        ("at", "timestamp"), ("tags", "array<string>"), ("paid", "boolean"), ("note", "string"),
    ]  # fmt: skip
    row = df.where("id = 3").select("price", "day", "tags", "paid", "note").first()
    assert row is not None
    assert tuple(row) == (
        Decimal("4.5000000000"), datetime.date(2024, 1, 4), ["a", "b3"], False, "100%",
    )  # fmt: skip
    moment = df.where("id = 3").select(F.date_format("at", "yyyy-MM-dd HH:mm").alias("t")).first()
    assert moment is not None
    utc = "timestamp '2024-01-01 03:00:00Z'"
    assert moment.t == spark.sql(f"select date_format({utc}, 'yyyy-MM-dd HH:mm')").collect()[0][0]
    large = df.where("id = 1000").select("price").first()
    assert large is not None
    assert large.price == Decimal("1234567890123456789012345678.0123456789")


@needs_postgres
def test_parts_columns_and_filters_reach_the_database(
    spark: SparkSession, server: Server, orders: str
) -> None:
    df = spark.read.jdbc(
        server.url, orders, column="id", lowerBound=1, upperBound=101, numPartitions=4,
        properties=server.properties,
    )  # fmt: skip
    assert df.rdd.getNumPartitions() == 4
    before = len(server.statements())
    rows = df.where((F.col("id") > 20) & (F.col("customer") == "c3")).select("id").collect()
    assert sorted(r.id for r in rows) == [
        i for i in range(21, 101) if i % 10 and f"c{i % 7}" == "c3"
    ]
    texts = sent(server, before)
    assert len(texts) == 4
    assert sum('"id" < 26 OR "id" IS NULL' in text for text in texts) == 1
    assert sum('"id" >= 76' in text and '"id" <' not in text for text in texts) == 1
    for text in texts:
        assert 'SELECT "id"' in text or 'SELECT "id", "customer"' in text
        assert "price" not in text
        assert '("id" > $1)' in text
        assert '("customer" = $2)' in text or '("customer" = $1)' in text


@needs_postgres
def test_a_query_with_percent_signs_and_predicates(
    spark: SparkSession, server: Server, orders: str
) -> None:
    reader = spark.read.format("jdbc").options(url=server.url, **server.properties)
    df = reader.option("query", "select id, note from orders where note like '100%'").load()
    assert df.count() == 100
    assert df.where("id = 5").collect()[0].note == "100%"
    two = spark.read.jdbc(
        server.url, orders, predicates=["id <= 10", "id > 90 and note like '1%'"],
        properties=server.properties,
    )  # fmt: skip
    assert two.rdd.getNumPartitions() == 2
    assert two.count() == 20


@needs_postgres
def test_save_modes_and_what_comes_back(
    spark: SparkSession, server: Server, run: Any, orders: str
) -> None:
    run("DROP TABLE IF EXISTS copied")
    read = spark.read.jdbc(server.url, orders, properties=server.properties)

    def write(df: Any, mode: str, **options: str) -> None:
        df.write.options(**options).jdbc(server.url, "copied", mode, server.properties)

    write(read, "error")
    back = spark.read.jdbc(server.url, "copied", properties=server.properties)
    assert back.exceptAll(read).count() == 0
    assert read.exceptAll(back).count() == 0
    with pytest.raises(PySparkException, match="already exists"):
        write(read, "error")
    write(read.limit(1), "ignore")
    assert run("SELECT count(*) FROM copied") == [(100,)]
    write(read.where("id <= 5"), "append")
    assert run("SELECT count(*) FROM copied") == [(105,)]
    run("CREATE INDEX keeps ON copied (id)")
    write(read.where("id <= 7"), "overwrite", truncate="true")
    assert run("SELECT count(*) FROM copied") == [(7,)]
    assert run("SELECT 1 FROM pg_indexes WHERE indexname = 'keeps'") == [(1,)]
    write(read.where("id <= 6"), "overwrite")
    assert run("SELECT count(*) FROM copied") == [(6,)]
    assert run("SELECT 1 FROM pg_indexes WHERE indexname = 'keeps'") == []


@needs_postgres
def test_a_task_that_fails_leaves_none_of_its_rows(
    spark: SparkSession, server: Server, run: Any
) -> None:
    run("DROP TABLE IF EXISTS checked")
    run("CREATE TABLE checked (id bigint, CHECK (id <> 77))")
    bad = spark.range(0, 100, 1, 2)  # the second half fails at its 28th row
    writer = bad.write.option("batchsize", 5)
    with pytest.raises(PySparkException, match="checked_id_check"):
        writer.jdbc(server.url, "checked", "append", server.properties)
    assert run("SELECT count(*) FROM checked WHERE id >= 50") == [(0,)]
    assert run("SELECT count(*) FROM checked")[0][0] in (0, 50)


@needs_postgres
def test_the_password_is_shown_nowhere(
    spark: SparkSession, server: Server, orders: str, capsys: Any
) -> None:
    with_password = f"{server.url}?user=shopkeeper&password={PASSWORD}"
    df = spark.read.jdbc(with_password, orders)
    df.explain("extended")
    df.explain("formatted")
    spark.read.jdbc(server.url, orders, properties=server.properties).explain(True)
    failures = []
    for url, table in (
        (with_password, "nowhere"),
        (with_password.replace("postgresql", "oracle"), orders),
        (with_password.replace("/postgres?", "/nowhere?"), orders),
    ):
        with pytest.raises(Exception) as failure:
            spark.read.jdbc(url, table).collect()
        failures.append(repr(failure.value) + str(failure.value))
    with pytest.raises(PySparkException) as failed:
        df.select("nothing")
    failures.append(str(failed.value))
    with pytest.raises(PySparkException) as failed:
        df.write.jdbc(with_password, orders, "error")
    failures.append(str(failed.value))
    df.count()
    shown = capsys.readouterr()
    log = spark.sparkContext.getConf().get("spark.eventLog.dir")
    assert log is not None
    events = [p.read_text() for p in Path(log).rglob("*") if p.is_file()]
    assert any(events)
    for text in (shown.out, shown.err, *failures, *events, repr(df)):
        assert PASSWORD not in text


def test_a_table_of_sqlite_is_written_and_read_in_parts(
    spark: SparkSession, tmp_path: Path
) -> None:
    url = f"jdbc:sqlite:{tmp_path / 'shop.db'}"
    rows = [(i, f"n{i % 3}", i / 4, datetime.date(2024, 1, 1 + i)) for i in range(20)]
    df = spark.createDataFrame(rows, "id bigint, name string, x double, day date").repartition(3)
    df.write.jdbc(url, "items")
    back = spark.read.jdbc(url, "items", column="id", lowerBound=0, upperBound=20, numPartitions=4)
    assert back.rdd.getNumPartitions() == 4
    assert sorted(map(tuple, back.collect())) == rows
    assert back.where("name = 'n1' and id > 10").count() == 3
    df.limit(2).write.jdbc(url, "items", "append")
    assert back.count() == 22
    with pytest.raises(PySparkException, match="already exists"):
        df.write.jdbc(url, "items")
