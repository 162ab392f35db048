"""Questions about bitmaps, sketches and most frequent items."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "n": """SELECT * FROM VALUES (1L), (32768L), (32769L), (0L), (-1L), (-32768L), (-32767L),
        (123456789L), (null), (9223372036854775807L), (-9223372036854775808L) AS t(v)""",
    "few": """SELECT * FROM VALUES (1L, 'a', X'10', 4), (2L, 'b', X'30', 4), (3L, 'b', X'1040', 5),
        (3L, 'b', null, 6), (null, 'c', X'', null), (9L, 'c', X'FF', null) AS t(p, s, b, i)""",
    "none": "SELECT * FROM VALUES (1L, 'a', X'10', 4) AS t(p, s, b, i) WHERE p > 5",
    "far": "SELECT * FROM VALUES (32768L, -1L) AS t(p, m)",
}

CASES = [
    Cases("n", ["bitmap_bit_position(v)", "bitmap_bucket_number(v)"]),
    Cases("", ["bitmap_count(X'1010')", "bitmap_count(X'')",
               "bitmap_bit_position('5')", "bitmap_bit_position(5.5)",
               "hll_sketch_estimate(cast(null as binary))", "hll_sketch_estimate(X'0102')"]),
    *(Cases(t, ["hex(substring(bitmap_construct_agg(p), 1, 4))", "bitmap_count(bitmap_construct_agg(p))",
                "length(bitmap_construct_agg(p))", "bitmap_construct_agg(p) is null",
                "hex(substring(bitmap_or_agg(b), 1, 4))", "bitmap_count(bitmap_or_agg(b))",
                "hex(substring(bitmap_and_agg(b), 1, 4))", "bitmap_count(bitmap_and_agg(b))",
                "length(bitmap_and_agg(b))", "approx_top_k(s, 1)", "approx_top_k(s, 1, 10)",
                "approx_top_k(p, 1)", "approx_top_k(s)[0].count",
                "bitmap_count(bitmap_construct_agg(p) FILTER (WHERE p > 2))",
                "hll_sketch_estimate(hll_sketch_agg(p))", "hll_sketch_estimate(hll_sketch_agg(s))",
                "hll_sketch_estimate(hll_sketch_agg(i, 10))", "hll_sketch_estimate(hll_sketch_agg(b))",
                "hll_sketch_estimate(hll_union(hll_sketch_agg(p), hll_sketch_agg(i)))",
                "hll_sketch_estimate(hll_union(hll_sketch_agg(p), hll_sketch_agg(i, 15), true))",
                "hll_sketch_estimate(hll_union(hll_sketch_agg(p), hll_sketch_agg(i, 15)))",
                "hll_sketch_agg(p, 40)", "hll_sketch_agg(p, 3)", "hll_sketch_agg(p) is null",
                "hll_union(hll_sketch_agg(p), null) is null",
                "approx_top_k(s, 0)", "approx_top_k(s, -2)", "approx_top_k(s, 3, 2)",
                "approx_top_k(s, null)", "approx_top_k(s, 2, 10000000)"]) for t in ("few", "none")),
    Cases("few", ["approx_top_k(cast(p as decimal(5,1)), 1)",
                  "approx_top_k(p > 2, 1)", "approx_top_k(date_add(date'2020-01-01', int(p)), 1)"]),
    Cases("far", ["bitmap_construct_agg(p)", "bitmap_construct_agg(m)"]),
    *(Cases(t, ["count_min_sketch(p, 0.5d, 0.5d, 1)", "count_min_sketch(s, 0.5d, 0.9d, 1)",
                "count_min_sketch(b, 0.1d, 0.99d, 42)", "count_min_sketch(i, 0.7d, 0.3d, -5)",
                "count_min_sketch(cast(p as byte), 0.5d, 0.5d, 1)",
                "count_min_sketch(cast(p as smallint), 0.5, 0.5, 1)",
                "count_min_sketch(p, 0d, 0.5d, 1)",
                "count_min_sketch(p, -1d, 0.5d, 1)", "count_min_sketch(p, 0.5d, 0d, 1)",
                "count_min_sketch(p, 0.5d, 1d, 1)", "count_min_sketch(p, 0.5d, 1.5d, 1)",
                "count_min_sketch(p, null, 0.5d, 1)", "count_min_sketch(p, 0.5d, null, 1)",
                "count_min_sketch(p, 0.5d, 0.5d, null)", "count_min_sketch(p, 0.5d, 0.5d, i)",
                "count_min_sketch(cast(p as double), 0.5d, 0.5d, 1)",
                "count_min_sketch(DISTINCT s, 0.5d, 0.9d, 1)",
                "count_min_sketch(p, 0.5d, 0.5d, 1) FILTER (WHERE p > 2)"]) for t in ("few", "none")),
    Cases("n", ["count_min_sketch(v, 0.01d, 0.95d, 7)", "count_min_sketch(-v, 0.3d, 0.6d, 123456789)"],
          ansi=(False,)),
]  # fmt: skip
