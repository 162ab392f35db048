"""Questions about hashes, URLs, bitmaps, the session and errors."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "v": """SELECT * FROM VALUES
        (true, 1Y, 2S, 3, 4L, 1.5F, 2.5D, 1.25BD, 12345678901234567890.5BD, 'Spark', X'0102', date'2020-01-01',
         timestamp'2020-01-01 00:00:00', array(1, null, 3), map('a', 1), named_struct('x', 1, 'y', 'z'),
         interval '1 2' day to hour, timestamp_ntz'2020-01-01 00:00:00'),
        (false, -1Y, -2S, -3, -4L, -0.0F, -0.0D, -1.25BD, -1.0BD, '', X'', date'1969-12-31', timestamp'1900-01-01 12:00:00', array(), map(),
         named_struct('x', null, 'y', ''), interval '0' second, timestamp_ntz'1500-01-01 00:00:00'),
        (true, 0Y, 0S, 0, 0L, float('NaN'), double('NaN'), 0.00BD, 0.0BD, '日本語 and a longer text, more than 32 bytes', X'FFFEFDFCFB',
         date'9999-12-31', timestamp'2020-06-15 01:02:03.456789', array(7), map('k', null), named_struct('x', 5, 'y', null),
         interval '-1' second, timestamp_ntz'2020-01-01 00:00:00.000001'),
        (null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null)
        AS v(bo, b, s, i, l, f, d, p, q, t, x, dt, ts, a, m, st, dd, nt)""",
}
_COLUMNS = "bo b s i l f d p q t x dt ts a st dd nt".split()
_URL = "'https://user:pw@spark.apache.org:8080/path/a;b?query=1&k=v%20w&e=#frag'"

CASES = [
    Cases("v", [f"{f}({c})" for f in ("hash", "xxhash64") for c in _COLUMNS]),
    Cases("v", ["hash(i, t, d)", "xxhash64(i, t, d)", "hash(t, a, st)", "hash(a, q, l)", "xxhash64(st, a, t)", "hash()", "xxhash64()",
                "hash(null)", "hash(i, null, l)", "hash(array(a, a))", "hash(array(st, st))", "hash(array(t, 'x'))", "typeof(m)",
                "typeof(st)", "typeof(q)", "typeof(a)", "md5(t)", "md5(x)", "sha1(t)", "sha(x)", "sha2(t, 256)", "sha2(t, 0)",
                "sha2(x, 224)", "sha2(t, 384)", "sha2(t, 512)", "sha2(t, i)", "crc32(t)", "crc32(x)", "bitmap_bit_position(l)",
                "bitmap_bucket_number(l)", "bitmap_count(x)", "bitmap_bit_position(l * 40000)", "bitmap_bucket_number(l * 40000)",
                "url_encode(t)", "url_decode(url_encode(t))", "assert_true(i is null or i < 100)"]),
    Cases("", ["hash('Spark', array(123), 2)", "xxhash64('Spark', array(123), 2)", "hash(1)", "hash(interval '1-2' year to month)", "xxhash64(interval '-5' month)", "typeof(interval '1' month)", "hash(1L)", "hash('a')", "hash(1.5)",
               "hash(float('NaN'))", "hash(-0.0D)", "xxhash64('')", "md5('Spark')", "sha2('Spark', 1)", "typeof(1)", "typeof(null)",
               "typeof(1.5)", "typeof('a')", "typeof(interval '1' day)", "length(uuid())", "assert_true(0 < 1)", "assert_true(false)",
               "assert_true(null, 'msg')", "raise_error('boom')", "url_decode('https%3A%2F%2Fspark.apache.org')", "url_decode('a+b')",
               "url_decode('%zz')", "try_url_decode('http%3A%2F%2spark')", "url_encode('https://spark.apache.org/a b?c=é*~')",
               *[f"parse_url({_URL}, '{p}')" for p in ("HOST", "PATH", "QUERY", "REF", "PROTOCOL", "FILE", "AUTHORITY", "USERINFO", "host")],
               f"parse_url({_URL}, 'QUERY', 'k')", f"parse_url({_URL}, 'QUERY', 'zz')", f"parse_url({_URL}, 'HOST', 'k')",
               "parse_url('inva lid://spark', 'HOST')", "try_parse_url('inva lid://spark', 'HOST')", "parse_url('http://h', 'PATH')",
               "parse_url('http://h', 'QUERY')", "parse_url('mailto:a@b.c', 'PROTOCOL')", "parse_url('/a/b', 'PATH')",
               "bitmap_count(X'1010')", "bitmap_bit_position(1)", "bitmap_bucket_number(-1)", "bitmap_bit_position(-1)",
               "current_catalog()", "current_database()", "current_schema()", "monotonically_increasing_id()", "spark_partition_id()",
               "input_file_name()", "crc32('Spark')", "sha2(null, 256)"]),
]  # fmt: skip
