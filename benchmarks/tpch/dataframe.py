"""The 22 queries of TPC-H in the DataFrame API: the same answers as the texts under ``queries/``.

Each function gets the tables by name and the engine's functions module, so that one text serves
every engine with PySpark's faces.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Table = Any
"""A DataFrame of the engine."""


class Tables:
    """The tables of a session: ``t.lineitem``."""

    def __init__(self, spark: Any) -> None:
        self._spark = spark

    def __getattr__(self, name: str) -> Table:
        return self._spark.table(name)


def revenue(f: Any) -> Any:
    """What a line brings."""
    return f.col("l_extendedprice") * (1 - f.col("l_discount"))


def within(column: Any, start: date, end: date) -> Any:
    """Whether a date lies in a half-open range."""
    return (column >= start) & (column < end)


def q01(t: Tables, f: Any) -> Table:
    lines = t.lineitem.where(f.col("l_shipdate") <= date(1998, 9, 2))
    return (
        lines.groupBy("l_returnflag", "l_linestatus")
        .agg(
            f.sum("l_quantity"),
            f.sum("l_extendedprice"),
            f.sum(revenue(f)),
            f.sum(revenue(f) * (1 + f.col("l_tax"))),
            f.avg("l_quantity"),
            f.avg("l_extendedprice"),
            f.avg("l_discount"),
            f.count("*"),
        )
        .orderBy("l_returnflag", "l_linestatus")
    )


def q02(t: Tables, f: Any) -> Table:
    europe = (
        t.region.where(f.col("r_name") == "EUROPE")
        .join(t.nation, f.col("r_regionkey") == f.col("n_regionkey"))
        .join(t.supplier, f.col("n_nationkey") == f.col("s_nationkey"))
        .join(t.partsupp, f.col("s_suppkey") == f.col("ps_suppkey"))
    )
    parts = t.part.where((f.col("p_size") == 15) & f.col("p_type").like("%BRASS"))
    offers = europe.join(parts, f.col("ps_partkey") == f.col("p_partkey"))
    cheapest = offers.groupBy(f.col("p_partkey").alias("key")).agg(
        f.min("ps_supplycost").alias("least")
    )
    best = (f.col("p_partkey") == f.col("key")) & (f.col("ps_supplycost") == f.col("least"))
    columns = "s_acctbal s_name n_name p_partkey p_mfgr s_address s_phone s_comment"
    return (
        offers.join(cheapest, best)
        .select(*columns.split())
        .orderBy(f.desc("s_acctbal"), "n_name", "s_name", "p_partkey")
        .limit(100)
    )


def q03(t: Tables, f: Any) -> Table:
    day = date(1995, 3, 15)
    return (
        t.customer.where(f.col("c_mktsegment") == "BUILDING")
        .join(t.orders.where(f.col("o_orderdate") < day), f.col("c_custkey") == f.col("o_custkey"))
        .join(
            t.lineitem.where(f.col("l_shipdate") > day), f.col("l_orderkey") == f.col("o_orderkey")
        )
        .groupBy("l_orderkey", "o_orderdate", "o_shippriority")
        .agg(f.sum(revenue(f)).alias("revenue"))
        .select("l_orderkey", "revenue", "o_orderdate", "o_shippriority")
        .orderBy(f.desc("revenue"), "o_orderdate")
        .limit(10)
    )


def q04(t: Tables, f: Any) -> Table:
    late = t.lineitem.where(f.col("l_commitdate") < f.col("l_receiptdate"))
    return (
        t.orders.where(within(f.col("o_orderdate"), date(1993, 7, 1), date(1993, 10, 1)))
        .join(late, f.col("l_orderkey") == f.col("o_orderkey"), "left_semi")
        .groupBy("o_orderpriority")
        .agg(f.count("*"))
        .orderBy("o_orderpriority")
    )


def q05(t: Tables, f: Any) -> Table:
    orders = t.orders.where(within(f.col("o_orderdate"), date(1994, 1, 1), date(1995, 1, 1)))
    local = (f.col("l_suppkey") == f.col("s_suppkey")) & (
        f.col("c_nationkey") == f.col("s_nationkey")
    )
    return (
        t.customer.join(orders, f.col("c_custkey") == f.col("o_custkey"))
        .join(t.lineitem, f.col("l_orderkey") == f.col("o_orderkey"))
        .join(t.supplier, local)
        .join(t.nation, f.col("s_nationkey") == f.col("n_nationkey"))
        .join(
            t.region.where(f.col("r_name") == "ASIA"), f.col("n_regionkey") == f.col("r_regionkey")
        )
        .groupBy("n_name")
        .agg(f.sum(revenue(f)).alias("revenue"))
        .orderBy(f.desc("revenue"))
    )


def q06(t: Tables, f: Any) -> Table:
    return t.lineitem.where(
        within(f.col("l_shipdate"), date(1994, 1, 1), date(1995, 1, 1))
        & f.col("l_discount").between(Decimal("0.05"), Decimal("0.07"))
        & (f.col("l_quantity") < 24)
    ).agg(f.sum(f.col("l_extendedprice") * f.col("l_discount")))


def q07(t: Tables, f: Any) -> Table:
    sellers = t.nation.select(
        f.col("n_nationkey").alias("k1"), f.col("n_name").alias("supp_nation")
    )
    buyers = t.nation.select(f.col("n_nationkey").alias("k2"), f.col("n_name").alias("cust_nation"))

    def trade(seller: str, buyer: str) -> Any:
        return (f.col("supp_nation") == seller) & (f.col("cust_nation") == buyer)

    lines = t.lineitem.where(f.col("l_shipdate").between(date(1995, 1, 1), date(1996, 12, 31)))
    return (
        t.supplier.join(lines, f.col("s_suppkey") == f.col("l_suppkey"))
        .join(t.orders, f.col("o_orderkey") == f.col("l_orderkey"))
        .join(t.customer, f.col("c_custkey") == f.col("o_custkey"))
        .join(sellers, f.col("s_nationkey") == f.col("k1"))
        .join(buyers, f.col("c_nationkey") == f.col("k2"))
        .where(trade("FRANCE", "GERMANY") | trade("GERMANY", "FRANCE"))
        .groupBy("supp_nation", "cust_nation", f.year("l_shipdate").alias("l_year"))
        .agg(f.sum(revenue(f)))
        .orderBy("supp_nation", "cust_nation", "l_year")
    )


def q08(t: Tables, f: Any) -> Table:
    buyers = t.nation.select(f.col("n_nationkey").alias("k1"), f.col("n_regionkey").alias("region"))
    sellers = t.nation.select(f.col("n_nationkey").alias("k2"), f.col("n_name").alias("nation"))
    orders = t.orders.where(f.col("o_orderdate").between(date(1995, 1, 1), date(1996, 12, 31)))
    ours = f.when(f.col("nation") == "BRAZIL", revenue(f)).otherwise(0)
    return (
        t.part.where(f.col("p_type") == "ECONOMY ANODIZED STEEL")
        .join(t.lineitem, f.col("p_partkey") == f.col("l_partkey"))
        .join(t.supplier, f.col("s_suppkey") == f.col("l_suppkey"))
        .join(orders, f.col("l_orderkey") == f.col("o_orderkey"))
        .join(t.customer, f.col("o_custkey") == f.col("c_custkey"))
        .join(buyers, f.col("c_nationkey") == f.col("k1"))
        .join(t.region.where(f.col("r_name") == "AMERICA"), f.col("region") == f.col("r_regionkey"))
        .join(sellers, f.col("s_nationkey") == f.col("k2"))
        .groupBy(f.year("o_orderdate").alias("o_year"))
        .agg(f.sum(ours) / f.sum(revenue(f)))
        .orderBy("o_year")
    )


def q09(t: Tables, f: Any) -> Table:
    offered = (f.col("ps_suppkey") == f.col("l_suppkey")) & (
        f.col("ps_partkey") == f.col("l_partkey")
    )
    return (
        t.part.where(f.col("p_name").like("%green%"))
        .join(t.lineitem, f.col("p_partkey") == f.col("l_partkey"))
        .join(t.supplier, f.col("s_suppkey") == f.col("l_suppkey"))
        .join(t.partsupp, offered)
        .join(t.orders, f.col("o_orderkey") == f.col("l_orderkey"))
        .join(t.nation, f.col("s_nationkey") == f.col("n_nationkey"))
        .groupBy(f.col("n_name").alias("nation"), f.year("o_orderdate").alias("o_year"))
        .agg(f.sum(revenue(f) - f.col("ps_supplycost") * f.col("l_quantity")))
        .orderBy("nation", f.desc("o_year"))
    )


def q10(t: Tables, f: Any) -> Table:
    orders = t.orders.where(within(f.col("o_orderdate"), date(1993, 10, 1), date(1994, 1, 1)))
    keys = "c_custkey c_name c_acctbal c_phone n_name c_address c_comment"
    shown = "c_custkey c_name revenue c_acctbal n_name c_address c_phone c_comment"
    return (
        t.customer.join(orders, f.col("c_custkey") == f.col("o_custkey"))
        .join(
            t.lineitem.where(f.col("l_returnflag") == "R"),
            f.col("l_orderkey") == f.col("o_orderkey"),
        )
        .join(t.nation, f.col("c_nationkey") == f.col("n_nationkey"))
        .groupBy(*keys.split())
        .agg(f.sum(revenue(f)).alias("revenue"))
        .select(*shown.split())
        .orderBy(f.desc("revenue"))
        .limit(20)
    )


def q11(t: Tables, f: Any) -> Table:
    worth = f.sum(f.col("ps_supplycost") * f.col("ps_availqty"))
    german = t.partsupp.join(t.supplier, f.col("ps_suppkey") == f.col("s_suppkey")).join(
        t.nation.where(f.col("n_name") == "GERMANY"), f.col("s_nationkey") == f.col("n_nationkey")
    )
    least = german.agg((worth * Decimal("0.0001")).alias("least"))
    return (
        german.groupBy("ps_partkey")
        .agg(worth.alias("value"))
        .join(least, f.col("value") > f.col("least"))
        .select("ps_partkey", "value")
        .orderBy(f.desc("value"))
    )


def q12(t: Tables, f: Any) -> Table:
    urgent = f.col("o_orderpriority").isin("1-URGENT", "2-HIGH")
    lines = t.lineitem.where(
        f.col("l_shipmode").isin("MAIL", "SHIP")
        & (f.col("l_commitdate") < f.col("l_receiptdate"))
        & (f.col("l_shipdate") < f.col("l_commitdate"))
        & within(f.col("l_receiptdate"), date(1994, 1, 1), date(1995, 1, 1))
    )
    return (
        t.orders.join(lines, f.col("o_orderkey") == f.col("l_orderkey"))
        .groupBy("l_shipmode")
        .agg(f.sum(f.when(urgent, 1).otherwise(0)), f.sum(f.when(urgent, 0).otherwise(1)))
        .orderBy("l_shipmode")
    )


def q13(t: Tables, f: Any) -> Table:
    plain = t.orders.where(~f.col("o_comment").like("%special%requests%"))
    return (
        t.customer.join(plain, f.col("c_custkey") == f.col("o_custkey"), "left")
        .groupBy("c_custkey")
        .agg(f.count("o_orderkey").alias("c_count"))
        .groupBy("c_count")
        .agg(f.count("*").alias("custdist"))
        .orderBy(f.desc("custdist"), f.desc("c_count"))
    )


def q14(t: Tables, f: Any) -> Table:
    promoted = f.when(f.col("p_type").like("PROMO%"), revenue(f)).otherwise(0)
    lines = t.lineitem.where(within(f.col("l_shipdate"), date(1995, 9, 1), date(1995, 10, 1)))
    return lines.join(t.part, f.col("l_partkey") == f.col("p_partkey")).agg(
        f.lit(Decimal("100.00")) * f.sum(promoted) / f.sum(revenue(f))
    )


def q15(t: Tables, f: Any) -> Table:
    lines = t.lineitem.where(within(f.col("l_shipdate"), date(1996, 1, 1), date(1996, 4, 1)))
    totals = lines.groupBy("l_suppkey").agg(f.sum(revenue(f)).alias("total_revenue"))
    most = totals.agg(f.max("total_revenue").alias("most"))
    return (
        t.supplier.join(totals, f.col("s_suppkey") == f.col("l_suppkey"))
        .join(most, f.col("total_revenue") == f.col("most"))
        .select("s_suppkey", "s_name", "s_address", "s_phone", "total_revenue")
        .orderBy("s_suppkey")
    )


def q16(t: Tables, f: Any) -> Table:
    parts = t.part.where(
        (f.col("p_brand") != "Brand#45")
        & ~f.col("p_type").like("MEDIUM POLISHED%")
        & f.col("p_size").isin(49, 14, 23, 45, 19, 3, 36, 9)
    )
    blamed = t.supplier.where(f.col("s_comment").like("%Customer%Complaints%"))
    return (
        t.partsupp.join(parts, f.col("p_partkey") == f.col("ps_partkey"))
        .join(blamed, f.col("ps_suppkey") == f.col("s_suppkey"), "left_anti")
        .groupBy("p_brand", "p_type", "p_size")
        .agg(f.countDistinct("ps_suppkey").alias("supplier_cnt"))
        .orderBy(f.desc("supplier_cnt"), "p_brand", "p_type", "p_size")
    )


def q17(t: Tables, f: Any) -> Table:
    parts = t.part.where((f.col("p_brand") == "Brand#23") & (f.col("p_container") == "MED BOX"))
    usual = t.lineitem.groupBy(f.col("l_partkey").alias("key")).agg(
        (Decimal("0.2") * f.avg("l_quantity")).alias("few")
    )
    return (
        t.lineitem.join(parts, f.col("p_partkey") == f.col("l_partkey"))
        .join(usual, (f.col("p_partkey") == f.col("key")) & (f.col("l_quantity") < f.col("few")))
        .agg(f.sum("l_extendedprice") / Decimal("7.0"))
    )


def q18(t: Tables, f: Any) -> Table:
    large = (
        t.lineitem.groupBy(f.col("l_orderkey").alias("key"))
        .agg(f.sum("l_quantity").alias("many"))
        .where(f.col("many") > 300)
    )
    return (
        t.orders.join(large, f.col("o_orderkey") == f.col("key"), "left_semi")
        .join(t.customer, f.col("c_custkey") == f.col("o_custkey"))
        .join(t.lineitem, f.col("o_orderkey") == f.col("l_orderkey"))
        .groupBy("c_name", "c_custkey", "o_orderkey", "o_orderdate", "o_totalprice")
        .agg(f.sum("l_quantity"))
        .orderBy(f.desc("o_totalprice"), "o_orderdate")
        .limit(100)
    )


def q19(t: Tables, f: Any) -> Table:
    def wanted(brand: str, box: str, kinds: str, least: int, size: int) -> Any:
        return (
            (f.col("p_brand") == brand)
            & f.col("p_container").isin(*(f"{box} {kind}" for kind in kinds.split()))
            & f.col("l_quantity").between(least, least + 10)
            & f.col("p_size").between(1, size)
        )

    lines = t.lineitem.where(
        f.col("l_shipmode").isin("AIR", "AIR REG")
        & (f.col("l_shipinstruct") == "DELIVER IN PERSON")
    )
    return (
        lines.join(t.part, f.col("p_partkey") == f.col("l_partkey"))
        .where(
            wanted("Brand#12", "SM", "CASE BOX PACK PKG", 1, 5)
            | wanted("Brand#23", "MED", "BAG BOX PKG PACK", 10, 10)
            | wanted("Brand#34", "LG", "CASE BOX PACK PKG", 20, 15)
        )
        .agg(f.sum(revenue(f)))
    )


def q20(t: Tables, f: Any) -> Table:
    sold = (
        t.lineitem.where(within(f.col("l_shipdate"), date(1994, 1, 1), date(1995, 1, 1)))
        .groupBy("l_partkey", "l_suppkey")
        .agg((Decimal("0.5") * f.sum("l_quantity")).alias("half"))
    )
    more = (
        (f.col("ps_partkey") == f.col("l_partkey"))
        & (f.col("ps_suppkey") == f.col("l_suppkey"))
        & (f.col("ps_availqty") > f.col("half"))
    )
    forest = t.part.where(f.col("p_name").like("forest%"))
    stocked = t.partsupp.join(forest, f.col("ps_partkey") == f.col("p_partkey"), "left_semi").join(
        sold, more
    )
    canada = t.nation.where(f.col("n_name") == "CANADA")
    return (
        t.supplier.join(canada, f.col("s_nationkey") == f.col("n_nationkey"))
        .join(stocked, f.col("s_suppkey") == f.col("ps_suppkey"), "left_semi")
        .select("s_name", "s_address")
        .orderBy("s_name")
    )


def q21(t: Tables, f: Any) -> Table:
    def other(name: str, lines: Table) -> Table:
        return lines.select(
            f.col("l_orderkey").alias(f"{name}_order"), f.col("l_suppkey").alias(f"{name}_supplier")
        )

    def elsewhere(name: str) -> Any:
        return (f.col("l_orderkey") == f.col(f"{name}_order")) & (
            f.col("l_suppkey") != f.col(f"{name}_supplier")
        )

    late = t.lineitem.where(f.col("l_receiptdate") > f.col("l_commitdate"))
    failed = t.orders.where(f.col("o_orderstatus") == "F")
    arabia = t.nation.where(f.col("n_name") == "SAUDI ARABIA")
    return (
        t.supplier.join(late, f.col("s_suppkey") == f.col("l_suppkey"))
        .join(failed, f.col("o_orderkey") == f.col("l_orderkey"))
        .join(arabia, f.col("s_nationkey") == f.col("n_nationkey"))
        .join(other("any", t.lineitem), elsewhere("any"), "left_semi")
        .join(other("late", late), elsewhere("late"), "left_anti")
        .groupBy("s_name")
        .agg(f.count("*").alias("numwait"))
        .orderBy(f.desc("numwait"), "s_name")
        .limit(100)
    )


def q22(t: Tables, f: Any) -> Table:
    code = f.substring("c_phone", 1, 2)
    there = t.customer.where(code.isin("13", "31", "23", "29", "30", "18", "17"))
    usual = there.where(f.col("c_acctbal") > 0).agg(f.avg("c_acctbal").alias("usual"))
    return (
        there.join(usual, f.col("c_acctbal") > f.col("usual"))
        .join(t.orders, f.col("o_custkey") == f.col("c_custkey"), "left_anti")
        .groupBy(code.alias("cntrycode"))
        .agg(f.count("*"), f.sum("c_acctbal"))
        .orderBy("cntrycode")
    )


QUERIES: dict[str, Callable[[Tables, Any], Table]] = {
    query.__name__: query
    for query in (
        *(q01, q02, q03, q04, q05, q06, q07, q08, q09, q10, q11),
        *(q12, q13, q14, q15, q16, q17, q18, q19, q20, q21, q22),
    )
}
